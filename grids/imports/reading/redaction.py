"""What is taken out of a sender's sheets before they are kept: columns and numbers not collected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from grids.imports.reading.files import RawSheet
from grids.imports.reading.headers import PRIVATE, classify
from grids.imports.reading.rows import HOUSEHOLDER, RELATION
from grids.imports.reading.tables import Table, find_tables
from grids.imports.reading.values import mark_labels, mask, strike_private, text_of

ERROR_TITLE = "错误说明"
LONGEST_TITLE = 40
REMARKS = {"remark", "household", ""}
FIGURE = re.compile(r"[\d\s.,:/\-年月日号]+")
YEAR = re.compile(r"(?:19|20)\d\d年?")
LABELLED = re.compile(r"备注|说明|情况|户")


def redact(sheets: list[RawSheet]) -> None:
    """Blank, in place, what must not be stored; reading the sheets gives the same roster as before."""
    for sheet in sheets:
        is_meta = sheet.hidden and sheet.name.strip().lower() == "meta"
        sheet.name = mask(sheet.name)
        _drop_our_column(sheet)
        if sheet.hidden and not is_meta:
            sheet.cells = [[None] * len(row) for row in sheet.cells]
            continue
        found = find_tables(sheet).tables
        for row, index, keep in _private_cells(sheet, found):
            sheet.cells[row][index] = keep
        _mark_remarks(sheet, found)
        _strike(sheet)


def _drop_our_column(sheet: RawSheet) -> None:
    """The last column of an error file is ours; mended, it comes back without it."""
    for row in sheet.cells[:60]:
        for index in range(len(row) - 1, -1, -1):
            if row[index] == ERROR_TITLE:
                for cells in sheet.cells:
                    if index < len(cells):
                        cells[index] = None
                return


def _private_cells(sheet: RawSheet, tables: list[Table]) -> Iterable[tuple[int, int, Any]]:
    """Cells below titles that are not collected, with what may stay of each."""
    if not tables:
        yield from _below_private_words(sheet)
        return
    starts = sorted({table.header_row + table.header_rows - 1 for table in tables})
    for table in tables:
        first = table.header_row + table.header_rows - 1
        last = next((start for start in starts if start > first), len(sheet.cells))
        for column in table.columns:
            if column.field == PRIVATE:
                says_who = RELATION.search(column.title)
                for row in range(first, last):
                    if column.index < len(sheet.cells[row]):
                        yield row, column.index, _left_of(sheet.cells[row][column.index], bool(says_who))


def _left_of(value: Any, says_who: bool) -> str | None:
    """Of 与户主关系 only whether it is the householder stays: the reader must know whose line it is."""
    text = text_of(value)
    if not says_who or not text:
        return None
    return "户主" if HOUSEHOLDER.search(text) else "成员"


def _below_private_words(sheet: RawSheet) -> Iterable[tuple[int, int, Any]]:
    """In a sheet that is no roster: whatever stands under such a title.

    学习全会精神 as a topic is none: its line has a number or a day, or it is the heading of a table.
    """
    struck: set[int] = set()
    is_wide = any(sum(1 for value in row if text_of(value)) > 1 for row in sheet.cells)
    for number, row in enumerate(sheet.cells):
        texts = [text for value in row if (text := text_of(value))]
        may_be_titles = not (is_wide and len(texts) == 1) and not any(map(_is_figure, texts))
        for index, value in enumerate(row):
            if index in struck:
                yield number, index, None
            elif may_be_titles and isinstance(value, str) and _is_private_title(value):
                struck.add(index)


def _is_figure(text: str) -> bool:
    """A number or a day, but for a year, which may stand over a column."""
    is_figure = FIGURE.fullmatch(text) is not None and any(map(str.isdigit, text))
    return is_figure and YEAR.fullmatch(text) is None


def _is_private_title(value: str) -> bool:
    return len(value) <= LONGEST_TITLE and classify(text_of(value)) == PRIVATE


def _mark_remarks(sheet: RawSheet, tables: list[Table]) -> None:
    """Labels on people go out of remarks and out of columns nobody has claimed yet."""
    if not tables:
        return
    first = min(table.header_row for table in tables)
    known = {column.index: column for table in tables for column in table.columns}
    for row in sheet.cells[first:]:
        for index, value in enumerate(row):
            column = known.get(index)
            if isinstance(value, str) and (column is None or column.field in REMARKS):
                row[index] = mark_labels(value)


def _strike(sheet: RawSheet) -> None:
    """Numbers of people and accounts, wherever they stand, also those the workbook holds as numbers."""
    for row in sheet.cells:
        for index, value in enumerate(row):
            if isinstance(value, str) or (isinstance(value, int | float) and abs(value) >= 1e14):
                text, struck = strike_private(text_of(value))
                if struck:
                    row[index] = text
