"""The front door: from a file a village sent to the rows of its roster, or one sentence why not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grids.imports.reading.blocks import part_tables
from grids.imports.reading.child import Book, book_in_child, read_in_child
from grids.imports.reading.files import RawSheet, read_sheets
from grids.imports.reading.findings import Findings
from grids.imports.reading.guides import NO_GUIDE, REQUIRE, SheetGuide
from grids.imports.reading.headers import ANCHORS, OTHER, PRIVATE, Column, suggestion
from grids.imports.reading.names import branch_name, group_from_grid, village_prefix
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


# What only the whole file can tell


def complete(reading: RosterReading, findings: Findings, branches: dict[str, dict[str, str]]) -> None:
    fill_branches(reading, branches)
    take_cover(reading, findings, branches)
    fill_groups(reading.rows, findings)
    agree(reading.rows, findings)
    refuse_no_group(reading.rows, findings)
    warn_unlinked(reading, findings)
    warn_repeated(reading.rows, findings)
    reading.branches = list(dict.fromkeys(row.branch for row in reading.rows if row.branch))
    if not reading.rows and not any(problem.severity == ERROR for problem in findings.problems):
        findings.add(ERROR, "", None, "", "", "表头下面没有一行可以读取的内容，请检查是否导错了文件。")


def fill_branches(reading: RosterReading, branches: dict[str, dict[str, str]]) -> None:
    """By the village in grid names, then the sheet's name, then addresses, then the file's only branch."""
    for name, known in branches.items():
        rows = [row for row in reading.rows if row.sheet == name and not row.branch]
        grids = {village_prefix(row.grid) for row in rows if row.grid}
        found = branch_name(grids.pop()) if len(grids) == 1 else ""
        found = found or known.get("name", "")
        for row in rows:
            row.branch = found or branch_name(village_prefix(row.grid))
    named = {row.branch for row in reading.rows if row.branch}
    if len(named) == 1:
        only = named.pop()
        for row in reading.rows:
            row.branch = row.branch or only


def take_cover(reading: RosterReading, findings: Findings, branches: dict[str, dict[str, str]]) -> None:
    """A cover sheet may be all that says whose roster this is; that is told, for it is a conclusion."""
    covers = {known["cover"]: name for name, known in branches.items() if known.get("cover")}
    if len(covers) != 1 or any(row.branch for row in reading.rows):
        return
    [(branch, sheet)] = covers.items()
    for row in reading.rows:
        row.branch = branch
    message = f"表里没有写党支部，按工作表“{mask(sheet)}”记为“{branch}”，请核对。"
    findings.add(WARNING, sheet, None, "", "", message)


def fill_groups(rows: list[RosterRow], findings: Findings) -> None:
    """A row without a group: by its grid (one group a grid), else by its hub or member if known."""
    by_grid: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_hub: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_member: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.group:
            by_grid[row.branch, row.grid].add(row.group)
            by_hub[row.branch, row.hub].add(row.group)
            by_member[row.branch, row.member].add(row.group)
    derived: set[tuple[str, str]] = set()
    for row in rows:
        if row.group:
            continue
        known = by_grid.get((row.branch, row.grid), set()) if row.grid else set()
        row.group = next(iter(known)) if len(known) == 1 else group_from_grid(row.grid)
        if row.group and not known and (row.sheet, row.grid) not in derived:
            derived.add((row.sheet, row.grid))
            message = f"表里没有党小组，按一个网格一个党小组，把“{row.grid}”记为“{row.group}”。"
            findings.add(
                WARNING,
                row.sheet,
                row.row,
                row.where.get("grid", ""),
                row.grid,
                message,
                index=row.at.get("grid"),
            )
        for name, table in (("hub", by_hub), ("member", by_member)):
            value = getattr(row, name)
            known = table.get((row.branch, value), set()) if value else set()
            if not row.group and len(known) == 1:
                row.group = next(iter(known))
                message = f"没有写党小组，按“{value}”归入“{row.group}”，请核对。"
                findings.add(
                    WARNING,
                    row.sheet,
                    row.row,
                    row.where.get("group", ""),
                    "",
                    message,
                    index=row.at.get("group"),
                )


def agree(rows: list[RosterRow], findings: Findings) -> None:
    """Grid and leader of a group hold for all its rows; two different ones are worth a look."""
    for name, what in (
        ("grid", "网格"),
        ("group_leader", "党小组长"),
        ("group_leader_phone", "党小组长电话"),
    ):
        seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        first: dict[tuple[str, str, str], RosterRow] = {}
        for row in rows:
            value = getattr(row, name)
            if row.group and value:
                seen[row.branch, row.group][value] += 1
                first.setdefault((row.branch, row.group, value), row)
        for (branch, group), values in seen.items():
            if len(values) > 1:
                places = "、".join(
                    f"{mask(value)}（第 {first[branch, group, value].row} 行）" for value in values
                )
                row = first[branch, group, list(values)[1]]
                message = f"“{group}”的{what}前后不一致：{places}，请核对。"
                findings.add(
                    WARNING, row.sheet, row.row, row.where.get(name, ""), "", message, index=row.at.get(name)
                )
        for row in rows:
            if row.group and not getattr(row, name):
                common = seen[row.branch, row.group].most_common(1)
                setattr(row, name, common[0][0] if common else "")


def refuse_no_group(rows: list[RosterRow], findings: Findings) -> None:
    lost = [row for row in rows if not row.group]
    if rows and len(lost) == len(rows):
        message = "整张表没有写党小组，也没有写网格，请加上“党小组”一列，或在标题、工作表名称里写明。"
        findings.add(ERROR, lost[0].sheet, None, "", "", message)
        return
    for row in lost:
        name = row.household or row.member or row.hub
        message = f"“{mask(name)}”没有写党小组，请补上。"
        findings.add(
            ERROR, row.sheet, row.row, row.where.get("group", ""), "", message, index=row.at.get("group")
        )


def warn_unlinked(reading: RosterReading, findings: Findings) -> None:
    tell_no_members(reading.rows, findings)
    told: set[tuple[str, int]] = set()
    for row in reading.rows:
        if reading.meta and row.household_code:
            continue  # our own export: a blank is what we wrote
        if row.household and not row.member and "member" in row.where and (row.sheet, row.row) not in told:
            told.add((row.sheet, row.row))
            message = f"“{mask(row.household)}”没有写联系党员，按“尚未联系”读入。"
            findings.add(
                WARNING, row.sheet, row.row, row.where["member"], "", message, index=row.at.get("member")
            )


def tell_no_members(rows: list[RosterRow], findings: Findings) -> None:
    """Households of a table that names no member anywhere: told once a sheet."""
    lone = Counter(
        row.sheet for row in rows if row.household and not row.member and "member" not in row.where
    )
    for sheet, count in lone.items():
        message = f"表里没有联系党员一列，{count} 户按“尚未联系”读入；如果写了党员，请加上“联系党员”一列。"
        findings.add(WARNING, sheet, None, "", "", message)


def warn_repeated(rows: list[RosterRow], findings: Findings) -> None:
    """The same householder may rightly stand twice; the very same line hardly."""
    first: dict[tuple[str, ...], RosterRow] = {}
    for row in rows:
        if not row.household:
            continue
        same = (row.branch, row.group, row.member, row.household, row.villager_group, row.door)
        before = first.setdefault(same, row)
        if before is not row and (not row.household_code or row.household_code == before.household_code):
            place = (
                f"第 {before.row} 行" if before.sheet == row.sheet else f"“{before.sheet}”第 {before.row} 行"
            )
            message = f"与{place}完全相同（户主、党员、门牌都一样），请核对是否重复填写。"
            findings.add(
                WARNING,
                row.sheet,
                row.row,
                row.where.get("household", ""),
                row.household,
                message,
                index=row.at.get("household"),
            )
