"""Sheets as a workbook: official fonts by name, merged holders, text that stays text, ready to print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from math import inf
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from township.collecting import paused
from township.sheets import MARK, Cell, Column, Sheet
from township.sheets.layout import Digest, Merges, Row, body, clean, header, text, texts
from township.sheets.measure import MM_PER_POINT, line_count
from township.sheets.paper import paper, widths

META_SHEET = "meta"
TITLE_FONT, BODY_FONT, HEAD_FONT, FOLIO_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
_PAPER_CODES = {"A3": 8, "A4": 9}
_NUMBER_FORMATS = {
    "text": "@",
    "int": "0",
    "percent": "0.0%",
    "date": 'yyyy"."mm"."dd',
    "marked": f'0"{MARK}"',
}
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MM_PER_INCH = 25.4
_CELL_EDGES = 1.6  # millimetres Excel keeps free beside a cell's text
_PIXELS_PER_MM = 96 / _MM_PER_INCH
_TALLEST_ROW = 409.0  # points, what Excel allows


def write(sheet: Sheet, fileobj: IO[bytes]) -> None:
    write_book([sheet], fileobj)


def write_book(sheets: Sequence[Sheet], fileobj: IO[bytes]) -> None:
    """Several sheets into one workbook, each on a tab, and one hidden tab with their meta values."""
    with paused(), xlsxwriter.Workbook(fileobj, _OPTIONS) as book:
        formats = _Formats(book)
        used: set[str] = {META_SHEET}
        notes: list[tuple[str, str, str]] = []
        for sheet in sheets:
            name = _tab_name(sheet, used)
            used.add(name.lower())
            digest = _SheetWriter(book.add_worksheet(name), sheet, formats).write()
            own = {
                "title": sheet.title,
                "annex": sheet.annex,
                "columns": ",".join(column.key for column in sheet.columns),
                "rows": str(digest.rows),
                "sha256": digest.hexdigest(),
            }
            notes.extend((name, key, value) for key, value in {**own, **sheet.meta}.items())
        _write_meta(book, notes)


def _marginal(words: str) -> str:
    """Words for head or foot, where & is a command and 255 characters are the end."""
    return clean(words).replace("\n", " ").replace("&", "&&")[:150]


def _tab_name(sheet: Sheet, used: set[str]) -> str:
    """A unique name that Excel takes: at most 31 characters, no brackets, colons, slashes or outer quotes."""
    wanted = re.sub(r"[\[\]:*?/\\]", "", clean(sheet.name or sheet.annex or sheet.title))
    base = wanted.strip("' \n")[:31].strip("' \n") or "表"
    name, number = base, 2
    while name.lower() in used:
        suffix = f"（{number}）"
        name, number = base[: 31 - len(suffix)] + suffix, number + 1
    return name


def _write_meta(book: Workbook, notes: list[tuple[str, str, str]]) -> None:
    worksheet = book.add_worksheet(META_SHEET)
    for row, line in enumerate([("sheet", "key", "value"), *notes]):
        for col, value in enumerate(line):
            worksheet.write_string(row, col, clean(value))
    worksheet.hide()


class _Formats:
    """Cell formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def make(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "vcenter", "text_wrap": True, **properties})
        return self._made[key]

    def cell(self, column: Column, kind: str, size: float, total: bool) -> Format:
        return self.make(
            font_name=BODY_FONT,
            font_size=size,
            align=column.align,
            border=1,
            bold=total,
            num_format=_NUMBER_FORMATS[kind],
        )

    def plain(self, font: str, size: float, align: str) -> Format:
        return self.make(font_name=font, font_size=size, align=align, num_format="@")


class _SheetWriter:
    """Writes one sheet from top to bottom; `row` is the next free row."""

    def __init__(self, worksheet: Worksheet, sheet: Sheet, formats: _Formats) -> None:
        self.worksheet, self.sheet, self.formats = worksheet, sheet, formats
        self.paper = paper(sheet, "plain")
        # Wider than the page is left to Excel's own scaling, so that it reads well on screen.
        natural = sum(column.width for column in sheet.visible)
        self.widths = widths(sheet, max(natural, self.paper.inner_width))
        shown = [i for i, column in enumerate(sheet.columns) if not column.hidden]
        self.first, self.last = (shown[0], shown[-1]) if shown else (0, 0)
        self.row = 0
        self.size = sheet.text_size
        self.default_height = round(self.size * 2.1, 1)
        self.heights: dict[int, float] = {}
        # Characters that surely fit into one line of each column; only longer texts are measured.
        self.surely = [self._ems(width) / 1.05 if width else inf for width in self.widths]
        self.cell_formats: dict[tuple[int, str, bool], Format] = {}

    def write(self) -> Digest:
        self._page()
        self._frame()
        self._header()
        digest = self._body()
        self._foot()
        for row in range(self.row):  # all of them, or LibreOffice fits the rest to its own fonts
            self.worksheet.set_row(row, min(self.heights.get(row, self.default_height), _TALLEST_ROW))
        return digest

    def _page(self) -> None:
        worksheet, sheet = self.worksheet, self.sheet
        worksheet.set_default_row(self.default_height)
        worksheet.set_paper(_PAPER_CODES[sheet.paper])
        if sheet.landscape:
            worksheet.set_landscape()
        top, right, bottom, left = (millimetres / _MM_PER_INCH for millimetres in self.paper.recto)
        worksheet.set_margins(left=left, right=right, top=top, bottom=bottom)
        worksheet.fit_to_pages(1, 0)
        worksheet.center_horizontally()
        number = f'&L&"{FOLIO_FONT}"&8{_marginal(sheet.mark)}' if sheet.mark else ""
        worksheet.set_footer(f'{number}&C&"{FOLIO_FONT}"第 &P 页 共 &N 页', {"margin": 0.3})
        if sheet.watermark:
            worksheet.set_header(f'&R&"{FOLIO_FONT}"&8&K999999{_marginal(sheet.watermark)}', {"margin": 0.3})
        for col, column in enumerate(sheet.columns):
            plain = self.formats.plain(BODY_FONT, self.size, column.align) if column.kind == "text" else None
            pixels = round((column.width if column.hidden else self.widths[col]) * _PIXELS_PER_MM)
            worksheet.set_column_pixels(col, col, pixels, plain, {"hidden": 1} if column.hidden else {})

    def _across(self, first: int, last: int, value: str, style: Format, rows: int = 1) -> None:
        """A text over a block of cells that starts at the next free row."""
        if first < last or rows > 1:
            self.worksheet.merge_range(self.row, first, self.row + rows - 1, last, "", style)
        self.worksheet.write_string(self.row, first, clean(value), style)

    def _frame(self) -> None:
        sheet, formats = self.sheet, self.formats
        if sheet.annex:
            self._across(self.first, self.last, sheet.annex, formats.plain(HEAD_FONT, 16, "left"))
            self.heights[self.row] = 24
            self.row += 1
        self._across(self.first, self.last, sheet.title, formats.plain(TITLE_FONT, 22, "center"))
        count = line_count(sheet.title, sum(self.widths) / (22 * MM_PER_POINT))
        self.heights[self.row] = 36 + 30 * (count - 1)
        self.row += 1
        if any(sheet.frame):
            for (first, last), value, align in zip(
                self._thirds(), sheet.frame, ("left", "center", "right"), strict=False
            ):
                self._across(first, last, value, formats.plain(BODY_FONT, 12, align))
            self.heights[self.row] = 22
            self.row += 1

    def _thirds(self) -> list[tuple[int, int]]:
        """Columns under the left, middle and right part of the line over the table."""
        bounds, reached, total = [self.first], 0.0, sum(self.widths)
        for col in range(self.first, self.last):
            reached += self.widths[col]
            share = (0.4, 0.72)[len(bounds) - 1] if len(bounds) < 3 else 2.0
            if reached >= total * share - 0.01 and col + 1 <= self.last:
                bounds.append(col + 1)
        bounds.append(self.last + 1)
        return [(start, stop - 1) for start, stop in pairwise(bounds)]

    def _header(self) -> None:
        style = self.formats.make(
            font_name=HEAD_FONT, font_size=self.size, align="center", border=1, num_format="@"
        )
        top = self.row
        for cells in header(self.sheet.columns):
            tallest = 1
            for cell in cells:
                self._across(cell.col, cell.col + cell.colspan - 1, cell.title, style, rows=cell.rowspan)
                width = sum(self.widths[cell.col : cell.col + cell.colspan])
                if width:
                    tallest = max(tallest, -(-self._lines(cell.title, width) // cell.rowspan))
            self.heights[self.row] = max(self.default_height, tallest * self.size * 1.3 + 6)
            self.row += 1
        self.worksheet.repeat_rows(top, self.row - 1)
        self.worksheet.freeze_panes(self.row, 0)

    def _lines(self, value: str, width: float) -> int:
        return line_count(value, self._ems(width))

    def _ems(self, width: float) -> float:
        return max(1.0, (width - _CELL_EDGES) / (self.size * MM_PER_POINT))

    def _body(self) -> Digest:
        sheet = self.sheet
        merges, digest = Merges(sheet.columns), Digest()
        begun = dict.fromkeys(merges.keys, self.row)
        above: Row | None = None
        for row in body(sheet):
            together = merges.continues(above, row)
            if above is not None:
                for col in merges.keys:
                    if col not in together:
                        self._close(begun[col], col, above)
                        begun[col] = self.row
            shown = texts(row.values, sheet.columns)
            self._cells(row, shown, begun)
            if not row.total:
                digest.add(shown)
            above = row
            self.row += 1
        if above is not None:
            for col in merges.keys:
                self._close(begun[col], col, above)
        self.worksheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self.row + 1}"})
        return digest

    def _cells(self, row: Row, shown: list[str], begun: dict[int, int]) -> None:
        """The cells of a row that never merge, and the height the longest of them needs."""
        tallest = 1
        for col, words in enumerate(shown):
            if col in begun:
                continue
            self._cell(self.row, col, row.values[col], words, row.total)
            if len(words) > self.surely[col] or ("\n" in words and self.widths[col]):
                tallest = max(tallest, self._lines(words, self.widths[col]))
        if tallest > 1:
            self.heights[self.row] = tallest * self.size * 1.3 + 6

    def _close(self, start: int, col: int, row: Row) -> None:
        """Write a holder's cell once its last row is known, and give it room for all its lines."""
        stop = self.row - 1
        value, column = row.values[col], self.sheet.columns[col]
        words = text(value, column)
        if stop > start:
            self.worksheet.merge_range(start, col, stop, col, "", self._format(col, column.kind, total=False))
        self._cell(start, col, value, words, row.total)
        needed = self._lines(words, self.widths[col]) * self.size * 1.3 + 6
        missing = needed - sum(self.heights.get(i, self.default_height) for i in range(start, stop + 1))
        if missing > 0 and needed > self.default_height:
            self.heights[stop] = self.heights.get(stop, self.default_height) + missing

    def _cell(self, row: int, col: int, value: Cell, words: str, total: bool) -> None:
        kind = self.sheet.columns[col].kind
        tab = self.sheet.leads.get(self.sheet.columns[col].key)
        if tab and words:  # the link stays when the value is written over its text
            self.worksheet.write_url(row, col, f"internal:'{tab}'!A1", None, words, f"看明细：{tab}")
        if not words:
            self.worksheet.write_blank(row, col, None, self._format(col, kind, total))
        elif kind == "text":
            self.worksheet.write_string(row, col, words, self._format(col, kind, total))
        elif (
            kind in ("int", "percent")
            and isinstance(value, int | float | Decimal)
            and not isinstance(value, bool)
        ):
            self.worksheet.write_number(row, col, value, self._format(col, kind, total))
        elif kind == "date" and isinstance(value, date) and value.year >= 1900:
            day = value.date() if isinstance(value, datetime) else value
            self.worksheet.write_datetime(
                row, col, datetime.combine(day, time()), self._format(col, kind, total)
            )
        elif kind == "int" and words.endswith(MARK) and words[:-1].isdecimal():  # still a number to add up
            self.worksheet.write_number(row, col, int(words[:-1]), self._format(col, "marked", total))
        else:
            self.worksheet.write_string(row, col, words, self._format(col, "text", total))

    def _format(self, col: int, kind: str, total: bool) -> Format:
        key = (col, kind, total)
        if key not in self.cell_formats:
            self.cell_formats[key] = self.formats.cell(self.sheet.columns[col], kind, self.size, total)
        return self.cell_formats[key]

    def _foot(self) -> None:
        style = self.formats.plain(BODY_FONT, 12, "left")
        if self.sheet.summary:
            self._across(self.first, self.last, self.sheet.summary, style)
            self.heights[self.row] = 20
            self.row += 1
        if self.sheet.signatures:
            parts = [f"{line.label}：{line.value or '　' * 6}" for line in self.sheet.signatures]
            self._across(self.first, self.last, "　".join(parts), style)
            self.heights[self.row] = 28
            self.row += 1
