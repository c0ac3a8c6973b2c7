"""Rows put into a sheet: merges, heights, formulas, names and print area make room as they do in Excel."""

import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from grids.imports.reading.result import Refused

_ROWS = re.compile(r"(\$?[A-Z]{1,3})?(\$?)(\d{1,7})")
_REFERENCE = re.compile(r"^\$?[A-Z]{0,3}\$?\d{1,7}(:\$?[A-Z]{0,3}\$?\d{1,7})?$")


@dataclass(frozen=True)
class Opening:
    """`count` rows that come in at the last of the rows `first`…`last`, so that sums over them grow along."""

    sheet: str
    first: int
    last: int
    count: int

    def start(self, row: int) -> int:
        """Where a row now stands; the only row of a table stays, and the new ones come after it."""
        moves = row >= self.last if self.last > self.first else row > self.last
        return row + self.count if moves else row

    def end(self, row: int) -> int:
        """Where the last row of a range now stands."""
        return row + self.count if row >= self.last else row

    @property
    def at(self) -> int:
        """The first of the new rows."""
        return self.last if self.last > self.first else self.last + 1


def open_rows(book: Workbook, page: Worksheet, *, first: int, last: int, count: int) -> Opening:
    """Put `count` rows in and give them the looks of the table's last blank row. Raises Refused."""
    opening = Opening(page.title, first, last, count)
    if page.tables:
        raise Refused(
            f"工作表“{page.title}”里套用了“表格”（超级表），行数不够时不能自动加行，请先转换为普通区域再上传。"
        )
    for other in book.worksheets:
        _move_formulas(other, opening)
    _move_names(book, opening)
    _move_surroundings(page, opening)
    _move_cells(page, opening)
    return opening


def _moved(reference: str, opening: Opening) -> str:
    """B6:B10 as it reads afterwards."""
    first, colon, last = reference.partition(":")

    def put(part: str, where: Callable[[int], int]) -> str:
        return _ROWS.sub(lambda m: f"{m[1] or ''}{m[2]}{where(int(m[3]))}", part, count=1)

    if not colon:
        return put(first, opening.start)
    return f"{put(first, opening.start)}:{put(last, opening.end)}"


def moved_formula(formula: str, opening: Opening, *, here: str) -> str:
    """A formula after the rows came in; `here` is the sheet on which it stands, "" for a name of the book."""
    tokens = Tokenizer(formula if formula.startswith("=") else f"={formula}")
    for token in tokens.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            sheet, mark, reference = token.value.rpartition("!")
            named = sheet.strip("'").replace("''", "'") if mark else here
            if named == opening.sheet and _REFERENCE.match(reference):
                token.value = f"{sheet}{mark}{_moved(reference, opening)}"
    text = str(tokens.render())
    return text if formula.startswith("=") else text[1:]


def _move_formulas(page: Worksheet, opening: Opening) -> None:
    for cell in page._cells.values():
        value = cell.value
        if isinstance(value, ArrayFormula | DataTableFormula):
            raise Refused(
                f"工作表“{page.title}”里有数组公式，行数不够时不能自动加行，"
                "请在空表里先插入足够的空行再上传。"
            )
        if isinstance(value, str) and cell.data_type == "f":
            cell.value = moved_formula(value, opening, here=page.title)
    for rules in page.conditional_formatting:
        for rule in rules.rules:
            rule.formula = [moved_formula(text, opening, here=page.title) for text in rule.formula]
    for check in page.data_validations.dataValidation:
        for name in ("formula1", "formula2"):
            text = getattr(check, name)
            if text:
                setattr(check, name, moved_formula(text, opening, here=page.title))


def _move_names(book: Workbook, opening: Opening) -> None:
    for names in (book.defined_names, *(page.defined_names for page in book.worksheets)):
        for name in names.values():
            if name.attr_text:
                name.attr_text = moved_formula(name.attr_text, opening, here="")


def moved_range(old: CellRange, opening: Opening) -> CellRange:
    """An area after the rows came in."""
    return CellRange(
        min_col=old.min_col,
        max_col=old.max_col,
        min_row=opening.start(old.min_row),
        max_row=opening.end(old.max_row),
    )


def _move_surroundings(page: Worksheet, opening: Opening) -> None:
    """Merges, heights, formats, lists, links, breaks, filter and print area of the sheet itself."""
    kept = [
        old for old in page.merged_cells.ranges if old.min_row != old.max_row or old.min_row != opening.last
    ]
    own_row = [old for old in page.merged_cells.ranges if old.min_row == old.max_row == opening.last]
    merges = [moved_range(old, opening) for old in kept]
    rows = [*range(opening.at, opening.at + opening.count), opening.start(opening.last)]
    for old in own_row:
        merges += [CellRange(min_col=old.min_col, max_col=old.max_col, min_row=r, max_row=r) for r in rows]
    page.merged_cells = MultiCellRange(merges)
    formats = ConditionalFormattingList()
    for rules in page.conditional_formatting:
        where = " ".join(moved_range(old, opening).coord for old in rules.sqref.ranges)
        for rule in rules.rules:
            formats.add(where, rule)
    page.conditional_formatting = formats
    for check in page.data_validations.dataValidation:
        check.sqref = MultiCellRange([moved_range(old, opening) for old in check.sqref.ranges])
    for brk in page.row_breaks.brk:
        brk.id = opening.start(brk.id)
    if page.auto_filter.ref:
        page.auto_filter.ref = moved_range(CellRange(page.auto_filter.ref), opening).coord
    if page.print_area:
        areas = [part.rpartition("!")[2] for part in str(page.print_area).split(",")]
        page.print_area = ",".join(_moved(area, opening) for area in areas)
    if page.print_title_rows:
        page.print_title_rows = _moved(page.print_title_rows, opening)
    _move_heights(page, opening)


def _move_heights(page: Worksheet, opening: Opening) -> None:
    old = dict(page.row_dimensions)
    like = old.get(opening.last)
    page.row_dimensions.clear()
    for row, about in old.items():
        about.index = opening.start(row)
        page.row_dimensions[about.index] = about
    if like is not None:
        for row in range(opening.at, opening.at + opening.count):
            page.row_dimensions[row] = same = copy(like)
            same.index = row


def _move_cells(page: Worksheet, opening: Opening) -> None:
    pattern = {column: cell for (row, column), cell in page._cells.items() if row == opening.last}
    cells = page._cells
    moved: dict[tuple[int, int], Any] = {}
    for (row, column), cell in cells.items():
        cell.row = opening.start(row)
        if cell.hyperlink:
            cell.hyperlink.ref = cell.coordinate
        moved[cell.row, column] = cell
    cells.clear()
    cells.update(moved)
    for row in range(opening.at, opening.at + opening.count):
        for column, like in pattern.items():
            _copy_cell(page, like, row, column)
    page._current_row = page.max_row


def _copy_cell(page: Worksheet, like: Any, row: int, column: int) -> None:
    """A cell of a new row: looks, and a formula that speaks of its own row."""
    if isinstance(like, MergedCell):
        page._cells[row, column] = cover = MergedCell(page, row, column)
        cover._style = copy(like._style)
        return
    cell = page.cell(row, column)
    cell._style = copy(like._style)
    if like.data_type == "f" and isinstance(like.value, str):
        target = f"{get_column_letter(column)}{row}"
        cell.value = Translator(like.value, origin=like.coordinate).translate_formula(target)
