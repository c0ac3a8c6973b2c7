"""The volunteer centre's form, and taking skills back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.views.frames import tried, who
from grids.views.outcome import tell
from services.ledgers.rooms import TEAMS
from services.models import Volunteer
from services.teams import actions, queries
from services.teams.forms import CentreForm
from township import history


@require_GET
def teams_room(request: HttpRequest) -> HttpResponse:
    """The room's first page."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return redirect("services:ledger", "teams", "teams")


@require_http_methods(["GET", "POST"])
def volunteer_centre(request: HttpRequest) -> HttpResponse:
    """The township's one centre."""
    by = who(request)
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    found = queries.centre(by)
    initial = {name: getattr(found, name) for name in CentreForm.base_fields} if found else {}
    form = CentreForm(request.POST or None, today=localdate(), initial=initial)
    township = by.township
    if request.method == "POST" and form.is_valid() and township is not None:
        with history.action(by=by, title="登记志愿服务中心") as act:
            done = tried(form, lambda: actions.keep_centre(township=township, data=form.cleaned_data, by=by))
        if done is not None:
            tell(request, "已保存。", act)
            return redirect("services:ledger", "teams", "stations")
    context = {"form": form, "room": TEAMS, "tabs": TEAMS.tabs, "current": "stations"}
    return render(request, "services/teams/centre.html", context)


@require_POST
def skills_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a volunteer's skills out, from the history too."""
    found = get_object_or_404(Volunteer.objects.visible_to(request.user).select_related("root"), pk=pk)
    access.require_edit(request.user, found.root)
    with history.action(by=who(request), title="撤回特长"):
        actions.withdraw_skills(volunteer=found, by=who(request))
    messages.success(request, "已撤回，历史记录里也不再保留。")
    return redirect(found)
