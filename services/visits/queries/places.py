"""Where somebody may log, whose household it is, and who may have gone there."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from grids import access
from grids.access import Right, Seat
from grids.choices import Kind, Role
from grids.models import Node, Person, Post
from grids.queries.names import name_matches
from services.models import Visit

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


def households(user: "User | Any") -> QuerySet[Node]:
    """Open households in sight."""
    return Node.objects.open().visible_to(user).filter(kind=Kind.HOUSEHOLD)


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


def is_editor(user: "User | Any") -> bool:
    """Clerks and secretaries write for others, too."""
    return access.may(user, Right.EDIT_ROSTER)


def visitors(user: "User | Any", node: Node, *, on: date) -> QuerySet[Person]:
    """Who may have gone there: members of the grid, holders of posts in the village, leaders of the 乡."""
    posts = Post.objects.current(on).filter(
        Q(node__root_id=node.root_id) | Q(role=Role.TOWN_LEADER), person_id=OuterRef("pk")
    )
    members = Q(membership__node__grid_id=node.pk, membership__node__closed_on=None)
    rows = Person.objects.visible_to(user).filter(Q(Exists(posts)) | members)
    return rows.order_by("pinyin_order", "pk")


def posted(user: "User | Any", node: Node, *, on: date) -> QuerySet[Person]:
    """Who may have gone along: holders of posts in the village, and the 乡's leaders."""
    posts = Post.objects.current(on).filter(
        Q(node__root_id=node.root_id, node__kind__in=(Kind.GENERAL_BRANCH, Kind.BRANCH))
        | Q(node__grid_id=node.pk)
        | Q(node_id=node.pk)
        | Q(role=Role.TOWN_LEADER),
        person_id=OuterRef("pk"),
    )
    return Person.objects.visible_to(user).filter(Exists(posts)).order_by("pinyin_order", "pk")


def diarists(user: "User | Any", village: int | None) -> QuerySet[Person]:
    """Whoever has been visiting, in sight; of one village."""
    rows = Visit.objects.visible_to(user)
    if village is not None:
        rows = rows.filter(node__root_id=village)
    people = Person.objects.visible_to(user).filter(pk__in=rows.order_by().values("visitor_id"))
    return people.order_by("pinyin_order", "pk")


def rank_of(user: "User | Any", node: Node) -> int:
    """0 group, 1 village, 2 township: from where somebody deals with a matter there; -1 not at all."""
    if access.may_edit(user, node):
        return 2 if access.scope_of(user).whole_township else 1
    if access.seat_of(user) != Seat.STAFF:
        return -1
    return 0 if Node.objects.filter(access.within_grid(user, ""), pk=node.pk).exists() else -1
