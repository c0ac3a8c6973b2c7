"""The sender's workbook written again: without what is not kept, and on request with its errors marked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.packaging.core import DocumentProperties
from openpyxl.packaging.custom import CustomPropertyList, StringProperty
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from grids.imports.reading.files import RawSheet
from grids.imports.reading.redaction import ERROR_TITLE

MARKER = "ImportToken"
RED = "FFFFC7CE"
AUTHOR = "导入检查"
_MARKED = re.compile(rf'name="{MARKER}"[^>]*>\s*<(?:\w+:)?lpwstr[^>]*>([0-9a-f]{{32}})<')
Marks = Iterable[tuple[str, int, int | None, str]]  # sheet, row and column from 0, what is wrong


def token_of(data: bytes) -> str:
    """The number of the session whose error file this is, "" for any other file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read("docProps/custom.xml")[:20_000].decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError):
        return ""
    found = _MARKED.search(text)
    return found.group(1) if found else ""


def write_copy(source: Path, target: Path, sheets: list[RawSheet]) -> None:
    """Write `target`: the workbook as it was sent but for values, which are those of the redacted sheets.

    Anything but an .xlsx becomes an .xlsx of the same cells, merges and sheet names.
    """
    book = _opened(source, sheets) or _built(sheets)
    book.properties = DocumentProperties(creator=AUTHOR)
    book.custom_doc_props = CustomPropertyList()
    book.save(target)


def _opened(source: Path, sheets: list[RawSheet]) -> Workbook | None:
    """The file itself with the redacted values laid over; None where openpyxl can't open it."""
    data = source.read_bytes()
    if not data.startswith(b"PK") or b"xl/workbook.xml" not in data:
        return None
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    except Exception:  # noqa: BLE001 - whatever ails it, the cells are at hand
        return None
    if len(book.worksheets) != len(sheets):
        return None
    for name in list(book.defined_names):
        del book.defined_names[name]
    for page, sheet in zip(book.worksheets, sheets, strict=True):
        page.title = sheet.name
        _lay_over(page, sheet)
    return book


def _lay_over(page: Worksheet, sheet: RawSheet) -> None:
    page._charts, page._images, page._pivots = [], [], []
    page.HeaderFooter.oddHeader = page.HeaderFooter.oddFooter = None
    for number, row in enumerate(page.iter_rows()):
        values = sheet.cells[number] if number < len(sheet.cells) else []
        for index, cell in enumerate(row):
            if isinstance(cell, MergedCell):
                continue
            if cell.comment is not None:
                cell.comment = None
            if cell.hyperlink is not None:
                cell.hyperlink = None
            if cell.fill.fgColor.rgb == RED:
                cell.fill = PatternFill()
            kept = values[index] if index < len(values) else None
            if cell.value is not None and _differs(cell.value, kept):
                cell.value = kept if isinstance(kept, str) else None


def _differs(value: Any, kept: Any) -> bool:
    """Whether the redaction took something out of a cell; readers differ over 3 and 3.0, which is nothing."""
    if kept is None or kept == "":
        return True
    return isinstance(kept, str) and (not isinstance(value, str) or value.strip() != kept.strip())


def _built(sheets: list[RawSheet]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", "_", sheet.name)[:31] or "表")
        if sheet.hidden:
            page.sheet_state = "hidden"
        for row, values in enumerate(sheet.cells, 1):
            for column, value in enumerate(values, 1):
                if value not in (None, ""):
                    written = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
                    cell = page.cell(row, column, written)
                    if isinstance(value, str):
                        cell.data_type = "s"  # what begins with = is text here
        for (top, left), (bottom, right) in sheet.merges:
            page.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
    if all(page.sheet_state == "hidden" for page in book.worksheets):
        book.create_sheet("说明")
    return book


def write_marked(
    source: Path, target: Path, *, marks: Marks, mends: Marks, token: str, heads: dict[str, int]
) -> None:
    """The kept copy with later mends, bad cells red and commented, and a last column of reasons.

    `heads` names the header row (from 0) of each sheet; the title of the last column stands there.
    """
    book = openpyxl.load_workbook(source)
    pages = {page.title: page for page in book.worksheets}
    for sheet, row, column, value in mends:
        if sheet in pages and column is not None:
            cell = pages[sheet].cell(row + 1, column + 1)
            if not isinstance(cell, MergedCell):
                cell.value = value
                cell.data_type = "s"
    by_row: dict[tuple[str, int], list[str]] = {}
    for sheet, row, column, message in marks:
        if sheet in pages:
            by_row.setdefault((sheet, row), []).append(message)
            _mark(pages[sheet], row, column, message)
    for name, page in pages.items():
        rows = {row: found for (sheet, row), found in by_row.items() if sheet == name}
        if rows:
            _reasons(page, heads.get(name, 0), rows)
    book.custom_doc_props.append(StringProperty(name=MARKER, value=token))
    book.save(target)


def _mark(page: Worksheet, row: int, column: int | None, message: str) -> None:
    if column is None:
        return
    cell: Any = page.cell(row + 1, column + 1)
    if isinstance(cell, MergedCell):
        corner = next(m for m in page.merged_cells.ranges if cell.coordinate in m)
        cell = page.cell(corner.min_row, corner.min_col)
    cell.fill = PatternFill("solid", fgColor=RED)
    comment = Comment(message, AUTHOR, width=260, height=110)
    if cell.comment is not None:
        comment = Comment(f"{cell.comment.text}\n{message}", AUTHOR, width=260, height=160)
    cell.comment = comment


def _reasons(page: Worksheet, head: int, rows: dict[int, list[str]]) -> None:
    column = _last_column(page) + 1
    title = page.cell(head + 1, column, ERROR_TITLE)
    title.font = Font(bold=True, color="FF9C0006")
    page.column_dimensions[get_column_letter(column)].width = 48
    for row, messages in rows.items():
        cell = page.cell(row + 1, column, "\n".join(dict.fromkeys(messages)))
        cell.font = Font(color="FF9C0006")
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _last_column(page: Worksheet) -> int:
    last = max((c.column for row in page.iter_rows() for c in row if c.value not in (None, "")), default=0)
    return max([last, *(merge.max_col for merge in page.merged_cells.ranges)])
