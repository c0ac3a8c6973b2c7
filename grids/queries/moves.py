"""What a move would do: where a place may go, and numbers and bands before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from grids import access, rules
from grids.choices import Kind
from grids.models import Node
from grids.queries.counts import Counts, counts_for
from grids.queries.marks import Mark
from grids.queries.names import name_matches
from grids.queries.places import profile_of, standing_of

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Effect:
    """One place that loses or gains by the move, with its numbers and marks before and after."""

    node: Node
    before: Counts
    after: Counts
    marks_before: Sequence[Mark]
    marks_after: Sequence[Mark]

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(Kind(self.node.kind).label)


@dataclass(frozen=True)
class Effects:
    """The whole of a move: what goes along, and every place it changes."""

    moved: Counts
    places: list[Effect]


def targets_for(user: "User | Any", node: Node, *, village: int, text: str = "") -> QuerySet[Node]:
    """Open places of a village that may take the node and that the user may edit."""
    kinds = [kind for kind in rules.ALLOWED_PARENTS[node.kind] if kind]
    scope = access.scope_of(user)
    rows = (
        Node.objects.visible_to(user)
        .filter(root_id=village, kind__in=kinds, closed_on=None)
        .exclude(pk__in=[node.pk, node.parent_id or 0])
        .select_related("root", "grid", "group", "hub")
    )
    if node.kind == Kind.GROUP:
        taken = Node.objects.filter(kind=Kind.GROUP, closed_on=None, root_id=village).values("parent_id")
        rows = rows.exclude(pk__in=taken)
    if not scope.whole_township:
        own = Q(pk__in=scope.edits) | Q(root_id__in=scope.edits) | Q(branch_id__in=scope.edits)
        rows = rows.filter(own)
    if text:
        rows = rows.filter(name_matches(text))
    return rows.order_by("lft")


def effects_of(node: Node, to: Node, *, on: date) -> Effects:
    """Numbers of every place above the node's old and new parent that is not above both."""
    moved = _with_itself(node, counts_for([node], on=on)[node.pk])
    old, new = _upward(node.parent), _upward(to)
    losing = [place for pk, place in old.items() if pk not in new]
    gaining = [place for pk, place in new.items() if pk not in old]
    counts = counts_for([*losing, *gaining], on=on)
    places = [_effect(place, counts[place.pk], moved, -1, on) for place in losing]
    places += [_effect(place, counts[place.pk], moved, 1, on) for place in gaining]
    return Effects(moved, places)


def _with_itself(node: Node, counts: Counts) -> Counts:
    name = {
        Kind.BRANCH: "branches",
        Kind.GRID: "grids",
        Kind.GROUP: "groups",
        Kind.HUB: "hubs",
        Kind.MEMBER: "members",
        Kind.HOUSEHOLD: "households",
    }[Kind(node.kind)]
    return counts.plus(Counts(**{name: 1}))


def _upward(place: Node | None) -> dict[int, Node]:
    """A place and all above it, the lowest first."""
    if place is None:
        return {}
    ids = {
        place.pk,
        place.parent_id,
        place.hub_id,
        place.group_id,
        place.grid_id,
        place.branch_id,
        place.root_id,
    }
    rows = Node.objects.filter(pk__in=ids - {None}).order_by("-level")
    return {row.pk: row for row in rows}


def _effect(place: Node, before: Counts, moved: Counts, sign: int, on: date) -> Effect:
    after = before.plus(moved, sign)
    profile = profile_of(place)
    return Effect(
        place,
        before,
        after,
        standing_of(place, profile, on=on, counts=before).marks,
        standing_of(place, profile, on=on, counts=after).marks,
    )
