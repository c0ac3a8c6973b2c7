"""Pages of meetings: list, one meeting, its form, who owes what, and the sheet to sign."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.ledgers import tables
from grids.models import Node
from grids.views.frames import page_of, rows_on, tried, who
from grids.views.outcome import tell
from services import sending
from services.ledgers.rooms import PARTY_LIFE
from services.models import PartyMeeting
from services.models.partylife import led_groups
from services.partylife import actions, queries, sheets
from services.partylife.choices import MeetingKind
from services.partylife.forms import FILE, DueFilter, MeetingFilter, MeetingForm, OpeningForm, kinds_of
from services.partylife.rules import DUTIES, in_words, period_of
from township import history
from township.attachments.keeping import download


def _frame(current: str) -> dict[str, Any]:
    return {"room": PARTY_LIFE, "tabs": PARTY_LIFE.tabs, "current": current}


def _tabs(request: HttpRequest, current: str) -> dict[str, Any]:
    """The whole room for the office and secretaries, meetings and own duties for leaders of groups."""
    frame = _frame(current)
    if not access.may(request.user, access.Right.EXPORT_ROSTER):
        open_to = ("meetings", "due") if _sees_duties(request) else ("meetings",)
        frame["tabs"] = [tab for tab in frame["tabs"] if tab.code in open_to]
    return frame


def _sees_duties(request: HttpRequest) -> bool:
    if access.may(request.user, access.Right.EXPORT_ROSTER):
        return True
    return bool(led_groups(request.user, on=localdate()))


# --- meetings ---------------------------------------------------------------------------------------


@require_GET
def party_meetings(request: HttpRequest) -> HttpResponse:
    """All meetings in sight."""
    user, today = who(request), localdate()
    access.require(user, access.Right.READ_ROSTER)
    bar = MeetingFilter(request.GET, user=user, today=today)
    page = page_of(request, queries.meetings(user, bar.asked()))
    lines = tables.lines(
        sheets.MEETINGS[: sheets.ON_PAGE],
        lambda row: sheets.meeting_cells(row)[: sheets.ON_PAGE],
        rows_on(page),
    )
    query = f"?{request.GET.urlencode()}"
    context = _tabs(request, "meetings") | {
        "filter_form": bar,
        "page_obj": page,
        "fields": sheets.MEETINGS[: sheets.ON_PAGE],
        "lines": lines,
        "may_export": access.may(user, access.Right.EXPORT_ROSTER),
        "may_add": queries.units_to_record(user, on=today).exists(),
        "at": _at(bar.pk("village")),
        "xlsx_url": reverse("services:party_meetings_file", args=["xlsx"]) + query,
        "pdf_url": reverse("services:party_meetings_file", args=["pdf"]) + query,
    }
    return render(request, "services/partylife/meetings.html", context)


def _at(village: int | None) -> str:
    return f"?node={village}" if village else ""


@require_POST
def party_meetings_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """The filtered list as workbook or print."""
    by, today = who(request), localdate()
    access.require(by, access.Right.EXPORT_ROSTER)
    bar = MeetingFilter(request.GET, user=by, today=today)
    rows = list(queries.meetings(by, bar.asked()).select_related("unit__root", "unit__branch"))
    unit = str(by.township or "")
    if format == "xlsx":
        away = queries.away_from(by, [row.pk for row in rows])
        sheet = sheets.meetings_book(rows, away, unit=unit, on=today)
    else:
        sheet = sheets.meetings_sheet(rows, unit=unit, on=today)
    back = reverse("services:party_meetings")
    return sending.table(request, [sheet], "会议记录", format, rows=len(rows), by=by, back=back)


def _meeting(request: HttpRequest, pk: int) -> PartyMeeting:
    rows = PartyMeeting.objects.visible_to(request.user).select_related("unit", "unit__root").counted()
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, access.Right.READ_ROSTER)
    return found


@require_GET
def party_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting."""
    found = _meeting(request, pk)
    names = queries.sees_names(request.user, found)
    rows = queries.there(found) if names else []
    context = _tabs(request, "meetings") | {
        "meeting": found,
        "place": sheets.place_of(found.unit),
        "cells": sheets.meeting_cells(found),
        "rows": rows,
        "absent": queries.absent_words(rows),
        "sees_names": names,
        "may_edit": queries.may_record(request.user, found.unit, found.kind, on=localdate()),
    }
    return render(request, "services/partylife/meeting.html", context)


@require_GET
def party_meeting_minutes(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The minutes kept with a meeting."""
    found = _meeting(request, pk)
    if not queries.sees_names(request.user, found):
        raise PermissionDenied("会议记录原件由支部保管，您可以查看这一页的要点。")
    return download(found, by=who(request), request=request)


# --- the form ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def party_meeting_new(request: HttpRequest) -> HttpResponse:
    """A new meeting of ?unit= and ?kind=, which are asked first."""
    by, today = who(request), localdate()
    access.require(by, access.Right.READ_ROSTER)
    units = queries.units_to_record(by, on=today)
    if not units.exists():
        raise PermissionDenied("您的岗位不登记会议。党小组会由党小组长登记，其他会议由支部书记登记。")
    opening = OpeningForm(request.GET if "unit" in request.GET else None, units=units)
    if not opening.is_valid():
        context = _tabs(request, "meetings") | {"form": opening}
        return render(request, "services/partylife/meeting_open.html", context)
    unit, kind = opening.cleaned_data["unit"], opening.cleaned_data["kind"]
    if not queries.may_record(by, unit, kind, on=today):
        raise PermissionDenied("您的岗位不能登记这个党组织的这类会议。")
    form = MeetingForm(
        request.POST or None,
        request.FILES or None,
        members=queries.roll(unit, kind, on=today),
        today=today,
        initial={"host": by.full_name if kind == MeetingKind.GROUP and not access.may_edit(by, unit) else ""},
    )
    return _kept(request, form, None, unit, kind)


@require_http_methods(["GET", "POST"])
def party_meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a meeting; who is due by now is offered beside those who were, but not as present."""
    found, today = _meeting(request, pk), localdate()
    if not queries.may_record(request.user, found.unit, found.kind, on=today):
        raise PermissionDenied("您只能查看，不能修改这次会议的记录。")
    names = [name for name in MeetingForm.base_fields if name != FILE]
    form = MeetingForm(
        request.POST or None,
        request.FILES or None,
        members=queries.roll(found.unit, found.kind, on=today),
        before=queries.there(found),
        today=today,
        initial={name: getattr(found, name) for name in names},
    )
    return _kept(request, form, found, found.unit, found.kind)


def _kept(
    request: HttpRequest, form: MeetingForm, meeting: PartyMeeting | None, unit: Node, kind: str
) -> HttpResponse:
    by = who(request)
    if request.method == "POST" and form.is_valid():
        title = "修改会议记录" if meeting else "登记会议"
        with history.action(by=by, title=title) as act:
            done = tried(
                form,
                lambda: actions.keep_meeting(
                    meeting=meeting,
                    data={"unit": unit, "kind": kind, **form.facts()},
                    attendance=form.attendance(),
                    by=by,
                    today=localdate(),
                    attachment=form.cleaned_data.get(FILE),
                ),
            )
        if done is not None:
            tell(request, "已保存。", act)
            return redirect(done)
    context = _tabs(request, "meetings") | {
        "form": form,
        "meeting": meeting,
        "unit": unit,
        "place": sheets.place_of(unit),
        "kind": kind,
        "kind_words": MeetingKind(kind).label,
    }
    return render(request, "services/partylife/meeting_form.html", context)


# --- who owes what ----------------------------------------------------------------------------------


@require_GET
def party_due(request: HttpRequest) -> HttpResponse:
    """One page for the township, the own village for a secretary, the own group for its leader."""
    user, today = who(request), localdate()
    if not _sees_duties(request):
        raise PermissionDenied("这一页供乡镇、支部书记和党小组长使用。")
    bar = DueFilter(request.GET, user=user, today=today)
    on = bar.on()
    rows = queries.due_list(
        user, on=on, today=today, village=bar.pk("village"), only_owing=bool(bar.cleaned_data.get("owing"))
    )
    page = page_of(request, rows)
    led = led_groups(user, on=today)
    query = f"?{request.GET.urlencode()}"
    context = _tabs(request, "due") | {
        "filter_form": bar,
        "page_obj": page,
        "often": in_words(DUTIES),
        "duties": [(duty, period_of(duty.months, on).words) for duty in DUTIES],
        "lines": [
            (row, list(zip(DUTIES, row.standings, strict=True)), _may_enter(user, row.unit, led))
            for row in page.object_list
        ],
        "sums": _sums(rows),
        "may_export": access.may(user, access.Right.EXPORT_ROSTER),
        "xlsx_url": reverse("services:party_due_file", args=["xlsx"]) + query,
        "pdf_url": reverse("services:party_due_file", args=["pdf"]) + query,
    }
    return render(request, "services/partylife/due.html", context)


def _may_enter(user: Any, unit: Node, led: set[int]) -> bool:
    return access.may_edit(user, unit) or unit.pk in led


def _sums(rows: list[queries.UnitDue]) -> list[tuple[str, int, int]]:
    """For each duty how many have held it, of those that owe it."""
    found = []
    for at, duty in enumerate(DUTIES):
        states = [row.standings[at].state for row in rows if row.standings[at].state]
        found.append((str(duty.kind.label), states.count("done"), len(states)))
    return found


@require_POST
def party_due_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """The same as workbook or print."""
    by, today = who(request), localdate()
    access.require(by, access.Right.EXPORT_ROSTER)
    bar = DueFilter(request.GET, user=by, today=today)
    rows = queries.due_list(
        by,
        on=bar.on(),
        today=today,
        village=bar.pk("village"),
        only_owing=bool(bar.cleaned_data.get("owing")),
    )
    sheet = sheets.due_sheet(rows, unit=str(by.township or ""), on=bar.on())
    back = reverse("services:party_due")
    return sending.table(request, [sheet], "应开未开", format, rows=len(rows), by=by, back=back)


# --- the sheet to sign ------------------------------------------------------------------------------


@require_POST
def party_sign_sheet(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """A blank list of who is due, to be signed."""
    by, today = who(request), localdate()
    unit = get_object_or_404(
        Node.objects.visible_to(by)
        .filter(kind__in=queries.UNIT_KINDS, closed_on=None)
        .select_related("root"),
        pk=pk,
    )
    if kind not in dict(kinds_of(unit)):
        raise Http404
    may_export = access.may(by, access.Right.EXPORT_ROSTER)
    if not may_export and not queries.may_record(by, unit, kind, on=today):
        raise PermissionDenied("签到表由登记这个会议的人打印。")
    members = queries.roll(unit, kind, on=today)
    sheet = sheets.sign_sheet(unit, str(MeetingKind(kind).label), members)
    return sending.download(
        [sheet],
        f"{unit.name}{MeetingKind(kind).label}签到表",
        "pdf",
        rows=len(members),
        by=by,
        request=request,
    )


@require_POST
def party_meeting_sign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sheet of a meeting that is entered already."""
    found, by = _meeting(request, pk), who(request)
    if not queries.sees_names(request.user, found):
        raise PermissionDenied("到会情况由支部保管，您可以查看这一页的要点。")
    members = [row.member for row in queries.there(found)]
    sheet = sheets.sign_sheet(
        found.unit,
        str(MeetingKind(found.kind).label),
        members,
        topic=found.topic,
        day=found.day,
        venue=found.venue,
    )
    name = f"{found.unit.name}{found.get_kind_display()}签到表"
    return sending.download([sheet], name, "pdf", rows=len(members), by=by, request=request)
