"""Pages of one matter: its form, the matter with its chain, and its steps."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.access import Right
from grids.actions.refusals import sentences
from grids.views.frames import tried, who
from services.models import Matter, Visit
from services.visits import tables
from services.visits.actions import matters as actions
from services.visits.actions.guards import may_change, require_change
from services.visits.choices import MatterState, Satisfaction
from services.visits.forms.entries import MatterForm, StepForm
from services.visits.queries import errands
from services.visits.queries import matters as queries
from services.visits.queries.log import with_occasion
from services.visits.queries.places import rank_of
from services.visits.rules import MATTER, PRESS, roles_at, steps_at
from services.visits.views.lists import tabs
from services.visits.views.visits import pick, place_asked, said
from township import history
from township.lifecycle import Step


def matter_or_404(request: HttpRequest, pk: int) -> Matter:
    """A matter in sight."""
    rows = Matter.objects.visible_to(request.user).select_related("node__root", "household", "owner")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def matter_new(request: HttpRequest) -> HttpResponse:
    """What was asked otherwise than on a visit."""
    access.require(request.user, Right.LOG_VISIT)
    node, household = place_asked(request)
    if node is None:
        return pick(request, "登记意见建议", "matters")
    initial = {"household": household.pk if household else None}
    form = MatterForm(request.POST or None, user=request.user, node=node, today=localdate(), initial=initial)
    if request.method == "POST" and form.is_valid():
        by = who(request)
        with history.action(by=by, title="登记意见建议") as act:
            made = tried(form, lambda: _open(request, form))
        if made is not None:
            said(request, "已登记，等待审核。", act, node)
            return redirect(made)
    return _form(request, form, tables.grid_words(node), None)


def _open(request: HttpRequest, form: MatterForm) -> Matter:
    by = who(request)
    data = dict(form.facts()) | {"owner": getattr(by, "person", None)}
    known = Matter.objects.visible_to(by).filter(
        node=data["node"], household=data["household"], raised_on=data["raised_on"], content=data["content"]
    )
    return known.first() or actions.open_matter(data=data, by=by, today=localdate())


def _form(request: HttpRequest, form: MatterForm, place: str, matter: Matter | None) -> HttpResponse:
    context = {"form": form, "place": place, "matter": matter, **tabs(request, "matters")}
    return render(request, "services/visits/matter_form.html", context)


@require_http_methods(["GET", "POST"])
def matter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what was written down."""
    found, by = matter_or_404(request, pk), who(request)
    require_change(by, found)
    if found.state == MatterState.ARCHIVED:
        messages.error(request, actions.ARCHIVED)
        return redirect(found)
    initial = {name: getattr(found, name) for name in actions.FIELDS if name != "owner"}
    form = MatterForm(request.POST or None, user=by, node=found.node, today=localdate(), initial=initial)
    del form.fields["household"]
    if request.method == "POST" and form.is_valid():
        with history.action(by=by, title="修改意见建议") as act:
            done = tried(
                form,
                lambda: actions.change_matter(matter=found, data=form.facts(), by=by, today=localdate()),
            )
        if done is not None:
            said(request, "已保存。", act, found.node)
            return redirect(done)
    return _form(request, form, tables.grid_words(found.node), found)


@require_GET
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """A matter, what can be done with it, its visits and the chain it went."""
    found, today = matter_or_404(request, pk), localdate()
    access.require(request.user, Right.READ_ROSTER)
    roles = roles_at(rank_of(request.user, found.node), found.level)
    visits = Visit.objects.visible_to(request.user).filter(matter=found).select_related("visitor")
    context: dict[str, Any] = {
        "matter": found,
        "place": tables.grid_words(found.node),
        "state": tables.matter_state(found, today),
        "steps": _steps(found, roles),
        "errand": errands.beside(request.user, found.node_id, found),
        "today": today,
        "satisfactions": Satisfaction.choices,
        "visits": with_occasion(request.user, visits.order_by("happened_on", "pk")),
        "trail": queries.trail(found),
        "may_change": found.state != MatterState.ARCHIVED and may_change(request.user, found),
        "may_log": access.may(request.user, Right.LOG_VISIT),
        "waits_for_callback": found.callback_due and not found.called_back_on,
        **tabs(request, "matters"),
    }
    return render(request, "services/visits/matter.html", context)


def _steps(found: Matter, roles: frozenset[str]) -> list[Step]:
    """What has become an errand goes on there; here one can only press for it."""
    steps = steps_at(found.state, found.level, roles)
    return [step for step in steps if step.code == PRESS] if errands.errand_of(found) else steps


@require_POST
def matter_step(request: HttpRequest, pk: int) -> HttpResponse:
    """One step, or a word about what is missing."""
    found, by = matter_or_404(request, pk), who(request)
    if rank_of(by, found.node) < 0:
        raise PermissionDenied("您只能查看，不能办理这一条。")
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"没有处理：{''.join(sentences(ValidationError(form.errors.as_data())))}")
        return redirect(found)
    facts = dict(form.cleaned_data)
    code = facts.pop("step")
    title = MATTER.step(code).title
    try:
        with history.action(by=by, title=f"意见建议{title}", reason=facts["text"]) as act:
            actions.take_step(matter=found, code=code, facts=facts, by=by, today=localdate())
        said(request, f"已{title}。", act, found.node)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect(found)
