"""Annex 1 for pens: empty, or with what is known and the rest left to be written."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.http import HttpRequest

from grids import access
from reports.annexes import files
from reports.annexes.registry import ANNEXES, Order
from reports.choices import Paper
from reports.exportlog.actions import Issued, Leaving, issue
from reports.exportlog.rules import foot_of
from reports.statistics import queries
from reports.statistics.sheets import annex1, papers
from township.models import User
from township.sheets import Cell, Sheet, Values

CONTENT_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
NOTHING = (None, "", 0, "0", "0/0", "0/0/0")


def emptied(sheet: Sheet) -> Sheet:
    """Names and headings only."""
    return _over(sheet, known=lambda _: None)


def prefilled(sheet: Sheet) -> Sheet:
    """What is known; where nothing is registered yet the cell stays free for a pen, and so does 合计."""
    return replace(_over(sheet, known=lambda cell: None if cell in NOTHING else cell), summary=sheet.summary)


def _over(sheet: Sheet, *, known: Callable[[Cell], Cell]) -> Sheet:
    """Every number as far as it is known; 合计 is worked out when the rest has been written."""

    def one(values: Values) -> Values:
        return (*values[:2], *(known(cell) for cell in values[2:]))

    totals = tuple((*values[:2], *(None for _ in values[2:])) for values in sheet.totals)
    return replace(sheet, rows=[one(values) for values in sheet.read()], totals=totals, summary="")


def paper_form(
    order: Order, suffix: str, *, filled: bool, mode: files.Mode, by: User, request: HttpRequest
) -> Issued:
    """The file with its number; what leaves is in the log."""
    access.require(by, access.Right.EXPORT_ROSTER)
    layout = queries.layout_of(order.township.pk, order.year)
    found = queries.read(
        township_id=order.township.pk,
        on=order.today,
        organisation=order.organisation,
        user=by,
        year=order.year,
    )
    sheet = annex1(found, order.frame(), layout)
    sheet = prefilled(sheet) if filled else emptied(sheet)
    sheets = papers(sheet, layout, "A4" if order.paper == Paper.A4 else "A3")
    kind = "预填表" if filled else "空表"
    leaving = Leaving(
        township=order.township,
        name=files.file_name(ANNEXES[1], order, suffix, kind),
        table=ANNEXES[1].label,
        format=suffix,
        rows=len(found),
        organisation=order.organisation,
        note=kind,
    )
    path = None if suffix == "xlsx" else files.keep_pdf(sheets, mode=mode).path

    def make(serial: str) -> bytes:
        if path is None:
            return files.workbook(sheets, watermark="", mark=foot_of(serial))
        return files.stamped(path, "", foot_of(serial))

    return issue(leaving, make, by=by, request=request)
