"""The receiver's file: CSV or a bare workbook, and what in it the receiver could not read."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.choices import HandoverFormat
from reports.handover.rules import Chosen
from reports.handover.sources import Row

Cells = list[str | int | float]
ENCODINGS = {HandoverFormat.CSV_UTF8: "utf-8-sig", HandoverFormat.CSV_GBK: "gbk"}
# What a spreadsheet takes for the beginning of a formula, in either width (security: formula injection).
FORMULA_SIGNS = frozenset("=+-@＝＋－＠\t\r\n")


@dataclass(frozen=True)
class Fault:
    """A cell that the receiver could not read."""

    row: int
    heading: str
    value: str
    why: str


@dataclass(frozen=True)
class Table:
    """The rows in the receiver's words."""

    headings: Sequence[str]
    rows: Sequence[Cells]
    uncoded: Sequence[Fault]  # values without a code in a column that has codes


def table_of(rows: Iterable[Row], chosen: Sequence[Chosen], date_form: str) -> Table:
    """Chosen columns in their order, days as the receiver writes them, values in the receiver's codes."""
    made: list[Cells] = []
    uncoded: dict[tuple[str, str], Fault] = {}  # each value once, where it stands first
    for number, row in enumerate(rows, 1):
        cells: Cells = []
        for column in chosen:
            value = _cell(row.get(column.code), date_form)
            if column.codes:
                words = str(value)
                if words not in column.codes and words:
                    fault = Fault(number, column.heading, words, "没有对应的代码")
                    uncoded.setdefault((column.heading, words), fault)
                value = column.codes.get(words, value)
            cells.append(value)
        made.append(cells)
    return Table([column.heading for column in chosen], made, list(uncoded.values()))


def unwritable(table: Table, file_format: str, *, header: bool) -> list[Fault]:
    """Characters the encoding lacks, by row and column; a question mark in their place would be a lie."""
    encoding = ENCODINGS.get(HandoverFormat(file_format))
    if encoding is None:
        return []
    return [
        Fault(number, heading, str(value), f"编码里没有“{lost}”")
        for number, cells in enumerate(_lines(table, header=header), 0 if header else 1)
        for heading, value in zip(table.headings, cells, strict=True)
        if (lost := _lost(str(value), encoding))
    ]


def content_of(table: Table, file_format: str, *, header: bool, mark: str = "") -> bytes:
    """The file. Raises UnicodeEncodeError where `unwritable` has something to say."""
    if file_format == HandoverFormat.XLSX:
        return _workbook(table, header=header, mark=mark)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for cells in _lines(table, header=header):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue().encode(ENCODINGS[HandoverFormat(file_format)])


def harmless(words: str) -> str:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it."""
    start = words.lstrip(" \u3000")[:1] or words[:1]
    return f"'{words}" if start in FORMULA_SIGNS and words else words


def _lines(table: Table, *, header: bool) -> Iterator[Cells]:
    if header:
        yield list(table.headings)
    yield from table.rows


def _cell(value: Any, date_form: str) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.strftime(date_form)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | float) else str(value)


def _lost(words: str, encoding: str) -> str:
    """The characters of a text that an encoding lacks."""
    if encoding != "gbk":
        return ""
    try:
        words.encode(encoding)
    except UnicodeEncodeError:
        return "".join(letter for letter in words if not _fits(letter, encoding))
    return ""


def _fits(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _workbook(table: Table, *, header: bool, mark: str) -> bytes:
    """A bare table for another system: no title, nothing merged, text as text, a number in its foot."""
    import xlsxwriter  # slow import

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("数据")
        as_text = book.add_format({"num_format": "@"})
        for line, cells in enumerate(_lines(table, header=header)):
            for column, cell in enumerate(cells):
                if cell == "":
                    continue  # a blank cell, not a text of no letters
                if isinstance(cell, str):
                    sheet.write_string(line, column, cell, as_text)
                else:
                    sheet.write_number(line, column, cell)
        sheet.set_column(0, max(len(table.headings) - 1, 0), 16)
        sheet.set_footer(f"&L&8{mark}")
    return out.getvalue()
