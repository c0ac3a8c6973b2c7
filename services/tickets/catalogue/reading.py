"""A workbook of items read line by line: columns known by their titles, nothing left out unsaid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grids.imports.reading.files import RawSheet
from grids.imports.reading.result import Refused
from grids.imports.reading.values import strike_private, text_of
from services.tickets.catalogue.facts import TITLES
from township.sheets.layout import clean

CODE = "code"
MOST_LINES = 500
HEADER_ROWS = 15
FEWEST_TITLES = 3
CODE_TITLE = "编号"
OTHER_WORDS = {
    CODE: (CODE_TITLE, "事项编号", "编码"),
    "name": ("名称", "事项", "代办事项"),
    "category": ("事项类别", "分类"),
    "default_kind": ("办件类型", "默认件型"),
    "office": ("责任单位", "办理单位", "承办部门"),
    "basis": ("依据", "设定依据", "政策依据"),
    "flow_note": ("办理流程", "流程", "办理条件", "流程说明"),
    "papers": ("材料", "申请材料", "所需材料"),
    "legal_days": ("法定时限", "法定期限"),
    "promised_days": ("承诺时限", "承诺期限"),
    "fee_note": ("收费情况", "收费标准", "收费说明"),
}
NOT_READ = {"序号", "备注"}  # of our own, or for people only
_NOISE = re.compile(r"[\s*:：（）()]|工作日")
PRIVATE = "好像有身份证号或银行卡号。系统不收集这些号码，请删去后再上传。"
UNCOUNTED = "公式没有算出结果，请改成文字或数字。"


@dataclass(frozen=True)
class Fault:
    """One cell that cannot stand."""

    sheet: str
    row: int
    column: str
    value: str
    message: str


@dataclass
class Line:
    """One line of the file: its cells by what they mean."""

    sheet: str
    row: int  # from 1, as Excel shows it
    cells: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, key: str, message: str) -> None:
        """Say what is wrong with a cell."""
        value = self.cells.get(key, "").replace("\n", "；")
        value = value if len(value) <= 40 else f"{value[:40]}…"
        self.faults.append(Fault(self.sheet, self.row, title_of(key), strike_private(value)[0], message))


def title_of(key: str) -> str:
    """The column's title."""
    return CODE_TITLE if key == CODE else TITLES.get(key, "")


def _plain(title: Any) -> str:
    return _NOISE.sub("", text_of(title))


KNOWN = {_plain(word): key for key, words in OTHER_WORDS.items() for word in words} | {
    _plain(title): key for key, title in TITLES.items()
}


def read_lines(sheets: Sequence[RawSheet]) -> tuple[list[Line], list[str]]:
    """All lines of all visible sheets that hold items, and what was left out. Raises Refused."""
    lines: list[Line] = []
    notes: list[str] = []
    for sheet in sheets:
        if sheet.hidden:
            continue
        at = _header_row(sheet)
        if at is None:
            if any(map(any, sheet.cells)):
                notes.append(f"工作表“{sheet.name}”没有事项清单的表头，没有读取。")
            continue
        lines += _lines(sheet, at, notes)
    if not lines:
        raise Refused("没有找到事项清单：要有一行表头写着“事项名称”“类别”“件型”等列名，下面一行一个事项。")
    if len(lines) > MOST_LINES:
        raise Refused(f"超过 {MOST_LINES} 行，请分成几个文件上传。")
    return lines, notes


def _header_row(sheet: RawSheet) -> int | None:
    for number, row in enumerate(sheet.cells[:HEADER_ROWS]):
        keys = {KNOWN.get(_plain(value), "") for value in row} - {""}
        if "name" in keys and len(keys) >= FEWEST_TITLES:
            return number
    return None


def _lines(sheet: RawSheet, at: int, notes: list[str]) -> list[Line]:
    columns: dict[int, str] = {}
    for index, value in enumerate(sheet.cells[at]):
        title = _plain(value)
        key = KNOWN.get(title, "")
        if key in columns.values():
            raise Refused(f"工作表“{sheet.name}”里“{title}”这一列出现了两次，请删去一列再上传。")
        if key:
            columns[index] = key
        elif title and title not in NOT_READ:
            notes.append(f"工作表“{sheet.name}”的“{text_of(value)}”列没有读取。")
    found = []
    for number, row in enumerate(sheet.cells[at + 1 :], at + 1):
        cells = {key: _cell(row[index]) for index, key in columns.items() if index < len(row)}
        faulty = [key for index, key in columns.items() if (number, index) in sheet.faults]
        if not any(cells.values()) and not faulty:
            continue
        line = Line(sheet.name, number + 1, cells)
        for key in faulty:
            line.fault(key, UNCOUNTED)
        for key, text in cells.items():
            if strike_private(text)[1]:
                line.fault(key, PRIVATE)
        found.append(line)
    return found


def _cell(value: Any) -> str:
    """Text as it was written, line by line; full-width marks stay as people typed them."""
    text = clean(value) if isinstance(value, str) else text_of(value)
    return "\n".join(line.strip() for line in text.splitlines()).strip()
