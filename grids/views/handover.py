"""Handing over what somebody holds, on one page and as one action."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from grids import access
from grids.actions.handover import hand_over
from grids.choices import CloseReason
from grids.forms.handover import HandoverForm
from grids.models import Person
from grids.queries.handover import holdings_of, member_node, members_to_choose, people_to_choose
from grids.queries.people import may_edit_person
from grids.views.frames import tried, who
from grids.views.outcome import tell
from township import history


@require_http_methods(["GET", "POST"])
def person_handover(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the person holds, with a proposal for each item that the clerk may change."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    found = get_object_or_404(Person.objects.visible_to(request.user).select_related("root"), pk=pk)
    if not may_edit_person(request.user, found):
        raise PermissionDenied
    today, member = localdate(), member_node(found)
    held = holdings_of(request.user, found, on=today)
    leaves = request.GET.get("leaves", "")
    form = HandoverForm(
        request.POST or None,
        holdings=held,
        people=people_to_choose(request.user, found),
        members=members_to_choose(found, on=today),
        leaves=member is not None,
        initial={"on": today, "leaves": leaves if leaves in CloseReason.values else ""},
    )
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="交接", reason=form.cleaned_data["reason"]) as act:
            done = tried(form, lambda: _hand_over(request, found, form))
        if done is not None:
            closed = f"，并注销了{found.name}的党员位置" if form.cleaned_data.get("leaves") else ""
            tell(request, f"已办理{found.name}的交接，共 {done} 项{closed}。", act)
            return redirect(found)
    context = {"form": form, "person": found, "member": member, "count": len(held)}
    return render(request, "grids/people/handover.html", context)


def _hand_over(request: HttpRequest, person: Person, form: HandoverForm) -> Any:
    data = form.cleaned_data
    return hand_over(
        person=person,
        choices=form.choices(),
        on=data["on"],
        by=who(request),
        close_reason=data.get("leaves", ""),
        reason=data["reason"],
    )
