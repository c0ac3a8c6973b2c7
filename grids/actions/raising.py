"""Raising a branch to a 党总支 with branches of its own, and founding industry groups (二(一))."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from grids import access, tree
from grids.actions.nodes import called, create_node
from grids.actions.refusals import check_seen, checked, in_words
from grids.actions.structure import check_open, hang, in_line, roots_of, shape_of
from grids.choices import ROOT_KINDS, BranchSetting, GridShape, HubKind, Kind
from grids.models import BranchProfile, Node
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class NewBranch:
    """A branch under the new 党总支, with the grids and members that come to it."""

    name: str
    children: Collection[int]


@dataclass(frozen=True)
class Approval:
    """What a raising rests on."""

    number: str
    day: date | None


@history.acts("升格为党总支")
def raise_branch(
    *,
    root: Node,
    name: str,
    branches: Sequence[NewBranch],
    approval: Approval,
    by: "User",
    on: date,
    reason: str = "",
    seen: str | None = None,
) -> Node:
    """Make a village's branch its 党总支 and found the branches under it; posts at the top stay."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    access.require_edit(by, root)
    in_line([branch.name for branch in branches], Kind.BRANCH.label)
    if not branches:
        raise ValidationError("请至少写一个党总支下面的党支部。")
    with in_words(), tree.tree_write(roots_of([root])):
        shape = shape_of([root], on=on)
        check_seen(seen, lambda: shape.fingerprint([root.pk]))
        check_open(shape, [root])
        raised = tree.raise_root(root=root, name=name, by=by, reason=reason)
        below = {child.pk for child in shape.children.get(root.pk, ())}
        if not {pk for branch in branches for pk in branch.children} <= below:
            raise ValidationError("选中的有些已经不在这个党支部下面，请刷新后重新选择。")
        profile = _note_approval(raised, approval, by=by, reason=reason)
        for branch in branches:
            facts = {"name": branch.name, "since": on, "setting": profile.setting}
            made = create_node(
                kind=Kind.BRANCH, parent=raised, data=facts, by=by, reason=reason or "升格新设"
            )
            number: int = made.pk
            hang(dict.fromkeys(branch.children, number), by=by, on=on, reason=reason)
        audit.record(
            by=by,
            deed=Deed.CHANGE,
            target=called(raised),
            rows=len(branches),
            note=f"升格为党总支，批准文号：{approval.number or '未填'}；{reason}",
        )
        return Node.objects.get(pk=raised.pk)


def _note_approval(raised: Node, approval: Approval, *, by: "User", reason: str) -> BranchProfile:
    profile = BranchProfile.objects.filter(node=raised).first()
    if profile is None:
        profile = BranchProfile(node=raised, setting=BranchSetting.VILLAGE)
    profile.approval_no, profile.approved_on = approval.number, approval.day
    checked(profile)
    return history.save(profile, by=by, reason=reason)


@dataclass(frozen=True)
class Industry:
    """An industry's grid and Party group; empty names follow from the trade."""

    trade: str
    grid_name: str = ""
    group_name: str = ""
    post_name: str = ""  # 党员示范岗; none is founded without a name


@history.acts("组建行业产业党小组")
def found_industry(
    *, under: Node, industry: Industry, members: Sequence[Node], by: "User", on: date, reason: str = ""
) -> Node:
    """A grid of shape 行业产业 with its Party group, to which the chosen members come; returns the group."""
    for node in (under, *members):
        access.require_edit(by, node)
    if under.kind not in ROOT_KINDS:
        raise ValidationError("行业产业网格建在党支部或党总支下面。")
    if not members:
        raise ValidationError({"members": "请选择编入这个党小组的党员。"})
    with in_words(), tree.tree_write(roots_of([under, *members])):
        shape = shape_of([under, *members], on=on)
        check_open(shape, [under, *members])
        facts = {
            "name": industry.grid_name or f"{industry.trade}产业网格",
            "since": on,
            "shape": GridShape.INDUSTRY,
        }
        note = reason or "组建行业产业党小组"
        grid = create_node(
            kind=Kind.GRID, parent=Node.objects.get(pk=under.pk), data=facts, by=by, reason=note
        )
        facts = {
            "name": industry.group_name or f"{industry.trade}产业党小组",
            "since": on,
            "industry": industry.trade,
        }
        group = place = create_node(kind=Kind.GROUP, parent=grid, data=facts, by=by, reason=note)
        if industry.post_name:
            facts = {"name": industry.post_name, "since": on, "hub_kind": HubKind.DEMO_POST}
            place = create_node(kind=Kind.HUB, parent=group, data=facts, by=by, reason=note)
        hang({member.pk: place.pk for member in members}, by=by, on=on, reason=note)
        audit.record(
            by=by,
            deed=Deed.MOVE,
            target=called(group),
            rows=len(members),
            note=f"组建行业产业党小组；{reason}",
        )
        return group
