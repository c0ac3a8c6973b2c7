"""From plain cells to rows of a register: the header found, columns matched, lines sorted out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grids.imports.reading.files import RawSheet
from grids.imports.reading.guides import NO_GUIDE, SheetGuide
from grids.imports.reading.headers import PRIVATE, classify
from grids.imports.reading.result import Refused, SheetReading
from grids.imports.reading.tables import DITTO, kind_of_row
from grids.imports.reading.values import ERROR_VALUES, STRUCK, is_nothing, mask, text_of
from grids.registers.columns import RegisterColumn
from grids.registers.register import REGISTERS, Register
from grids.registers.workbooks.headings import (
    NUMBERS,
    VILLAGE,
    Header,
    find_header,
    no_header,
    plain,
    settle,
)
from grids.registers.workbooks.marks import (
    EXAMPLE,
    META_SHEET,
    ROW_TITLE,
    VERSION,
    BookMark,
    read_row_mark,
)
from township.sheets.layout import clean

MOST_ROWS = 5000
SAMPLES = 3
REMARK = "remark"
FAULTS = {"formula": "公式没有算出结果，请在 Excel 里打开、重新计算并保存，或直接填写结果。"}


@dataclass
class FileRow:
    """One line of the file: cells by the register's columns, `faults` cells nobody could read."""

    sheet: str
    number: int  # from 1, as Excel shows it
    id: int | None
    seen: str
    cells: dict[str, str]
    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    village: str = ""

    @property
    def key(self) -> str:
        """The row's name among all rows of the file."""
        return f"{self.sheet}!{self.number}"

    @property
    def where(self) -> str:
        """第 5 行, with its sheet."""
        return f"{self.sheet} 第 {self.number} 行"


@dataclass
class FileTable:
    """All that was read of one file for one register; `heads` are the headers by sheet."""

    register: str
    heads: dict[str, "Header"] = field(default_factory=dict)
    rows: list[FileRow] = field(default_factory=list)
    sheets: list[SheetReading] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    mark: BookMark | None = None
    refusal: str = ""  # why nothing can be read as it stands; what each sheet holds is told all the same

    def index(self, sheet: str, key: str) -> int | None:
        """Where a sheet has a column of the register, counted from 0."""
        columns = self.heads[sheet].columns if sheet in self.heads else ()
        return next((column.index for column in columns if column.key == key), None)

    def key_at(self, sheet: str, index: int) -> str:
        """Which column of the register stands there."""
        columns = self.heads[sheet].columns if sheet in self.heads else ()
        return next((column.key for column in columns if column.index == index), "")


# --- the table --------------------------------------------------------------------------------------


def read_table(
    sheets: Sequence[RawSheet], register: Register, *, guides: Mapping[str, SheetGuide] | None = None
) -> FileTable:
    """The rows of all visible sheets that hold the register, as people said to read them.

    Raises Refused for a workbook of ours that is for something else, and for a column that stands twice.
    """
    mark = BookMark.of(sheets)
    _refuse_strangers(mark, register)
    table = FileTable(register.code, mark=mark)
    for sheet in sheets:
        about = SheetReading(name=sheet.name)
        guide = (guides or {}).get(sheet.name, NO_GUIDE)
        header = None
        if sheet.hidden:
            about.skipped = "隐藏的工作表，没有读取"
            if mark is None and sheet.cells and sheet.name.strip().lower() != META_SHEET:  # ours, of a list
                table.notices.append(f"工作表“{sheet.name}”是隐藏的，没有读取；要导入请先取消隐藏。")
        elif not guide.on:
            about.skipped = "按您的选择不导入"
        else:
            header = find_header(sheet, register, guide)
            about.skipped = "" if header else f"没有找到{register.title}的表头，没有读取"
        if header is not None:
            settle(header, register, guide)
            table.heads[sheet.name] = header
            _read_sheet(table, sheet, header, register, about)
        if mark is None or header is not None:  # our own notes and lists go without saying
            table.sheets.append(about)
    table.refusal = _nothing_in(table, sheets, register)
    return table


def _nothing_in(table: FileTable, sheets: Sequence[RawSheet], register: Register) -> str:
    if not table.heads:
        return no_header(sheets, register)
    if not table.rows:
        return "表头下面没有可以读取的行：只有表头、示例或合计。请填好后再上传。"
    if len(table.rows) > MOST_ROWS:
        return f"超过 {MOST_ROWS} 行，请按网格或党小组分成几个文件上传。"
    return ""


def _refuse_strangers(mark: BookMark | None, register: Register) -> None:
    if mark is None:
        return
    if mark.version > VERSION:
        raise Refused("这个文件是用更新版本的程序导出的，本系统读不准，请用现在的系统重新下载再填。")
    if mark.register != register.code:
        other = REGISTERS.get(mark.register)
        named = f"“{other.title}”" if other else "另一种表"
        raise Refused(f"这是{named}的工作簿，不是“{register.title}”的，请到对应的页面上传。")


def _read_sheet(
    table: FileTable, sheet: RawSheet, header: Header, register: Register, about: SheetReading
) -> None:
    first = header.row + header.rows
    known = {column.key: column for column in register.columns}
    tall = _tall_merges(sheet, first)
    heads = [plain(column.title) for column in header.columns]
    above: dict[int, Any] = {}
    hidden = []
    for number in range(first, len(sheet.cells)):
        raw = sheet.cells[number]
        texts = [text_of(value) for value in raw]
        has_fault = any((number, column.index) in sheet.faults for column in header.columns)
        if not any(texts) and not has_fault:
            continue
        if reason := _no_data(texts, heads, header):
            about.left_out.append(f"第 {number + 1} 行：{reason}")
            continue
        if number in sheet.hidden_rows:
            hidden.append(number + 1)
        row = _row(sheet, number, raw, header, known, tall, above)
        if row.cells or row.faults:
            table.rows.append(row)
            about.rows += 1
            _sample(header, texts)
        else:
            about.left_out.append(f"第 {number + 1} 行：没有可读的内容")
    _describe(about, header)
    _notice_hidden(table, sheet, hidden, header)


def _sample(header: Header, texts: Sequence[str]) -> None:
    for column in header.columns:
        text = texts[column.index] if column.index < len(texts) else ""
        if text and len(column.samples) < SAMPLES:
            column.samples.append(mask(text))


def _describe(about: SheetReading, header: Header) -> None:
    """The sheet as the session's pages tell of it."""
    about.header_row, about.header_rows = header.row + 1, header.rows
    for column in header.columns:
        private = classify(column.title) == PRIVATE
        if private:
            about.not_collected.append(column.title)
        elif column.key:
            about.columns.setdefault(column.title, column.key)
        else:
            about.unrecognised.append(column.title)
        if column.key != ROW_TITLE:
            what = PRIVATE if private else column.key
            about.layout.append(
                {"index": column.index, "title": column.title, "field": what, "samples": column.samples}
            )


def _notice_hidden(table: FileTable, sheet: RawSheet, hidden: list[int], header: Header) -> None:
    if hidden:
        named = "、".join(str(number) for number in hidden[:8]) + ("等" if len(hidden) > 8 else "")
        table.notices.append(
            f"“{sheet.name}”有 {len(hidden)} 行是隐藏的（第 {named} 行），也读入了，请留意。"
        )
    columns = [
        c.title for c in header.columns if c.index in sheet.hidden_columns and c.key != ROW_TITLE and c.key
    ]
    if columns:
        table.notices.append(f"“{sheet.name}”的列{'、'.join(columns)}是隐藏的，也读入了。")
    if sheet.formulas:
        table.notices.append(f"“{sheet.name}”有 {sheet.formulas} 格是公式，读取的是算好的结果。")


def _no_data(texts: list[str], heads: list[str], header: Header) -> str:
    """Why a line is no row; "" when it is one."""
    shown = [texts[c.index] if c.index < len(texts) else "" for c in header.columns if c.key != ROW_TITLE]
    if not any(shown):
        return "没有可读的内容" if not any(texts) else ""
    if texts and any(text == EXAMPLE for text in texts[:2]):
        return EXAMPLE
    if reason := kind_of_row([text for text in texts if not re.fullmatch(r"\d+@[\d.>]*", text)]):
        return reason
    if sum(plain(text) in heads for text in shown if text) * 2 > sum(1 for text in shown if text) > 1:
        return "重复的表头"
    filled = {text for text in shown if text}
    if len(filled) == 1:
        lone = next(c for c in header.columns if c.index < len(texts) and texts[c.index] in filled)
        if plain(lone.title) in NUMBERS:
            return "只有序号"
        if not lone.key or len(next(iter(filled))) > 12:
            return "标题或说明文字"
    return ""


def _tall_merges(sheet: RawSheet, first: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells covered by a merge over several rows → the cell that holds its value."""
    return {
        (row, column): (top, left)
        for (top, left), (bottom, right) in sheet.merges
        if bottom > top >= first
        for row in range(top, min(bottom, top + MOST_ROWS) + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def _row(
    sheet: RawSheet,
    number: int,
    raw: Sequence[Any],
    header: Header,
    known: Mapping[str, RegisterColumn],
    tall: Mapping[tuple[int, int], tuple[int, int]],
    above: dict[int, Any],
) -> FileRow:
    row = FileRow(sheet.name, number + 1, None, "", {})
    for column in header.columns:
        value = raw[column.index] if column.index < len(raw) else None
        fault = sheet.faults.get((number, column.index), "")
        if column.key == ROW_TITLE:
            row.id, row.seen = read_row_mark(text_of(value))
        elif column.key == VILLAGE:
            row.village = text_of(value)
        elif target := known.get(column.key):
            if fault or text_of(value) in ERROR_VALUES:
                row.faults.append(
                    (target.key, FAULTS.get(fault, f"这一格是错误值 {fault or text_of(value)}，请改正。"))
                )
                continue
            shared = target.choices is not None or target.kind in ("bool", "date")
            if shared and (number, column.index) in tall:
                top, left = tall[number, column.index]
                value = sheet.cells[top][left]
            elif shared and text_of(value) in DITTO:
                value = above.get(column.index)
            above[column.index] = value
            _take(row, target, value)
    return row


def _take(row: FileRow, column: RegisterColumn, value: Any) -> None:
    """One cell; masks and words for nothing are no values."""
    text = text_of(value)
    if not text or (column.kind == "phone" and "*" in text):
        return
    if column.key != REMARK and column.kind != "bool" and is_nothing(text):
        return
    if STRUCK in text and column.key != REMARK:
        row.faults.append((column.key, "这一格像是证件号或银行卡号，没有保存，请改填该列的内容。"))
        return
    if STRUCK in text:
        row.notes.append((column.key, "备注里的证件号、银行卡号等不收集，已略去。"))
    # as written: narrowing its commas and brackets would make a change out of a cell nobody has touched
    row.cells[column.key] = clean(value).strip() if isinstance(value, str) else text
