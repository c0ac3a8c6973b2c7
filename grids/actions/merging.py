"""Merging two branches, grids or hubs: everything goes over, the emptied one closes, its posts end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from grids import access, tree
from grids.actions.covers import cover
from grids.actions.nodes import called, end_posts
from grids.actions.refusals import check_seen, checked, in_words
from grids.actions.structure import check_open, hang, in_line, rename, roots_of, shape_of
from grids.choices import CloseReason, Kind
from grids.models import GridProfile, HubProfile, Node, Person, VillagerGroup
from grids.queries.structure import (
    MERGEABLE,
    Change,
    clashes,
    lane_clashes,
    merge_change,
)
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User

ENDED = "合并"


@dataclass(frozen=True)
class Names:
    """What things are called after a merge, by number where a name was taken."""

    kept: str = ""
    places: Mapping[int, str] = field(default_factory=dict)
    lanes: Mapping[int, str] = field(default_factory=dict)


@history.acts("合并")
def merge_units(
    *,
    unit: Node,
    into: Node,
    names: Names,
    by: "User",
    on: date,
    reason: str = "",
    seen: str | None = None,
) -> Node:
    """Put all of `unit` under `into` and close `unit`; returns `into`. Raises ValidationError in words."""
    for node in (unit, into):
        access.require_edit(by, node)
    with in_words(), tree.tree_write(roots_of([unit, into])):
        shape = shape_of([unit, into], on=on)
        check_seen(seen, lambda: shape.fingerprint([unit.pk, into.pk]))
        check_open(shape, [unit, into])
        unit, into = Node.objects.get(pk=unit.pk), Node.objects.get(pk=into.pk)
        check_pair(unit, into)
        change = merge_change(shape, unit.pk, into.pk)
        taken = {clash.pk: names.places.get(clash.pk, clash.suggestion) for clash in clashes(shape, change)}
        in_line(taken.values(), "并入的下级")
        rename(taken, by=by, reason=reason)
        if unit.parent_id is None:
            _take_village(unit, into, names.lanes, by=by, reason=reason)
        hang(change.moves, by=by, on=on, reason=reason)
        _close(change, on=on, by=by)
        _unite_facts(unit, into, change, by=by, reason=reason)
        if names.kept and names.kept != into.name:
            rename({into.pk: names.kept}, by=by, reason=reason)
        audit.record(
            by=by,
            deed=Deed.MOVE,
            target=called(into),
            rows=len(change.moves),
            note=f"并入{unit.name}；{reason}",
        )
        return Node.objects.get(pk=into.pk)


def check_pair(unit: Node, into: Node) -> None:
    """Refuse two that cannot become one."""
    if unit.kind not in MERGEABLE:
        raise ValidationError("只有党支部、网格和中心户（示范岗）可以合并；党小组随网格一起合并。")
    if unit.kind != into.kind:
        raise ValidationError(f"{Kind(unit.kind).label}只能和{Kind(unit.kind).label}合并。")
    if unit.pk == into.pk:
        raise ValidationError("不能和自己合并。")
    above = [node.parent.kind if node.parent else None for node in (unit, into)]
    apart = unit.kind == Kind.BRANCH and unit.parent_id is not None and unit.root_id != into.root_id
    if above[0] != above[1] or apart:
        raise ValidationError("两个单位的上级不是同一类，不能直接合并，请先调整。")
    if unit.township_id != into.township_id:
        raise ValidationError("不能和另一个乡镇的单位合并。")


def _take_village(unit: Node, into: Node, lane_names: Mapping[int, str], *, by: "User", reason: str) -> None:
    """Villager groups and people of a village that becomes part of another."""
    free = {clash.pk: lane_names.get(clash.pk, clash.suggestion) for clash in lane_clashes(unit, into)}
    in_line(free.values(), "并入的村民小组")
    lanes = list(VillagerGroup.objects.filter(root=unit))
    last = VillagerGroup.objects.filter(root=into).count()
    for lane in lanes:
        lane.root, lane.name = into, free.get(lane.pk, lane.name)
        lane.position += last
        checked(lane)
    history.update_all(VillagerGroup, lanes, ["root", "name", "position"], by=by, reason=reason)
    people = list(Person.objects.filter(root=unit))
    for person in people:
        person.root = into
    history.update_all(Person, people, ["root"], by=by, reason=reason)


def _close(change: Change, *, on: date, by: "User") -> None:
    """Close the emptied places from below, and end what was held there."""
    for pk in change.gone:
        tree.close(node=Node.objects.get(pk=pk), on=on, reason=CloseReason.MERGED, by=by)
    end_posts(change.gone, CloseReason.MERGED, on=on, by=by, reason=ENDED)


def _unite_facts(unit: Node, into: Node, change: Change, *, by: "User", reason: str) -> None:
    """Villager groups of both grids, households on both plates."""
    if unit.kind == Kind.GRID:
        lanes = VillagerGroup.objects.filter(grids__node__in=[unit, into]).distinct()
        profile = GridProfile.objects.filter(node=into).first()
        if profile is None:
            profile = history.save(GridProfile(node=into), by=by, reason=reason)
        cover(profile, lanes, by=by, reason=reason)
    elif unit.kind == Kind.HUB:
        plate = HubProfile.objects.filter(node=into).first()
        if plate is not None and plate.served_households != change.served[into.pk]:
            plate.served_households = change.served[into.pk]
            history.save(plate, by=by, reason=reason, fields=["served_households"])
