"""One table of a sheet → roster rows, with a problem for every cell that could not be taken as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from grids.imports.reading.blocks import Block
from grids.imports.reading.files import RawSheet
from grids.imports.reading.filling import LEVELS, Filled, Filler
from grids.imports.reading.findings import Findings
from grids.imports.reading.names import (
    NamedHousehold,
    branch_name,
    hub_name,
    is_industry,
    is_odd_name,
    person_names,
    split_address,
    split_group,
    split_households,
    villager_group_name,
)
from grids.imports.reading.result import ERROR, WARNING, RosterRow
from grids.imports.reading.tables import BodyRow, Table
from grids.imports.reading.values import (
    ERROR_VALUES,
    STRUCK,
    Unclear,
    is_nothing,
    mask,
    parse_count,
    parse_date,
    parse_flag,
    parse_hub_kind,
    parse_phone,
    parse_standing,
    phone_or_blank,
    split_phone,
    strike_labels,
    strike_private,
    text_of,
    without_marks,
)

KEYS = {"household", "member", "hub", "group", "grid", "branch"}
NO_NAMES: list[str] = []
NO_HOUSEHOLDS: tuple[NamedHousehold, ...] = ()
FREE_TEXT = {"remark", "address", "door"}
HOUSEHOLD_FACTS = ("household_size", "household_phone", "address", "door")
RELATION = re.compile(r"户主.{0,2}关系|家庭关系")
HOUSEHOLDER = re.compile(r"^(?:户主|本人|本户)")
Parsed = TypeVar("Parsed")


class TableReader:
    """Reads the rows of one table."""

    def __init__(self, sheet: RawSheet, table: Table, findings: Findings, *, exact: bool) -> None:
        self.sheet = sheet
        self.table = table
        self.findings = findings
        self.filler = Filler(sheet, table, exact=exact)
        self.filled = self.filler.fill()
        self.blocks = [Block.of(table.columns), *(Block.of(columns) for columns in table.blocks)]
        for block in self.blocks[1:]:
            block.complete(self.blocks[0])
        self.relation = self.relation_column()
        self.told: set[tuple[str, int, int]] = set()
        self.current = 0
        self.turn_to(self.blocks[0])
        self.left_out: list[str] = []
        self.rows: list[RosterRow] = []

    def relation_column(self) -> int:
        """The column that says who is the householder, -1 for none; its contents are read but not kept."""
        for column in self.table.columns:
            cells = [body.texts[column.index] for body in self.table.body]
            if RELATION.search(column.title) and any(HOUSEHOLDER.search(cell) for cell in cells):
                return column.index
        return -1

    def turn_to(self, block: Block) -> None:
        """From here on the household's fields mean the columns of this block."""
        self.index, self.titles, self.where, self.at = block.index, block.titles, block.where, block.at

    def read(self) -> list[RosterRow]:
        for block in self.blocks:
            self.turn_to(block)
            self.tell_faults()
        self.turn_to(self.blocks[0])
        for place, body in enumerate(self.table.body):
            self.current = body.number
            self.read_row(place, body)
        return self.rows

    # Problems

    def tell(self, severity: str, name: str, row: int, value: Any, message: str) -> None:
        """`row` counts from 0; a merged or carried cell is told once."""
        key = name, self.index.get(name, -1), row
        if severity == ERROR and self.current and self.current != row + 1:
            self.findings.tie(self.sheet.name, row + 1, self.current)
        if key not in self.told:
            self.told.add(key)
            column = self.titles.get(name, "")
            index = self.at.get(name)
            self.findings.add(severity, self.sheet.name, row + 1, column, value, message, index=index)

    def tell_faults(self) -> None:
        rows = {body.number - 1 for body in self.table.body}
        fields = {index: name for name, index in self.index.items()}
        for (row, column), fault in sorted(self.sheet.faults.items()):
            name = fields.get(column, "")
            if row in rows and name in self.where:
                formula = fault == "formula"
                self.tell_error_value(name, row, "公式" if formula else fault, formula=formula)
                if name in LEVELS:
                    self.tie_below(row, column)

    def tie_below(self, row: int, column: int) -> None:
        """The rows that a holder's cell without a value was written for."""
        for body in self.table.body:
            if body.number > row + 1:
                if body.texts[column]:
                    return
                self.findings.tie(self.sheet.name, row + 1, body.number)

    def tell_error_value(self, name: str, row: int, value: str, *, formula: bool = False) -> None:
        what = "这一格的公式没有计算结果" if formula else f"这一格是错误值 {value}"
        how = "请在 Excel 里重新计算并粘贴为数值" if formula else "请改成正确的内容"
        if name in KEYS:
            self.tell(ERROR, name, row, value, f"{what}，{how}再导入。")
        else:
            self.tell(WARNING, name, row, value, f"{what}，已留空，{how}。")

    # Cells

    def cell(self, name: str, place: int, body: BodyRow) -> tuple[str, int]:
        """Text and origin (sheet row from 0) of a field, without error values and private numbers."""
        filled: Filled | None = self.filled.get(name)
        if filled and self.index.get(name) == self.blocks[0].index.get(name):
            text, origin = filled.texts[place], filled.origins[place]
        else:
            index = self.index.get(name, -1)
            if index < 0:
                return "", body.number - 1
            text, origin = body.texts[index], body.number - 1
        if text.startswith("#") and text.upper() in ERROR_VALUES:
            self.tell_error_value(name, origin, text)
            return "", origin
        text, struck = strike_private(text)
        if struck or STRUCK in text:
            text = text if name in FREE_TEXT else "" if name.endswith("_phone") else without_marks(text)
            message = "这一格里有身份证号或银行卡号，已略去，系统不收集这类信息。"
            self.tell(WARNING, name, origin, "〔证件号或卡号〕", message)
        return text, origin

    def raw(self, name: str, place: int, body: BodyRow) -> tuple[Any, int]:
        """The untouched value, for dates and numbers."""
        text, origin = self.cell(name, place, body)
        index = self.index.get(name, -1)
        if not text or index < 0:
            return text, origin
        cells = self.sheet.cells[origin]
        value = cells[index] if index < len(cells) else text
        return (value if text_of(value) == text else text), origin

    def optional(
        self,
        name: str,
        place: int,
        body: BodyRow,
        parse: Callable[[Any], Parsed],
        blank: Parsed,
        *,
        raw: bool = False,
    ) -> Parsed:
        """A cell that may be left out: what can't be read is a warning and a blank."""
        if name not in self.index:
            return blank
        value, origin = (self.raw if raw else self.cell)(name, place, body)
        if value == "" or value is None:
            return blank
        try:
            return parse(value)
        except Unclear as fault:
            self.tell(WARNING, name, origin, value, str(fault))
            return blank

    def key(self, name: str, text: str, origin: int, parse: Callable[[str], Parsed], blank: Parsed) -> Parsed:
        """A cell a row can't do without: what can't be read is an error."""
        try:
            return parse(text) if text else blank
        except Unclear as fault:
            self.tell(ERROR, name, origin, text, str(fault))
            return blank

    def phone(self, name: str, place: int, body: BodyRow) -> str:
        text, origin = self.cell(name, place, body)
        if not text or is_nothing(text):
            return ""
        try:
            phone, notice = parse_phone(text)
        except Unclear as fault:
            self.tell(WARNING, name, origin, text, str(fault))
            return ""
        if notice:
            self.tell(WARNING, name, origin, text, notice)
        return phone

    def plain(self, name: str, place: int, body: BodyRow) -> str:
        text = self.cell(name, place, body)[0]
        return "" if is_nothing(text) else text

    # Rows

    def read_row(self, place: int, body: BodyRow) -> None:
        base = RosterRow(sheet=self.sheet.name, row=body.number, where=self.where, at=self.at)
        if self.is_relative(body):
            self.left_out.append(f"第 {body.number} 行：户主的家庭成员，不是户主")
            return
        listed, continued = self.all_households(place, body)
        if not listed and (continued or not self.stands_alone(place, body)):
            return
        base.where, base.at = self.where, self.at
        self.take_place(base, place, body)
        self.take_hub(base, place, body)
        members = self.take_member(base, place, body, bool(listed))
        for name in ("household_code", "remark"):
            setattr(base, name, self.plain(name, place, body))
        if not listed:
            for member in members or [""]:
                base.member = member
                self.keep_no_label(base)
                self.rows.append(copy_of(base))
            return
        total = sum(len(households) for _, households in listed)
        if total > 1:
            self.check_count(total, place, body)
        for block, households in listed:
            self.turn_to(block)
            base.where, base.at = self.where, self.at
            self.take_households(base, households, place, body)
        self.turn_to(self.blocks[0])

    def is_relative(self, body: BodyRow) -> bool:
        """Where each person of a household has a line, only the householder's line is the household."""
        if self.relation < 0 or not body.texts[self.relation]:
            return False
        return not HOUSEHOLDER.search(body.texts[self.relation])

    def all_households(
        self, place: int, body: BodyRow
    ) -> tuple[list[tuple[Block, tuple[NamedHousehold, ...]]], bool]:
        """The households of each block, and whether the row goes on with one from the row above."""
        listed = []
        continued = False
        for number, block in enumerate(self.blocks):
            self.turn_to(block)
            households = self.households(place, body)
            continued = continued or households is None
            if households:
                listed.append((block, households))
            elif households is not None and (number or len(self.blocks) > 1):
                self.lacks_householder(place, body)
        self.turn_to(self.blocks[0])
        return listed, continued

    def households(self, place: int, body: BodyRow) -> tuple[NamedHousehold, ...] | None:
        """The households of a row; None when the row is the lower part of a merged household cell."""
        index = self.index.get("household", -1)
        if index < 0:
            return ()
        top = self.filler.cover.get((body.number - 1, index))
        if top and top[0] != body.number - 1 and text_of(self.sheet.cells[top[0]][top[1]]):
            self.left_out.append(f"第 {body.number} 行：与第 {top[0] + 1} 行是同一户（合并单元格）")
            return None
        text, origin = self.cell("household", place, body)
        if is_nothing(text):
            return ()
        found = self.key("household", text, origin, split_households, NO_HOUSEHOLDS)
        for household in found:
            if is_odd_name(household.name):
                message = f"姓名“{mask(household.name)}”里有不常见的字符，已照原样读入，请核对。"
                self.tell(WARNING, "household", origin, text, message)
        return found

    def fresh(self, name: str, place: int, body: BodyRow) -> bool:
        filled = self.filled.get(name)
        return bool(filled and filled.texts[place] and filled.origins[place] == body.number - 1)

    def stands_alone(self, place: int, body: BodyRow) -> bool:
        """Whether a row without a household still says something: a member, a hub, a group's leader."""
        if self.lacks_householder(place, body):
            return False
        if self.fresh("member", place, body) or self.fresh("hub", place, body):
            return True
        if "household" not in self.index and "member" not in self.index and self.fresh("group", place, body):
            return True
        self.left_out.append(f"第 {body.number} 行：没有户主和党员")
        return False

    def lacks_householder(self, place: int, body: BodyRow) -> bool:
        """A number of people or a phone without a name: a household would be lost silently."""
        if "household" not in self.index:
            return False
        cell = body.texts[self.index["household"]]
        if cell and not is_nothing(cell):
            return True  # told already as unreadable
        facts = [name for name in HOUSEHOLD_FACTS if name in self.index and self.plain(name, place, body)]
        if not facts or (facts == ["address"] and self.fresh("member", place, body)):
            return False
        message = f"有{self.titles[facts[0]]}却没有户主姓名，请补上姓名，或删去这一行。"
        self.tell(ERROR, "household", body.number - 1, "", message)
        return True

    def take_place(self, base: RosterRow, place: int, body: BodyRow) -> None:
        """Branch, group, grid and leader, from the row or from the lines above it."""
        context = self.table.context
        branch, origin = self.cell("branch", place, body)
        base.branch = branch_name(branch) or (
            branch if len(branch) > 1 and branch[-1] not in "乡镇县" else ""
        )
        general = self.plain("general_branch", place, body)
        base.general_branch = branch_name(general) or general
        text, origin = self.cell("group", place, body)
        led = re.search(r"[(（](?:党?小?组长|负责人)[:：]?([^()（）]+)[)）]", text)
        group, grid = split_group(text.replace(led.group(), "") if led else text)
        cell, _ = self.cell("grid", place, body)
        other, named = split_group(cell)
        base.group = group or (other if "党小组" in other else "") or context.get("group", "")
        base.grid = named or grid or ("" if "党小组" in other else other) or self.context_grid(base.group)
        leader, origin = self.cell("group_leader", place, body)
        leader = leader or (led.group(1) if led else "")
        own = bool(leader) or context.get("group", base.group) != base.group
        leader = leader if own else context.get("group_leader", "")
        name, phone = split_phone(leader)
        names = self.key("group_leader", name, origin, person_names, NO_NAMES)
        base.group_leader = names[0] if names else ""
        base.group_leader_phone = self.phone("group_leader_phone", place, body) or phone
        if not base.group_leader_phone and not own:
            base.group_leader_phone = phone_or_blank(context.get("group_leader_phone", ""))
        base.industry = is_industry(base.group, base.grid, self.plain("group_kind", place, body))

    def context_grid(self, group: str) -> str:
        context = self.table.context
        return context.get("grid", "") if context.get("group", group) == group else ""

    def take_hub(self, base: RosterRow, place: int, body: BodyRow) -> None:
        text, origin = self.cell("hub", place, body)
        if not text and "hub" not in self.index:
            text = self.table.context.get("hub", "")
        kind = self.optional("hub_kind", place, body, parse_hub_kind, "")
        text, phone = split_phone(text)
        base.hub, base.hub_kind, base.hub_head = self.key(
            "hub", text, origin, lambda cell: hub_name(cell, kind), ("", "", "")
        )
        head, origin = self.cell("hub_head", place, body)
        head, head_phone = split_phone(head)
        names = self.key("hub_head", head, origin, person_names, NO_NAMES)
        base.hub_head = names[0] if names else base.hub_head
        if not base.hub and names and "hub" not in self.index:
            base.hub, base.hub_kind, base.hub_head = hub_name(names[0])
        if base.hub and kind:
            base.hub_kind = kind
        base.hub_phone = self.phone("hub_phone", place, body) or head_phone or phone
        base.plate_no = self.plain("plate_no", place, body)
        base.hub_code = self.plain("hub_code", place, body)
        base.served_households = self.optional(
            "served_households",
            place,
            body,
            lambda value: parse_count(value, most=2000, what="户数"),
            None,
            raw=True,
        )

    def take_member(self, base: RosterRow, place: int, body: BodyRow, has_households: bool) -> list[str]:
        """Fill in the member and give all names in the cell; several are fine where no household follows."""
        text, origin = self.cell("member", place, body)
        if not text and "member" not in self.index:
            text = self.table.context.get("member", "")
        found = self.key("member", text, origin, split_households, NO_HOUSEHOLDS)
        names = [person.name for person in found if person.name not in {"党员", "同志"}]
        if len(names) > 1 and has_households:
            message = "一格写了几名党员，一户只能由一名党员联系，请分行填写。"
            self.tell(ERROR, "member", origin, text, message)
        base.member = names[0] if names else ""
        notes = " ".join(person.note for person in found)
        base.member_phone = self.phone("member_phone", place, body) or (found[0].phone if found else "")
        if not base.member_phone and "member_phone" not in self.index and "member" not in self.index:
            base.member_phone = phone_or_blank(self.table.context.get("member_phone", ""))
        base.member_standing = self.optional("member_standing", place, body, parse_standing, "")
        if not base.member_standing and re.search("预备|正式", notes):
            base.member_standing = parse_standing(notes)
        base.floating = self.optional("floating", place, body, parse_flag, None)
        if base.floating is None and "流动" in notes:
            base.floating = True
        base.takes_part = self.optional("takes_part", place, body, parse_flag, None)
        base.member_code = self.plain("member_code", place, body)
        if self.optional("hub_flag", place, body, parse_flag, None) and base.member and not base.hub:
            base.hub, base.hub_kind, base.hub_head = hub_name(base.member)  # marked as central household
        if base.member and is_odd_name(base.member):
            self.tell(WARNING, "member", origin, text, "姓名里有不常见的字符，已照原样读入，请核对。")
        return names

    def take_households(
        self, base: RosterRow, households: tuple[NamedHousehold, ...], place: int, body: BodyRow
    ) -> None:
        base.since = self.optional("since", place, body, parse_date, None, raw=True)
        group, door = self.address(place, body)
        single = len(households) == 1
        sizes: list[int | None] = [None] * len(households)
        phones = [""] * len(households)
        if single:
            sizes = [self.optional("household_size", place, body, count_people, None, raw=True)]
            phones = [self.phone("household_phone", place, body)]
        else:
            sizes = self.side_list("household_size", place, body, sizes, count_people)
            phones = self.side_list("household_phone", place, body, phones, lambda part: parse_phone(part)[0])
        for household, size, phone in zip(households, sizes, phones, strict=True):
            row = copy_of(base)
            row.household = household.name
            inner_group, inner_door = split_address(household.address) if household.address else ("", "")
            row.villager_group = inner_group or group
            row.door = inner_door or (door if single else "")
            row.household_size = size or household.size
            row.household_phone = phone or household.phone
            row.remark = " ".join(part for part in (base.remark, household.note) if part)
            self.keep_no_label(row)
            self.rows.append(row)

    def keep_no_label(self, row: RosterRow) -> None:
        """Remarks say nothing of poverty, health or record of people: such words are dropped and told."""
        row.remark, struck = strike_labels(row.remark)
        if struck:
            name = "remark" if "remark" in self.index else "household"
            message = "备注里有对人的标签（如低保、残疾），已略去，系统不收集这类信息。"
            self.tell(WARNING, name, row.row - 1, "", message)

    def side_list(
        self, name: str, place: int, body: BodyRow, blank: list[Parsed], parse: Callable[[str], Parsed]
    ) -> list[Parsed]:
        """Sizes or phones listed beside several households of one cell, if there are as many of them."""
        text, origin = self.cell(name, place, body)
        if name not in self.index or is_nothing(text):
            return blank
        parts = [part for part in re.split(r"[、,;/\n\s]+", text.strip()) if part]
        try:
            if len(parts) == len(blank):
                return [
                    nothing if is_nothing(part) else parse(part)
                    for part, nothing in zip(parts, blank, strict=True)
                ]
        except Unclear:
            pass
        message = f"户主有 {len(blank)} 名，“{self.titles[name]}”与之对不上，已留空，请分行填写。"
        self.tell(WARNING, name, origin, text, message)
        return blank

    def address(self, place: int, body: BodyRow) -> tuple[str, str]:
        own, own_door = "", ""
        if "villager_group" in self.index:
            own, own_door = villager_group_name(self.cell("villager_group", place, body)[0])
        group, door = (
            split_address(self.plain("address", place, body)) if "address" in self.index else ("", "")
        )
        written = self.plain("door", place, body)
        inner, rest = split_address(written) if written else ("", "")
        return own or group or inner, rest or door or own_door

    def check_count(self, households: int, place: int, body: BodyRow) -> None:
        text = self.plain("household_count", place, body)
        digits = re.sub(r"\D", "", text)
        merged = (body.number - 1, self.index.get("household_count", -1)) in self.filler.cover
        if digits and not merged and int(digits[:6]) != households:
            message = (
                f"“{self.titles['household_count']}”写的是 {digits[:6]}，名单里读出 {households} 户，请核对。"
            )
            self.tell(WARNING, "household_count", body.number - 1, text, message)


def copy_of(row: RosterRow) -> RosterRow:
    twin = RosterRow.__new__(RosterRow)
    for name in RosterRow.__slots__:
        setattr(twin, name, getattr(row, name))
    return twin


def count_people(value: Any) -> int | None:
    return parse_count(value, most=50, what="家庭人口数")
