"""催办: what each village still owes, as text for a chat group, as a list to call, and as messages sent."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.forms.filters import Filter
from grids.models import Node
from grids.queries.gaps import gaps_of_villages
from grids.views.frames import page_of, who
from reports.chasing import actions, queries
from reports.chasing.queries import Debtor
from reports.chasing.rules import message
from reports.filing.checks.tallies import last_tallies
from reports.filing.queries import current_campaign, filing_lines, remaining
from reports.models import Campaign


@require_GET
def chasing(request: HttpRequest) -> HttpResponse:
    """The text, whom to call, and who was chased when; of one village where one is named."""
    _require_office(request)
    campaign = current_campaign(request.user, on=localdate())
    if campaign is None:
        return redirect("reports:campaigns")
    bar = Filter(request.GET, user=request.user)
    village = bar.pk("village")
    found = _debtors(request, campaign)
    shown = [one for one in found if village in (None, one.line.root.pk)]
    left = remaining(campaign, on=localdate())
    text = message(
        office=campaign.title_name,
        year=campaign.year,
        due_on=campaign.due_on,
        left=left,
        today=localdate(),
        lines=[(str(one.line.root), "，".join(one.owes), one.phones) for one in shown],
    )
    context = {
        "campaign": campaign,
        "left": left,
        "debtors": shown,
        "village": village,
        "all": len(found),
        "unchased": sum(not one.today for one in found),
        "text": text,
        "rows": min(len(shown) + 4, 18),
        "page_obj": page_of(request, queries.chases(request.user, campaign)),
        "may_chase": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "reports/chasing/chasing.html", context)


@require_POST
def chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind one village."""
    root = get_object_or_404(Node.objects.visible_to(request.user).filter(parent=None, closed_on=None), pk=pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    campaign = _campaign(request)
    found = next((one for one in _debtors(request, campaign) if one.line.root.pk == root.pk), None)
    if found is None:
        messages.info(request, f"{root}已经上报，不用催办。")
        return redirect("reports:home")
    try:
        actions.chase(campaign=campaign, debtor=found, by=who(request), today=localdate())
    except ValidationError as why:
        messages.warning(request, "".join(sentences(why)))
    else:
        messages.success(request, f"已提醒{root}的书记，首页和待办里看得到；下面的文字可以发到群里。")
    return redirect(f"{reverse('reports:chasing')}?village={root.pk}")


@require_POST
def chase_all(request: HttpRequest) -> HttpResponse:
    """Remind every village that has not filed and was not reminded today."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    campaign = _campaign(request)
    found = _debtors(request, campaign)
    try:
        made = actions.chase_all(campaign=campaign, debtors=found, by=who(request), today=localdate())
    except ValidationError as why:
        messages.warning(request, "".join(sentences(why)))
        return redirect("reports:chasing")
    before = len(found) - len(made)
    words = f"已提醒 {len(made)} 个村的书记。" if made else ""
    messages.success(
        request, f"{words}{f'{before} 个村今天已催过，没有再催。' if before else ''}" or "都报齐了。"
    )
    return redirect("reports:chasing")


def _require_office(request: HttpRequest) -> None:
    """The desk of the office: a secretary has the own home for the same."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    access.require_office(request.user)


def _campaign(request: HttpRequest) -> Campaign:
    campaign = current_campaign(request.user, on=localdate())
    if campaign is None:
        raise Http404
    return campaign


def _debtors(request: HttpRequest, campaign: Campaign) -> list[Debtor]:
    today = localdate()
    return queries.debtors(
        request.user,
        campaign,
        filing_lines(request.user, campaign, on=today),
        last_tallies(request.user, on=today),
        gaps_of_villages(request.user, on=today),
        on=today,
    )
