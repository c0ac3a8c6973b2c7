"""A blank read as the page shows it: texts, merges, widths and rough looks of its sheets, as plain data."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from grids.imports.reading.result import Refused
from reports.blanks.opening import opened

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS, MOST_CELLS = 500, 120, 30, 40_000
TEXT, NUMBER, FORMULA, EMPTY = "t", "n", "f", ""


def read_looks(path: Path) -> list[dict[str, Any]]:
    """All sheets of a workbook that `parts` let through. Raises Refused where there is too much to show."""
    book = opened(path)
    if len(book.worksheets) > MOST_SHEETS:
        raise Refused(f"这个工作簿有 {len(book.worksheets)} 张工作表，最多 {MOST_SHEETS} 张，请分开上传。")
    if not any(page.sheet_state == "visible" for page in book.worksheets):
        raise Refused("这个工作簿里没有看得见的工作表，请取消隐藏，另存为 .xlsx 再上传。")
    looks = [_look(page) for page in book.worksheets]
    if not any(cell[3] == TEXT for look in looks for cell in look["cells"]):
        raise Refused("这个工作簿里没有文字，不像是一张空表，请核对文件。")
    if sum(len(look["cells"]) for look in looks) > MOST_CELLS:
        raise Refused("这张空表的格子太多，请删除表格下方和右侧多余的行列，另存为 .xlsx 再上传。")
    return looks


def _look(page: Worksheet) -> dict[str, Any]:
    styles: dict[tuple[Any, ...], int] = {}
    cells, height, width = [], 0, 0
    for cell in _cells(page):
        kind, text = kind_of(cell.value), text_of(cell.value)
        style = _style(cell)
        if kind == EMPTY and not style[2]:
            continue
        if cell.row > MOST_ROWS or cell.column > MOST_COLUMNS:
            if kind == EMPTY:
                continue
            raise Refused(
                f"工作表“{page.title}”超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列，"
                "请删除多余的行列，另存为 .xlsx 再上传。"
            )
        height, width = max(height, cell.row), max(width, cell.column)
        cells.append([cell.row, cell.column, text, kind, styles.setdefault(style, len(styles))])
    merges = [[m.min_row, m.min_col, m.max_row, m.max_col] for m in page.merged_cells.ranges]
    for _, _, bottom, right in merges:
        height, width = max(height, min(bottom, MOST_ROWS)), max(width, min(right, MOST_COLUMNS))
    widths, hidden = _columns(page, width)
    return {
        "name": page.title,
        "shown": page.sheet_state == "visible",
        "height": height,
        "width": width,
        "widths": widths,
        "hidden_columns": hidden,
        "heights": {str(r): round(d.height * 4 / 3) for r, d in page.row_dimensions.items() if d.height},
        "hidden_rows": [row for row, about in page.row_dimensions.items() if about.hidden and row <= height],
        "merges": sorted(merges),
        "styles": [list(style) for style in styles],
        "cells": cells,
        "tables": bool(page.tables),
    }


def _cells(page: Worksheet) -> list[Any]:
    """What is written or formatted, in reading order, without the covered cells of merges."""
    found = [page._cells[place] for place in sorted(page._cells)]
    return [cell for cell in found if not isinstance(cell, MergedCell)]


def kind_of(value: object) -> str:
    """Empty, text, number (dates too), or formula: plain, over an array, or of a data table."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, str):
        return FORMULA if value.startswith("=") and len(value) > 1 else TEXT if value.strip() else EMPTY
    if isinstance(value, int | float | date | time):
        return NUMBER
    return TEXT if isinstance(value, list) else FORMULA  # rich text is a list, the other two are neither


def text_of(value: object) -> str:
    """What the page prints in the cell."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:g}"
    text = getattr(value, "text", None)
    return str(text if text is not None else value)[:500]


def _style(cell: Any) -> tuple[Any, ...]:
    """Alignment across, wrapped, borders as letters of t r b l, bold, filled, size step."""
    align, border, font = cell.alignment, cell.border, cell.font
    across = align.horizontal if align.horizontal in {"left", "center", "right"} else ""
    if align.horizontal in {"centerContinuous", "distributed", "justify"}:
        across = "center"
    sides = zip("trbl", (border.top, border.right, border.bottom, border.left), strict=True)
    lines = "".join(letter for letter, side in sides if side is not None and side.style)
    filled = cell.fill is not None and cell.fill.fill_type == "solid"
    size = float(font.sz or 11) if font is not None else 11
    step = "large" if size >= 16 else "small" if size < 9 else ""
    return across, bool(align.wrap_text), lines, bool(font is not None and font.b), filled, step


def _columns(page: Worksheet, width: int) -> tuple[list[int], list[int]]:
    """Pixels of each column, and which are hidden; a run of equal columns is one entry in the file."""
    usual = page.sheet_format.defaultColWidth or page.sheet_format.baseColWidth or 8.43
    widths, hidden = [_pixels(float(usual))] * width, []
    for letter, about in page.column_dimensions.items():
        first = about.min or column_index_from_string(letter)
        for column in range(first, min(about.max or first, width) + 1):
            if about.width and about.customWidth:
                widths[column - 1] = _pixels(float(about.width))
            if about.hidden:
                hidden.append(column)
    return widths, sorted(set(hidden))


def _pixels(characters: float) -> int:
    return min(max(round(characters * 7 + 5), 16), 420)
