"""Where places may move to, and what stands there now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from grids import rules
from grids.choices import Kind
from grids.kinds import KINDS
from grids.models import Node
from grids.queries.marks import Mark
from grids.queries.names import name_matches
from grids.queries.shapes import read_shape

if TYPE_CHECKING:
    from township.models import User

# The band that says where one more of a kind fits.
DECIDING: Mapping[str, str] = {
    Kind.HOUSEHOLD: "households",
    Kind.MEMBER: "members_per_hub",
    Kind.HUB: "hubs",
}
# Where one of a kind belongs in the end; other places only hold it until then.
HOLDING = (Kind.GROUP, Kind.GRID)
BELONGS: Mapping[str, str] = {Kind.HOUSEHOLD: Kind.MEMBER, Kind.MEMBER: Kind.HUB}


def targets_for(user: "User | Any", node: Node, *, village: int, text: str = "") -> QuerySet[Node]:
    """Open places of a village that may take the node and that the user may edit."""
    rows = targets_of_kinds(user, {node.kind}, village=village, text=text)
    return nearest_first(rows, node, {node.kind}).exclude(pk__in=[node.pk, node.parent_id or 0])


def nearest_first(rows: QuerySet[Node], node: Node, kinds: Collection[str]) -> QuerySet[Node]:
    """Places in the node's own group before those of its grid, its branch and the rest of the village.

    Within each ring the places where these kinds belong come first: a household is looked for a member.
    """
    rings = ((node.group_id, "group"), (node.grid_id, "grid"), (node.branch_id, "branch"))
    near = [
        When(Q(**{key: pk}) | Q(pk=pk), then=Value(ring))
        for ring, (pk, key) in enumerate(rings)
        if pk is not None
    ]
    homes = {BELONGS.get(kind, "") for kind in kinds}
    return rows.order_by(
        Case(*near, default=Value(len(rings)), output_field=IntegerField()),
        Case(When(kind__in=homes, then=Value(0)), default=Value(1), output_field=IntegerField()),
        "lft",
    )


def targets_of_kinds(
    user: "User | Any", kinds: Iterable[str], *, village: int, text: str = ""
) -> QuerySet[Node]:
    """Open places of a village that may take nodes of all these kinds and that the user may edit."""
    wanted = set(kinds)
    allowed = [kind for kind in Kind.values if all(rules.may_hang(child, kind) for child in wanted)]
    rows = (
        Node.objects.editable_by(user)
        .filter(root_id=village, kind__in=allowed, closed_on=None)
        .select_related("root", "grid", "group", "hub")
    )
    if Kind.GROUP in wanted:
        taken = Node.objects.filter(kind=Kind.GROUP, closed_on=None, root_id=village).values("parent_id")
        rows = rows.exclude(pk__in=taken)
    if text:
        rows = rows.filter(name_matches(text))
    return rows.order_by("lft")


def unlinked_for(user: "User | Any", member: Node) -> QuerySet[Node]:
    """Open households of the member's village that no member links yet, those nearest to the member first."""
    rows = Node.objects.visible_to(user).filter(
        kind=Kind.HOUSEHOLD, closed_on=None, root_id=member.root_id, parent__kind__in=HOLDING
    )
    return nearest_first(rows, member, ())


@dataclass(frozen=True)
class Target:
    """A place something may move to, with what it has now of that kind."""

    node: Node
    n: int | None
    unit: str
    mark: Mark | None


def targets_with_numbers(rows: Iterable[Node], kinds: Collection[str], *, on: date) -> list[Target]:
    """The places of one page with the number and the band that decide where to put these kinds."""
    found = list(rows)
    if len(kinds) != 1:
        return [Target(node, None, "", None) for node in found]
    kind = next(iter(kinds))
    shape = read_shape({node.root_id for node in found}, on=on)
    code = DECIDING.get(kind, "")
    return [
        Target(
            node,
            sum(child.kind == kind for child in shape.children.get(node.pk, ())),
            KINDS[kind].unit,
            shape.marks(node.pk).get(code) if rules.may_hang(kind, node.kind) else None,
        )
        for node in found
    ]
