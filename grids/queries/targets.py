"""Where places may move to, and what stands there now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from grids import access, rules
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


def targets_for(user: "User | Any", node: Node, *, village: int, text: str = "") -> QuerySet[Node]:
    """Open places of a village that may take the node and that the user may edit."""
    return targets_of_kinds(user, {node.kind}, village=village, text=text).exclude(
        pk__in=[node.pk, node.parent_id or 0]
    )


def targets_of_kinds(
    user: "User | Any", kinds: Iterable[str], *, village: int, text: str = ""
) -> QuerySet[Node]:
    """Open places of a village that may take nodes of all these kinds and that the user may edit."""
    wanted = set(kinds)
    allowed = [kind for kind in Kind.values if all(rules.may_hang(child, kind) for child in wanted)]
    scope = access.scope_of(user)
    rows = (
        Node.objects.visible_to(user)
        .filter(root_id=village, kind__in=allowed, closed_on=None)
        .select_related("root", "grid", "group", "hub")
    )
    if Kind.GROUP in wanted:
        taken = Node.objects.filter(kind=Kind.GROUP, closed_on=None, root_id=village).values("parent_id")
        rows = rows.exclude(pk__in=taken)
    if not scope.whole_township:
        rows = rows.filter(Q(pk__in=scope.edits) | Q(root_id__in=scope.edits) | Q(branch_id__in=scope.edits))
    if text:
        rows = rows.filter(name_matches(text))
    return rows.order_by("lft")


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
