"""党员 as a register: a member's place in the tree together with the person and the phone."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q

from grids.choices import Kind, Standing
from grids.imports.planning.keys import hub_key
from grids.imports.reading.values import parse_standing
from grids.models import Node, Person
from grids.queries.ability import ABSENCE, NO_ABSENCE
from grids.registers.columns import NO, YES, Choices, RegisterColumn
from grids.registers.desk import Desk
from grids.registers.hubs import groups
from grids.registers.nodes import NodeRegister, Raw, doubles, fixed_choices, remark_column, since_column
from grids.registers.register import register
from grids.registers.rows import Line
from grids.registers.spots import Spot, by_kind, labelled
from grids.registers.versions import last_numbers, lock, token
from grids.spelling import SPELLED, respell
from township import history

if TYPE_CHECKING:
    from township.models import User

TAKEN = "本乡镇已有同名同号码的人员。"
# What our lists say of an absence that has not begun or is over; the register keeps such a member's 否.
_ABSENT_SOME_DAY = re.compile(r"是[(（]\d{4}-\d\d-\d\d起.*[)）]")


def parse_part(text: str) -> str:
    """The cell as a plain flag, also where it says why and how long as our lists do."""
    if _ABSENT_SOME_DAY.fullmatch(text):
        return NO
    return NO if re.fullmatch(r"否[(（].*[)）]", text) else text


def hubs(desk: Desk) -> Choices:
    """Hubs of the village."""
    return labelled(by_kind(desk.spots, Kind.HUB), desk.spots, hub_key)


class Members(NodeRegister):
    """党员."""

    code = kind = Kind.MEMBER.value
    title, unit, rank = "党员", "名", 2
    parent_keys = ("group", "hub")
    columns = (
        RegisterColumn("name", "姓名", ("党员姓名", "党员"), required=True, max_length=20),
        RegisterColumn("phone", "联系电话", ("电话", "手机", "手机号", "手机号码"), kind="phone", width=9),
        RegisterColumn(
            "group", "党小组", ("所属党小组", "所在党小组", "网格"), kind="choice", choices=groups, width=10
        ),
        RegisterColumn(
            "hub",
            "中心户（示范岗）",
            ("中心户", "示范岗", "所属中心户", "党员中心户"),
            kind="choice",
            choices=hubs,
            width=11,
            help="还没有编入的就空着",
        ),
        RegisterColumn(
            "standing",
            "党员类别",
            ("类别", "人员类别", "政治面貌"),
            kind="choice",
            choices=lambda _: fixed_choices(Kind.MEMBER, "standing"),
            default=Standing.FULL.value,
            reads=parse_standing,
        ),
        RegisterColumn("is_floating", "是否流动", ("流动党员", "流动"), kind="bool", default=False, width=6),
        RegisterColumn(
            "takes_part",
            "参加联户",
            ("是否参加联户",),
            kind="bool",
            default=True,
            reads=parse_part,
            width=6,
        ),
        RegisterColumn(
            "absence_reason",
            "未参加原因",
            ("不参加原因",),
            kind="choice",
            choices=lambda _: fixed_choices(Kind.MEMBER, "absence_reason"),
            default="",
            width=7,
        ),
        RegisterColumn(
            "absent_since",
            "未参加起始",
            ("不参加起始", "外出时间", "外出日期"),
            kind="date",
            width=7,
            help="不参加联户时选填",
        ),
        RegisterColumn(
            "absent_until",
            "预计恢复",
            ("恢复日期", "预计返回", "返回日期"),
            kind="date",
            width=7,
            help="恢复联户的第一天，到那天自动恢复",
        ),
        since_column("起始时间", "编入时间"),
        remark_column(),
    )

    # --- reading ------------------------------------------------------------------------------------

    def place_values(self, raw: Raw, parent_kind: str | None) -> dict[str, Any]:
        """Its group and hub."""
        return {"group": raw["group_id"], "hub": raw["hub_id"]}

    def _profiles(self, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        rows = self.profile._default_manager.filter(node_id__in=ids)
        fields = [field.attname for field in self.profile._meta.concrete_fields]
        return {row["node_id"]: row for row in rows.values(*fields, "person__phone")}

    def owner_of(self, profile: Raw) -> dict[str, Any]:
        """The person's phone."""
        return {"phone": profile.get("person__phone", "")}

    def _tokens(self, ids: Sequence[int], profiles: Mapping[int, Raw]) -> dict[int, str]:
        nodes, own = last_numbers(Node, "id", ids), last_numbers(self.profile, "node_id", ids)
        person = {pk: profile["person_id"] for pk, profile in profiles.items()}
        people = last_numbers(Person, "id", person.values())
        return {pk: token([nodes.get(pk), own.get(pk), people.get(person.get(pk, 0))]) for pk in ids}

    def tables(self) -> tuple[type[Model], ...]:
        """The person beside node and profile."""
        return Node, self.profile, Person

    # --- judging ------------------------------------------------------------------------------------

    def judge(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Whoever takes part again loses reason and days that were left standing; then as every place."""
        for line in lines:
            again = line.held is not None and "takes_part" in line.touched
            if again and line.cells.get("takes_part") == YES and not line.touched & set(ABSENCE):
                if any(line.values[name] for name in ABSENCE):
                    line.remark("takes_part", "参加联户了，未参加的原因和日期随之清空。")
                line.values |= NO_ABSENCE
        super().judge(desk, lines)

    def find_place(self, desk: Desk, line: Line) -> Spot | None:
        """In the hub named; else in the group; else right under the Party branch."""
        group, hub = line.values.get("group"), desk.spots.get(line.values.get("hub") or 0)
        if hub is not None:
            if group is not None and group != hub.group_id:
                home = self.column("group").show(hub.group_id, desk)
                if "group" in line.touched:
                    line.refuse("hub", f"{hub.name}在{home}，与所填党小组不同。请改选中心户，或清空党小组。")
                else:
                    line.remark("group", f"党小组随中心户改为{home}。")
            line.values["group"] = hub.group_id
            return hub
        if group is None and line.is_new:
            group = self._group_here(desk)
        if group is not None:
            line.values["group"] = group
            return desk.spots.get(group)
        if desk.in_village:  # an office or school branch has no groups
            line.remark("group", "没有写党小组，先放在党支部下面，以后再编入。")
        return self._branch(desk, line)

    @staticmethod
    def _group_here(desk: Desk) -> int | None:
        if desk.place.kind == Kind.GROUP:
            return desk.place.pk
        here = desk.group_of_grid.get(desk.place.pk)
        return here.pk if here else None

    @staticmethod
    def _branch(desk: Desk, line: Line) -> Spot | None:
        held = line.held.spot if line.held else None
        branch = held.branch_id if held else desk.place.branch_id
        if branch is None and desk.place.kind in (Kind.BRANCH, Kind.GENERAL_BRANCH):
            branch = desk.place.pk
        found = desk.spots.get(branch or 0) or desk.spots.get(desk.root_id)
        if found is None:
            line.refuse("group", "请选党小组。")
        return found

    def judge_together(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Nobody twice in the roster: by name and phone in the township, by name where there is no phone."""
        mine = [line for line in lines if line.is_new or line.changes("name") or line.changes("phone")]

        def identity(line: Line) -> tuple[Any, ...] | None:
            name, phone = line.values["name"], line.values["phone"] or ""
            above = line.above.pk if line.above else None
            return (name, phone) if phone else (name, "", above) if line.is_new else None

        for _, later in doubles(mine, identity):
            later.refuse(
                "name", f"上面已有同名的党员“{later.values['name']}”。如果是另一人，请写上不同的电话。"
            )
        known = self._known(desk, mine)
        for line in mine:
            for person in known.get(line.values["name"], ()):
                if line.held is None or person["membership__node_id"] != line.held.pk:
                    self._compare(line, person)

    @staticmethod
    def _known(desk: Desk, lines: Sequence[Line]) -> dict[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        names = {line.values["name"] for line in lines}
        phones = {line.values["phone"] for line in lines if line.values["phone"]}
        if names:
            near = Q(root_id=desk.root_id) | Q(phone__in=phones)
            rows = Person.objects.standing().filter(near, township_id=desk.place.township_id, name__in=names)
            for row in rows.values(
                "pk", "name", "phone", "root_id", "membership__node_id", "membership__node__parent_id",
                "membership__node__closed_on",
            ):  # fmt: skip
                found[row["name"]].append(row)
        return found

    @staticmethod
    def _compare(line: Line, person: Mapping[str, Any]) -> None:
        """What a person of the same name means for a row."""
        name, phone = line.values["name"], line.values["phone"] or ""
        is_member = person["membership__node_id"] is not None
        if phone and person["phone"] == phone:
            if not line.is_new:
                line.refuse("phone", TAKEN)
            elif is_member:
                line.refuse("name", f"{name}已在党员名册里（包括已注销的），请到原处调整或恢复。")
            else:
                line.found = person["pk"]
                line.remark("name", f"{name}已登记为人员，将编为党员，不另建。")
        elif line.is_new and is_member and not person["membership__node__closed_on"]:
            above = line.above.pk if line.above else None
            if not phone and not person["phone"] and person["membership__node__parent_id"] == above:
                line.refuse("name", f"这里已有同名的党员“{name}”。如果是另一人，请写上电话。")
            else:
                line.remark("name", f"本村已有同名党员“{name}”，请核对是不是同一人。")

    # --- writing ------------------------------------------------------------------------------------

    def lock_rows(self, ids: Sequence[int]) -> None:
        """The members' people."""
        people = self.profile._default_manager.filter(node_id__in=ids).values("person_id")
        lock(Person.objects.filter(pk__in=people))

    def owners(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[int, Any]:
        """People of new members made or found; people of known ones renamed or given another number."""
        new = [line for line in lines if line.is_new]
        found = Person.objects.in_bulk([line.found for line in new if line.found])
        fresh = [line for line in new if not line.found]
        rows = [
            Person(
                township_id=desk.place.township_id,
                root_id=desk.root_id,
                name=line.values["name"],
                phone=line.values["phone"] or "",
            )
            for line in fresh
        ]
        made = history.create_all(Person, rows, by=by, reason=reason)
        owners: dict[int, Any] = {
            id(line): {"person": person} for line, person in zip(fresh, made, strict=True)
        }
        owners |= {id(line): {"person": found[line.found]} for line in new if line.found}
        self._change_people(lines, by=by, reason=reason)
        return owners

    @staticmethod
    def _change_people(lines: Sequence[Line], *, by: "User", reason: str) -> None:
        by_node = {
            line.held.pk: line
            for line in lines
            if line.held is not None and (line.changes("name") or line.changes("phone"))
        }
        changed = list(Person.objects.filter(membership__node_id__in=by_node).select_related("membership"))
        for person in changed:
            line = by_node[person.membership.node_id]
            person.name, person.phone = line.values["name"], line.values["phone"] or ""
            respell(person)
        history.update_all(Person, changed, ["name", "phone", *SPELLED], by=by, reason=reason)


MEMBERS = register(Members())
