"""个人区间: ranges of single members, hubs and groups; listed, begun, changed, ended."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.models import Node, PersonalBand
from grids.queries.bands import bands_in_force, yardstick
from grids.queries.changes import version_of
from grids.queries.places import profile_of, standing_of
from grids.rules import OWN_BAND
from grids.views.frames import editable, page_of, rows_on, tried, who
from grids.views.outcome import tell
from liaison.bands import actions
from liaison.bands.forms import OwnBandEndForm, OwnBandFilter, OwnBandForm
from liaison.bands.queries import holders, listed
from township import history
from township.addresses import row_number


@require_GET
def own_bands(request: HttpRequest) -> HttpResponse:
    """Ranges of single holders beside the township's, and how each holder stands."""
    access.require(request.user, access.Right.READ_ROSTER)
    bar, today = OwnBandFilter(request.GET, user=request.user), localdate()
    found = listed.own_bands(
        request.user,
        on=today,
        village=bar.pk("village"),
        text=bar.text("q"),
        ended=bool(bar.cleaned_data.get("ended")),
    )
    page = page_of(request, found)
    rows = list(rows_on(page))
    marks = holders.marks_of((row.node_id for row in rows), on=today)
    bands = bands_in_force(who(request).township_id, year=today.year)
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": [
            {
                "row": row,
                "band": bands[OWN_BAND[row.node.kind]],
                "mark": marks.get((row.node_id, OWN_BAND[row.node.kind])),
                "is_over": row.until is not None and row.until <= today,
                "may_edit": access.may_edit(request.user, row.node),
            }
            for row in rows
        ],
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "waiting": listed.waiting_count(request.user, on=today),
    }
    return render(request, "liaison/bands/own_bands.html", context)


@require_http_methods(["GET", "POST"])
def own_band_add(request: HttpRequest) -> HttpResponse:
    """A range for ?node=; without one the holder is looked for first."""
    typed = request.GET.get("node", "")
    if not typed:
        return _choose(request)
    node, today = editable(request, row_number(typed)), localdate()
    if node.kind not in OWN_BAND or node.closed_on is not None:
        raise Http404
    form = OwnBandForm(request.POST or None, initial={"since": today})
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="登记个人区间") as act:
            made = tried(form, lambda: actions.begin_own_band(node=node, data=form.facts(), by=who(request)))
        if made is not None:
            tell(request, f"已登记“{node.name}”的个人区间 {made.low}–{made.high}。", act)
            return redirect("liaison:own_bands")
    return render(request, "liaison/bands/own_band_form.html", {"form": form, **_about(request, node)})


def _choose(request: HttpRequest) -> HttpResponse:
    access.require(request.user, access.Right.EDIT_ROSTER)
    text = request.GET.get("q", "").strip()[:40]
    found = listed.holders_to_choose(request.user, text) if text else []
    return render(request, "liaison/bands/own_band_choose.html", {"text": text, "found": found})


def _about(request: HttpRequest, node: Node) -> dict[str, Any]:
    """The place, the ratio that holds without a range of its own, and how it stands."""
    today = localdate()
    measure = yardstick(who(request).township_id, on=today)
    code = OWN_BAND[node.kind]
    marks = standing_of(node, profile_of(node), on=today).marks
    return {
        "node": node,
        "band": measure.bands[code],
        "mark": next((mark for mark in marks if mark.band.code == code), None),
        "others": listed.own_bands(request.user, on=today, ended=True).filter(node=node),
    }


def _own_band(request: HttpRequest, pk: int) -> PersonalBand:
    rows = PersonalBand.objects.visible_to(request.user).select_related("node", "node__root")
    found = get_object_or_404(rows, pk=pk)
    access.require_edit(request.user, found.node)
    return found


@require_http_methods(["GET", "POST"])
def own_band_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other numbers, another reason, other days."""
    found = _own_band(request, pk)
    names = ("low", "high", "reason", "note", "since", "until")
    initial = {name: getattr(found, name) for name in names} | {"seen": version_of(found)}
    form = OwnBandForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="修改个人区间") as act:
            saved = tried(
                form,
                lambda: actions.change_own_band(
                    band=found, data=form.facts(), seen=form.cleaned_data["seen"], by=who(request)
                ),
            )
        if saved is not None:
            tell(request, f"已修改“{found.node.name}”的个人区间。", act)
            return redirect("liaison:own_bands")
    context = {"form": form, "own": found, **_about(request, found.node)}
    return render(request, "liaison/bands/own_band_form.html", context)


@require_http_methods(["GET", "POST"])
def own_band_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The township's ratio holds again."""
    found = _own_band(request, pk)
    form = OwnBandEndForm(request.POST or None, initial={"until": localdate()})
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="结束个人区间") as act:
            ended = tried(
                form,
                lambda: actions.end_own_band(band=found, until=form.cleaned_data["until"], by=who(request)),
            )
        if ended is not None:
            tell(request, f"“{found.node.name}”从 {ended.until:%Y-%m-%d} 起按规定的区间。", act)
            return redirect("liaison:own_bands")
    context = {"form": form, "own": found, "ending": True, **_about(request, found.node)}
    return render(request, "liaison/bands/own_band_form.html", context)
