"""What is done with a finding: its steps, and one made from an inspection."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.views.frames import who
from grids.views.outcome import tell
from reports.models import Inspection, ReviewFinding
from reports.supervision import actions
from reports.supervision.forms import StepForm
from reports.supervision.rules import FINDING
from township import history


@require_POST
def finding_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right, struck off, sent back, or opened again."""
    rows = ReviewFinding.objects.visible_to(request.user).select_related("root")
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, access.Right.EDIT_ROSTER)
    form = StepForm(request.POST, today=localdate())
    if not form.is_valid():
        said = [str(message) for errors in form.errors.values() for message in errors]
        messages.error(request, f"没有处理：{''.join(said)}")
        return redirect(found)
    data = form.cleaned_data
    title = FINDING.step(data["step"]).title
    try:
        with history.action(by=who(request), title=f"问题{title}", reason=data["text"]) as act:
            actions.take_step(
                finding=found, code=data["step"], text=data["text"], day=data["day"], by=who(request)
            )
        tell(request, f"已{title}。", act)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect(found)


@require_POST
def finding_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """One click makes what an inspection found a finding; its own form then mends day and owner."""
    rows = Inspection.objects.visible_to(request.user).select_related("root")
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    try:
        with history.action(by=who(request), title="由督查转为问题") as act:
            made = actions.from_inspection(inspection=found, by=who(request), today=localdate())
        tell(request, f"已转为问题，整改时限 {made.due_on:%Y-%m-%d}，责任人 {made.owner}。", act)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
        return redirect(found)
    return redirect(made)
