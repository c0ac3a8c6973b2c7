"""Pages of one visit: where to log, the form, the visit itself, a call back on it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.access import Right
from grids.actions.refusals import sentences
from grids.models import Node
from grids.views.frames import tried, who
from grids.views.outcome import tell
from services.models import Matter, Visit
from services.visits import tables
from services.visits.actions import visits as actions
from services.visits.actions.guards import may_change, require_change
from services.visits.actions.photos import shown
from services.visits.choices import Occasion
from services.visits.forms.bars import PickBar
from services.visits.forms.entries import CallBackForm, PhotoForm, VisitForm
from services.visits.queries import errands, places
from services.visits.queries.log import with_occasion
from services.visits.rules import MOST_PHOTOS
from services.visits.views.lists import tabs
from township import history
from township.acting import Acting
from township.addresses import row_number


def said(request: HttpRequest, words: str, act: Acting, node: Node) -> None:
    """A success message; the way back only for those who may take it."""
    if access.may_edit(request.user, node):
        tell(request, words, act)
    else:
        messages.success(request, words)


def place_asked(request: HttpRequest) -> tuple[Node | None, Node | None]:
    """Grid and household named in the address; the only grid there is needs no naming."""
    if "pick" in request.GET:
        return None, None
    household = None
    if (number := row_number(request.GET.get("household"))) is not None:
        household = places.households(request.user).filter(pk=number).first()
    rows = places.loggable(request.user)
    if household is not None:
        return rows.filter(pk=places.node_of(household)).first(), household
    if (number := row_number(request.GET.get("grid"))) is not None:
        return rows.filter(pk=number).first(), None
    found = list(rows[:2])
    return (found[0], None) if len(found) == 1 else (None, None)


def pick(request: HttpRequest, heading: str, current: str) -> HttpResponse:
    """Where: a grid, or a household found by name; the address keeps what else was asked."""
    bar = PickBar(request.GET, user=request.user)
    text = bar.text("q")
    kept = [(name, request.GET[name]) for name in ("sort", "matter") if name in request.GET]
    context = {
        "heading": heading,
        "bar": bar,
        "kept": kept,
        "text": text,
        "hits": places.find_households(request.user, text, bar.pk("village")) if text else [],
        **tabs(request, current),
    }
    return render(request, "services/visits/pick.html", context)


def _matter_asked(request: HttpRequest) -> Matter | None:
    number = row_number(request.GET.get("matter"))
    if number is None:
        return None
    return (
        Matter.objects.visible_to(request.user).select_related("node", "household").filter(pk=number).first()
    )


@require_http_methods(["GET", "POST"])
def visit_new(request: HttpRequest) -> HttpResponse:
    """Log a visit; ?household=, ?grid= and ?matter= are taken over."""
    access.require(request.user, Right.LOG_VISIT)
    matter = _matter_asked(request)
    node, household = place_asked(request)
    if matter is not None:
        node, household = matter.node, matter.household
    if node is None:
        return pick(request, "记一次走访", "visits")
    initial: dict[str, Any] = {
        "household": household.pk if household else None,
        "client_id": uuid.uuid4().hex,
    }
    if matter is not None:
        initial["occasion"] = Occasion.CALLBACK
    elif "must" in request.GET and places.may_see_plans(request.user):
        initial["occasion"] = Occasion.MUST_VISIT
    form = VisitForm(request.POST or None, user=request.user, node=node, today=localdate(), initial=initial)
    if matter is not None:
        del form.fields["opens_matter"]
    if request.method == "POST" and form.is_valid():
        data, by = dict(form.facts()) | {"matter": matter}, who(request)
        with history.action(by=by, title="登记走访") as act:
            made = tried(
                form,
                lambda: actions.log_visit(
                    data=data,
                    companions=form.people(),
                    by=by,
                    today=localdate(),
                    client_id=data["client_id"],
                    opens_matter=bool(data.get("opens_matter")),
                ),
            )
        if made is not None:
            opened = "，已登记为意见建议" if made.matter_id and matter is None else ""
            said(request, f"已记下这次走访{opened}。", act, node)
            return redirect(made)
    return _form(request, form, node, None)


def _form(request: HttpRequest, form: VisitForm, node: Node, visit: Visit | None) -> HttpResponse:
    context = {
        "form": form,
        "node": node,
        "place": tables.grid_words(node),
        "visit": visit,
        **tabs(request, "visits"),
    }
    return render(request, "services/visits/visit_form.html", context)


def visit_or_404(request: HttpRequest, pk: int) -> Visit:
    """A visit in sight."""
    rows = Visit.objects.visible_to(request.user).select_related(
        "node__root", "household", "visitor", "matter", "called_back_by", "written_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit with all its words."""
    found = visit_or_404(request, pk)
    access.require(request.user, Right.READ_ROSTER)
    with_occasion(request.user, [found])
    may, photos = may_change(request.user, found), shown(found)
    asks = may and found.matter is None and found.called_back_on is None
    context = {
        "visit": found,
        "photos": photos,
        "photo_form": PhotoForm() if may and len(photos) < MOST_PHOTOS else None,
        "place": tables.grid_words(found.node),
        "companions": found.companions.order_by("pk"),
        "errand": errands.beside(request.user, found.node_id, found.matter),
        "may_change": may,
        "callback": CallBackForm(user=request.user, node=found.node, today=localdate()) if asks else None,
        **tabs(request, "visits"),
    }
    return render(request, "services/visits/visit.html", context)


@require_http_methods(["GET", "POST"])
def visit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a visit."""
    found, by = visit_or_404(request, pk), who(request)
    require_change(by, found)
    initial = {name: getattr(found, name) for name in actions.FIELDS} | {"visitor": found.visitor_id}
    initial["companions"] = [one.pk for one in found.companions.all()]
    form = VisitForm(
        request.POST or None, user=by, node=found.node, today=localdate(), initial=initial, visit=found
    )
    for name in ("household", "opens_matter", "client_id"):
        del form.fields[name]
    if request.method == "POST" and form.is_valid():
        data = form.facts()
        with history.action(by=by, title="修改走访记录") as act:
            done = tried(
                form,
                lambda: actions.change_visit(
                    visit=found, data=data, companions=form.people(), by=by, today=localdate()
                ),
            )
        if done is not None:
            opened = "，并登记为意见建议" if done.matter_id and found.matter_id is None else ""
            said(request, f"已保存{opened}。", act, found.node)
            return redirect(done)
    return _form(request, form, found.node, found)


@require_POST
def visit_callback(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether what was done was right."""
    found, by = visit_or_404(request, pk), who(request)
    require_change(by, found)
    form = CallBackForm(request.POST, user=by, node=found.node, today=localdate())
    if not form.is_valid():
        messages.error(request, f"没有保存：{''.join(sentences(ValidationError(form.errors.as_data())))}")
        return redirect(found)
    data = form.cleaned_data
    try:
        with history.action(by=by, title="登记回访") as act:
            actions.call_back(
                visit=found,
                day=data["day"],
                person=form.who_asked(),
                satisfaction=data["satisfaction"],
                by=by,
                today=localdate(),
            )
        said(request, "已登记回访。", act, found.node)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect(found)
