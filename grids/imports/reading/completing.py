"""What only the whole file can tell: rows learn from one another; what stands twice or nowhere is told."""

from __future__ import annotations

from collections import Counter, defaultdict

from grids.imports.reading.findings import Findings
from grids.imports.reading.names import branch_name, group_from_grid, village_prefix
from grids.imports.reading.result import ERROR, WARNING, RosterReading, RosterRow
from grids.imports.reading.values import mask


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
