"""The sources that exist: places, hubs, members, households, posts, contacts and villager groups."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, When
from django.urls import reverse

from grids.choices import GridShape, HubKind, Kind, Role, Standing
from grids.models import Node, Person, Post, VillagerGroup
from grids.queries.ability import able
from liaison import queries as liaison
from liaison.models import Contact
from reports.statistics.sources import OWN, Key, Source, Told, describe_with, register

PLACE_CODES = {Kind.BRANCH: "branch_count", Kind.GRID: "grid_count", Kind.GROUP: "group_count"}
STAFF_CODES = {Role.GRID_STAFF: "grid_staff_count", Role.GROUP_LEADER: "group_leader_count"}
EDGES = ("e0", "e1", "e2")
TREE_ORDER = ("root__position", "root_id", "grid_id", "group_id", "hub_id", "parent_id", "position", "pk")
Counted = Iterator[tuple[str, Key | None]]


def _nodes(roots: Collection[int], *kinds: Kind) -> QuerySet[Node]:
    return Node.objects.open().filter(root_id__in=roots, kind__in=kinds)


# --- places -----------------------------------------------------------------------------------------


def _places(roots: Collection[int], on: date) -> QuerySet[Any]:
    return _nodes(roots, Kind.BRANCH, Kind.GRID, Kind.GROUP)


def _count_place(kind: str, shape: str | None) -> Counted:
    yield PLACE_CODES[Kind(kind)], OWN
    if kind == Kind.GROUP and shape == GridShape.INDUSTRY:
        yield "industry_group_count", OWN


def _hubs(roots: Collection[int], on: date) -> QuerySet[Any]:
    return _nodes(roots, Kind.HUB)


def _count_hub(kind: str | None) -> Counted:
    yield "e3_targets", OWN
    if kind is not None:
        yield "central_household_count" if kind == HubKind.CENTRAL else "demo_post_count", OWN


def _lanes(roots: Collection[int], on: date) -> QuerySet[Any]:
    return VillagerGroup.objects.filter(root_id__in=roots)


def _count_lane() -> Counted:
    yield "villager_group_count", OWN


# --- members and households -------------------------------------------------------------------------


def _current_posts(on: date, role: Role) -> QuerySet[Any]:
    return Post.objects.current(on).filter(role=role, node__closed_on__isnull=True).order_by()


def _members(roots: Collection[int], on: date) -> QuerySet[Any]:
    # The villages are named inside, too: else PostgreSQL reads the posts of the whole district.
    heads = _current_posts(on, Role.HUB_HEAD).filter(node__root_id__in=roots)
    headed = heads.filter(node_id=OuterRef("hub_id"))
    return _nodes(roots, Kind.MEMBER).annotate(
        serves=Case(When(able(on), then=True), default=False), headed=Exists(headed)
    )


def _count_member(
    hub: int | None, headed: bool, standing: str | None, floating: bool | None, serves: bool
) -> Counted:
    """A hub without a named head still holds its members, as itself."""
    yield "member_count", OWN
    if standing == Standing.PROBATIONARY:
        yield "probationary_count", OWN
    if floating:
        yield "floating_count", OWN
    if serves:
        yield "liaison_member_count", OWN
    if hub is not None:
        yield "e4_targets", OWN
        if not headed:
            yield "e4_holders", ("node", hub)


def _households(roots: Collection[int], on: date) -> QuerySet[Any]:
    """Those above lie in the same villages; PostgreSQL cannot know it and would read the district's."""
    return _nodes(roots, Kind.HOUSEHOLD).filter(parent__root_id__in=roots)


def _count_household(above: str | None, member: int | None, person: int | None) -> Counted:
    yield "household_count", OWN
    if above == Kind.MEMBER and member is not None:
        yield "e5_targets", OWN
        yield "e5_holders", ("person", person) if person is not None else ("node", member)


# --- posts and contacts -----------------------------------------------------------------------------


def _posts(roots: Collection[int], on: date) -> QuerySet[Any]:
    inside = Node.objects.open().filter(root_id__in=roots).order_by()
    hubs = inside.filter(kind=Kind.HUB, parent_id=OuterRef("node_id"))
    members = inside.filter(kind=Kind.MEMBER, hub_id=OuterRef("node_id"))
    return (
        Post.objects.current(on)
        .filter(role__in=(*STAFF_CODES, Role.HUB_HEAD), node__root_id__in=roots, node__closed_on__isnull=True)
        .annotate(over_hub=Exists(hubs), over_member=Exists(members))
    )


def _count_post(role: str, person: int, over_hub: bool, over_member: bool) -> Counted:
    """Staff by person; leaders and heads again where they have somebody to look after."""
    if role in STAFF_CODES:
        yield STAFF_CODES[Role(role)], ("person", person)
    if role == Role.GROUP_LEADER and over_hub:
        yield "e3_holders", ("person", person)
    if role == Role.HUB_HEAD and over_member:
        yield "e4_holders", ("person", person)


def _contacts(roots: Collection[int], on: date) -> QuerySet[Any]:
    return Contact.objects.filter(
        liaison.current(on), target__root_id__in=roots, target__closed_on__isnull=True
    )


def _count_contact(level: str, holder: int, target: int) -> Counted:
    edge = level.lower()
    yield f"{edge}_holders", ("person", holder)
    yield f"{edge}_targets", ("node", target)


# --- how the records are told -----------------------------------------------------------------------


def tell_nodes(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
    """Places, members and households: which, and where in the tree."""
    fields = (
        "pk", "kind", "name", "root_id", "root__name", "branch__name", "grid__name", "group__name",
        "hub__name", "parent__kind", "parent__name",
    )  # fmt: skip
    rows = Node.objects.filter(pk__in=pks).values_list(*fields)
    return {
        pk: Told(name, _way(root, *above), reverse("grids:node", args=[pk]), root, str(Kind(kind).label))
        for pk, kind, name, _, root, *above in rows
    }


def _way(root: str, *above: str | None) -> str:
    """第一网格 › 第一党小组 › 白子龙户 › 白子龙."""
    *keys, parent_kind, parent = above
    names = [name for name in keys if name and name != root]
    if parent_kind == Kind.MEMBER and parent:
        names.append(parent)
    return " › ".join(names)


def tell_people(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
    """Holders and staff: a page of their own only where the user may open it."""
    seen = Person.objects.all() if user is None else Person.objects.visible_to(user)
    open_to = set(seen.filter(pk__in=pks).values_list("pk", flat=True))
    rows = Person.objects.filter(pk__in=pks).values_list("pk", "name", "root__name")
    posts = _posts_of(pks, on)
    return {
        pk: Told(name, posts.get(pk, ""), _page(pk, open_to), root or "", "人员") for pk, name, root in rows
    }


def _page(pk: int, open_to: Collection[int]) -> str:
    return reverse("grids:person", args=[pk]) if pk in open_to else ""


def _posts_of(pks: Collection[int], on: date) -> dict[int, str]:
    """党小组长（第一党小组）、…: what each held in the own village that day."""
    rows = (
        Post.objects.current(on)
        .filter(person__in=pks, node__root=F("person__root"))
        .order_by("person", "pk")
        .values_list("person_id", "role", "node__name")
    )
    found: dict[int, list[str]] = {}
    for person, role, place in rows:
        found.setdefault(person, []).append(f"{Role(role).label}（{place}）")
    return {person: "、".join(held) for person, held in found.items()}


def tell_lanes(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
    """Villager groups."""
    rows = VillagerGroup.objects.filter(pk__in=pks).values_list("pk", "name", "root_id", "root__name")
    url = reverse("grids:villager_groups")
    return {
        pk: Told(name, "", f"{url}?village={root}", village, "村民小组") for pk, name, root, village in rows
    }


describe_with("node", tell_nodes)
describe_with("person", tell_people)
describe_with("villager_group", tell_lanes)
register(
    Source(
        "villager_group",
        frozenset({"villager_group_count"}),
        _lanes,
        ("root_id",),
        _count_lane,
        order=("root__position", "root_id", "pk"),
    ),
    Source(
        "node",
        frozenset({*PLACE_CODES.values(), "industry_group_count"}),
        _places,
        ("root_id", "kind", "parent__grid_profile__shape"),
        _count_place,
        order=TREE_ORDER,
    ),
    Source(
        "node",
        frozenset({"e3_targets", "central_household_count", "demo_post_count"}),
        _hubs,
        ("root_id", "hub_profile__hub_kind"),
        _count_hub,
        order=TREE_ORDER,
    ),
    Source(
        "node",
        frozenset(
            {
                "member_count",
                "probationary_count",
                "floating_count",
                "liaison_member_count",
                "e4_targets",
                "e4_holders",
            }
        ),
        _members,
        (
            "root_id",
            "hub_id",
            "headed",
            "member_profile__standing",
            "member_profile__is_floating",
            "serves",
        ),
        _count_member,
        order=TREE_ORDER,
    ),
    Source(
        "node",
        frozenset({"household_count", "e5_targets", "e5_holders"}),
        _households,
        ("root_id", "parent__kind", "parent_id", "parent__member_profile__person_id"),
        _count_household,
        order=TREE_ORDER,
    ),
    Source(
        "post",
        frozenset({*STAFF_CODES.values(), "e3_holders", "e4_holders"}),
        _posts,
        ("node__root_id", "role", "person_id", "over_hub", "over_member"),
        _count_post,
        order=("node__root__position", "node__root_id", "node_id", "pk"),
    ),
    Source(
        "contact",
        frozenset(f"{edge}_{side}" for edge in EDGES for side in ("holders", "targets")),
        _contacts,
        ("target__root_id", "level", "holder_id", "target_id"),
        _count_contact,
        order=("target__root__position", "target__root_id", "target_id", "pk"),
    ),
)
