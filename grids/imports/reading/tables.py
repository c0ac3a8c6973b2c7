"""Where in a sheet the table stands: header, title and unit lines, totals, signatures, notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from grids.imports.reading.files import RawSheet
from grids.imports.reading.headers import (
    ANCHORS,
    WEAK_HOUSEHOLD,
    WEAK_MEMBER,
    Column,
    classify,
)
from grids.imports.reading.surroundings import NOTE, context_of_name, read_line
from grids.imports.reading.values import mask, text_of

HEADER_SEARCH_ROWS = 60


@dataclass
class BodyRow:
    """One row below a header: its number in the sheet (from 1), texts and raw values."""

    number: int
    texts: list[str]
    raw: list[Any]


@dataclass
class Table:
    """A header with the rows below it, and what the lines round it say about all of them."""

    header_row: int
    header_rows: int
    columns: list[Column]
    context: dict[str, str]
    body: list[BodyRow] = field(default_factory=list)
    blocks: list[list[Column]] = field(default_factory=list)  # more households on the same lines
    foreign: set[int] = field(default_factory=set)  # columns of the table's other half

    def index(self, name: str) -> int:
        return next((column.index for column in self.columns if column.field == name), -1)


@dataclass
class Heading:
    """A row (or two) that reads as a header."""

    columns: list[Column]
    rows: int
    score: int


@dataclass
class SheetTables:
    """All that was found in one sheet."""

    tables: list[Table]
    title: str
    unit: str
    left_out: list[str]
    noting: bool = False


class Page:
    """A sheet's cells as clean text, on demand, with the merges that matter at hand."""

    def __init__(self, sheet: RawSheet) -> None:
        self.sheet = sheet
        self.width = max((len(row) for row in sheet.cells), default=0)
        self.horizontal: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, right) in sheet.merges:
            if right > left:
                for row in range(top, min(bottom, top + 3) + 1):
                    self.horizontal.setdefault(row, []).append((left, right))

    def texts(self, row: int) -> list[str]:
        if row >= len(self.sheet.cells):
            return []
        found = [text_of(value) for value in self.sheet.cells[row]]
        return found + [""] * (self.width - len(found))


def find_tables(sheet: RawSheet, header_row: int = 0) -> SheetTables:
    """Read a sheet from top to bottom: lines of context, headers, rows.

    `header_row` (from 1) is the first header where a person has said so; 0 lets it be found.
    """
    page = Page(sheet)
    found = SheetTables([], "", "", [])
    context = context_of_name(sheet.name)
    row = 0
    first = header_row - 1 if header_row else first_header(page)
    while row < len(sheet.cells):
        texts = page.texts(row)
        if not any(texts):
            row += 1
            continue
        heading = None
        if (found.tables or row >= first >= 0) and looks_like_header(texts):
            heading = heading_at(page, row)
        if header_row and row == first:
            heading = heading or plain_heading(page, row)
        if heading and (heading.score >= 3 or row == first):
            start_table(found, heading, row, context)
            row += heading.rows
            continue
        if not found.tables:
            read_line(texts, context, found)
        elif is_title(page, row, texts):
            read_line(texts, context, None)
            found.left_out.append(f"第 {row + 1} 行：标题或说明文字")
        else:
            take_row(found, BodyRow(row + 1, texts, sheet.cells[row]), context)
        row += 1
    for table in found.tables:
        repeat_ditto(table)
    return found


def plain_heading(page: Page, row: int) -> Heading:
    """A row somebody says is the header, whatever its words."""
    columns = [Column(n, mask(text), classify(text)) for n, text in enumerate(page.texts(row)) if text]
    return Heading(columns, 1, 0)


def is_title(page: Page, row: int, texts: list[str]) -> bool:
    """A line of its own above a further header: the next table's title, in whatever column it stands."""
    if len({text for text in texts if text}) > 1 or not any(len(text) > 4 for text in texts):
        return False
    for below in range(row + 1, min(row + 5, len(page.sheet.cells))):
        following = page.texts(below)
        if looks_like_header(following):
            heading = heading_at(page, below)
            return heading is not None and heading.score >= 3
        if len({text for text in following if text}) > 2:
            return False
    return False


def first_header(page: Page) -> int:
    """The first row that reads as a header beyond doubt, else the best one near the top; -1 for none."""
    best, best_score = -1, 1
    for row in range(min(len(page.sheet.cells), HEADER_SEARCH_ROWS)):
        texts = page.texts(row)
        if not looks_like_header(texts):
            continue
        heading = heading_at(page, row)
        if heading and heading.score >= 3:
            return row
        if heading and heading.score > best_score:
            best, best_score = row, heading.score
    return best


def looks_like_header(texts: list[str]) -> bool:
    """Cheap look before the real one: at least one cell is a header word and two cells are filled."""
    filled = [text for text in texts if text]
    return len(set(filled)) > 1 and sum(
        1 for text in filled if len(text) <= 40 and classify(text)
    ) * 3 >= len(filled)


def heading_at(page: Page, row: int) -> Heading | None:
    """The row as a header of one, two or three rows, or None."""
    above = page.texts(row)
    titles = [(text, "") for text in above]
    over = [""] * page.width
    best = heading_of(titles, 1, page.horizontal.get(row, []))
    for rows in (2, 3):
        below = page.texts(row + rows - 1)
        if not is_second_row(above, below):
            break
        wide = spread(page, row + rows - 2, above, below)
        for column, (upper, lower) in enumerate(zip(wide, below, strict=False)):
            if lower:
                over[column] += upper if upper != lower else ""
                titles[column] = (lower, over[column])
        more = heading_of(titles, rows, page.horizontal.get(row + rows - 1, []))
        if more and (not best or more.score >= best.score):
            best = more
        above = below
    return best


def is_second_row(above: list[str], below: list[str]) -> bool:
    filled = [text for text in below if text]
    if counts_up(filled) and len(filled) > 1:
        places = [column for column, text in enumerate(below) if text]
        return bool(above[places[0]]) and not any(above[place] for place in places[1:])
    known = sum(1 for text in filled if len(text) <= 40 and classify(text))
    if not filled or known * 3 < len(filled) * 2:
        return False
    return any(upper and not lower for upper, lower in zip(above, below, strict=False)) or above == below


def counts_up(texts: list[str]) -> bool:
    """1, 2, 3…: numbers of columns, not data."""
    return bool(texts) and texts == [str(number) for number in range(1, len(texts) + 1)]


def spread(page: Page, row: int, texts: list[str], below: list[str]) -> list[str]:
    """Titles of the upper header row over all the columns they cover, merged or just left blank."""
    wide = texts[:]
    merges = page.horizontal.get(row, [])
    for left, right in merges:
        for column in range(left + 1, min(right + 1, len(wide))):
            wide[column] = wide[left]
    if not merges:
        for column in range(1, len(wide)):
            if not wide[column] and below[column] and below[column - 1]:
                wide[column] = wide[column - 1]
    return wide


def heading_of(titles: list[tuple[str, str]], rows: int, merges: list[tuple[int, int]]) -> Heading | None:
    """Score a header by the fields it names; a household, member, hub or leader must be among them."""
    columns = []
    score = 0
    anchor = False
    seen: set[str] = set()
    filled = 0
    for index, (child, parent) in enumerate(titles):
        if not child and not parent:
            continue
        filled += 1
        meaning = classify(child, parent)
        title = f"{parent}/{child}" if parent and child and parent != child else child or parent
        columns.append(Column(index, mask(title), meaning))
        if meaning and meaning not in seen:
            score += 1
            seen.add(meaning)
        anchor = anchor or meaning in ANCHORS or meaning == WEAK_MEMBER
    columns = sorted([*columns, *covered(columns, merges)], key=lambda column: column.index)
    known = sum(1 for column in columns if column.field and not column.spread)
    anchor = anchor or ("group" in seen and not seen.isdisjoint({"group_leader", "hub_head"}))
    if not anchor or score < 2 or known * 5 < filled * 2:
        return None
    return Heading(columns, rows, score)


def covered(columns: list[Column], merges: list[tuple[int, int]]) -> list[Column]:
    """The columns a merged title of the lowest header row stands over besides its own."""
    own = {column.index: column for column in columns}
    return [
        Column(index, own[left].title, own[left].field, spread=True)
        for left, right in merges
        if left in own
        for index in range(left + 1, right + 1)
        if index not in own
    ]


def start_table(found: SheetTables, heading: Heading, row: int, context: dict[str, str]) -> None:
    """A header met again goes on with the same table unless a new group was named before it."""
    last = found.tables[-1] if found.tables else None
    same = last and [column.title for column in last.columns] == [column.title for column in heading.columns]
    if last and same and last.context == context:
        found.left_out.append(f"第 {row + 1} 行：重复的表头")
        return
    if last:
        found.left_out += [f"第 {row + number + 1} 行：又一张表的表头" for number in range(heading.rows)]
    found.tables.append(Table(row + 1, heading.rows, heading.columns, dict(context)))


# Rows that are not data


TOTAL = re.compile(
    r"^(?:本页|本组|本村|全村|本社|本网格)?(?:小\s*计|合\s*计|总\s*计|共\s*计|累\s*计)(?:[\s:(]|\d|$)"
)
TOTAL_TAIL = re.compile(r"^.{0,14}(?:小计|合计|总计)[:\s]*[\d户人共口、,，\s]*$")
SIGNATURE = re.compile(
    r"^(?:单位)?(?:主要)?(?:负责人|填表人|填报人|审核人|制表人|制表|审核|审批人|经办人|统计人|联系人|联系电话|电话|填报时间|填报日期|"
    r"填表时间|填表日期|制表时间|制表日期|日期|上报时间|报送时间|(?:村)?(?:党)?(?:总)?支部书记|书记|盖章|签字|签名|签章|党小组长签字|"
    r"(?:党支部|单位|村委会)?\(?(?:盖章|公章|签章|签字)\)?|填报单位|报送单位)\s*(?:\((?:签字|签章|签名|盖章|公章)\))?\s*:"
)
PAGE = re.compile(r"^(?:第\s*[\d一二三四五六七八九十]+\s*页|共\s*\d+\s*页|[-—]\s*\d+\s*[-—])")


EXAMPLE = re.compile(r"\(?(?:例|示例|样例|例如|举例|填写示例|填报示例|范例|样表)\d?\)?:?")
EXAMPLE_MARK = re.compile(
    r"^\(?(?:填写)?(?:示例|样例|范例)(?:行|数据)?\d?(?:[):]|$)|\((?:填写)?(?:示例|样例|范例)\)$"
)
DITTO = {"〃", "″", "〞", '"', "''", "“", "”", "同上", "上同", "同前", "仝上", "々"}


def repeat_ditto(table: Table) -> None:
    """〃 and 同上 say what the cell above says; a householder's name is never meant so."""
    for before, body in pairwise(table.body):
        if DITTO.isdisjoint(body.texts):
            continue
        for column in table.columns:
            if body.texts[column.index] in DITTO and column.field not in {"household", WEAK_HOUSEHOLD}:
                body.texts[column.index] = before.texts[column.index]
                body.raw[column.index] = before.raw[column.index] if column.index < len(before.raw) else ""


def kind_of_row(texts: list[str]) -> str:
    """Why a row below a header is no data, "" when it is data."""
    filled = [text for text in texts if text]
    if len(filled) > 3 and counts_up(filled):
        return "列号"
    if len(filled) > 1 and (EXAMPLE.fullmatch(filled[0]) or any(EXAMPLE_MARK.search(t) for t in filled)):
        return "示例"
    for text in filled[:3]:
        if TOTAL.match(text) or (len(text) < 30 and TOTAL_TAIL.match(text)):
            return "合计行"
    if SIGNATURE.match(filled[0]) or sum(1 for text in filled if SIGNATURE.match(text)) >= 2:
        return "签名落款行"
    if NOTE.match(filled[0]) and len(set(filled)) <= 2:
        return "说明"
    if PAGE.match(filled[0]) and len(filled) <= 2:
        return "页码"
    return ""


def take_row(found: SheetTables, body: BodyRow, context: dict[str, str]) -> None:
    """Keep a row of data; name the others; a line such as a next group's title changes the context."""
    reason = kind_of_row(body.texts)
    alone = len({text for text in body.texts if text}) == 1
    if found.noting and alone:
        reason = reason or "说明"
    found.noting = reason == "说明"
    if not reason and is_line(found.tables[-1], body.texts):
        before = dict(context)
        read_line(body.texts, context, None)
        reason = "标题或说明文字"
        if context != before:
            last = found.tables[-1]
            again = [Column(column.index, column.title, column.field) for column in last.columns]
            found.tables.append(Table(last.header_row, last.header_rows, again, dict(context)))
            reason = "分组标题"
    if reason:
        found.left_out.append(f"第 {body.number} 行：{reason}")
        return
    found.tables[-1].body.append(body)


def is_line(table: Table, texts: list[str]) -> bool:
    """A row with a single text that can't be a household: a title, a note, a heading between two groups."""
    filled = [(index, text) for index, text in enumerate(texts) if text]
    values = {text for _, text in filled}
    if len(values) > 2 or (len(values) == 2 and not any(":" in text for text in values)):
        return False
    index, text = filled[0]
    column = next((column for column in table.columns if column.index == index), None)
    meaning = column.field if column else ""
    if meaning in {"household", "member", "hub"}:
        return bool(
            re.search(r"花名册|台账|一览表|登记表|网格化|党小组\S*[:(]|\S{8}。$", text) or NOTE.match(text)
        )
    if meaning in {"group", "grid", "branch"}:
        return len(text) > 20
    return len(text) > 4 and not text.replace(".", "").isdigit()
