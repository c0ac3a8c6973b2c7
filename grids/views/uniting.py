"""Merging: the unit to go into, what the merge would do, and the confirming form."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from grids.actions.merging import check_pair, merge_units
from grids.actions.refusals import sentences
from grids.actions.structure import check_open
from grids.choices import Kind
from grids.forms.filters import TargetFilter
from grids.forms.structure import MergeForm
from grids.kinds import KINDS
from grids.models import Node
from grids.queries.moves import effects_between
from grids.queries.shapes import read_shape
from grids.queries.structure import (
    MERGEABLE,
    clashes,
    lane_clashes,
    merge_candidates,
    merge_change,
)
from grids.views.frames import editable, page_of, renew_seen, tried, who
from grids.views.outcome import tell
from township import history
from township.addresses import row_number


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """First the place to go into; with ?into= what the merge would do, and the confirming form."""
    node = editable(request, pk)
    if node.kind == Kind.GROUP and node.parent_id is not None:
        messages.info(request, "一个网格建一个党小组，合并党小组就是连同网格一起合并。")
        return redirect("grids:merge", pk=node.parent_id)
    if node.kind not in MERGEABLE or node.closed_on is not None:
        messages.info(request, "只有在册的党支部、网格和中心户（示范岗）可以合并。")
        return redirect(node)
    typed = request.GET.get("into", "")
    if typed:
        return _confirm_merge(request, node, editable(request, row_number(typed)))
    bar = TargetFilter(request.GET, user=request.user, village=node.root_id)
    if node.parent_id is None or node.kind == Kind.BRANCH:
        bar.fields.pop("village", None)  # villages are merged with villages, branches within their 党总支
    found = merge_candidates(request.user, node, village=bar.pk("village"), text=bar.text("q"))
    context = {
        "node": node,
        "info": KINDS[node.kind],
        "filter_form": bar,
        "page_obj": page_of(request, found),
    }
    return render(request, "grids/structure/merge.html", context)


def _confirm_merge(request: HttpRequest, node: Node, into: Node) -> HttpResponse:
    context: dict[str, Any] = {"node": node, "into": into, "info": KINDS[node.kind]}
    shape = read_shape({node.root_id, into.root_id}, on=localdate())
    try:
        check_pair(node, into)
        check_open(shape, [node, into])
    except ValidationError as refusal:
        context["refusal"] = "；".join(sentences(refusal))
        return render(request, "grids/structure/merge_confirm.html", context)
    change = merge_change(shape, node.pk, into.pk)
    seen = shape.fingerprint([node.pk, into.pk])
    form = MergeForm(
        request.POST or None,
        clashes=clashes(shape, change),
        lane_clashes=lane_clashes(node, into),
        initial={"kept": into.name, "on": localdate(), "seen": seen},
    )
    if request.method == "POST" and form.is_valid():
        if _merge(request, node, into, form):
            return redirect(into)
        renew_seen(form, seen)
    context |= {
        "form": form,
        "gone": [shape.spots[pk] for pk in reversed(change.gone)],
        "effects": effects_between(shape, change.made_on(shape), moved=change.moves, on=localdate()),
        "served": change.served.get(into.pk),
    }
    return render(request, "grids/structure/merge_confirm.html", context)


def _merge(request: HttpRequest, node: Node, into: Node, form: MergeForm) -> bool:
    data = form.cleaned_data
    with history.action(by=who(request), title="合并", reason=data["reason"]) as act:
        merged = tried(
            form,
            lambda: merge_units(
                unit=node,
                into=into,
                names=form.names(),
                by=who(request),
                on=data["on"],
                reason=data["reason"],
                seen=data["seen"],
            ),
        )
    if merged is None:
        return False
    tell(request, f"已把“{node.name}”并入“{merged.name}”。", act)
    return True
