"""The numbers behind annex 1: a fixed number of queries and one pass, whatever the number of villages."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q, When

from grids.choices import GridShape, HubKind, Kind, Role, Standing
from grids.models import BranchProfile, GridProfile, HubProfile, Node, Post, VillagerGroup
from grids.queries.ability import able
from liaison import queries as liaison
from liaison.models import Contact


@dataclass
class Counts:
    """What was counted of one organisation: plain numbers, and sets where the heading counts persons."""

    numbers: Counter[str] = field(default_factory=Counter)
    distinct: defaultdict[str, set[Hashable]] = field(default_factory=lambda: defaultdict(set))
    population: int | None = None
    remark: str = ""
    general: bool = False  # has a 党总支, so E1 exists

    def value(self, code: str) -> int | None:
        """The number of this code; None where nothing was ever written down."""
        if code == "population_count":
            return self.population
        return len(self.distinct[code]) if code in self.distinct else self.numbers[code]

    @property
    def coverage(self) -> float | None:
        """联系覆盖率 = e5_targets / household_count."""
        households = self.numbers["household_count"]
        return self.numbers["e5_targets"] / households if households else None

    def add(self, other: "Counts") -> None:
        """Take another organisation in: numbers add up, a person is counted once."""
        self.numbers.update(other.numbers)
        for code, found in other.distinct.items():
            self.distinct[code] |= found
        if other.population is not None:
            self.population = (self.population or 0) + other.population
        self.general = self.general or other.general


@dataclass(frozen=True)
class Organisation:
    """A top Party organisation with its counts."""

    pk: int
    name: str
    counts: Counts


PLACE_CODES = {Kind.BRANCH: "branch_count", Kind.GRID: "grid_count", Kind.GROUP: "group_count"}
STAFF_CODES = {Role.GRID_STAFF: "grid_staff_count", Role.GROUP_LEADER: "group_leader_count"}


def total(organisations: Iterable[Organisation]) -> Counts:
    """The 合计 row."""
    counts = Counts()
    for organisation in organisations:
        counts.add(organisation.counts)
    return counts


def read(
    *, township_id: int, on: date, organisation: Node | None = None, user: Any = None
) -> list[Organisation]:
    """All organisations of the township (or one) that the user sees whole, with their counts."""
    roots = Node.objects.open().filter(township_id=township_id, parent__isnull=True)
    if user is not None:
        roots = roots.visible_to(user)
    if organisation is not None:
        roots = roots.filter(pk=organisation.pk)
    found = list(roots.order_by("position", "pk").values_list("pk", "name", "kind"))
    counts = {pk: Counts(general=kind == Kind.GENERAL_BRANCH) for pk, _, kind in found}
    within = Q(root_id__in=list(counts))
    _count_nodes(counts, within, on)
    _count_profiles(counts)
    _count_contacts(counts, on)
    return [Organisation(pk, name, counts[pk]) for pk, name, _ in found]


def _count_nodes(counts: dict[int, Counts], within: Q, on: date) -> None:
    """One pass over everything above households; households come as sums by their member."""
    groups_with_hub: dict[int, int] = {}
    hubs_with_member: dict[int, int] = {}
    rows = Node.objects.open().filter(within).exclude(kind=Kind.HOUSEHOLD)
    for kind, root, parent in rows.values_list("kind", "root_id", "parent_id"):
        here = counts[root]
        here.numbers[PLACE_CODES.get(kind, kind)] += 1
        if kind == Kind.HUB:
            here.numbers["e3_targets"] += 1
            groups_with_hub[parent] = root
    for root, hub, standing, floating, serves in _members(within, on):
        here = counts[root]
        here.numbers["member_count"] += 1
        here.numbers["probationary_count"] += standing == Standing.PROBATIONARY
        here.numbers["floating_count"] += floating
        here.numbers["liaison_member_count"] += serves
        if hub is not None:
            here.numbers["e4_targets"] += 1
            hubs_with_member[hub] = root
    _count_households(counts, within)
    _count_posts(counts, on, groups_with_hub, hubs_with_member)


def _members(within: Q, on: date) -> Iterable[tuple[int, int | None, str, bool, bool]]:
    rows = Node.objects.open().filter(within, kind=Kind.MEMBER)
    serves = Case(When(able(on), then=True), default=False)
    return rows.annotate(serves=serves).values_list(
        "root_id",
        "hub_id",
        "member_profile__standing",
        "member_profile__is_floating",
        "serves",
    )


def _count_households(counts: dict[int, Counts], within: Q) -> None:
    rows = Node.objects.open().filter(within, kind=Kind.HOUSEHOLD).order_by()
    grouped = rows.values_list("root_id", "parent__kind", "parent_id", "parent__member_profile__person_id")
    for root, above, member, person, n in grouped.annotate(n=Count("pk")):
        here = counts[root]
        here.numbers["household_count"] += n
        if above == Kind.MEMBER:
            here.numbers["e5_targets"] += n
            here.distinct["e5_holders"].add(person if person is not None else ("node", member))


def _count_posts(
    counts: dict[int, Counts], on: date, groups_with_hub: dict[int, int], hubs_with_member: dict[int, int]
) -> None:
    """Staff by person; a hub without a named head still holds its members, as itself."""
    roles = (*STAFF_CODES, Role.HUB_HEAD)
    rows = Post.objects.current(on).filter(
        role__in=roles, node__root_id__in=list(counts), node__closed_on__isnull=True
    )
    headed: set[int] = set()
    for role, node, root, person in rows.values_list("role", "node_id", "node__root_id", "person_id"):
        here = counts[root]
        if role in STAFF_CODES:
            here.distinct[STAFF_CODES[Role(role)]].add(person)
        if role == Role.GROUP_LEADER and node in groups_with_hub:
            here.distinct["e3_holders"].add(person)
        if role == Role.HUB_HEAD and node in hubs_with_member:
            here.distinct["e4_holders"].add(person)
            headed.add(node)
    for hub, root in hubs_with_member.items():
        if hub not in headed:
            counts[root].distinct["e4_holders"].add(("node", hub))


def _count_profiles(counts: dict[int, Counts]) -> None:
    open_here = Q(node__root_id__in=list(counts), node__closed_on__isnull=True)
    hubs = HubProfile.objects.filter(open_here).order_by()
    for root, kind, n in hubs.values_list("node__root_id", "hub_kind").annotate(n=Count("pk")):
        code = "central_household_count" if kind == HubKind.CENTRAL else "demo_post_count"
        counts[root].numbers[code] += n
    industry = GridProfile.objects.filter(
        open_here,
        shape=GridShape.INDUSTRY,
        node__children__kind=Kind.GROUP,
        node__children__closed_on__isnull=True,
    )
    for root, n in industry.order_by().values_list("node__root_id").annotate(n=Count("pk")):
        counts[root].numbers["industry_group_count"] = n
    groups = VillagerGroup.objects.filter(root_id__in=list(counts)).order_by()
    for root, n in groups.values_list("root_id").annotate(n=Count("pk")):
        counts[root].numbers["villager_group_count"] = n
    _read_branches(counts, open_here)


def _read_branches(counts: dict[int, Counts], open_here: Q) -> None:
    """Population is the organisation's own typed total, else the sum of what its branches typed."""
    below: dict[int, int] = {}
    own: dict[int, int | None] = {}
    rows = BranchProfile.objects.filter(open_here)
    for node, root, population, remark in rows.values_list(
        "node_id", "node__root_id", "population", "remark"
    ):
        if node == root:
            own[root] = population
            counts[root].remark = remark
        elif population is not None:
            below[root] = below.get(root, 0) + population
    for root, here in counts.items():
        typed = own.get(root)
        here.population = typed if typed is not None else below.get(root)


def _count_contacts(counts: dict[int, Counts], on: date) -> None:
    rows = Contact.objects.filter(
        liaison.current(on), target__root_id__in=list(counts), target__closed_on__isnull=True
    )
    for level, holder, target, root in rows.values_list("level", "holder_id", "target_id", "target__root_id"):
        edge = level.lower()
        counts[root].distinct[f"{edge}_holders"].add(holder)
        counts[root].distinct[f"{edge}_targets"].add(target)
