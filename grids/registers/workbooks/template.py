"""A register as a workbook to fill in or correct: drop-downs, text columns, examples, notes, marks."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from grids.registers.columns import NO, YES, RegisterColumn
from grids.registers.desk import Desk
from grids.registers.register import Register
from grids.registers.rows import RegisterRow
from grids.registers.workbooks.marks import (
    EXAMPLE,
    META_SHEET,
    NOTES_SHEET,
    NUMBER_TITLE,
    ROW_TITLE,
    BookMark,
    row_mark,
)
from township.collecting import paused
from township.sheets.layout import clean

TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋_GB2312"
SPARE_ROWS = 300  # lines below the last row that have drop-downs and text format too
LONGEST_INLINE_LIST = 255  # what Excel holds of a list inside the rule itself
LISTS_SHEET = "列表"
HEAD_ROW = 2  # title, one line of advice, then the columns
FIRST_ROW = HEAD_ROW + 1
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
ADVICE = "红字的列必填；有下拉箭头的格从列表里选；标着“示例”的行不会导入；怎样填写见“填写说明”。"
HOW: dict[str, str] = {
    "text": "文字",
    "choice": "从下拉列表里选",
    "date": "日期，如 2026-09-01、2026.9.1、2026年9月",
    "phone": "11 位手机号，或区号加座机号；这一列已设为文本",
    "code": "文字或数字；这一列已设为文本，开头的 0 不会丢",
    "number": "整数",
    "bool": "是或否",
}
EXAMPLES = {"date": "2026-09-01", "phone": "13800000000", "code": "1号", "number": "4"}


def write_workbook(
    register: Register,
    desk: Desk,
    out: IO[bytes],
    *,
    rows: Sequence[RegisterRow] | None = None,
    made_at: datetime,
) -> int:
    """Write the place's register, or an empty template when `rows` is None; returns rows written."""
    title = f"{desk.place.name}{register.title}{'登记表' if rows is not None else '填报模板'}"
    name = register.title.replace("/", "、")[:31]
    columns = [one for one in register.columns if rows is not None or not one.readonly]
    with paused(), xlsxwriter.Workbook(out, OPTIONS) as book:
        page = _Page(book, columns, desk, name)
        page.head(title, made_at, is_export=rows is not None)
        written = page.body(rows) if rows is not None else page.examples()
        page.rules(FIRST_ROW + written + SPARE_ROWS)
        _notes(book, page.formats, register, columns, desk)
        page.write_lists()
        mark = BookMark(register.code, desk.place.pk, desk.place.name, name, made_at)
        meta = book.add_worksheet(META_SHEET)
        for row, line in enumerate([("sheet", "key", "value"), *mark.lines()]):
            for col, value in enumerate(line):
                meta.write_string(row, col, clean(value))
        meta.very_hidden()
    return written if rows is not None else 0


class _Formats:
    """The looks of cells, each made once."""

    def __init__(self, book: Workbook) -> None:
        def made(**look: Any) -> Format:
            return book.add_format({"valign": "vcenter", "font_name": BODY_FONT, "font_size": 11, **look})

        cell = {"border": 1, "text_wrap": True}
        head = {**cell, "font_name": HEAD_FONT, "align": "center", "bg_color": "#F2F2F2", "num_format": "@"}
        self.title = made(font_name=TITLE_FONT, font_size=18, align="center", num_format="@")
        self.advice = made(font_color="#7A4300", num_format="@", text_wrap=True)
        self.head, self.required = made(**head), made(**head, font_color="#A61B1B")
        self.text = made(**cell, num_format="@")
        self.centred = made(**cell, num_format="@", align="center")
        self.number = made(**cell, num_format="0", align="center")
        self.day = made(**cell, num_format="yyyy-mm-dd", align="center")
        self.example = made(**cell, num_format="@", font_color="#57606A", italic=True, bg_color="#FFF4DB")
        self.plain = made(num_format="@", text_wrap=True)

    def of(self, column: RegisterColumn) -> Format:
        """The look of a column's cells."""
        if column.kind in ("number", "date"):
            return self.number if column.kind == "number" else self.day
        return self.centred if column.kind in ("bool", "choice", "phone", "code") else self.text


class _Page:
    """The one sheet of rows."""

    def __init__(self, book: Workbook, columns: Sequence[RegisterColumn], desk: Desk, name: str) -> None:
        self.book, self.columns, self.desk = book, columns, desk
        self.formats = _Formats(book)
        self.sheet: Worksheet = book.add_worksheet(name)
        self.last = len(self.columns) + 1  # 序号 before, the hidden marks behind
        self.lists: list[tuple[str, list[str]]] = []

    def head(self, title: str, made_at: datetime, *, is_export: bool) -> None:
        """Title, advice, columns; frozen, filtered, with widths and a page that fits A4."""
        sheet, formats = self.sheet, self.formats
        shown = self.last - 1
        sheet.merge_range(0, 0, 0, shown, clean(title), formats.title)
        sheet.set_row(0, 36)
        when = f"下载时间：{made_at:%Y-%m-%d %H:%M}。" if is_export else ""
        sheet.merge_range(1, 0, 1, shown, when + ADVICE, formats.advice)
        sheet.set_row(1, 32)
        sheet.set_row(HEAD_ROW, 32)
        sheet.write_string(HEAD_ROW, 0, NUMBER_TITLE, formats.head)
        sheet.set_column(0, 0, 6, formats.centred)
        for col, column in enumerate(self.columns, 1):
            look = formats.required if column.required else formats.head
            sheet.write_string(HEAD_ROW, col, column.title, look)
            sheet.set_column(
                col, col, max(column.width * 1.6, len(column.title) * 2.2 + 1), formats.of(column)
            )
        sheet.write_string(HEAD_ROW, self.last, ROW_TITLE, formats.head)
        sheet.set_column(self.last, self.last, 14, formats.text, {"hidden": 1})
        sheet.freeze_panes(FIRST_ROW, 0)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_footer("&C第 &P 页 共 &N 页")

    def body(self, rows: Sequence[RegisterRow]) -> int:
        """The rows as they stand, each with its mark."""
        for number, row in enumerate(rows, 1):
            at = HEAD_ROW + number
            self.sheet.write_number(at, 0, number, self.formats.number)
            for col, column in enumerate(self.columns, 1):
                self._cell(at, col, column, row.cells.get(column.key, ""))
            self.sheet.write_string(at, self.last, row_mark(row.id, row.seen), self.formats.text)
        self.sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(rows) + FIRST_ROW + SPARE_ROWS}"})
        return len(rows)

    def examples(self) -> int:
        """Two rows that show how, never imported."""
        for at, word in ((FIRST_ROW, EXAMPLE), (FIRST_ROW + 1, EXAMPLE)):
            self.sheet.write_string(at, 0, word, self.formats.example)
            for col, column in enumerate(self.columns, 1):
                text = _example(column, self.desk, is_second=at > FIRST_ROW)
                self.sheet.write_string(at, col, clean(text), self.formats.example)
        for at in range(FIRST_ROW + 2, FIRST_ROW + 22):  # an inviting frame
            for col, column in enumerate(self.columns, 1):
                self.sheet.write_blank(at, col, None, self.formats.of(column))
            self.sheet.write_blank(at, 0, None, self.formats.centred)
        self.sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{FIRST_ROW + SPARE_ROWS}"})
        return 2

    def _cell(self, row: int, col: int, column: RegisterColumn, text: str) -> None:
        look = self.formats.of(column)
        if not text:
            self.sheet.write_blank(row, col, None, look)
        elif column.kind == "number" and text.isascii() and text.isdecimal():
            self.sheet.write_number(row, col, int(text), look)
        elif column.kind == "date" and (day := _day(text)) is not None:
            self.sheet.write_datetime(row, col, datetime.combine(day, time()), look)
        else:
            self.sheet.write_string(row, col, clean(text), look)

    def rules(self, last_row: int) -> None:
        """Drop-downs and limits, over the rows and the free lines below."""
        for col, column in enumerate(self.columns, 1):
            rule = self._rule(column)
            if rule:
                rule |= {"error_title": column.title[:32], "input_title": column.title[:32]}
                if column.help:
                    rule["input_message"] = column.help[:255]
                else:
                    del rule["input_title"]
                self.sheet.data_validation(FIRST_ROW, col, last_row, col, rule)

    def _rule(self, column: RegisterColumn) -> dict[str, Any]:
        if column.kind == "bool":
            return {"validate": "list", "source": [YES, NO], "error_message": "请填“是”或“否”。"}
        if column.choices is not None:
            labels = [clean(row.label) for row in self.desk.options(column).rows]
            said = {"validate": "list", "error_message": "请从下拉列表里选。"}
            if not labels:
                return {}
            if len(",".join(labels)) <= LONGEST_INLINE_LIST and not any("," in label for label in labels):
                return said | {"source": labels}
            self.lists.append((column.title, labels))
            letter = chr(ord("A") + len(self.lists) - 1)
            return said | {"source": f"='{LISTS_SHEET}'!${letter}$2:${letter}${len(labels) + 1}"}
        if column.kind == "number":
            low, high = column.low or 0, column.high or 1_000_000
            words = f"请填 {low} 到 {high} 之间的整数。"
            return {
                "validate": "integer",
                "criteria": "between",
                "minimum": low,
                "maximum": high,
                "error_message": words,
            }
        return {}

    def write_lists(self) -> None:
        """The long lists, out of sight."""
        if not self.lists:
            return
        sheet = self.book.add_worksheet(LISTS_SHEET)
        for col, (title, labels) in enumerate(self.lists):
            for row, label in enumerate([title, *labels]):
                sheet.write_string(row, col, clean(label))
        sheet.hide()


def _example(column: RegisterColumn, desk: Desk, *, is_second: bool) -> str:
    if column.choices is not None:
        if column.default == "" and not is_second:
            return ""  # asked only in some cases, such as why somebody takes no part
        labels = [row.label for row in desk.options(column).rows]
        return labels[min(int(is_second), len(labels) - 1)] if labels else ""
    if column.required and column.kind != "date":
        return f"{EXAMPLE}{column.title}{'二' if is_second else '一'}"
    if column.kind == "bool":
        return YES if bool(column.default) != is_second else NO
    if is_second and not column.required and column.kind in ("date", "code", "phone"):
        return ""
    return column.example or EXAMPLES.get(column.kind, "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _notes(
    book: Workbook,
    formats: _Formats,
    register: Register,
    columns: Sequence[RegisterColumn],
    desk: Desk,
) -> None:
    """How to fill in, in plain words, one line a column."""
    sheet = book.add_worksheet(NOTES_SHEET)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 80)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.merge_range(0, 0, 0, 2, f"{register.title}填写说明", formats.title)
    sheet.set_row(0, 36)
    lines = (
        f"1. 一行一{register.unit}，从标着“示例”的行下面开始填；“示例”行可以留着，不会导入。",
        "2. 填好后在系统里“上传填好的工作簿”：先预览，哪里新增、哪里修改、哪里有错一目了然，确认后才写入。",
        "3. 空着的格不会清掉系统里已有的内容。",
        "4. 下载的登记表改好后可以直接传回：只改动过的格会写入。最后一列是系统编号，已隐藏，请勿改动；"
        "新增的行不用填。",
        "5. 行的先后可以调整，可以插入、删除行；删去的行在系统里不会注销。",
        "6. 身份证号、银行卡号、出生年月等不收集，请不要填写。",
    )
    for row, line in enumerate(lines, 1):
        sheet.merge_range(row, 0, row, 2, line, formats.plain)
        sheet.set_row(row, 20 if len(line) < 50 else 36)
    top = len(lines) + 2
    for col, word in enumerate(("列", "必填", "怎样填")):
        sheet.write_string(top, col, word, formats.head)
    for row, column in enumerate(columns, top + 1):
        sheet.write_string(row, 0, column.title, formats.text)
        sheet.write_string(row, 1, "必填" if column.required else "", formats.centred)
        sheet.write_string(row, 2, _how(column, desk), formats.text)


def _how(column: RegisterColumn, desk: Desk) -> str:
    parts = [HOW[column.kind]]
    if column.choices is not None:
        labels = [row.label for row in desk.options(column).rows]
        parts = [f"从下拉列表里选：{'、'.join(labels)}"] if 0 < len(labels) <= 8 else parts
        if not labels:
            parts = [f"系统里还没有{column.title}，先空着"]
    if column.kind == "number" and column.high:
        parts.append(f"{column.low or 0} 到 {column.high}")
    if column.max_length and column.kind == "text":
        parts.append(f"不超过 {column.max_length} 个字")
    if column.help and column.kind != "date":
        parts.append(column.help)
    return "；".join(parts)
