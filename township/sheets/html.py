"""A sheet as an HTML table: for the page a slice of it, for the PDF the rows of one printed page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from township.sheets import Sheet
from township.sheets.layout import HeaderCell, Row, header, spans, text


@dataclass(frozen=True)
class Part:
    """A piece of a cell that leads somewhere; `label` says to a screen reader what it opens."""

    text: str
    href: str = ""
    label: str = ""


@dataclass(frozen=True)
class Extra:
    """What the page shows of a cell beyond its text: links in it, and lines below it."""

    parts: tuple[Part, ...] = ()
    below: tuple[Part, ...] = ()
    css: str = ""


Look = Callable[
    [int | None, str], Extra | None
]  # the row's place in the sheet (None: 合计), the column's key


@dataclass(frozen=True)
class BodyCell:
    text: str
    css: str
    rowspan: int
    extra: Extra | None = None


@dataclass(frozen=True)
class BodyRow:
    css: str
    cells: list[BodyCell]


def render(sheet: Sheet, start: int = 0, stop: int | None = None, look: Look | None = None) -> SafeString:
    """The table with rows `start` to `stop` (totals always shown); cells merge within the slice."""
    return render_to_string("township/sheets/table.html", context(sheet, start, stop, look))


def context(
    sheet: Sheet, start: int = 0, stop: int | None = None, look: Look | None = None
) -> dict[str, object]:
    """What `township/sheets/table.html` needs, for a page that includes it."""
    totals = [Row(values, total=True) for values in sheet.totals]
    rows = [Row(values) for values in islice(sheet.read(), start, stop)]
    shown = totals + rows if sheet.total_first else rows + totals
    return {
        "sheet": sheet,
        "frame": sheet.frame,
        "head": head(sheet),
        "rows": body_rows(sheet, shown, look=look, start=start),
        "width": len(sheet.visible),
        "pending": sheet.pending,
    }


def head(sheet: Sheet) -> list[list[HeaderCell]]:
    return header(sheet.visible)


def body_rows(
    sheet: Sheet, rows: Sequence[Row], css: Sequence[str] = (), *, look: Look | None = None, start: int = 0
) -> list[BodyRow]:
    """Rows ready for the template, covered cells left out; `css` adds a class to each row."""
    shown = [
        (i, column, " ".join(("sheet-" + column.align, *(["sheet-number"] if column.kind != "text" else []))))
        for i, column in enumerate(sheet.columns)
        if not column.hidden
    ]
    result = []
    at = start
    for number, (row, starts) in enumerate(zip(rows, spans(sheet.columns, rows), strict=True)):
        place = None if row.total else at
        at += not row.total
        cells = [
            BodyCell(text(row.values[i], column), name, starts[i], look(place, column.key) if look else None)
            for i, column, name in shown
            if i in starts
        ]
        names = [css[number]] if css else []
        result.append(BodyRow(" ".join([*names, *(["sheet-total"] if row.total else [])]), cells))
    return result
