"""Raising a branch to a 党总支, and founding industry groups."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from grids import access
from grids.actions.raising import found_industry, raise_branch
from grids.choices import ROOT_KINDS, Kind
from grids.forms.filters import TargetFilter
from grids.forms.structure import IndustryForm, RaiseForm
from grids.models import Node
from grids.queries.moves import effects_between
from grids.queries.names import name_matches
from grids.queries.places import posts_at
from grids.queries.shapes import Shape, read_shape
from grids.queries.structure import raise_change
from grids.views.frames import editable, renew_seen, tried, who
from grids.views.outcome import tell
from township import history


@require_http_methods(["GET", "POST"])
def raise_(request: HttpRequest, pk: int) -> HttpResponse:
    """Name of the 党总支, approval, and which branch each grid comes to; 重新计算 shows the result first."""
    node = editable(request, pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    if node.kind != Kind.BRANCH or node.parent_id is not None or node.closed_on is not None:
        messages.info(request, "只有最上级的、在册的党支部能升格为党总支。")
        return redirect(node)
    shape = read_shape([node.root_id], on=localdate())
    seen = shape.fingerprint([node.pk])
    form = RaiseForm(
        request.POST or None,
        root=shape.spots[node.pk],
        parts=shape.children.get(node.pk, ()),
        initial={"name": f"{node.name.removesuffix('党支部')}党总支", "on": localdate(), "seen": seen},
    )
    looking = "look" in request.POST
    if looking and getattr(request, "htmx", False):
        return render(request, "grids/structure/_branches.html", _result(shape, node, form))
    if request.method == "POST" and not looking and form.is_valid():
        if _raise(request, node, form):
            return redirect(node)
        renew_seen(form, seen)
    context = {
        "node": node,
        "form": form,
        "counts": shape.counts[node.pk],
        "posts": posts_at(request.user, node, on=localdate()),
    }
    return render(request, "grids/structure/raise.html", {**context, **_result(shape, node, form)})


def _raise(request: HttpRequest, node: Node, form: RaiseForm) -> bool:
    data = form.cleaned_data
    with history.action(by=who(request), title="升格为党总支", reason=data["reason"]) as act:
        raised = tried(
            form,
            lambda: raise_branch(
                root=node,
                name=data["name"],
                branches=form.branches(),
                approval=form.approval(),
                by=who(request),
                on=data["on"],
                reason=data["reason"],
                seen=data["seen"],
            ),
        )
    if raised is None:
        return False
    tell(request, f"“{node.name}”已升格为“{raised.name}”。请给新设的党支部登记书记。", act)
    return True


def _result(shape: Shape, node: Node, form: RaiseForm) -> dict[str, Any]:
    """The branches as chosen so far, with what each would have."""
    change = raise_change(form.sorted_out(), node.pk)
    after = change.made_on(shape)
    return {
        "branches": [{"spot": spot, "counts": after.counts[spot.pk]} for spot in change.new],
        "direct": [spot for spot in after.children.get(node.pk, ()) if not spot.is_planned],
        "effects": effects_between(shape, after, moved=change.moves, on=localdate()),
    }


@require_http_methods(["GET", "POST"])
def industry(request: HttpRequest, pk: int) -> HttpResponse:
    """A trade, its members ticked in a list, and the grid and Party group that follow."""
    node = editable(request, pk)
    if node.kind not in ROOT_KINDS or node.closed_on is not None:
        messages.info(request, "行业产业网格建在在册的党支部或党总支下面。")
        return redirect(node)
    bar = TargetFilter(request.GET, user=request.user, village=node.root_id)
    shape = read_shape({node.root_id, bar.pk("village") or node.root_id}, on=localdate())
    members = _members(request, bar, node)
    form = IndustryForm(
        request.POST or None,
        members={member.pk: member.name for member in members},
        initial={"on": localdate()},
    )
    if request.method == "POST" and form.is_valid():
        group = _found(request, node, members, form)
        if group is not None:
            return redirect(group)
    chosen = form.chosen()
    context = {
        "node": node,
        "form": form,
        "filter_form": bar,
        "members": [
            {"node": member, "counts": shape.counts.get(member.pk), "on": member.pk in chosen}
            for member in members
        ],
    }
    return render(request, "grids/structure/industry.html", context)


def _members(request: HttpRequest, bar: TargetFilter, node: Node) -> list[Node]:
    """Members of a village that may be chosen: those one may move oneself."""
    rows = Node.objects.visible_to(request.user).filter(
        kind=Kind.MEMBER, closed_on=None, root_id=bar.pk("village") or node.root_id
    )
    if text := bar.text("q"):
        rows = rows.filter(name_matches(text))
    found = rows.select_related("group", "hub", "grid").order_by("lft")
    return [member for member in found if access.may_edit(request.user, member)]


def _found(request: HttpRequest, node: Node, members: list[Node], form: IndustryForm) -> Any:
    data = form.cleaned_data
    chosen = [member for member in members if member.pk in data["members"]]
    with history.action(by=who(request), title="组建行业产业党小组", reason=data["reason"]) as act:
        group = tried(
            form,
            lambda: found_industry(
                under=node,
                industry=form.industry(),
                members=chosen,
                by=who(request),
                on=data["on"],
                reason=data["reason"],
            ),
        )
    if group is not None:
        tell(request, f"已组建“{group.name}”，编入 {len(chosen)} 名党员。", act)
    return group
