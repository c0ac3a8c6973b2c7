"""The only row scoping: who sees which rows, and who may do what.

A row outside one's scope is 404, never 403, so that its existence does not show. What one sees is
`visible_to(user)`; what one may do is `may(user, right)` and, for a row, `may_edit(user, node)`.
Rights are read from the posts held today on every request, so a post that ends takes effect at once.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils import timezone

from grids.choices import Kind, Role
from grids.tree import TreeNodeManager, TreeNodeQuerySet
from township.choices import OfficeRole

if TYPE_CHECKING:
    from grids.models import Node
    from township.models import User


class Right(StrEnum):
    """What can be done, apart from looking."""

    READ_ROSTER = "read_roster"
    EDIT_ROSTER = "edit_roster"
    IMPORT_ROSTER = "import_roster"
    EXPORT_ROSTER = "export_roster"
    EDIT_TOWN_CONTACTS = "edit_town_contacts"
    MANAGE_USERS = "manage_users"
    READ_AUDIT = "read_audit"
    LOG_VISIT = "log_visit"
    HANDLE_ERRANDS = "handle_errands"
    READ_RESERVE = "read_reserve"  # 后备干部库


class Seat(StrEnum):
    """The place a user acts from; the highest one held."""

    SYSTEM_ADMIN = "system_admin"
    CLERK = "clerk"
    LEADER = "leader"
    AUDITOR = "auditor"
    SECRETARY = "secretary"
    STAFF = "staff"  # group leader, grid staff, hub head, committee member, instructor
    MEMBER = "member"
    NOBODY = "nobody"


RIGHTS: dict[Seat, frozenset[Right]] = {
    Seat.SYSTEM_ADMIN: frozenset({Right.MANAGE_USERS}),
    Seat.CLERK: frozenset(
        {
            Right.READ_ROSTER,
            Right.EDIT_ROSTER,
            Right.IMPORT_ROSTER,
            Right.EXPORT_ROSTER,
            Right.EDIT_TOWN_CONTACTS,
            Right.LOG_VISIT,
            Right.HANDLE_ERRANDS,
            Right.READ_RESERVE,
        }
    ),
    Seat.LEADER: frozenset({Right.READ_ROSTER, Right.EXPORT_ROSTER}),
    Seat.AUDITOR: frozenset({Right.READ_AUDIT}),
    Seat.SECRETARY: frozenset(
        {
            Right.READ_ROSTER,
            Right.EDIT_ROSTER,
            Right.IMPORT_ROSTER,
            Right.EXPORT_ROSTER,
            Right.LOG_VISIT,
            Right.HANDLE_ERRANDS,
            Right.READ_RESERVE,
        }
    ),
    Seat.STAFF: frozenset({Right.READ_ROSTER, Right.LOG_VISIT, Right.HANDLE_ERRANDS}),
    Seat.MEMBER: frozenset({Right.READ_ROSTER, Right.LOG_VISIT, Right.HANDLE_ERRANDS}),
    Seat.NOBODY: frozenset(),
}
OFFICE_SEATS = {
    OfficeRole.SYSTEM_ADMIN: Seat.SYSTEM_ADMIN,
    OfficeRole.CLERK: Seat.CLERK,
    OfficeRole.LEADER: Seat.LEADER,
    OfficeRole.AUDITOR: Seat.AUDITOR,
}
SECRETARY_ROLES = (Role.SECRETARY, Role.DEPUTY_SECRETARY)


@dataclass(frozen=True)
class Place:
    """A node whose subtree a user sees, with what the scope filter needs of it."""

    node_id: int
    root_id: int
    kind: str


@dataclass(frozen=True)
class Scope:
    """Everything access asks of a user, read once per request."""

    seat: Seat
    township_id: int | None = None
    whole_township: bool = False
    places: tuple[Place, ...] = ()
    edits: frozenset[int] = field(default_factory=frozenset)  # nodes whose subtree the user may edit
    person_id: int | None = None


def scope_of(user: "User | Any") -> Scope:
    """The user's scope; kept on the user object, which lives as long as the request."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Scope(Seat.NOBODY)
    cached: Scope | None = getattr(user, "_scope", None)
    if cached is None:
        cached = _read_scope(user)
        user._scope = cached  # type: ignore[union-attr]
    return cached


def _read_scope(user: "User") -> Scope:
    seat = OFFICE_SEATS.get(OfficeRole(user.office_role))
    if seat in (Seat.CLERK, Seat.LEADER):
        return Scope(seat, user.township_id, whole_township=True)
    if seat is not None:
        return Scope(seat, user.township_id)
    return _scope_by_posts(user)


def _scope_by_posts(user: "User") -> Scope:
    """Posts held today by the user's person, and the person's own place as a member."""
    from grids.models import Node, Person, Post  # inline: models are built on this module

    person_id = Person.objects.filter(user_id=user.pk).values_list("pk", flat=True).first()
    if person_id is None:
        return Scope(Seat.NOBODY, user.township_id)
    posts = list(
        Post.objects.current(timezone.localdate())
        .filter(person_id=person_id, node__closed_on__isnull=True, node__isnull=False)
        .values_list("role", "node_id", "node__root_id", "node__kind")
    )
    member = Node.objects.filter(member_profile__person_id=person_id, closed_on__isnull=True).values_list(
        "pk", "root_id", "kind"
    )
    places = {Place(*row[1:]): row[0] for row in posts if row[0] != Role.TOWN_LEADER}
    edits = frozenset(row[1] for row in posts if row[0] in SECRETARY_ROLES)
    for row in member:
        places.setdefault(Place(*row), "")
    seat = Seat.SECRETARY if edits else Seat.STAFF if posts else Seat.MEMBER if places else Seat.NOBODY
    return Scope(seat, user.township_id, places=tuple(places), edits=edits, person_id=person_id)


# --- what one sees ----------------------------------------------------------------------------------


def _below(place: Place, prefix: str) -> Q:
    """Rows at or under one place. The root stands in every filter; keys, not tree numbers, decide."""

    def q(**conditions: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})

    inside = q(root_id=place.root_id)
    if place.node_id == place.root_id:
        return inside
    itself = q(pk=place.node_id) | q(parent_id=place.node_id)
    if place.kind in (Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB):
        itself |= q(**{f"{place.kind}_id": place.node_id})
    return inside & itself


def within(user: "User | Any", path: str) -> Q:
    """Rows whose node at `path` ('' on Node itself) lies in the user's scope; nothing otherwise."""
    scope = scope_of(user)
    prefix = f"{path}__" if path else ""
    nothing = Q(pk__in=[])
    if scope.whole_township:
        return Q(**{f"{prefix}township_id": scope.township_id})
    found = nothing
    for place in scope.places:
        found |= _below(place, prefix)
    return found & Q(**{f"{prefix}township_id": scope.township_id}) if scope.places else nothing


def within_grid(user: "User | Any", path: str) -> Q:
    """The same for rows that hang on a grid: its one Party group (二(一)) stands for the whole of it."""
    from grids.models import Node  # inline: models are built on this module

    scope, found = scope_of(user), within(user, path)
    groups = [place.node_id for place in scope.places if place.kind == Kind.GROUP]
    if not groups or scope.whole_township:
        return found
    grids = Node.objects.filter(pk__in=groups, township_id=scope.township_id).values("parent_id")
    return found | Q(**{f"{path}_id__in" if path else "pk__in": grids})


def within_township(user: "User | Any", path: str = "township_id") -> Q:
    """Rows of the user's township that hang on no node (乡领导 and their posts): office seats only."""
    scope = scope_of(user)
    return Q(**{path: scope.township_id}) if scope.whole_township else Q(pk__in=[])


class ScopedQuerySet(models.QuerySet):
    """Queryset of a model that hangs on a node; the model says where in NODE_PATH."""

    def visible_to(self, user: "User | Any") -> Self:
        """Rows the user may see."""
        if not readable(user, self.model):
            return self.none()
        return self.filter(within(user, self.model.NODE_PATH))  # type: ignore[attr-defined]


class TownQuerySet(models.QuerySet):
    """What belongs to a whole township, for everybody who acts in it."""

    PATH = "township_id"

    def visible_to(self, user: "User | Any") -> Self:
        """Those of the user's township."""
        scope = scope_of(user)
        seen = scope.whole_township or bool(scope.places)
        return self.filter(**{self.PATH: scope.township_id}) if seen else self.none()


class NodeQuerySet(TreeNodeQuerySet):
    """The tree's rows, scoped."""

    def visible_to(self, user: "User | Any") -> Self:
        """Rows the user may see."""
        return self.filter(within(user, ""))

    def editable_by(self, user: "User | Any") -> Self:
        """Rows the user may change: what `may_edit` says of one."""
        scope = scope_of(user)
        if Right.EDIT_ROSTER not in RIGHTS[scope.seat]:
            return self.none()
        rows = self.visible_to(user)
        if scope.whole_township:
            return rows
        return rows.filter(Q(pk__in=scope.edits) | Q(root_id__in=scope.edits) | Q(branch_id__in=scope.edits))


class NodeManager(TreeNodeManager.from_queryset(NodeQuerySet)):  # type: ignore[misc]
    """Manager of Node."""


# --- what one may do --------------------------------------------------------------------------------


def seat_of(user: "User | Any") -> Seat:
    """The place the user acts from."""
    return scope_of(user).seat


def may(user: "User | Any", right: Right) -> bool:
    """True when the user's seat holds the right."""
    return right in RIGHTS[scope_of(user).seat]


def readable(user: "User | Any", model: type[models.Model]) -> bool:
    """False when a model asks for a right beside the place (READ_RIGHT) and the user does not hold it."""
    right = getattr(model, "READ_RIGHT", None)
    return right is None or may(user, right)


def require(user: "User | Any", right: Right) -> None:
    """Raise PermissionDenied (403) unless the user holds the right."""
    if not may(user, right):
        raise PermissionDenied("您的岗位不能做这项操作。")


def require_office(user: "User | Any") -> None:
    """Raise PermissionDenied (403) unless the user looks after the whole township."""
    if not scope_of(user).whole_township:
        raise PermissionDenied("这一页供乡镇使用，村里请看首页。")


def may_edit(user: "User | Any", node: "Node") -> bool:
    """True when the user may change this node: clerks anywhere in the township, secretaries in their own."""
    scope = scope_of(user)
    if Right.EDIT_ROSTER not in RIGHTS[scope.seat] or node.township_id != scope.township_id:
        return False
    if scope.whole_township:
        return True
    return bool(scope.edits & {node.pk, node.root_id, node.branch_id})


def require_edit(user: "User | Any", node: "Node") -> None:
    """Raise PermissionDenied (403) unless the user may change this node."""
    if not may_edit(user, node):
        raise PermissionDenied("您只能查看，不能修改这里的内容。")


def sees_full_phone(user: "User | Any", node_root_id: int | None) -> bool:
    """Full phone numbers are for the office and for the village's own branch (domain 10)."""
    scope = scope_of(user)
    if scope.seat == Seat.CLERK:
        return True
    return any(place.root_id == node_root_id and place.node_id in scope.edits for place in scope.places)
