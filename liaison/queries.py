"""What the rosters and the contact pages read: whole tables of plain values, never tree objects."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from grids import access
from grids.choices import Kind, Role
from grids.models import HouseholdProfile, HubProfile, MemberProfile, Node, Person, Post
from grids.queries.bands import Yardstick, yardstick
from liaison.choices import Level
from liaison.models import Contact
from liaison.rules import HOLDER_ROLES, TARGET_KINDS

ORGANISATION = (Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB)


class Place(NamedTuple):
    """A node from the top organisation down to the hub."""

    pk: int
    kind: str
    name: str
    parent: int | None
    root: int
    branch: int | None
    grid: int | None
    group: int | None
    position: int


class MemberRow(NamedTuple):
    """A member with what the rosters print."""

    pk: int
    name: str
    parent: int
    root: int
    branch: int | None
    group: int | None
    hub: int | None
    position: int
    person: int
    phone: str
    standing: str
    is_floating: bool
    remark: str


class HouseholdRow(NamedTuple):
    """A household with what the rosters print."""

    pk: int
    name: str
    member: int
    position: int
    since: date | None
    villager_group: str | None
    door: str
    size: int | None
    phone: str
    remark: str


class HubFacts(NamedTuple):
    """What a hub is."""

    kind: str
    plate_no: str
    served: int | None
    remark: str


class Holder(NamedTuple):
    """A person as a roster names them."""

    person: int
    name: str
    phone: str


class Edge(NamedTuple):
    """One line of the upper liaison: who looks after what since when."""

    level: str
    holder: Holder
    target: int
    since: date | None
    remark: str


class HouseholdCount(NamedTuple):
    """How many households, linked or not, stand in one grid (None: in none)."""

    root: int
    branch: int | None
    grid: int | None
    n: int


@dataclass(frozen=True)
class Roster:
    """All that annexes 2 to 4 and the supplementary rosters print, read in a fixed number of queries."""

    places: Mapping[int, Place]
    members: Mapping[int, MemberRow] = field(default_factory=dict)
    households: tuple[HouseholdRow, ...] = ()
    hubs: Mapping[int, HubFacts] = field(default_factory=dict)
    posts: Mapping[tuple[int, str], tuple[Holder, ...]] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    household_counts: tuple[HouseholdCount, ...] = ()
    seen_hubs: frozenset[int] = frozenset()  # hubs in the reader's scope; places are named to everybody
    titles: Mapping[int, str] = field(default_factory=dict)  # 乡领导: person → own words of the post
    measure: Yardstick = field(default_factory=Yardstick)

    @cached_property
    def order(self) -> Mapping[int, tuple[tuple[int, int], ...]]:
        """Printing order of each place: its own and its ancestors' (position, pk), top first."""
        found: dict[int, tuple[tuple[int, int], ...]] = {}

        def of(pk: int) -> tuple[tuple[int, int], ...]:
            if pk not in found:
                place = self.places[pk]
                above = of(place.parent) if place.parent and place.parent in self.places else ()
                found[pk] = (*above, (place.position, place.pk))
            return found[pk]

        for pk in self.places:
            of(pk)
        return found

    @cached_property
    def households_by_grid(self) -> Mapping[int, int]:
        """All households of a grid, linked or not: grid and group are one to one."""
        found: Counter[int] = Counter()
        for row in self.household_counts:
            if row.grid is not None:
                found[row.grid] += row.n
        return found

    def name(self, pk: int | None) -> str:
        """Name of a place; nothing for none."""
        place = self.places.get(pk or 0)
        return place.name if place else ""

    def holders(self, pk: int | None, *roles: str) -> tuple[Holder, ...]:
        """Who holds these posts at a place, in the order of the roles."""
        return tuple(holder for role in roles for holder in self.posts.get((pk or 0, role), ()))


def inside(organisation: Node | None, path: str = "") -> Q:
    """Rows of one 党总支 or 党支部 (None: no narrowing); `path` leads from the row to its node."""
    if organisation is None:
        return Q()
    prefix = f"{path}__" if path else ""
    if organisation.parent_id is None:
        return Q(**{f"{prefix}root_id": organisation.pk})
    itself = Q(**{f"{prefix}pk": organisation.pk}) | Q(**{f"{prefix}branch_id": organisation.pk})
    return Q(**{f"{prefix}root_id": organisation.root_id}) & itself


def read_roster(
    *,
    township_id: int,
    on: date,
    organisation: Node | None = None,
    user: Any = None,
    parts: Iterable[str] = (),
) -> Roster:
    """The roster's tables; `parts` names those wanted: members, households, edges, hubs, titles."""
    wanted = frozenset(parts)
    within = Q(node__township_id=township_id, node__closed_on__isnull=True) & inside(organisation, "node")
    seen = within & access.within(user, "node") if user is not None else within
    return Roster(
        places=_places(township_id, organisation),
        members=_members(seen) if "members" in wanted else {},
        households=_households(seen) if "households" in wanted else (),
        hubs=_hubs(within),
        posts=_posts(township_id, organisation, on),
        edges=_edges(township_id, organisation, user, on) if "edges" in wanted else (),
        household_counts=_household_counts(seen) if "edges" in wanted else (),
        seen_hubs=_seen_hubs(seen) if "hubs" in wanted else frozenset(),
        titles=_titles(township_id, on) if "titles" in wanted else {},
        measure=yardstick(township_id, on=on),
    )


def _places(township_id: int, organisation: Node | None) -> dict[int, Place]:
    """The frame of names above members; names of one's own ancestors are no secret."""
    rows = Node.objects.open().filter(township_id=township_id, kind__in=ORGANISATION)
    if organisation is not None:
        rows = rows.filter(root_id=organisation.root_id)
    fields = ("pk", "kind", "name", "parent_id", "root_id", "branch_id", "grid_id", "group_id", "position")
    return {row[0]: Place(*row) for row in rows.values_list(*fields)}


def _members(within: Q) -> dict[int, MemberRow]:
    rows = MemberProfile.objects.filter(within).values_list(
        "node_id",
        "node__name",
        "node__parent_id",
        "node__root_id",
        "node__branch_id",
        "node__group_id",
        "node__hub_id",
        "node__position",
        "person_id",
        "person__phone",
        "standing",
        "is_floating",
        "remark",
    )
    return {row[0]: MemberRow(*row) for row in rows}


def _households(within: Q) -> tuple[HouseholdRow, ...]:
    """Households that a member looks after; those not yet linked stand in no roster."""
    rows = (
        HouseholdProfile.objects.filter(within, node__parent__kind=Kind.MEMBER)
        .order_by("node__position", "node_id")
        .values_list(
            "node_id",
            "node__name",
            "node__parent_id",
            "node__position",
            "node__since",
            "villager_group__name",
            "door",
            "size",
            "phone",
            "remark",
        )
    )
    return tuple(HouseholdRow(*row) for row in rows.iterator(chunk_size=5000))


def _hubs(within: Q) -> dict[int, HubFacts]:
    rows = HubProfile.objects.filter(within)
    found = rows.values_list("node_id", "hub_kind", "plate_no", "served_households", "remark")
    return {row[0]: HubFacts(*row[1:]) for row in found}


def _posts(
    township_id: int, organisation: Node | None, on: date
) -> dict[tuple[int, str], tuple[Holder, ...]]:
    rows = Post.objects.current(on).filter(township_id=township_id, node__closed_on__isnull=True)
    if organisation is not None:
        rows = rows.filter(node__root_id=organisation.root_id)
    found: dict[tuple[int, str], tuple[Holder, ...]] = {}
    fields = ("node_id", "role", "person_id", "person__name", "person__phone")
    for node_id, role, *person in rows.filter(node__isnull=False).order_by("pk").values_list(*fields):
        key = (node_id, role)
        found[key] = (*found.get(key, ()), Holder(*person))
    return found


def current(on: date) -> Q:
    """Contacts that hold on a day."""
    return (Q(since__isnull=True) | Q(since__lte=on)) & (Q(until__isnull=True) | Q(until__gt=on))


def _edges(township_id: int, organisation: Node | None, user: Any, on: date) -> tuple[Edge, ...]:
    """Contacts of the organisation, and those that look after the 党总支 above it."""
    within = inside(organisation, "target")
    if organisation is not None:
        within |= Q(target_id=organisation.root_id)
    rows = Contact.objects.filter(
        current(on), within, township_id=township_id, target__closed_on__isnull=True
    )
    if user is not None:
        rows = rows.visible_to(user)
    fields = ("level", "holder_id", "holder__name", "holder__phone", "target_id", "since", "remark")
    return tuple(
        Edge(level, Holder(*holder), target, since, remark)
        for level, *holder, target, since, remark in rows.order_by("pk").values_list(*fields)
    )


def _household_counts(within: Q) -> tuple[HouseholdCount, ...]:
    keys = HouseholdProfile.objects.filter(within).order_by()
    rows = keys.values_list("node__root_id", "node__branch_id", "node__grid_id").annotate(n=Count("pk"))
    return tuple(HouseholdCount(*row) for row in rows)


def _seen_hubs(within: Q) -> frozenset[int]:
    return frozenset(HubProfile.objects.filter(within).values_list("node_id", flat=True))


def _titles(township_id: int, on: date) -> dict[int, str]:
    """What each 乡领导 is by the words of the post (党委副书记、乡长); without any, just 乡领导."""
    rows = Post.objects.current(on).filter(township_id=township_id, role=Role.TOWN_LEADER).order_by("-pk")
    found = rows.values_list("person_id", "duties")
    return {person: duties or str(Role.TOWN_LEADER.label) for person, duties in found}


# --- contact pages ----------------------------------------------------------------------------------


def contacts(user: Any) -> QuerySet[Contact]:
    """The contact list, with what its rows show."""
    rows = Contact.objects.visible_to(user).select_related(
        "holder", "target", "target__root", "target__branch"
    )
    return rows.order_by(
        "level", "target__root__position", "target__root", "target__position", "target", "pk"
    )


def contact_counts(user: Any, *, on: date, holder_ids: Iterable[int]) -> dict[tuple[str, int], int]:
    """How many targets each of these holders has today at each level, for the band notes."""
    rows = Contact.objects.visible_to(user).filter(
        current(on), holder_id__in=list(holder_ids), target__closed_on__isnull=True
    )
    return Counter({(level, holder): n for level, holder, n in _grouped(rows)})


def _grouped(rows: QuerySet[Contact]) -> Iterable[tuple[str, int, int]]:
    return rows.order_by().values_list("level", "holder_id").annotate(n=Count("pk"))


def possible_holders(user: Any, *, level: str, on: date) -> QuerySet[Person]:
    """People whose post today lets them hold a contact of this level."""
    posts = Post.objects.visible_to(user).current(on).filter(role__in=HOLDER_ROLES[level])
    if level == Level.GENERAL_BRANCH:
        posts = posts.filter(node__kind=Kind.GENERAL_BRANCH)
    return (
        Person.objects.visible_to(user)
        .filter(pk__in=posts.values("person_id"))
        .order_by("root_id", "pinyin_order", "pk")
    )


def possible_targets(user: Any, *, level: str) -> QuerySet[Node]:
    """Nodes that a contact of this level may point to."""
    rows = Node.objects.open().visible_to(user).filter(kind__in=TARGET_KINDS[level])
    if level == Level.GENERAL_BRANCH:
        rows = rows.filter(parent__isnull=False)
    return rows.select_related("root", "branch").order_by("root__position", "root_id", "position", "pk")


def holder_roots(person: Person, *, level: str, on: date) -> set[int]:
    """Top organisations at which the person holds a post of this level today."""
    posts = Post.objects.current(on).filter(person=person, role__in=HOLDER_ROLES[level], node__isnull=False)
    return set(posts.values_list("node__root_id", flat=True))


def has_post(person: Person, *, role: str = Role.TOWN_LEADER, on: date) -> bool:
    """True when the person holds this post today."""
    return Post.objects.current(on).filter(person=person, role=role).exists()
