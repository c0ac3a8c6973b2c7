"""Where somebody may log, whose household it is, and who may have gone there."""

from collections.abc import Collection
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from grids import access
from grids.access import Right, Seat
from grids.choices import Kind, Role
from grids.models import Node, Person, Post
from grids.queries.names import name_matches
from services.models import Visit, VisitCompanion

if TYPE_CHECKING:
    from township.models import User

MOST_FOUND = 20


def grids_in_sight(user: "User | Any", village: int | None = None) -> QuerySet[Node]:
    """Open grids one sees; a group leader's group stands for its grid."""
    rows = Node.objects.open().filter(access.within_grid(user, ""), kind=Kind.GRID)
    if village is not None:
        rows = rows.filter(root_id=village)
    return rows.select_related("root").order_by("root__position", "root_id", "position", "pk")


def loggable(user: "User | Any") -> QuerySet[Node]:
    """Grids somebody may log in, the own one of a member too; and the tops, for households in no grid."""
    if not access.may(user, Right.LOG_VISIT):
        return Node.objects.none()
    scope = access.scope_of(user)
    own = Node.objects.filter(pk__in=[place.node_id for place in scope.places])
    gridless = Node.objects.open().filter(root_id=OuterRef("pk"), kind=Kind.HOUSEHOLD, grid=None)
    tops = Q(access.within(user, ""), Exists(gridless), parent=None)
    beside = Q(pk__in=own.values("grid_id"))
    rows = Node.objects.open().filter(Q(access.within_grid(user, ""), kind=Kind.GRID) | beside | tops)
    return rows.select_related("root").order_by(
        "root__position", "root_id", F("grid_id"), "level", "position", "pk"
    )


def known_households(user: "User | Any") -> QuerySet[Node]:
    """Households in sight, those that were closed since too: what was written of them stays to be read."""
    return Node.objects.visible_to(user).filter(kind=Kind.HOUSEHOLD)


def households(user: "User | Any") -> QuerySet[Node]:
    """Open households in sight."""
    return known_households(user).filter(closed_on=None)


def households_at(user: "User | Any", node: Node) -> QuerySet[Node]:
    """Those in a grid, or in no grid where the node is the top; in the order of their doors' groups."""
    rows = households(user).filter(root_id=node.root_id)
    rows = rows.filter(grid_id=node.pk if node.kind == Kind.GRID else None)
    return rows.select_related("household_profile__villager_group").order_by(
        F("household_profile__villager_group__position").asc(nulls_last=True), "position", "pk"
    )


def find_households(user: "User | Any", text: str, village: int | None) -> list[Node]:
    """The first few whose name, initials or door are typed."""
    rows = households(user).filter(name_matches(text) | Q(household_profile__door__icontains=text))
    if village is not None:
        rows = rows.filter(root_id=village)
    rows = rows.select_related("root", "grid", "household_profile__villager_group")
    return list(rows.order_by("root__position", "root_id", "name", "pk")[:MOST_FOUND])


def node_of(household: Node) -> int:
    """The grid a household lies in, else its top."""
    return household.grid_id or household.root_id or household.pk


def may_see_plans(user: "User | Any") -> bool:
    """Rows of plans are for those who go there; the office sees numbers (domain 10)."""
    return not access.scope_of(user).whole_township


def is_editor(user: "User | Any") -> bool:
    """Clerks and secretaries write for others, too."""
    return access.may(user, Right.EDIT_ROSTER)


def visitors(
    user: "User | Any", node: Node, *, days: Collection[date], standing: Collection[int] = ()
) -> QuerySet[Person]:
    """Who may have gone there on one of the days: members of the grid, posts of the village, 乡 leaders.

    `standing` are people already written down, whatever has become of them since.
    """
    posts = _held(days).filter(
        Q(node__root_id=node.root_id) | Q(role=Role.TOWN_LEADER), person_id=OuterRef("pk")
    )
    there = Q(membership__node__closed_on=None) | Q(membership__node__closed_on__gt=min(days))
    members = Q(membership__node__grid_id=node.pk) & there
    return _with_standing(Person.objects.visible_to(user).filter(Q(Exists(posts)) | members), standing)


def posted(
    user: "User | Any", node: Node, *, days: Collection[date], standing: Collection[int] = ()
) -> QuerySet[Person]:
    """Who may have gone along: holders of posts in the village, 乡 leaders, and those who stand there."""
    posts = _held(days).filter(
        Q(node__root_id=node.root_id, node__kind__in=(Kind.GENERAL_BRANCH, Kind.BRANCH))
        | Q(node__grid_id=node.pk)
        | Q(node_id=node.pk)
        | Q(role=Role.TOWN_LEADER),
        person_id=OuterRef("pk"),
    )
    return _with_standing(Person.objects.visible_to(user).filter(Exists(posts)), standing)


def _held(days: Collection[date]) -> QuerySet[Post]:
    found = [Post.objects.current(day) for day in days]
    return reduce(or_, found)


def _with_standing(rows: QuerySet[Person], standing: Collection[int]) -> QuerySet[Person]:
    found = Person.objects.filter(Q(pk__in=rows.order_by().values("pk")) | Q(pk__in=standing))
    return found.order_by("pinyin_order", "pk")


def diarists(user: "User | Any", village: int | None) -> QuerySet[Person]:
    """Whoever has been visiting or has gone along, in sight; of one village."""
    rows = Visit.objects.visible_to(user)
    if village is not None:
        rows = rows.filter(node__root_id=village)
    rows = rows.order_by()
    along = VisitCompanion.objects.filter(visit__in=rows.values("pk")).order_by()
    went = Q(pk__in=rows.values("visitor_id")) | Q(pk__in=along.values("person_id"))
    return Person.objects.visible_to(user).filter(went).order_by("pinyin_order", "pk")


def rank_of(user: "User | Any", node: Node) -> int:
    """0 group, 1 village, 2 township: from where somebody deals with a matter there; -1 not at all."""
    if access.may_edit(user, node):
        return 2 if access.scope_of(user).whole_township else 1
    if access.seat_of(user) != Seat.STAFF:
        return -1
    return 0 if Node.objects.filter(access.within_grid(user, ""), pk=node.pk).exists() else -1
