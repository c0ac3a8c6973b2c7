"""Pages of the two-monthly meetings: the year's six, the pack of one, and its form."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.views.frames import tried, who
from reports.campaign.queries import campaigns
from reports.exportlog import sending
from reports.filing.printing import FORMATS
from reports.models import Campaign, ReviewMeeting
from reports.supervision import actions, queries, tables
from reports.supervision.books import BOOKS
from reports.supervision.forms import FILE, MeetingForm
from reports.supervision.pack import COUNTED, pack_of, sheets_of
from reports.supervision.proofs import MEETING
from reports.supervision.rules import MEETINGS, year_typed
from township.attachments.keeping import download

NAMES = ("seq", "day", "venue", "agenda", "attendees", "held")


@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    """The six meetings of a year, each with the day it falls due."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    today = localdate()
    campaign = queries.campaign_of(request.user, year_typed(request.GET.get("year", "")), on=today)
    context: dict[str, Any] = {
        "books": BOOKS.values(),
        "campaign": campaign,
        "years": campaigns(request.user),
        "may_edit": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
        "today": today,
    }
    if campaign is not None:
        known = queries.meetings_of(request.user, campaign)
        due = dict(campaign.deadlines.filter(code__startswith=MEETING).values_list("code", "due_on"))
        context["lines"] = [
            (seq, known.get(seq), due.get(f"{MEETING}{seq}")) for seq in range(1, MEETINGS + 1)
        ]
    return render(request, "reports/supervision/meetings.html", context)


def _meeting(request: HttpRequest, pk: int) -> ReviewMeeting:
    rows = ReviewMeeting.objects.visible_to(request.user).select_related("campaign__township")
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return found


@require_GET
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """The pack of one meeting on one page; a secretary sees the own village's part."""
    found, today = _meeting(request, pk), localdate()
    pack = pack_of(request.user, found, today=today)
    findings = tables.findings(request.user, pack.findings, pack.at)
    duties = tables.duties(request.user, pack.duties, pack.at)
    context = {
        "meeting": found,
        "books": BOOKS.values(),
        "pack": pack,
        "counted": [title for _, title in COUNTED],
        "findings": tables.lines(tables.FINDINGS, findings, pack.findings),
        "finding_fields": tables.FINDINGS,
        "duties": tables.lines(tables.DUTIES, duties, pack.duties),
        "duty_fields": tables.DUTIES,
        "may_edit": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "reports/supervision/meeting.html", context)


@require_POST
def meeting_file(request: HttpRequest, pk: int, format: str) -> HttpResponseBase:  # noqa: A002
    """The pack as workbook or print."""
    found = _meeting(request, pk)
    if format not in FORMATS:
        raise Http404
    by = who(request)
    pack = pack_of(by, found, today=localdate())
    sheets = sheets_of(by, pack, unit=str(by.township or ""))
    name = f"{found.campaign.year}年第{found.seq}次例会材料"
    rows = len(pack.lines) + len(pack.findings) + len(pack.duties) + len(pack.deadlines)
    return sending.download(sheets, name, format, rows=rows, by=by, request=request, note="例会材料")


@require_GET
def meeting_attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The minutes."""
    return download(_meeting(request, pk), by=who(request), request=request)


@require_http_methods(["GET", "POST"])
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Prepare the next meeting of ?year=."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    today = localdate()
    campaign = queries.campaign_of(request.user, year_typed(request.GET.get("year", "")), on=today)
    if campaign is None:
        messages.info(request, "请先新建年度任务，例会登记在年度任务里。")
        return redirect("reports:campaigns")
    known = queries.meetings_of(request.user, campaign)
    free = next((seq for seq in range(1, MEETINGS + 1) if seq not in known), MEETINGS)
    asked = request.GET.get("seq", "")
    seq = int(asked) if asked in {str(n) for n in range(1, MEETINGS + 1)} else free
    return _form(request, campaign, None, {"seq": seq, "day": today}, f"准备{campaign}例会")


@require_http_methods(["GET", "POST"])
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a meeting, or say that it has been held."""
    found = _meeting(request, pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    return _form(request, found.campaign, found, {name: getattr(found, name) for name in NAMES}, str(found))


def _form(
    request: HttpRequest, campaign: Campaign, found: ReviewMeeting | None, initial: Any, heading: str
) -> HttpResponse:
    form = MeetingForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        kept = tried(
            form,
            lambda: actions.keep_meeting(
                campaign=campaign,
                meeting=found,
                data=form.facts(),
                by=who(request),
                today=localdate(),
                attachment=form.cleaned_data[FILE],
            ),
        )
        if kept is not None:
            messages.success(request, "已保存。")
            return redirect(kept)
    context = {"form": form, "heading": heading, "meeting": found, "campaign": campaign}
    return render(request, "reports/supervision/meeting_form.html", context)
