"""The front door: from a file a village sent to the rows of its roster, or one sentence why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grids.imports.reading.blocks import part_tables
from grids.imports.reading.child import Book, book_in_child, read_in_child
from grids.imports.reading.completing import complete
from grids.imports.reading.files import RawSheet, read_sheets
from grids.imports.reading.findings import Findings
from grids.imports.reading.guides import NO_GUIDE, REQUIRE, SheetGuide
from grids.imports.reading.headers import ANCHORS, OTHER, PRIVATE, Column, suggestion
from grids.imports.reading.names import branch_name
from grids.imports.reading.result import (
    ERROR,
    WARNING,
    Limits,
    Problem,
    Refused,
    RosterReading,
    RosterRow,
    SheetReading,
)
from grids.imports.reading.rows import TableReader
from grids.imports.reading.tables import SheetTables, Table, find_tables
from grids.imports.reading.values import mask, text_of

__all__ = [
    "Limits",
    "Problem",
    "Refused",
    "RosterReading",
    "RosterRow",
    "SheetReading",
    "parse_roster",
    "parse_sheets",
    "read_roster",
]

MOST_ON_A_COVER = 20
SAMPLES = 3
NO_HEADER = (
    "没有找到花名册的表头：表里至少要有一行写着“户主姓名”“党员姓名”或“党员中心户”，"
    "并有“党小组”“人口数”“联系电话”等列名，请检查后再导入。"
)


def read_roster(path: Path, *, name: str = "", limits: Limits | None = None) -> RosterReading:
    """Read a roster in a confined child process; `name` is what the file was called when it was sent."""
    return read_in_child(Path(path), name=name or Path(path).name, limits=limits or Limits())


def read_book(path: Path, *, name: str, copy: Path, limits: Limits | None = None) -> Book:
    """The file's sheets without what is not collected, for a session; `copy` becomes its redacted copy."""
    return book_in_child(path, name=name, copy=copy, limits=limits or Limits())


def parse_roster(path: Path, *, name: str, limits: Limits) -> RosterReading:
    """The reading itself; only the child process calls it for files from outside."""
    return parse_sheets(read_sheets(path, name=name, limits=limits), limits=limits)


def parse_sheets(
    raw: list[RawSheet], *, limits: Limits, guides: Mapping[str, SheetGuide] | None = None
) -> RosterReading:
    """Read a roster out of plain grids, led by what a person has said about its columns. Raises Refused."""
    reading = RosterReading(meta=meta_of(raw))
    findings = Findings(limits.problems)
    led = guides or {}
    branches: dict[str, dict[str, str]] = {}
    for sheet in raw:
        if sheet.hidden and sheet.name.strip().lower() == "meta":
            continue
        guide = led.get(sheet.name, NO_GUIDE)
        about, rows = read_sheet(sheet, findings, branches, exact=bool(reading.meta), guide=guide)
        if guides is None:
            about.layout = []  # samples are for a session, whose sheets are redacted
        demand(rows, guide, findings)
        reading.sheets.append(about)
        reading.rows.extend(rows)
    if not any(sheet.columns for sheet in reading.sheets):
        if guides is None:
            raise Refused(NO_HEADER)
        findings.add(ERROR, "", None, "", "", NO_HEADER)
        reading.problems = findings.close()
        return reading
    complete(reading, findings, branches)
    reading.problems, reading.tied = findings.close(), findings.tied
    return reading


def meta_of(raw: list[RawSheet]) -> dict[str, str]:
    """Keys and values of the hidden sheet our own exports carry."""
    for sheet in raw:
        if sheet.hidden and sheet.name.strip().lower() == "meta":
            # Our own workbooks write sheet, key, value; the sheet's name is of no use here.
            pairs = [[text_of(value) for value in row[-2:]] for row in sheet.cells if len(row) > 1]
            return {key: value for key, value in pairs if key}
    return {}


def read_sheet(
    sheet: RawSheet,
    findings: Findings,
    branches: dict[str, dict[str, str]],
    *,
    exact: bool,
    guide: SheetGuide = NO_GUIDE,
) -> tuple[SheetReading, list[RosterRow]]:
    about = SheetReading(name=mask(sheet.name))
    if sheet.hidden:
        about.skipped = "隐藏的工作表，没有读取"
        findings.add(WARNING, sheet.name, None, "", "", "这张工作表是隐藏的，没有读取；要导入请先取消隐藏。")
        return about, []
    if not guide.on:
        about.skipped = "按您的选择不导入"
        return about, []
    if not any(text_of(value) for row in sheet.cells for value in row):
        about.skipped = "空白的工作表"
        return about, []
    found = find_tables(sheet, guide.header_row)
    about.title, about.unit, about.left_out = found.title, found.unit, found.left_out
    if not found.tables:
        skip_without_header(about, sheet, findings)
        branches[sheet.name] = {"cover": cover_branch(sheet)}
        return about, []
    tables = []
    for table in found.tables:
        take_word(table, guide)
        parts, left_out = part_tables(table)
        tables.extend(parts)
        about.left_out.extend(left_out)
        for part in parts:
            take_word(part, guide)
    describe(about, tables, findings)
    about.layout = layout_of(tables)
    if not exact:
        tell_hidden(sheet, findings)
    rows: list[RosterRow] = []
    for table in tables:
        reader = TableReader(sheet, table, findings, exact=exact)
        rows.extend(set_sheet_branch(reader.read(), table))
        about.left_out.extend(reader.left_out)
        about.rows += len(table.body) - len(reader.left_out)
    branches[sheet.name] = sheet_branches(found)
    return about, rows


def take_word(table: Table, guide: SheetGuide) -> None:
    """A person's word on a column stands over any guess; contents that are not collected are gone anyway."""
    if not guide.columns:
        return
    known = {column.index for column in table.columns} | table.foreign
    for index in guide.columns.keys() - known:
        if any(index < len(body.texts) and body.texts[index] for body in table.body):
            table.columns.append(Column(index, f"{column_letters(index)}列"))
    table.columns.sort(key=lambda column: column.index)
    for column in (*table.columns, *(column for block in table.blocks for column in block)):
        if column.index in guide.columns and column.field != PRIVATE:
            column.field = guide.columns[column.index] or OTHER


def layout_of(tables: list[Table]) -> list[dict[str, Any]]:
    """Every column once, with three of its values, so that a person can see what it was taken for."""
    found: dict[int, dict[str, Any]] = {}
    for table in tables:
        for column in (*table.columns, *(column for block in table.blocks for column in block)):
            about = found.setdefault(
                column.index,
                {"index": column.index, "title": column.title, "field": column.field, "samples": []},
            )
            for body in table.body:
                text = body.texts[column.index]
                if len(about["samples"]) < SAMPLES and text and mask(text) not in about["samples"]:
                    about["samples"].append(mask(text))
        for index in range(max((len(body.texts) for body in table.body), default=0)):
            texts = [mask(body.texts[index]) for body in table.body if body.texts[index]]
            if texts and index not in found and index not in table.foreign:
                found[index] = {"index": index, "title": "", "field": "", "samples": texts[:SAMPLES]}
    return [found[index] for index in sorted(found)]


def tell_hidden(sheet: RawSheet, findings: Findings) -> None:
    """Hidden rows and columns are read like the others, which is said; so are values out of formulas."""
    rows = [
        row for row in sheet.hidden_rows if row < len(sheet.cells) and any(map(text_of, sheet.cells[row]))
    ]
    if rows:
        some = "、".join(str(row + 1) for row in rows[:10])
        more = "等" if len(rows) > len(rows[:10]) else ""
        message = f"有 {len(rows)} 行被隐藏或筛选掉（第 {some} 行{more}），也一并读取；不要导入的请先删去。"
        findings.add(WARNING, sheet.name, None, "", "", message)
    width = max((len(row) for row in sheet.cells), default=0)
    columns = [column_letters(column) for column in sheet.hidden_columns if column < width]
    if columns:
        message = f"有 {len(columns)} 列被隐藏（{'、'.join(columns[:10])}），也一并读取；不要导入的请先删去。"
        findings.add(WARNING, sheet.name, None, "", "", message)
    if sheet.formulas:
        message = f"有 {sheet.formulas} 格是公式，按表里已算好的结果读取。"
        findings.add(WARNING, sheet.name, None, "", "", message)


def demand(rows: list[RosterRow], guide: SheetGuide, findings: Findings) -> None:
    """A column marked as never blank makes each blank cell of it an error."""
    for name in (name for name, rule in guide.blanks.items() if rule == REQUIRE):
        for row in rows:
            if name in row.where and getattr(row, name, None) in (None, ""):
                message = "这一格不能空（按您为这一列的选择），请填写。"
                findings.add(ERROR, row.sheet, row.row, row.where[name], "", message, index=row.at.get(name))


def skip_without_header(about: SheetReading, sheet: RawSheet, findings: Findings) -> None:
    about.skipped = "没有找到花名册的表头，没有读取"
    wide = sum(1 for row in sheet.cells if sum(1 for value in row if text_of(value)) >= 3)
    if wide >= 5:
        findings.add(
            WARNING,
            sheet.name,
            None,
            "",
            "",
            "这张工作表没有花名册的表头，没有读取；如是花名册，请核对列名。",
        )


def cover_branch(sheet: RawSheet) -> str:
    """The branch a cover sheet names in a line of its own, "" when it names none or several."""
    texts = [text for row in sheet.cells for value in row if (text := text_of(value))]
    if len(texts) > MOST_ON_A_COVER:
        return ""
    lines = [re.sub(r"^.*单位[^:：]{0,6}[:：]", "", text) for text in texts if not re.search("[如例]", text)]
    named = {name for line in lines if len(line) <= 30 and (name := branch_name(line))}
    return named.pop() if len(named) == 1 else ""


def describe(about: SheetReading, tables: list[Table], findings: Findings) -> None:
    """Which column was taken for what; a key that stands twice is an error: one would be lost."""
    about.header_row, about.header_rows = tables[0].header_row, tables[0].header_rows
    for number, table in enumerate(tables):
        seen: set[str] = set()
        for column in table.columns:
            title = column.title if column.title not in about.columns or number else f"{column.title}（重复）"
            if column.field in seen and column.field in ANCHORS and has_values(column, table):
                message = f"“{column.title}”有两列，请只留一列，或分成两张表。"
                findings.add(ERROR, about.name, table.header_row, column.title, "", message, index=-1)
            if column.field == PRIVATE:
                note_once(about.not_collected, title)
            elif not column.field or column.field == OTHER or column.field.startswith("?"):
                if note_once(about.unrecognised, title):
                    suggest(about, table, column, findings)
            elif column.field in seen:
                note_once(about.unrecognised, title)
            else:
                seen.add(column.field)
                about.columns.setdefault(title, column.field)
        for column in (column for block in table.blocks for column in block):
            about.columns.setdefault(column.title, column.field)
        tell_untitled(about, table, findings)


def tell_untitled(about: SheetReading, table: Table, findings: Findings) -> None:
    """What stands in a column without a title is not read, and that is said."""
    titled = {column.index for column in [*table.columns, *(c for block in table.blocks for c in block)]}
    titled |= table.foreign
    width = max((len(body.texts) for body in table.body), default=0)
    for index in range(width):
        if index not in titled and any(body.texts[index] for body in table.body):
            name = f"{column_letters(index)}列（没有列名）"
            if note_once(about.unrecognised, name):
                message = "这一列有内容却没有列名，没有读取；如果需要，请在表头里补上列名再导入。"
                findings.add(WARNING, about.name, table.header_row, name, "", message)


def column_letters(index: int) -> str:
    """0 → A, 26 → AA, as people see it above the sheet."""
    high, low = divmod(index, 26)
    return (column_letters(high - 1) if high else "") + chr(ord("A") + low)


def has_values(column: Column, table: Table) -> bool:
    return any(body.texts[column.index] for body in table.body)


def note_once(names: list[str], title: str) -> bool:
    if title in names:
        return False
    names.append(title)
    return True


def suggest(about: SheetReading, table: Table, column: Column, findings: Findings) -> None:
    likely = suggestion(column.title) if not column.field else ""
    if likely:
        message = f"没有识别这一列，内容没有读取；如果就是“{likely}”，请把列名改成“{likely}”再导入。"
        findings.add(WARNING, about.name, table.header_row, column.title, "", message)


def set_sheet_branch(rows: list[RosterRow], table: Table) -> list[RosterRow]:
    """A branch named by the lines above a table holds for the rows that name none."""
    named = table.context.get("unit_branch") or table.context.get("title_branch") or ""
    if named:
        for row in rows:
            row.branch = row.branch or named
    return rows


def sheet_branches(found: SheetTables) -> dict[str, str]:
    return {"name": found.tables[0].context.get("sheet_branch", "")}
