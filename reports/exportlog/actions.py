"""A file leaves with a number and a line in the log, or it does not leave."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from grids.models import Node
from reports.exportlog.rules import serial_of
from reports.models import ExportBatch, ExportCounter, ExportRecord, Snapshot
from township import audit
from township.choices import Deed
from township.models import Township, User


@dataclass(frozen=True)
class Leaving:
    """What the log says of a file on its way out."""

    township: Township
    name: str
    table: str
    format: str
    rows: int
    purpose: str = ""
    organisation: Node | None = None
    place: str = ""  # in words, where it is not the organisation's name
    acceptance: str = ""
    snapshot: Snapshot | None = None
    batch: ExportBatch | None = None
    note: str = ""


@dataclass(frozen=True)
class Issued:
    """The file as it leaves, and its line."""

    record: ExportRecord
    content: io.BytesIO

    @property
    def name(self) -> str:
        """The file's name."""
        return self.record.file_name


def issue(
    leaving: Leaving,
    make: Callable[[str], bytes],
    *,
    by: User | None,
    request: HttpRequest | None = None,
) -> Issued:
    """Make a file that bears its number, and write it down: the number, the line and the file, or none.

    The file is made with the number that is next before the lock is taken, since making takes long and the
    lock is everybody's. Only when another was quicker is it made again, this time under the lock.
    """
    year = timezone.localdate().year
    number = next_number(leaving.township, year)
    content = make(serial_of(leaving.township.name, year, number))
    with transaction.atomic():
        taken = _take(leaving.township, year)
        serial = serial_of(leaving.township.name, year, taken)
        if taken != number:
            content = make(serial)
        record = _write(leaving, serial, taken, content, year=year, by=by, request=request)
    return Issued(record, io.BytesIO(content))


def next_number(township: Township, year: int) -> int:
    """The number that is next as things stand; another may take it meanwhile."""
    last = ExportCounter.objects.filter(township=township, year=year).values_list("last", flat=True).first()
    return (last or 0) + 1


def _take(township: Township, year: int) -> int:
    """The next number for good. The row is locked until the line is written, so no number is left out."""
    rows = ExportCounter.objects.select_for_update().filter(township=township, year=year)
    counter = rows.first()
    if counter is None:  # the year's first; of two at once the second waits for the other's row
        ExportCounter.objects.get_or_create(township=township, year=year)
        counter = rows.get()
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _write(
    leaving: Leaving, serial: str, number: int, content: bytes, *, year: int, by: User | None, request: Any
) -> ExportRecord:
    said = (f"编号 {serial}", leaving.note, f"用途：{leaving.purpose}" if leaving.purpose else "")
    event = audit.record(
        by=by,
        deed=Deed.EXPORT,
        target=leaving.name,
        rows=leaving.rows,
        note="，".join(part for part in said if part),
        request=request,
        township=leaving.township,
    )
    at = leaving.organisation
    return ExportRecord.objects.create(
        township=leaving.township,
        year=year,
        number=number,
        serial=serial,
        user=by,
        who=event.who,
        organisation=at,
        place=(leaving.place or (at.name if at else "全乡"))[:60],
        table=leaving.table[:60],
        file_name=leaving.name[:200],
        format=leaving.format,
        rows=leaving.rows,
        purpose=leaving.purpose[:60],
        sha256=hashlib.sha256(content).hexdigest(),
        acceptance=leaving.acceptance,
        snapshot=leaving.snapshot,
        batch=leaving.batch,
        event=event,
    )
