"""Moving several places at once, and what splitting, merging and raising share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from grids import access, tree
from grids.actions.covers import cover
from grids.actions.nodes import called, follow
from grids.actions.refusals import check_seen, checked, in_words
from grids.choices import Kind
from grids.models import GridProfile, Node, VillagerGroup
from grids.queries.shapes import Shape, read_shape
from grids.spelling import SPELLED, respell
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User

MOST_AT_ONCE = 200


@history.acts("调整上级")
def move_nodes(
    *,
    nodes: Sequence[Node],
    to: Node,
    by: "User",
    on: date,
    reason: str = "",
    seen: str | None = None,
) -> int:
    """Hang several places with all below them under one other; all or none. Returns how many moved."""
    if not nodes:
        raise ValidationError("请先选择要调整的下级。")
    if len(nodes) > MOST_AT_ONCE:
        raise ValidationError(f"一次最多调整{MOST_AT_ONCE}项，请分几次。")
    for node in (*nodes, to):
        access.require_edit(by, node)
    with in_words(), tree.tree_write(roots_of([*nodes, to])):
        shape = shape_of([*nodes, to], on=on)
        check_seen(seen, lambda: shape.fingerprint([*(node.pk for node in nodes), to.pk]))
        check_open(shape, [*nodes, to])
        moves = {node.pk: to.pk for node in nodes if shape.spots[node.pk].parent != to.pk}
        hang(moves, by=by, on=on, reason=reason)
        names = "、".join(node.name for node in nodes[:3]) + ("等" if len(nodes) > 3 else "")
        audit.record(
            by=by, deed=Deed.MOVE, target=called(to), rows=len(moves), note=f"{names} → {to}；{reason}"
        )
        return len(moves)


def roots_of(nodes: Iterable[Node]) -> "RootsOf":
    """What `tree_write` asks: the top organisations these places stand in now."""
    return RootsOf(node.pk for node in nodes)


class RootsOf:
    """Asked twice by the lock: before it waits and under it."""

    def __init__(self, pks: Iterable[int]) -> None:
        self.pks = list(pks)

    def __call__(self) -> set[int]:
        """Numbers of the top organisations."""
        return set(Node.objects.filter(pk__in=self.pks).values_list("root_id", flat=True))


def shape_of(nodes: Iterable[Node], *, on: date) -> Shape:
    """All open places of the villages these places stand in; read under the lock."""
    return read_shape(roots_of(nodes)(), on=on)


def check_open(shape: Shape, nodes: Iterable[Node]) -> None:
    """Refuse places that were closed."""
    closed = [node.name for node in nodes if node.pk not in shape.spots]
    if closed:
        raise tree.NotInTree(f"“{closed[0]}”已注销，请先恢复。")


def hang(moves: Mapping[int, int], *, by: "User", on: date, reason: str) -> None:
    """Carry out moves by number; members who come to another village take their person along."""
    nodes = Node.objects.in_bulk({*moves, *moves.values()})
    left = {pk: nodes[pk].root_id for pk in moves}
    tree.place(placements=[(nodes[pk], nodes[to]) for pk, to in moves.items()], by=by, reason=reason, on=on)
    for moved in Node.objects.filter(pk__in=moves):
        if moved.root_id != left[moved.pk]:
            follow(moved, by=by)


def rename(names: Mapping[int, str], *, by: "User", reason: str) -> None:
    """Give places other names, so that they can stand beside their new neighbours."""
    rows = list(Node.objects.filter(pk__in=names))
    for row in rows:
        row.name = names[row.pk]
        respell(row)
        checked(row)
    history.update_all(Node, rows, ["name", *SPELLED], by=by, reason=reason)


def in_line(names: Iterable[str], label: str) -> None:
    """Refuse a list of new names that is empty somewhere or has one twice."""
    found = [name.strip() for name in names]
    if not all(found):
        raise ValidationError(f"请填写{label}的名称。")
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise ValidationError(f"“{twice[0]}”写了两次，{label}的名称不能重复。")


@history.acts("划入网格")
def cover_lane(*, lane: VillagerGroup, grid: Node, by: "User", reason: str = "") -> Node:
    """Let a grid cover one more villager group of its village; returns the grid."""
    for node in (lane.root, grid):
        access.require_edit(by, node)
    with in_words(), tree.tree_write(roots_of([grid])):
        fresh = Node.objects.get(pk=grid.pk)
        if fresh.kind != Kind.GRID or fresh.closed_on is not None or fresh.root_id != lane.root_id:
            raise ValidationError({"grid": "只能划入本村在册的网格。"})
        profile = GridProfile.objects.filter(node=fresh).first()
        if profile is None:
            profile = history.save(GridProfile(node=fresh), by=by, reason=reason)
        cover(profile, [*profile.villager_groups.all(), lane], by=by, reason=reason or "划入网格")
        audit.record(by=by, deed=Deed.CHANGE, target=called(fresh), note=f"覆盖{lane.name}；{reason}")
        return fresh
