"""Files of a snapshot: the frozen tables through the same renderers, watermarked and logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from grids import access
from reports.annexes import files
from reports.annexes.actions import watermark
from reports.annexes.registry import ANNEXES, Annex, Order
from reports.choices import Acceptance
from reports.exportlog.actions import Issued, Leaving, issue
from reports.exportlog.rules import foot_of
from reports.filing.acceptance import ACCEPTED_STATES, accepted_snapshots, mark_of
from reports.filing.frozen import PHONE_COLUMNS, thaw
from reports.models import ExportBatch, Snapshot
from township.masks import mask_numbers
from township.models import User
from township.sheets import Sheet, Values

FORMATS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Taking:
    """How a frozen table is taken: as what, in which print mode, what for, and from where."""

    suffix: str
    mode: files.Mode = "plain"
    purpose: str = ""
    batch: ExportBatch | None = None
    request: HttpRequest | None = None
    progress: files.Progress | None = None


def of_snapshot(snapshot: Snapshot, number: int, taking: Taking, *, by: User) -> Issued:
    """One annex as it was submitted, with its number and its line in the log."""
    filing, annex = snapshot.filing, ANNEXES[number]
    order = Order(filing.campaign.township, filing.campaign.year, _day(snapshot), filing.root)
    accepted = filing.state in ACCEPTED_STATES
    leaving = Leaving(
        township=filing.campaign.township,
        name=files.file_name(annex, order, taking.suffix, f"第{snapshot.number}次上报"),
        table=annex.label,
        format=taking.suffix,
        rows=len(snapshot.sheets[str(number)]["rows"]),
        purpose=taking.purpose,
        organisation=filing.root,
        acceptance=Acceptance.ACCEPTED if accepted else Acceptance.DRAFT,
        snapshot=snapshot,
        batch=taking.batch,
        note=f"上报快照 {snapshot.sha256[:12]}",
    )
    return _issue(sheet_of(snapshot, number, by=by), leaving, taking, by)


def of_filed(order: Order, annex: Annex, taking: Taking, *, by: User) -> Issued:
    """A table as the office accepted it: a village's last filing, or the rosters of all villages in one."""
    snapshots = accepted_snapshots(order)
    if order.organisation is not None:
        return of_snapshot(snapshots[-1], annex.number, taking, by=by)
    sheet = _joined([sheet_of(snapshot, annex.number, by=by) for snapshot in snapshots], order)
    leaving = Leaving(
        township=order.township,
        name=files.file_name(annex, order, taking.suffix, "已接收"),
        table=annex.label,
        format=taking.suffix,
        rows=sum(1 for _ in sheet.read()),
        purpose=taking.purpose,
        acceptance=Acceptance.ACCEPTED,
        batch=taking.batch,
        note=f"{len(snapshots)} 个村的上报快照",
    )
    return _issue(sheet, leaving, taking, by)


def _issue(sheet: Sheet, leaving: Leaving, taking: Taking, by: User) -> Issued:
    marked = mark_of(leaving.acceptance, watermark(by))
    path = None if taking.suffix == "xlsx" else _kept(sheet, taking)

    def make(serial: str) -> bytes:
        if path is None:
            return files.workbook([sheet], watermark=marked, mark=foot_of(serial))
        return files.stamped(path, marked, foot_of(serial))

    return issue(leaving, make, by=by, request=taking.request)


def _kept(sheet: Sheet, taking: Taking) -> Path:
    return files.keep_pdf([sheet], mode=taking.mode, progress=taking.progress).path


def _joined(sheets: Sequence[Sheet], order: Order) -> Sheet:
    """The villages' rosters one below the other, numbered through, under the township's name."""
    first, frame = sheets[0], order.frame()
    seq = next((i for i, column in enumerate(first.columns) if column.key == "seq"), None)
    rows: list[Values] = []
    for sheet in sheets:
        for row in sheet.read():
            number = len(rows) + 1
            rows.append(row if seq is None else (*row[:seq], number, *row[seq + 1 :]))
    around = frame.around(annex=0, title="", measure="")
    meta = {**first.meta, "root": "", "exported": frame.exported}
    return replace(first, unit=around["unit"], as_of=around["as_of"], meta=meta, rows=rows)


def _day(snapshot: Snapshot) -> date:
    return timezone.localtime(snapshot.taken_at).date()


def sheet_of(snapshot: Snapshot, number: int, *, by: Any) -> Sheet:
    """The frozen sheet, phones masked for those who may not have them."""
    sheet = thaw(snapshot.sheets[str(number)])
    if access.sees_full_phone(by, snapshot.filing.root_id):
        return sheet
    hidden = {i for i, column in enumerate(sheet.columns) if column.key in PHONE_COLUMNS}
    rows = [
        tuple(
            mask_numbers(cell) if i in hidden and isinstance(cell, str) else cell
            for i, cell in enumerate(row)
        )
        for row in sheet.read()
    ]
    return replace(sheet, rows=rows)
