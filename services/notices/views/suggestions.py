"""What people wrote into the boxes: for the office and the village's secretary only."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.views.frames import page_of, rows_on, who
from services.models import Suggestion
from services.notices.actions import pages as actions
from services.notices.forms import AnswerForm, SuggestionFilter
from services.notices.queries import pages
from services.notices.rules import SUGGESTION
from services.notices.views.register import refused


@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """All of them, the latest first."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    bar = SuggestionFilter(request.GET, user=request.user)
    page = page_of(
        request, pages.suggestions(request.user, village=bar.pk("village"), state=bar.text("state"))
    )
    context = {"filter_form": bar, "page_obj": page, "rows": list(rows_on(page)), "current": "suggestions"}
    return render(request, "services/notices/suggestions.html", context)


def _suggestion(request: HttpRequest, pk: int) -> Suggestion:
    rows = Suggestion.objects.visible_to(request.user).select_related("node__root")
    found = get_object_or_404(rows, pk=pk)
    access.require_edit(request.user, found.node)
    return found


@require_GET
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them with what can be done."""
    found = _suggestion(request, pk)
    steps = SUGGESTION.open_to(found.state, {access.seat_of(request.user)})
    context = {"row": found, "steps": steps, "current": "suggestions"}
    return render(request, "services/notices/suggestion.html", context)


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Read, handle, or open again."""
    found = _suggestion(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        refused(request, form.errors)
        return redirect(found)
    try:
        actions.take_step(
            suggestion=found,
            code=form.cleaned_data["step"],
            answer=form.cleaned_data["answer"],
            by=who(request),
            on=localdate(),
        )
        messages.success(request, "已保存。")
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect(found)
