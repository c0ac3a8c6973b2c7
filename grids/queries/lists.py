"""The lists of grids, groups, hubs, members and households: filters, and rows of plain values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from grids import access, rules
from grids.choices import BandCode, BranchSetting, GridShape, HubKind, Kind, Role, Standing
from grids.kinds import KindInfo
from grids.models import MemberProfile, Node, VillagerGroup
from grids.queries import phones
from grids.queries.ability import able, part_words, unable
from grids.queries.bands import Yardstick, yardstick
from grids.queries.counts import Counts, Holder, counts_for, has_child, has_holder, holders, outside_villages
from grids.queries.marks import Mark, marks_for
from grids.queries.orders import ordered, worst_first
from grids.queries.search import matches
from grids.sorts import WORST

if TYPE_CHECKING:
    from township.models import User

Cells = dict[str, Any]


@dataclass(frozen=True)
class ListQuery:
    """What of a list is asked for."""

    village: int | None = None
    grid: int | None = None
    group: int | None = None
    state: str = ""
    text: str = ""
    villager_group: int | None = None
    sort: str = ""


@dataclass(frozen=True)
class _Placed:
    pk: int
    kind: str
    root_id: int


def listed(
    user: "User | Any", info: KindInfo, query: ListQuery, *, on: date, measure: Yardstick | None = None
) -> QuerySet[Node]:
    """The open (or closed) rows of one kind that the user sees and asks for, by village and place.

    Whoever has read the ratios already hands them over.
    """
    nodes = Node.objects.visible_to(user).filter(kind=info.kind, closed_on__isnull=query.state != "closed")
    for name, value in (("root_id", query.village), ("grid_id", query.grid), ("group_id", query.group)):
        if value is not None:
            nodes = nodes.filter(**{name: value})
    if query.villager_group is not None:
        nodes = nodes.filter(household_profile__villager_group_id=query.villager_group)
    if query.text:
        nodes = nodes.filter(matches(user, query.text))
    if measure is None and (query.state == "off_band" or query.sort == WORST.code):
        measure = yardstick(access.scope_of(user).township_id, on=on)
    if query.state == "off_band" and measure is not None:
        nodes = _off_band(nodes, measure, on)
    elif (condition := _state(query.state, on)) is not None:
        nodes = nodes.filter(condition)
    if query.sort == WORST.code and measure is not None:
        return worst_first(nodes, info.kind, measure, on)
    return ordered(nodes, info.kind, query.sort)


def _off_band(nodes: QuerySet[Node], measure: Yardstick, on: date) -> QuerySet[Node]:
    """Hubs by their members and members by their households, outside the advised range."""
    below = Node.objects.filter(parent_id=OuterRef("pk"), closed_on=None).order_by()
    number = below.values("parent_id").annotate(n=Count("pk")).values("n")
    # The same members as the home page counts: those of villages who take part.
    linking = able(on) & Q(root__branch_profile__setting=BranchSetting.VILLAGE)
    found = nodes.annotate(below=Coalesce(Subquery(number), 0))
    return found.filter(
        Q(kind=Kind.HUB) & measure.outside(BandCode.HUB, "below")
        | Q(kind=Kind.MEMBER) & linking & measure.outside(BandCode.MEMBER, "below")
    )


def _state(code: str, on: date) -> Q | None:
    """The condition of one choice of a list's state filter (kinds.py names them)."""
    conditions = {
        "groupless": Q(~has_child(Kind.GROUP)),
        "industry": Q(grid_profile__shape=GridShape.INDUSTRY),
        "leaderless": Q(~has_holder(Role.GROUP_LEADER, on)),
        "hubless": Q(~has_child(Kind.HUB)),
        "empty": Q(~has_child(Kind.MEMBER)),
        "headless": Q(~has_holder(Role.HUB_HEAD, on)),
        "unplaced": Q(kind=Kind.MEMBER, hub=None) & Q(~outside_villages()),
        "idle": Q(~has_child(Kind.HOUSEHOLD)) & ~unable(on),
        "absent": unable(on),
        "floating": Q(member_profile__is_floating=True),
        "probationary": Q(member_profile__standing=Standing.PROBATIONARY),
        "unlinked": Q(kind=Kind.HOUSEHOLD) & ~Q(parent__kind=Kind.MEMBER),
        "no_group": Q(household_profile__villager_group=None),
    }
    return conditions.get(code)


_VALUES: Mapping[str, Mapping[str, str]] = {
    Kind.GRID: {"code": "grid_profile__code", "shape_code": "grid_profile__shape"},
    Kind.GROUP: {"grid_name": "grid__name", "industry": "group_profile__industry"},
    Kind.HUB: {
        "hub_kind_code": "hub_profile__hub_kind",
        "group_name": "group__name",
        "served_count": "hub_profile__served_households",
        "plate_no": "hub_profile__plate_no",
    },
    Kind.MEMBER: {
        "group_name": "group__name",
        "hub_name": "hub__name",
        "standing_code": "member_profile__standing",
        "is_floating": "member_profile__is_floating",
        "takes_part": "member_profile__takes_part",
        "absence_reason": "member_profile__absence_reason",
        "absent_since": "member_profile__absent_since",
        "absent_until": "member_profile__absent_until",
        "number": "member_profile__person__phone",
        "person_id": "member_profile__person_id",
    },
    Kind.HOUSEHOLD: {
        "villager_group": "household_profile__villager_group__name",
        "door": "household_profile__door",
        "group_name": "group__name",
        "hub_name": "hub__name",
        "parent_kind": "parent__kind",
        "parent_name": "parent__name",
        "size": "household_profile__size",
        "number": "household_profile__phone",
    },
}


def rows_of(
    user: "User | Any",
    info: KindInfo,
    nodes: QuerySet[Node],
    *,
    on: date,
    measure: Yardstick | None = None,
) -> list[Cells]:
    """The rows as values by column key: one query for the rows, a few for all their numbers."""
    extra = {name: F(path) for name, path in _VALUES[info.kind].items() if name != path}
    raw = list(
        nodes.values(
            "pk",
            "kind",
            "name",
            "root_id",
            "since",
            "closed_on",
            "close_reason",
            root_name=F("root__name"),
            **extra,
        )
    )
    places = [_Placed(row["pk"], row["kind"], row["root_id"]) for row in raw]
    fills = _Fills(
        user=user,
        counts=counts_for(places, on=on) if info.kind != Kind.HOUSEHOLD else {},
        heads=holders([place.pk for place in places], on=on) if info.head_role else {},
        covers=_covers([place.pk for place in places]) if info.kind == Kind.GRID else {},
        measure=measure or _measure(user, info, on),
        on=on,
    )
    return [_FILLERS[info.kind](row, fills) for row in raw]


def _measure(user: "User | Any", info: KindInfo, on: date) -> Yardstick:
    """Households have no ratio of their own."""
    return Yardstick() if info.kind == Kind.HOUSEHOLD else yardstick(access.scope_of(user).township_id, on=on)


@dataclass(frozen=True)
class _Fills:
    """What the cells of a page need beside their own row."""

    user: Any
    counts: Mapping[int, Counts]
    heads: Mapping[int, Sequence[Holder]]
    covers: Mapping[int, Sequence[str]]
    measure: Yardstick
    on: date

    def marks(self, row: Cells, **facts: Any) -> Mapping[str, Mark]:
        """How a row stands against the bands."""
        return marks_for(row["kind"], self.counts[row["pk"]], self.measure, pk=row["pk"], **facts)


def _covers(grid_ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = VillagerGroup.objects.filter(grids__node_id__in=list(grid_ids)).order_by("position", "pk")
    for node_id, name in rows.values_list("grids__node_id", "name"):
        found.setdefault(node_id, []).append(name)
    return found


def _common(row: Cells) -> Cells:
    return {
        "pk": row["pk"],
        "name": row["name"],
        "village": row["root_name"],
        "since": row["since"],
        "closed_on": row["closed_on"],
        "close_reason": row["close_reason"],
        "group": row.get("group_name") or "",
        "hub": row.get("hub_name") or "",
    }


def _numbers(row: Cells, fills: _Fills) -> Cells:
    counts = fills.counts[row["pk"]]
    return {"households": counts.households, "members": counts.members, "hubs": counts.hubs}


def _heads(row: Cells, fills: _Fills) -> Cells:
    heads = fills.heads.get(row["pk"], ())
    numbers = [phones.shown(fills.user, row["root_id"], head.phone) for head in heads if head.phone]
    return {"heads": "、".join(head.name for head in heads), "head_phone": "、".join(numbers)}


def _grid(row: Cells, fills: _Fills) -> Cells:
    marks = fills.marks(row)
    return {
        **_common(row),
        **_numbers(row, fills),
        **_heads(row, fills),
        "code": row["code"] or "",
        "shape": GridShape(row["shape_code"]).label if row["shape_code"] else "",
        "covers": "、".join(fills.covers.get(row["pk"], ())),
        "per_hub": marks.get("per_hub", ""),
    }


def _group(row: Cells, fills: _Fills) -> Cells:
    return {
        **_common(row),
        **_numbers(row, fills),
        **_heads(row, fills),
        "grid": row["grid_name"] or "",
        "hubs": fills.marks(row).get("hubs", fills.counts[row["pk"]].hubs),
        "industry": row["industry"] or "",
    }


def _hub(row: Cells, fills: _Fills) -> Cells:
    marks = fills.marks(row, served=row["served_count"])
    return {
        **_common(row),
        **_numbers(row, fills),
        **_heads(row, fills),
        "hub_kind": HubKind(row["hub_kind_code"]).label if row["hub_kind_code"] else "",
        "members": marks.get("members_per_hub", fills.counts[row["pk"]].members),
        "served": marks.get("per_hub", ""),
        "plate_no": row["plate_no"] or "",
    }


def _member(row: Cells, fills: _Fills) -> Cells:
    ability = _ability(row)
    counts = fills.counts[row["pk"]]
    marks = fills.marks(row, takes_part=ability.can_serve(fills.on))
    number = row["number"] or ""
    return {
        **_common(row),
        "households": marks.get("households", counts.households),
        "standing": Standing(row["standing_code"]).label if row["standing_code"] else "",
        "floating": "是" if row["is_floating"] else "否",
        "part": part_words(ability, fills.on),
        "phone": phones.shown(fills.user, row["root_id"], number),
        "hub": row["hub_name"] or "未编入",
        "masked_person": row["person_id"]
        if phones.HIDDEN in phones.shown(fills.user, row["root_id"], number)
        else None,
    }


def _ability(row: Cells) -> MemberProfile:
    """As much of the profile as says whether the member can serve."""
    return MemberProfile(
        takes_part=row["takes_part"] is not False,
        absence_reason=row["absence_reason"] or "",
        absent_since=row["absent_since"],
        absent_until=row["absent_until"],
    )


def _household(row: Cells, fills: _Fills) -> Cells:
    number = row["number"] or ""
    shown = phones.shown(fills.user, row["root_id"], number)
    return {
        **_common(row),
        "villager_group": row["villager_group"] or "",
        "door": row["door"] or "",
        "linked_by": row["parent_name"] if row["parent_kind"] == Kind.MEMBER else "未联户",
        "size": row["size"],
        "phone": shown,
        "masked_node": row["pk"] if phones.HIDDEN in shown else None,
    }


_FILLERS: Mapping[str, Callable[[Cells, _Fills], Cells]] = {
    Kind.GRID: _grid,
    Kind.GROUP: _group,
    Kind.HUB: _hub,
    Kind.MEMBER: _member,
    Kind.HOUSEHOLD: _household,
}


def new_place(user: "User | Any", info: KindInfo, query: ListQuery) -> int | None:
    """The place a new row of this kind would go under: the lowest one in the filter that takes it."""
    scope = access.scope_of(user)
    own = next(iter(scope.edits)) if len(scope.edits) == 1 else None
    chosen = ((query.group, Kind.GROUP), (query.grid, Kind.GRID), (query.village or own, Kind.BRANCH))
    return next((pk for pk, kind in chosen if pk is not None and rules.may_hang(info.kind, kind)), None)


def villages_of(user: "User | Any") -> QuerySet[Node]:
    """Top organisations the user has anything in, for a filter; only the name is shown."""
    own = Node.objects.visible_to(user).filter(root_id=OuterRef("pk"))
    return Node.objects.filter(Exists(own), parent=None).order_by("position", "pk")


def places_of(user: "User | Any", kind: str, village: int | None) -> QuerySet[Node]:
    """Open grids or groups for a filter, of one village."""
    nodes = Node.objects.visible_to(user).filter(kind=kind, closed_on=None)
    if village is not None:
        nodes = nodes.filter(root_id=village)
    return nodes.order_by("root__position", "root_id", "position", "lft")
