"""Numbers below places of the tree, by a few grouped counts over the stored keys."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Protocol

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from grids.choices import BranchSetting, Kind, Role
from grids.models import BranchProfile, Node, Post


class Placed(Protocol):
    """What counting asks of a row: any Node or row of a list has it."""

    @property
    def pk(self) -> int:
        """The node's number."""

    @property
    def kind(self) -> str:
        """A value of Kind."""

    @property
    def root_id(self) -> int:
        """The top organisation; every count is bounded by it."""


@dataclass(frozen=True)
class Counts:
    """How many open rows of each kind lie below a place, and what is missing among them."""

    branches: int = 0
    grids: int = 0
    groups: int = 0
    hubs: int = 0
    members: int = 0
    households: int = 0
    linked: int = 0
    unplaced: int = 0
    groupless: int = 0
    leaderless: int = 0
    hubless: int = 0
    memberless: int = 0

    @property
    def unlinked(self) -> int:
        """Households that no member contacts."""
        return self.households - self.linked

    @property
    def gaps(self) -> int:
        """All that is missing, as one number."""
        return (
            self.unlinked + self.unplaced + self.groupless + self.leaderless + self.hubless + self.memberless
        )

    def plus(self, other: "Counts", sign: int = 1) -> "Counts":
        """Add the numbers of another place (sign -1: take them away)."""
        return Counts(**{f.name: getattr(self, f.name) + sign * getattr(other, f.name) for f in fields(self)})


NOTHING = Counts()
# Where a kind's descendants keep its number.
KEY_OF: Mapping[str, str] = {
    Kind.GENERAL_BRANCH: "root_id",
    Kind.BRANCH: "branch_id",
    Kind.GRID: "grid_id",
    Kind.GROUP: "group_id",
    Kind.HUB: "hub_id",
    Kind.MEMBER: "parent_id",
}


def _key(place: Placed) -> str:
    return "root_id" if place.pk == place.root_id else KEY_OF.get(place.kind, "")


def has_child(kind: str) -> Exists:
    """True for nodes with an open child of that kind."""
    return Exists(Node.objects.filter(parent_id=OuterRef("pk"), kind=kind, closed_on=None).order_by())


def has_holder(role: str, on: date) -> Exists:
    """True for nodes where somebody holds that post on that day."""
    return Exists(Post.objects.current(on).filter(node_id=OuterRef("pk"), role=role).order_by())


# What is missing, over rows that `with_signs` has annotated.
MISSING: Mapping[str, Q] = {
    "unlinked": Q(kind=Kind.HOUSEHOLD) & ~Q(parent__kind=Kind.MEMBER),
    "unplaced": Q(kind=Kind.MEMBER, hub=None, in_village=True),
    "groupless": Q(kind=Kind.GRID, has_group=False),
    "leaderless": Q(kind=Kind.GROUP, has_leader=False),
    "hubless": Q(kind=Kind.GROUP, has_hub=False),
    "memberless": Q(kind=Kind.HUB, has_member=False),
}


def with_signs(nodes: QuerySet[Node], on: date) -> QuerySet[Node]:
    """The rows with what MISSING asks of each."""
    return nodes.annotate(
        has_group=has_child(Kind.GROUP),
        has_hub=has_child(Kind.HUB),
        has_member=has_child(Kind.MEMBER),
        has_leader=has_holder(Role.GROUP_LEADER, on),
        in_village=~outside_villages(),
    )


def _aggregates() -> dict[str, Count]:
    def of(condition: Q) -> Count:
        return Count("pk", filter=condition)

    return {
        "branches": of(Q(kind=Kind.BRANCH)),
        "grids": of(Q(kind=Kind.GRID)),
        "groups": of(Q(kind=Kind.GROUP)),
        "hubs": of(Q(kind=Kind.HUB)),
        "members": of(Q(kind=Kind.MEMBER)),
        "households": of(Q(kind=Kind.HOUSEHOLD)),
        "linked": of(Q(kind=Kind.HOUSEHOLD, parent__kind=Kind.MEMBER)),
        **{name: of(condition) for name, condition in MISSING.items() if name != "unlinked"},
    }


def outside_villages() -> Exists:
    """An office or school branch has no hubs to place its members in, so none of them is missing."""
    return Exists(
        BranchProfile.objects.filter(node_id=OuterRef("root_id")).exclude(setting=BranchSetting.VILLAGE)
    )


def counts_for(places: Iterable[Placed], *, on: date) -> dict[int, Counts]:
    """Numbers below each place: one query for each kind among `places`, whatever their number."""
    by_key: dict[str, list[Placed]] = defaultdict(list)
    found: dict[int, Counts] = {}
    for place in places:
        found[place.pk] = NOTHING
        if key := _key(place):
            by_key[key].append(place)
    for key, group in by_key.items():
        found.update(_grouped(key, group, on))
    return found


def _grouped(key: str, places: list[Placed], on: date) -> dict[int, Counts]:
    below = Node.objects.filter(
        **{f"{key}__in": [p.pk for p in places], "root_id__in": {p.root_id for p in places}},
        closed_on=None,
    ).exclude(pk=F("root_id"))
    rows = with_signs(below.order_by(), on).values(key).annotate(**_aggregates())
    names = [f.name for f in fields(Counts)]
    return {row[key]: Counts(**{name: row[name] for name in names}) for row in rows}


@dataclass(frozen=True)
class Holder:
    """Somebody who answers for a place."""

    person_id: int
    name: str
    phone: str


def holders(node_ids: Iterable[int], *, on: date) -> dict[int, list[Holder]]:
    """Who heads each place on that day (书记, 网格工作人员, 组长, 中心户负责人), in one query."""
    heads = (Role.SECRETARY, Role.GRID_STAFF, Role.GROUP_LEADER, Role.HUB_HEAD)
    rows = (
        Post.objects.current(on)
        .filter(node_id__in=list(node_ids), role__in=heads)
        .order_by("node_id", "since", "pk")
        .values_list("node_id", "person_id", "person__name", "person__phone")
    )
    found: dict[int, list[Holder]] = defaultdict(list)
    for node_id, person_id, name, phone in rows:
        found[node_id].append(Holder(person_id, name, phone))
    return found
