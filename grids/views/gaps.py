"""覆盖缺口: what is missing, kind by kind and village by village, each row one click from its repair."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.actions.structure import cover_lane
from grids.choices import GridShape, Kind
from grids.forms.filters import Filter
from grids.forms.structure import CoverForm
from grids.kinds import ListColumn
from grids.models import Node, VillagerGroup
from grids.queries.gaps import GAP_KINDS, GapKind, GapRow, as_rows, gap_counts, gap_rows
from grids.queries.lists import villages_of
from grids.sorts import GAPS
from grids.views.frames import page_of, rows_on, tried, wants_export, who, workbook
from grids.views.outcome import tell
from grids.views.tables import frame_of, opened
from township import history

COLUMNS = (
    ListColumn("gap", "缺口"),
    ListColumn("village", "村（党组织）"),
    ListColumn("name", "名称", "name"),
    ListColumn("place", "所在"),
    ListColumn("note", "说明"),
)


class GapFilter(Filter):
    """The bar: a village, and which kind of gap."""

    KIND = "缺口"
    kind = forms.ChoiceField(
        label=KIND,
        required=False,
        choices=[(kind.code, kind.title) for kind in GAP_KINDS],
        widget=forms.HiddenInput,
    )


@dataclass(frozen=True)
class GapTotal:
    """One kind with its number in what is shown."""

    kind: GapKind
    n: int


@require_GET
def gaps(request: HttpRequest) -> HttpResponse:
    """Numbers of every kind, and the rows of one."""
    access.require(request.user, access.Right.READ_ROSTER)
    table = opened(request, GAPS)
    if isinstance(table, HttpResponse):
        return table
    bar, today = GapFilter(request.GET, user=request.user), localdate()
    village = bar.pk("village")
    counts = gap_counts(request.user, on=today)
    totals = [GapTotal(kind, _total(counts.get(kind.code, {}), village)) for kind in GAP_KINDS]
    chosen = _chosen(bar.text("kind"), totals)
    found = gap_rows(request.user, chosen.code, village=village, on=today)
    if wants_export(request):
        cells = [_cells(chosen, row) for row in as_rows(chosen.code, found)]
        return workbook(request, f"覆盖缺口（{chosen.title}）", COLUMNS, cells)
    page = page_of(request, found)
    may_edit = access.may(request.user, access.Right.EDIT_ROSTER)
    frame = frame_of(request, table, bar, columns=(), shown=())
    context = {
        **frame,
        # the kind is the current one of the kinds shown, not a condition to be taken off
        "narrowed": [one for one in frame["narrowed"] if one[0] != GapFilter.KIND],
        "totals": totals,
        "chosen": chosen,
        "missing": sum(total.n for total in totals),
        "page_obj": page,
        "rows": [
            (row, _target(chosen.code, row), _repair(chosen.code, row) if may_edit else "")
            for row in as_rows(chosen.code, rows_on(page))
        ],
        "villages": _by_village(request, counts) if bar.whole_township else [],
        "village": village,
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        "may_edit": may_edit,
    }
    return render(request, "grids/structure/gaps.html", context)


def _total(by_root: Mapping[int, int], village: int | None) -> int:
    return sum(by_root.values()) if village is None else by_root.get(village, 0)


def _chosen(code: str, totals: list[GapTotal]) -> GapKind:
    """The kind asked for, else the first that has rows."""
    asked = next((total.kind for total in totals if total.kind.code == code), None)
    return asked or next((total.kind for total in totals if total.n), totals[0].kind)


def _by_village(request: HttpRequest, counts: Mapping[str, Mapping[int, int]]) -> list[dict[str, Any]]:
    """A line per village with a number per kind; villages with nothing missing are left out."""
    lines = []
    for pk, name in villages_of(request.user).values_list("pk", "name"):
        cells = [(kind, counts.get(kind.code, {}).get(pk, 0)) for kind in GAP_KINDS]
        total = sum(n for _, n in cells)
        if total:
            lines.append({"pk": pk, "name": name, "cells": cells, "total": total})
    return lines


def _cells(kind: GapKind, row: GapRow) -> dict[str, Any]:
    return {
        "gap": kind.title,
        "village": row.village,
        "name": row.name,
        "place": row.place,
        "note": row.note,
    }


def _target(code: str, row: GapRow) -> str:
    """The row's own page; a villager group has none."""
    if code == "gridless":
        return ""
    return reverse("grids:node", args=[row.node_id if code == "past_term" else row.pk])


def _repair(code: str, row: GapRow) -> str:
    """The form that mends the row, with the row chosen in it."""
    if code == "gridless":
        return reverse("grids:gap_lane", args=[row.pk])
    if code == "past_term":
        return reverse("grids:post_edit", args=[row.pk])
    if code in ("groupless", "hubless"):
        kind = Kind.GROUP if code == "groupless" else Kind.HUB
        return f"{reverse('grids:node_add')}?parent={row.pk}&kind={kind.value}"
    if code in ("memberless", "idle") and row.node_id is not None:
        return f"{reverse('grids:children_move', args=[row.node_id])}?to={row.pk}"
    if code in ("unplaced", "unlinked"):
        return reverse("grids:node_move", args=[row.pk])
    return f"{reverse('grids:post_add')}?node={row.pk}"


@require_http_methods(["GET", "POST"])
def gap_lane(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a villager group that no grid covers into one."""
    lane = get_object_or_404(VillagerGroup.objects.visible_to(request.user).select_related("root"), pk=pk)
    access.require_edit(request.user, lane.root)
    grids = (
        Node.objects.visible_to(request.user)
        .filter(root_id=lane.root_id, kind=Kind.GRID, closed_on=None)
        .exclude(grid_profile__shape=GridShape.INDUSTRY)
        .order_by("position", "lft")
    )
    form = CoverForm(request.POST or None, grids=grids)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with history.action(by=who(request), title="划入网格", reason=data["reason"]) as act:
            done = tried(
                form,
                lambda: cover_lane(lane=lane, grid=data["grid"], by=who(request), reason=data["reason"]),
            )
        if done is not None:
            tell(request, f"已把“{lane.name}”划入“{done.name}”。", act)
            return redirect("grids:gaps")
    if not grids.exists():
        messages.info(request, "这个村还没有网格，请先新增网格，在里面勾选这个村民小组。")
    return render(request, "grids/structure/gap_lane.html", {"lane": lane, "form": form})
