"""Pages of campaigns: the years, one year's deadlines, and their forms."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.actions.refusals import sentences
from grids.views.frames import tried, who
from grids.views.outcome import tell
from reports.campaign import actions, queries
from reports.campaign.forms import CampaignForm, DeadlineForm
from reports.filing.queries import current_campaign, filing_lines
from reports.models import Campaign, Deadline
from township import history


@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """This year's round, or the list when there is none."""
    access.require(request.user, access.Right.READ_ROSTER)
    found = current_campaign(request.user, on=localdate())
    if found is not None:
        return redirect(found)
    may_edit = access.may(request.user, access.Right.EDIT_TOWN_CONTACTS)
    return render(request, "reports/campaign/none.html", {"may_edit": may_edit})


@require_GET
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One year: its days, every deadline with clause, owner and state."""
    access.require(request.user, access.Right.READ_ROSTER)
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    today = localdate()
    villages = filing_lines(request.user, found, on=today)
    context = {
        "campaign": found,
        "years": queries.campaigns(request.user),
        "lines": queries.duty_lines(found, villages, on=today),
        "may_edit": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "reports/campaign/campaign.html", context)


@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """由上年复制: a new year begins with the days of the year before."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    by = who(request)
    assert by.township is not None  # noqa: S101 (the clerk's seat has one)
    latest = queries.campaigns(by).first()
    year = latest.year + 1 if latest else localdate().year
    form = CampaignForm(request.POST or None, initial=actions.proposed(by.township, year, latest))
    if request.method == "POST" and form.is_valid():
        township = by.township
        made = tried(form, lambda: actions.create(township=township, data=form.cleaned_data, by=by))
        if made is not None:
            messages.success(request, f"已新建{made}任务，各项时限已列出。")
            return redirect(made)
    context = {"form": form, "heading": "新建年度任务", "latest": latest}
    return render(request, "reports/campaign/form.html", context)


@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the year's days and names."""
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    names = ("year", "title_name", "cut_off", "due_on", "visit_every", "notice_no", "notice_on")
    form = CampaignForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="修改年度任务") as act:
            done = tried(
                form, lambda: actions.change(campaign=found, data=form.cleaned_data, by=who(request))
            )
        if done is not None:
            tell(request, "已保存。", act)
            return redirect(found)
    context = {"form": form, "heading": f"修改{found}任务", "campaign": found}
    return render(request, "reports/campaign/form.html", context)


@require_http_methods(["GET", "POST"])
def deadline_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one deadline, or tick it off."""
    found = get_object_or_404(Deadline.objects.visible_to(request.user).select_related("campaign"), pk=pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    names = ("due_on", "done_on", "note")
    form = DeadlineForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_deadline(deadline=found, by=who(request), **form.cleaned_data)
        except ValidationError as why:
            form.add_error(None, "".join(sentences(why)))
        else:
            messages.success(request, f"已保存：{found.title}。")
            return redirect(found.campaign)
    context = {"form": form, "heading": found.title, "campaign": found.campaign}
    return render(request, "reports/campaign/form.html", context)
