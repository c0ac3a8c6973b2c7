"""The structure work one can do at a place: the choice of it, and splitting."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.actions.splitting import split_unit
from grids.choices import ROOT_KINDS, Kind
from grids.forms.structure import SplitForm
from grids.kinds import KINDS
from grids.models import Node, VillagerGroup
from grids.naming import next_name
from grids.queries.moves import effects_between
from grids.queries.places import profile_of
from grids.queries.shapes import Shape, read_shape
from grids.queries.structure import (
    MERGEABLE,
    NEW_GROUP,
    NEW_UNIT,
    SPLITTABLE,
    divisible,
    group_under,
    homes_of,
    sibling_names,
    split_change,
)
from grids.views.frames import editable, renew_seen, tried, who
from grids.views.outcome import tell
from township import history


@dataclass(frozen=True)
class Work:
    """One thing that can be done to a place's structure."""

    title: str
    text: str
    url: str
    icon: str = "move"


@require_GET
def structure(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be done here, each with a sentence."""
    node = editable(request, pk)
    return render(request, "grids/structure/structure.html", {"node": node, "works": _works(request, node)})


def _works(request: HttpRequest, node: Node) -> list[Work]:
    if node.closed_on is not None:
        return []
    title, kind = KINDS[node.kind].title, node.kind

    def url(name: str, pk: int | None = None) -> str:
        return reverse(f"grids:{name}", args=[pk or node.pk])

    grid = node.parent_id if kind == Kind.GROUP else None
    works = []
    if node.parent_id is not None:
        works.append(Work("调整上级", f"把这个{title}连同下级移到别处，先看影响再确认。", url("node_move")))
    if kind != Kind.HOUSEHOLD:
        works.append(
            Work("调整多个下级", "勾选若干下级，一起移到另一处。", url("children_move"), icon="list")
        )
    if kind in SPLITTABLE or grid:
        said = "网格和党小组一起拆分：" if grid else ""
        works.append(
            Work("拆分", f"{said}选谁留下、谁划到新单位，两边的比例随时看得到。", url("split", grid), "grid")
        )
    if kind in MERGEABLE or grid:
        said = "网格和党小组一起合并：" if grid else ""
        works.append(
            Work("合并", f"{said}下级全部并入另一个，本单位注销，任职随之结束。", url("merge", grid), "link")
        )
    if kind == Kind.BRANCH and node.parent_id is None and access.scope_of(request.user).whole_township:
        works.append(
            Work("升格为党总支", "写明批准文号和日期，把网格分到下设的各党支部。", url("raise"), "branch")
        )
    if kind in ROOT_KINDS:
        works.append(
            Work(
                "组建行业产业党小组", "按行业产业建网格和党小组，把相关党员编进去。", url("industry"), "group"
            )
        )
    works.append(Work("注销", "写明日期和原因，记录保留，可以恢复。", url("node_close"), "close"))
    return works


# --- splitting --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who goes to a new grid or hub; both sides are counted anew at every choice."""
    node = editable(request, pk)
    if node.kind == Kind.GROUP and node.parent_id is not None:
        messages.info(request, "一个网格建一个党小组，拆分党小组就是连同网格一起拆分。")
        return redirect("grids:split", pk=node.parent_id)
    if node.kind not in SPLITTABLE or node.closed_on is not None:
        messages.info(request, "只有在册的网格和中心户（示范岗）可以拆分。")
        return redirect(node)
    shape = read_shape([node.root_id], on=localdate())
    form = _split_form(request, node, shape)
    looking = "look" in request.POST
    if looking and getattr(request, "htmx", False):
        return render(request, "grids/structure/_sides.html", _sides(shape, node, form))
    if request.method == "POST" and not looking and form.is_valid():
        made = _split(request, node, form)
        if made is not None:
            return redirect(made)
        renew_seen(form, shape.fingerprint([node.pk]))
    parts = _parts(shape, node, form)
    context = {"node": node, "info": KINDS[node.kind], "form": form, "parts": parts, "looking": looking}
    return render(request, "grids/structure/split.html", {**context, **_sides(shape, node, form)})


def _parts(shape: Shape, node: Node, form: SplitForm) -> list[dict[str, Any]]:
    """What is dealt out, each with its numbers or its address."""
    spots, ticked = divisible(shape, node.pk), set(form.going_now())
    homes = homes_of(spots)
    return [
        {
            "spot": spot,
            "counts": shape.counts[spot.pk],
            "on": spot.pk in ticked,
            "home": homes.get(spot.pk, ""),
        }
        for spot in spots
    ]


def _split_form(request: HttpRequest, node: Node, shape: Shape) -> SplitForm:
    spot, group = shape.spots[node.pk], group_under(shape, node.pk)
    initial = {
        "name": "" if spot.kind == Kind.HUB else next_name(spot.name, sibling_names(shape, spot, spot.kind)),
        "on": localdate(),
        "seen": shape.fingerprint([node.pk]),
    }
    if group is not None:
        initial["group_name"] = next_name(group.name, sibling_names(shape, group, Kind.GROUP))
    lanes = (
        VillagerGroup.objects.visible_to(request.user).filter(grids__node=node)
        if node.kind == Kind.GRID
        else ()
    )
    profile = profile_of(node)
    if node.kind == Kind.HUB and profile is not None:
        initial["hub_kind"] = profile.hub_kind  # type: ignore[attr-defined]
    return SplitForm(
        request.POST or None,
        unit=spot,
        parts=divisible(shape, node.pk),
        has_group=group is not None,
        lanes=list(lanes),
        initial=initial,
    )


def _split(request: HttpRequest, node: Node, form: SplitForm) -> Any:
    data = form.cleaned_data
    with history.action(by=who(request), title="拆分", reason=data["reason"]) as act:
        made = tried(
            form,
            lambda: split_unit(
                unit=node,
                division=form.division(),
                by=who(request),
                on=data["on"],
                reason=data["reason"],
                seen=data["seen"],
            ),
        )
    if made is not None:
        tell(request, f"已从“{node.name}”拆分出“{made.name}”。", act)
    return made


def _sides(shape: Shape, node: Node, form: SplitForm) -> dict[str, Any]:
    """Both halves with their numbers and bands, as far as chosen."""
    name, group_name = form.name_now() or "新单位", ""
    if "group_name" in form.fields:
        group_name = form["group_name"].value() or "新党小组"
    going = form.going_now()
    after = split_change(shape, node.pk, going, name=name, group_name=group_name).made_on(shape)
    own, group = [node.pk], group_under(shape, node.pk)
    new = [NEW_UNIT]
    if group is not None:
        own.append(group.pk)
        new.append(NEW_GROUP)
    return {
        "sides": [_side("留下的", after, own), _side("划出的", after, new)],
        "effects": effects_between(shape, after, moved=going, on=localdate()) if going else None,
    }


def _side(title: str, shape: Shape, pks: list[int]) -> dict[str, Any]:
    """One half: its places with numbers and the bands of each."""
    places = [
        {"spot": shape.spots[pk], "counts": shape.counts[pk], "marks": list(shape.marks(pk).values())}
        for pk in pks
    ]
    return {"title": title, "places": places}
