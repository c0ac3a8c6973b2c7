"""One errand: how it stands, its steps, its correction."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.access import Right
from grids.views.frames import tried, who
from services.models import Matter, Ticket, Visit
from services.tickets import tables
from services.tickets.actions import steps as actions
from services.tickets.actions.guards import require_handling, roles_on
from services.tickets.forms.intake import EditForm
from services.tickets.forms.steps import StepForm, step_forms, step_of
from services.tickets.papers.choices import Size
from services.tickets.papers.rules import papers_of
from services.tickets.phrases import phrases_for
from services.tickets.queries import one
from services.tickets.rooms import frame
from services.tickets.rules import steps_at
from services.visits.queries.log import with_occasion
from services.visits.tables import grid_words
from township.masks import mask_phone


def ticket_or_404(request: HttpRequest, pk: int) -> Ticket:
    """An errand in sight, with all that hangs on it."""
    rows = Ticket.objects.visible_to(request.user).select_related(
        "node__root", "root", "agent", "version__item", "matter", "written_by", "township"
    )
    return get_object_or_404(rows.prefetch_related("papers", "pauses", "parts", "chases__written_by"), pk=pk)


@require_GET
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """How it stands, what can be done, what has been done."""
    return _page(request, ticket_or_404(request, pk))


def _page(request: HttpRequest, found: Ticket, typed: StepForm | None = None) -> HttpResponse:
    user, today = who(request), localdate()
    access.require(user, Right.READ_ROSTER)
    roles = roles_on(user, found)
    steps = steps_at(found.kind, found.state, roles, notified=found.notified_on is not None)
    forms = step_forms(found, steps, user=user, today=today, box=one.box_of(found), typed=typed)
    context: dict[str, Any] = frame("inbox") | {
        "ticket": found,
        "place": grid_words(found.node),
        "state": tables.state_cell(found),
        "left": tables.left_cell(found, today),
        "clock": one.clock_words(found),
        "phone": _phone(user, found, roles, found.applicant_phone),
        "contact_phone": _phone(user, found, roles, found.contact_phone),
        "steps": [(form, phrases_for(form.step.code)) for form in forms],
        "papers": papers_of(found) if roles else [],
        "sizes": Size.choices,
        "open_step": typed.step.code if typed is not None else "",
        "may_edit": bool(roles) and found.is_open,
        "visits": _visits(request, found),
        "matter": Matter.objects.visible_to(user).filter(pk=found.matter_id or 0).first(),
        "trail": one.timeline(found),
    }
    return render(request, "services/tickets/ticket.html", context)


def _phone(user: Any, found: Ticket, roles: Any, number: str) -> str:
    """In full for who handles it, else as elsewhere (domain 10)."""
    whole = bool(roles) or access.sees_full_phone(user, found.root_id)
    return number if whole else mask_phone(number)


def _visits(request: HttpRequest, found: Ticket) -> Any:
    if found.matter_id is None:
        return []
    rows = Visit.objects.visible_to(request.user).filter(matter_id=found.matter_id)
    return with_occasion(request.user, rows.select_related("visitor").order_by("happened_on", "pk"))


@require_POST
def ticket_step(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One step, or the page with what is missing."""
    found, by, step = ticket_or_404(request, pk), who(request), step_of(code)
    if step is None:
        raise Http404
    if not roles_on(by, found):
        raise PermissionDenied("您只能查看，不能办理这一件。")
    form = StepForm(request.POST, ticket=found, step=step, user=by, today=localdate())
    if form.is_valid():
        done = tried(
            form,
            lambda: actions.take_step(ticket=found, code=code, facts=form.facts(), by=by, now=timezone.now()),
        )
        if done is not None:
            messages.success(request, f"已{step.title}。")
            return redirect(done)
    if not _still_offered(request, found, code):
        messages.error(request, "".join(f"{error}" for error in form.non_field_errors()) or STALE)
        return redirect(found)
    return _page(request, found, typed=form)


STALE = "没有处理：这一件别人刚处理过，请看现在的状态。"


def _still_offered(request: HttpRequest, found: Ticket, code: str) -> bool:
    roles = roles_on(request.user, found)
    steps = steps_at(found.kind, found.state, roles, notified=found.notified_on is not None)
    return any(step.code == code for step in steps)


@require_http_methods(["GET", "POST"])
def ticket_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what was written down while it is open."""
    found, by = ticket_or_404(request, pk), who(request)
    require_handling(by, found)
    if not found.is_open:
        messages.error(request, "已经办结的不能修改，要改先“重新办理”。")
        return redirect(found)
    form = EditForm(request.POST or None, ticket=found)
    if request.method == "POST" and form.is_valid():
        done = tried(
            form, lambda: actions.change(ticket=found, data=form.cleaned_data, by=by, now=timezone.now())
        )
        if done is not None:
            messages.success(request, "已保存。")
            return redirect(done)
    context = frame("inbox") | {"form": form, "ticket": found, "place": grid_words(found.node)}
    return render(request, "services/tickets/edit.html", context)
