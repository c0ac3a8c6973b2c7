"""Splitting a grid with its Party group, or a hub: part of what hangs there goes to a new one beside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from grids import access, tree
from grids.actions.covers import cover
from grids.actions.nodes import called, create_node
from grids.actions.refusals import check_seen, in_words
from grids.actions.structure import check_open, hang, roots_of, shape_of
from grids.choices import GridShape, HubKind, Kind
from grids.models import GridProfile, GroupProfile, Node, VillagerGroup
from grids.queries.shapes import Spot
from grids.queries.structure import (
    NEW_GROUP,
    NEW_UNIT,
    SPLITTABLE,
    check_division,
    group_under,
    split_change,
)
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Division:
    """What a split makes: the new unit's names, who goes there, and how villager groups are dealt out."""

    name: str
    going: Collection[int]
    group_name: str = ""
    hub_kind: str = HubKind.CENTRAL
    lanes_staying: Collection[int] = ()
    lanes_going: Collection[int] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)  # more of the new unit's profile


@history.acts("拆分")
def split_unit(
    *, unit: Node, division: Division, by: "User", on: date, reason: str = "", seen: str | None = None
) -> Node:
    """Make a new grid (with its Party group) or hub beside `unit` from part of it; returns the new one."""
    access.require_edit(by, unit)
    if unit.kind not in SPLITTABLE:
        raise ValidationError("只有网格和中心户（示范岗）可以拆分；党小组随网格一起拆分。")
    with in_words(), tree.tree_write(roots_of([unit])):
        shape = shape_of([unit], on=on)
        check_seen(seen, lambda: shape.fingerprint([unit.pk]))
        check_open(shape, [unit])
        check_division(shape, unit.pk, division.going)
        change = split_change(
            shape, unit.pk, division.going, name=division.name, group_name=division.group_name
        )
        group = group_under(shape, unit.pk)
        made = _made(unit, group, division, by=by, on=on, reason=reason)
        hang({pk: made[to].pk for pk, to in change.moves.items()}, by=by, on=on, reason=reason)
        if unit.kind == Kind.GRID:
            _deal_out_lanes(unit, made[NEW_UNIT], division, by=by, reason=reason)
        new = made[NEW_UNIT]
        audit.record(
            by=by, deed=Deed.MOVE, target=called(unit), rows=len(change.moves), note=f"拆分出{new}；{reason}"
        )
        return new


def _made(
    unit: Node, group: Spot | None, division: Division, *, by: "User", on: date, reason: str
) -> dict[int, Node]:
    """The new unit, and for a grid its Party group, with what the old ones say that holds for both."""
    parent = Node.objects.get(pk=unit.parent_id)
    facts: dict[str, Any] = {"name": division.name, "since": on, **division.facts}
    if unit.kind == Kind.HUB:
        facts["hub_kind"] = division.hub_kind
    else:
        profile = GridProfile.objects.filter(node=unit).first()
        facts["shape"] = profile.shape if profile else GridShape.GEOGRAPHIC
    made = {
        NEW_UNIT: create_node(kind=unit.kind, parent=parent, data=facts, by=by, reason=reason or "拆分新设")
    }
    if group is not None:
        old = GroupProfile.objects.filter(node_id=group.pk).first()
        facts = {"name": division.group_name, "since": on, "industry": old.industry if old else ""}
        made[NEW_GROUP] = create_node(
            kind=Kind.GROUP, parent=made[NEW_UNIT], data=facts, by=by, reason=reason or "拆分新设"
        )
    return made


def _deal_out_lanes(unit: Node, new: Node, division: Division, *, by: "User", reason: str) -> None:
    """Divide the villager groups of the old grid; one that is split itself belongs to both."""
    old = GridProfile.objects.filter(node=unit).first()
    if old is None:
        return
    own = list(VillagerGroup.objects.filter(covers__profile=old))
    going = [lane for lane in own if lane.pk in division.lanes_going]
    staying = [lane for lane in own if lane.pk in division.lanes_staying or lane not in going]
    cover(GridProfile.objects.get(node=new), going, by=by, reason=reason)
    cover(old, staying, by=by, reason=reason)
