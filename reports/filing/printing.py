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
from reports.choices import ACCEPTED_STATES, Acceptance, Paper
from reports.exportlog.actions import Issued, Leaving, issue
from reports.exportlog.rules import foot_of
from reports.filing.acceptance import accepted_snapshots, mark_of
from reports.filing.frozen import PHONE_COLUMNS, thaw
from reports.models import ExportBatch, Snapshot
from reports.statistics.frozen_rows import township_annex1
from reports.statistics.queries import layout_of
from reports.statistics.sheets import papers
from township.masks import mask_numbers
from township.models import User
from township.sheets import Sheet, Values

FORMATS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}

STATISTICS = 1  # the annex that is no roster


@dataclass(frozen=True)
class Taking:
    """How a frozen table is taken: as what, in which print mode, what for, and from where."""

    suffix: str
    mode: files.Mode = "plain"
    purpose: str = ""
    batch: ExportBatch | None = None
    request: HttpRequest | None = None
    progress: files.Progress | None = None
    paper: str = Paper.A3  # of annex 1


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
    sheet = sheet_of(snapshot, number, by=by)
    return _issue(_papers(sheet, number, order, taking), leaving, taking, by)


def of_filed(order: Order, annex: Annex, taking: Taking, *, by: User) -> Issued:
    """A table as the office accepted it: a village's last filing, or those of all villages in one."""
    snapshots = accepted_snapshots(order)
    if order.organisation is not None:
        return of_snapshot(snapshots[-1], annex.number, taking, by=by)
    sheet = _whole(snapshots, annex.number, order, by)
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
    return _issue(_papers(sheet, annex.number, order, taking), leaving, taking, by)


def _whole(snapshots: Sequence[Snapshot], number: int, order: Order, by: User) -> Sheet:
    """All villages in one table; annex 1 with a 合计 that counts each person once."""
    if number == STATISTICS:
        layout = layout_of(order.township.pk, order.year)
        return township_annex1(snapshots, order.frame(), layout)
    return _joined([sheet_of(snapshot, number, by=by) for snapshot in snapshots], order)


def _papers(sheet: Sheet, number: int, order: Order, taking: Taking) -> list[Sheet]:
    """Annex 1 on one A3 sheet or on several of A4; a roster is one."""
    if number != STATISTICS or taking.paper != Paper.A4:
        return [sheet]
    return papers(sheet, layout_of(order.township.pk, order.year), "A4")


def _issue(sheets: Sequence[Sheet], leaving: Leaving, taking: Taking, by: User) -> Issued:
    marked = mark_of(leaving.acceptance, watermark(by))
    path = None if taking.suffix == "xlsx" else _kept(sheets, taking)

    def make(serial: str) -> bytes:
        if path is None:
            return files.workbook(sheets, watermark=marked, mark=foot_of(serial))
        return files.stamped(path, marked, foot_of(serial))

    return issue(leaving, make, by=by, request=taking.request)


def _kept(sheets: Sequence[Sheet], taking: Taking) -> Path:
    return files.keep_pdf(sheets, mode=taking.mode, progress=taking.progress).path


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
