"""Pages of what happens in a grid: 必到必报, 四清, services planned, the pace of a household."""

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
from grids.views.frames import tried, who
from services.models import FourClearCheck, GridEvent, Matter, Visit, VisitPlan
from services.visits import tables
from services.visits.actions import grids as actions
from services.visits.actions.guards import may_change, require_change
from services.visits.choices import ATTENDED
from services.visits.forms.grids import CheckForm, EventForm, PaceForm, PlanForm
from services.visits.interval import usual
from services.visits.queries import places
from services.visits.queries.log import with_occasion
from services.visits.registers import REGISTERS
from services.visits.rules import days_over
from services.visits.views.lists import tabs
from services.visits.views.visits import pick, place_asked, said
from township import history

MOST_SHOWN = 50  # of one household or grid on its page; the number of all stands beside them


def _page(request: HttpRequest, form: Any, heading: str, place: str, code: str) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "place": place,
        "cancel_url": REGISTERS[code].url,
        "pairs": code == "checks",  # each tick beside its number
        **tabs(request, code),
    }
    return render(request, "services/visits/form.html", context)


# --- 必到必报 ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def event_new(request: HttpRequest) -> HttpResponse:
    """A 必到 (?sort=attend) or a 必报."""
    access.require(request.user, Right.LOG_VISIT)
    attended = request.GET.get("sort") != "report"
    heading = "登记必到" if attended else "登记必报"
    node, _ = place_asked(request)
    if node is None:
        return pick(request, heading, "events")
    form = EventForm(request.POST or None, user=request.user, node=node, today=localdate(), attended=attended)
    if request.method == "POST" and form.is_valid():
        by = who(request)
        with history.action(by=by, title="登记必到必报") as act:
            made = tried(
                form, lambda: actions.keep_event(event=None, data=form.facts(), by=by, today=localdate())
            )
        if made is not None:
            said(request, "已登记。", act, node)
            return redirect("services:register", "events")
    return _page(request, form, heading, tables.grid_words(node), "events")


@require_http_methods(["GET", "POST"])
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened; whoever may change it corrects it here, or writes how it was dealt with."""
    rows = GridEvent.objects.visible_to(request.user).select_related("node__root")
    found, by = get_object_or_404(rows, pk=pk), who(request)
    access.require(by, Right.READ_ROSTER)
    if request.method == "POST":
        require_change(by, found)
    initial = {name: getattr(found, name) for name in actions.EVENT_FIELDS}
    attended = found.kind in ATTENDED
    form = EventForm(
        request.POST or None, user=by, node=found.node, today=localdate(), attended=attended, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with history.action(by=by, title="修改必到必报") as act:
            done = tried(
                form, lambda: actions.keep_event(event=found, data=form.facts(), by=by, today=localdate())
            )
        if done is not None:
            said(request, "已保存。", act, found.node)
            return redirect("services:register", "events")
    context = {
        "event": found,
        "place": tables.grid_words(found.node),
        "form": form if may_change(by, found) else None,
        **tabs(request, "events"),
    }
    return render(request, "services/visits/event.html", context)


# --- 四清 -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def check_new(request: HttpRequest) -> HttpResponse:
    """A 四清 of one grid; the one of the same day is corrected instead."""
    access.require(request.user, Right.LOG_VISIT)
    node, _ = place_asked(request)
    if node is None:
        return pick(request, "登记四清核对", "checks")
    today, by = localdate(), who(request)
    known = FourClearCheck.objects.visible_to(by).filter(node=node, checked_on=today).first()
    known = known if known and may_change(by, known) else None
    initial = {name: getattr(known, name) for name in actions.CHECK_FIELDS} if known else {}
    form = CheckForm(request.POST or None, user=by, node=node, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        same = known if known and form.cleaned_data["checked_on"] == today else None
        with history.action(by=by, title="登记四清核对") as act:
            made = tried(form, lambda: actions.keep_check(check=same, data=form.facts(), by=by, today=today))
        if made is not None:
            said(request, "已登记四清核对。", act, node)
            return redirect("services:register", "checks")
    return _page(request, form, "登记四清核对", tables.grid_words(node), "checks")


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """An earlier 四清 beside those of its grid; the grid's staff correct it here."""
    rows = FourClearCheck.objects.visible_to(request.user)
    found, by = get_object_or_404(rows.select_related("node__root"), pk=pk), who(request)
    access.require(by, Right.READ_ROSTER)
    if request.method == "POST":
        require_change(by, found)
    initial = {name: getattr(found, name) for name in actions.CHECK_FIELDS}
    form = CheckForm(request.POST or None, user=by, node=found.node, today=localdate(), initial=initial)
    if request.method == "POST" and form.is_valid():
        with history.action(by=by, title="修改四清核对") as act:
            done = tried(
                form, lambda: actions.keep_check(check=found, data=form.facts(), by=by, today=localdate())
            )
        if done is not None:
            said(request, "已保存。", act, found.node)
            return redirect("services:register", "checks")
    context = {
        "check": found,
        "place": tables.grid_words(found.node),
        "form": form if may_change(by, found) else None,
        "all": rows.filter(node=found.node)[:MOST_SHOWN],
        **tabs(request, "checks"),
    }
    return render(request, "services/visits/check.html", context)


# --- services planned -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """A service that a household agreed to."""
    access.require(request.user, Right.LOG_VISIT)
    actions.require_plan(who(request))
    node, household = place_asked(request)
    if node is None:
        return pick(request, "登记必访计划", "plans")
    initial = {"household": household.pk if household else None}
    form = PlanForm(request.POST or None, user=request.user, node=node, today=localdate(), initial=initial)
    if request.method == "POST" and form.is_valid():
        by = who(request)
        made = tried(form, lambda: actions.keep_plan(plan=None, data=form.facts(), by=by))
        if made is not None:
            messages.success(request, "已登记必访计划。")
            return redirect("services:register", "plans")
    return _page(request, form, "登记必访计划", tables.grid_words(node), "plans")


def _plan(request: HttpRequest, pk: int) -> VisitPlan:
    rows = VisitPlan.objects.visible_to(request.user).select_related(
        "household__grid", "household__root", "household__parent"
    )
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, Right.LOG_VISIT)
    return found


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Another interval, another day; or the end of it."""
    found, by = _plan(request, pk), who(request)
    node = found.household.grid or found.household.root or found.household
    initial = {name: getattr(found, name) for name in ("interval", "next_on", "consented")}
    form = PlanForm(request.POST or None, user=by, node=node, today=localdate(), initial=initial)
    for name in ("household", "need"):
        del form.fields[name]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"interval": form.cleaned_data["interval"] or found.interval}
        done = tried(form, lambda: actions.keep_plan(plan=found, data=data, by=by))
        if done is not None:
            messages.success(request, "已保存。")
            return redirect("services:register", "plans")
    context = {"form": form, "plan": found, **tabs(request, "plans")}
    return render(request, "services/visits/plan.html", context)


@require_POST
def plan_end(request: HttpRequest, pk: int) -> HttpResponse:
    """No longer needed, or no longer agreed to."""
    found = _plan(request, pk)
    try:
        actions.end_plan(plan=found, by=who(request), today=localdate())
        messages.success(request, "已结束这项计划。")
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect("services:register", "plans")


# --- one household ----------------------------------------------------------------------------------


@require_GET
def home(request: HttpRequest, pk: int) -> HttpResponse:
    """All visits to one household, what it asked for, how often it is visited; of a closed one, too."""
    rows = places.known_households(request.user).select_related("grid", "root", "parent", "visit_pace")
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, Right.READ_ROSTER)
    visits = Visit.objects.visible_to(request.user).filter(household=found).select_related("visitor")
    shown = with_occasion(request.user, visits.order_by("-happened_on", "-pk")[:MOST_SHOWN])
    pace = getattr(found, "visit_pace", None)
    every = int(pace.pace) if pace else usual(request.user, on=localdate())
    matters = Matter.objects.visible_to(request.user).filter(household=found)
    is_open = found.closed_on is None
    context = {
        "home": found,
        "visits": shown,
        "visits_in_all": visits.count(),
        "every": every,
        "over": days_over(shown[0].happened_on if shown else None, every, localdate()),
        "pace_form": PaceForm(initial={"pace": pace.pace if pace else ""}),
        "may_log": is_open and access.may(request.user, Right.LOG_VISIT),
        "may_set": is_open and places.rank_of(request.user, found.grid or found.root or found) >= 0,
        "plans": VisitPlan.objects.visible_to(request.user).filter(household=found, ended_on=None),
        "may_plan": places.may_see_plans(request.user),
        "matters": matters.order_by("-raised_on", "-pk")[:MOST_SHOWN],
        "matters_in_all": matters.count(),
        **tabs(request, "visits"),
    }
    return render(request, "services/visits/home.html", context)


@require_POST
def home_pace(request: HttpRequest, pk: int) -> HttpResponse:
    """How often this one is visited."""
    found = get_object_or_404(places.households(request.user).select_related("grid", "root"), pk=pk)
    by = who(request)
    actions.require_near(by, found)
    form = PaceForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有保存：请从列表里选一个间隔。")
        return redirect("services:home", pk)
    try:
        with history.action(by=by, title="调整走访间隔") as act:
            actions.set_pace(household=found, pace=form.cleaned_data["pace"], by=by)
        said(request, "已调整走访间隔。", act, found)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect("services:home", pk)
