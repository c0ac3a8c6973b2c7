"""What a bulk edit would do, row by row: old and new, and why a row cannot be changed."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from grids import access, rules
from grids.choices import CloseReason, Kind
from grids.kinds import KINDS
from grids.models import MemberProfile, Node, VillagerGroup
from grids.queries.ability import ABSENCE, NO_ABSENCE, ONLY_ABSENT, WRONG_ORDER
from grids.queries.places import release_place

if TYPE_CHECKING:
    from township.models import User

# Fields of a profile that may be given to many rows at once; names, doors and phones are each row's own.
BULK_FIELDS: Mapping[str, tuple[str, ...]] = {
    Kind.GRID: ("shape",),
    Kind.GROUP: ("industry",),
    Kind.HUB: ("hub_kind",),
    Kind.MEMBER: ("standing", "is_floating", "takes_part", *ABSENCE),
    Kind.HOUSEHOLD: ("villager_group",),
}
MOVABLE = (Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD)
NOT_YOURS = "您不能修改这里的内容"
EMPTY = "（空）"


@dataclass(frozen=True)
class Cell:
    """One field from old to new: the column written, and both values as they are and in words."""

    column: str
    title: str
    old: Any
    new: Any
    old_words: str
    new_words: str


@dataclass
class PlanRow:
    """One place with what changes, or why nothing can."""

    node: Node
    cells: list[Cell] = field(default_factory=list)
    refusal: str = ""


@dataclass(frozen=True)
class Plan:
    """All rows of a bulk edit."""

    rows: list[PlanRow]

    @property
    def changing(self) -> list[PlanRow]:
        """Rows that will be written."""
        return [row for row in self.rows if row.cells and not row.refusal]

    @property
    def refused(self) -> list[PlanRow]:
        """Rows that stay as they are, each with its reason."""
        return [row for row in self.rows if row.refusal]

    @property
    def same(self) -> int:
        """Rows that are so already."""
        return len(self.rows) - len(self.changing) - len(self.refused)

    @property
    def shown(self) -> list[PlanRow]:
        """Refusals first, then the changes; rows that stay the same say nothing."""
        return [*self.refused, *self.changing]

    def seal(self) -> str:
        """A mark of all that was shown: if anybody changes one of the rows, it is another one."""
        told = [
            (row.node.pk, row.refusal, [(cell.column, str(cell.old), str(cell.new)) for cell in row.cells])
            for row in self.rows
        ]
        return hashlib.sha256(repr(sorted(told)).encode()).hexdigest()


def rows_with_profiles(kind: str, pks: Iterable[int]) -> list[Node]:
    """The places as they are now, with their profiles and what stands above them.

    Thousands of rows share a few hundred places above, so those are read once each, not joined to every row.
    """
    name = KINDS[kind].profile_name
    above = ["root", "parent", "grid", "group"]
    if kind == Kind.HOUSEHOLD:
        above.append(f"{name}__villager_group")
    rows = Node.objects.filter(pk__in=list(pks), kind=kind).select_related(name).prefetch_related(*above)
    return list(rows.order_by("root__position", "root_id", "lft"))


def change_plan(user: "User | Any", kind: str, nodes: Sequence[Node], values: Mapping[str, Any]) -> Plan:
    """The given fields of the profile set to the given values."""

    def cells(node: Node) -> list[Cell] | str:
        profile = getattr(node, KINDS[kind].profile_name, None)
        if profile is None:
            return "没有登记资料，请先打开这一条补填"
        wanted = dict(values)
        if kind == Kind.MEMBER and (refusal := _settle_absence(profile, wanted)):
            return refusal
        group = wanted.get("villager_group")
        if isinstance(group, VillagerGroup) and group.root_id != node.root_id:
            return "村民小组不在这个村"
        return [_cell(profile, name, new) for name, new in wanted.items() if getattr(profile, name) != new]

    return _plan(user, nodes, cells)


def _settle_absence(profile: MemberProfile, wanted: dict[str, Any]) -> str:
    """Reason and days go when somebody takes part again; returns why they cannot be given."""
    if wanted.get("takes_part", profile.takes_part) and any(wanted.get(name) for name in ABSENCE):
        return ONLY_ABSENT
    if wanted.get("takes_part"):
        wanted |= NO_ABSENCE
    since, until = (wanted.get(name, getattr(profile, name)) for name in ("absent_since", "absent_until"))
    return WRONG_ORDER if since and until and until <= since else ""


def _cell(profile: Any, name: str, new: Any) -> Cell:
    column = profile._meta.get_field(name)
    old = getattr(profile, name)
    return Cell(name, str(column.verbose_name), old, new, _words(column, old), _words(column, new))


def _words(column: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value == "":
        return EMPTY
    return str(dict(column.flatchoices or ()).get(value, value))


def move_plan(user: "User | Any", nodes: Sequence[Node], to: Node) -> Plan:
    """All rows hung under one place."""

    def cells(node: Node) -> list[Cell] | str:
        if not rules.may_hang(node.kind, to.kind):
            return rules.why_not_under(node.kind, to.kind)
        if to.closed_on is not None or not access.may_edit(user, to):
            return NOT_YOURS if to.closed_on is None else f"“{to.name}”已注销"
        if node.root_id != to.root_id:
            return "不在同一个村，请打开这一条单独调整"
        if to.pk in {node.pk, node.parent_id}:
            return []
        above = node.parent.name if node.parent else ""
        return [Cell("parent", "上级", node.parent_id, to.pk, above, to.name)]

    return _plan(user, nodes, cells)


def close_plan(user: "User | Any", nodes: Sequence[Node], *, on: date, close_reason: str) -> Plan:
    """All rows closed; what hangs below goes where `release_place` says, without such a place it refuses."""
    pks = [node.pk for node in nodes]
    below = dict(
        Node.objects.filter(parent_id__in=pks, closed_on=None)
        .order_by()
        .values("parent_id")
        .annotate(n=Count("pk"))
        .values_list("parent_id", "n")
    )
    label = str(CloseReason(close_reason).label)

    def cells(node: Node) -> list[Cell] | str:
        number, to = below.get(node.pk, 0), release_place(node)
        if number and to is None:
            return f"下面还有 {number} 项在册，请先调整走"
        found = [Cell("closed_on", "注销", None, on, "在册", f"{on:%Y-%m-%d} {label}")]
        if number:
            found.append(Cell("below", "下级", number, 0, f"{number} 项", f"改挂到“{to}”"))
        return found

    return _plan(user, nodes, cells)


def _plan(user: "User | Any", nodes: Sequence[Node], cells: Callable[[Node], list[Cell] | str]) -> Plan:
    rows = []
    for node in nodes:
        if node.closed_on is not None:
            rows.append(PlanRow(node, refusal="已注销"))
        elif not access.may_edit(user, node):
            rows.append(PlanRow(node, refusal=NOT_YOURS))
        else:
            found = cells(node)
            rows.append(PlanRow(node, refusal=found) if isinstance(found, str) else PlanRow(node, found))
    return Plan(rows)
