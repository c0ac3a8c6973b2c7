"""The run page, and one click from the list of grids that need adjusting."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from grids import access
from grids.choices import ROOT_KINDS, BandScope, Kind
from grids.models import Node
from grids.queries.bands import bands_in_force
from grids.views.frames import who
from liaison.choices import Edge, Preset
from liaison.models import Batch, Proposal
from liaison.proposals import actions
from liaison.proposals.forms import OrderForm
from liaison.proposals.precheck import precheck
from liaison.proposals.reading import Asked
from liaison.proposals.rules import BAND_CODE, NOUNS, PRESET_LINES, WEIGHTS
from township.addresses import row_number
from township.choices import JobState


def _edges(request: HttpRequest) -> list[tuple[str, str]]:
    """Edges the user may order, from the household up: most are about households."""
    upper = access.may(request.user, access.Right.EDIT_TOWN_CONTACTS)
    found = [edge for edge in reversed(Edge) if upper or edge not in (Edge.TOWN_LEADER, Edge.GENERAL_BRANCH)]
    return [(edge.value, str(edge.label)) for edge in found]


def _places(request: HttpRequest) -> Any:
    kinds = (*ROOT_KINDS, Kind.GRID)
    rows = Node.objects.editable_by(request.user).filter(closed_on=None, kind__in=kinds)
    return rows.select_related("root").order_by("root__position", "root_id", "lft")


@require_http_methods(["GET", "POST"])
def proposal_new(request: HttpRequest) -> HttpResponse:
    """The run page: place, edge and preset, bands in force, and what is known beforehand."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    today, edges = localdate(), _edges(request)
    asked = request.GET.get("edge", "")
    edge = asked if asked in dict(edges) else Edge.MEMBER
    place = _places(request).filter(pk=row_number(request.GET.get("place", "")) or 0).first()
    bands = bands_in_force(request.user.township_id, year=today.year)  # type: ignore[union-attr]
    code = BAND_CODE[edge]
    band = bands[code] if code else None
    initial = {"edge": edge, "place": place, "scope": band.scope if band else BandScope.VILLAGE}
    form = OrderForm(
        request.POST or None,
        places=_places(request),
        edges=edges,
        whole=access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid() and (made := _ordered(request, form)):
        return redirect(made)
    context = {
        "form": form,
        "edge": Edge(edge),
        "edges": edges,
        "place": place,
        "band": band,
        "year": today.year,
        "nouns": NOUNS[edge],
        "lines": [(preset, Preset(preset).label, PRESET_LINES[preset]) for preset in Preset.values],
        "precheck": precheck(_asked(request, edge, place, initial["scope"]), on=today) if place else None,
    }
    return render(request, "liaison/proposals/new.html", context)


def _asked(request: HttpRequest, edge: str, place: Node, scope: str) -> Asked:
    scope = BandScope.GRID if place.kind == Kind.GRID else scope
    return Asked(place.township_id, place, edge, scope, WEIGHTS[Preset.EVEN])


def _ordered(request: HttpRequest, form: OrderForm) -> Batch | Proposal | None:
    """The batch, or straight to the proposal where there is only one and it is done."""
    by = who(request)
    assert by.township is not None  # noqa: S101 (seats that may edit have one)
    try:
        batch = actions.order(township=by.township, by=by, today=localdate(), **form.cleaned_data)
    except ValidationError as why:
        form.add_error(None, why)
        return None
    found = list(batch.proposals.all()[:2])
    return found[0] if len(found) == 1 and found[0].state == JobState.DONE else batch


@require_POST
def adjust_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """A least-change proposal for one grid, at once."""
    grid = get_object_or_404(
        Node.objects.visible_to(request.user).filter(kind=Kind.GRID, closed_on=None), pk=pk
    )
    asked = request.POST.get("edge", "")
    edge = asked if asked in (Edge.MEMBER, Edge.HUB) else Edge.MEMBER
    batch = actions.order(
        township=grid.township,
        place=grid,
        edge=edge,
        preset=Preset.LEAST,
        scope=BandScope.GRID,
        by=who(request),
        today=localdate(),
    )
    return redirect(batch.proposals.get())
