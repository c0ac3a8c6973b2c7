"""Numbers and rows written into a copy of a blank, and nothing else touched. Runs in the child process."""

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grids.imports.reading.result import Refused
from reports.blanks import extensions
from reports.blanks.growing import open_rows
from reports.blanks.looks import FORMULA, TEXT, kind_of
from reports.blanks.opening import opened

PERCENT, DAY = "percent", "date"


def fill(source: Path, order: dict[str, Any]) -> None:
    """Write one filled workbook. Raises Refused rather than overwrite a formula or a hidden cell."""
    book, kept = opened(source), extensions.read(source)
    for sheet, row, column, value, after in order["cells"]:
        _write(book.worksheets[sheet], row, column, value, after=after)
    # From the bottom up, so that rows which come in do not move a table that is still to be filled.
    for table in sorted(order["tables"], key=lambda one: (one["sheet"], -one["row"])):
        page, room, rows = book.worksheets[table["sheet"]], table["room"], table["rows"]
        if len(rows) > room:
            last = table["row"] + room - 1
            opening = open_rows(book, page, first=table["row"], last=last, count=len(rows) - room)
            extensions.move(kept, opening)
        for number, values in enumerate(rows):
            for column, value in zip(table["columns"], values, strict=True):
                if value is not None:
                    _write(page, table["row"] + number, column, value)
    book.save(order["target"])
    extensions.put_back(Path(order["target"]), kept)


def _write(page: Worksheet, row: int, column: int, value: Any, *, after: bool = False) -> None:
    """One value; with `after` it follows the label that stands in the cell already."""
    at = f"工作表“{page.title}”的 {get_column_letter(column)}{row}"
    cell: Any = page.cell(row, column)
    if isinstance(cell, MergedCell):
        raise Refused(f"{at} 在合并单元格里面，不是左上角那一格，没有填写；请重新选格。")
    kind = kind_of(cell.value)
    if kind == FORMULA:
        raise Refused(f"{at} 是公式，系统不改公式，没有填写；请重新选格。")
    if after:
        cell.value = _after(cell.value, str(value))
        return
    if kind == TEXT:
        raise Refused(f"{at} 已有文字，没有填写；请重新选格。")
    _put(cell, value)


def _after(label: Any, value: str) -> Any:
    """填报单位：东坡村党支部, in the place of the blanks or underscores after the colon."""
    if isinstance(label, CellRichText):
        return CellRichText([*label, _clean(value)])
    return str(label).rstrip(" 　_＿\t") + _clean(value)


def _put(cell: Any, value: Any) -> None:
    plain = cell.number_format == "General"
    if isinstance(value, dict) and PERCENT in value:
        share = float(value[PERCENT])
        if plain:
            cell.number_format = "0.0%"
        cell.value = share if "%" in cell.number_format else round(share * 100, 1)
    elif isinstance(value, dict):
        if plain:
            cell.number_format = "yyyy-mm-dd"
        cell.value = date.fromisoformat(value[DAY])
    elif isinstance(value, str):
        cell.value = _clean(value)
        cell.data_type = "s"  # what begins with = is a name, never a formula
    else:
        cell.value = value


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)
