"""The inbox: what is to be done, how late it is, and who has most of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right, Seat
from grids.ledgers import tables as ledgers
from grids.views.frames import page_of, rows_on, who
from services import sending
from services.tickets import tables
from services.tickets.forms.bars import STATES, InboxBar
from services.tickets.queries import lists
from services.tickets.rooms import frame
from township import days

STRIP = (lists.LATE, lists.TODAY, lists.SOON, lists.WAITING, lists.TO_TELL, lists.TO_CALL, lists.TO_ARCHIVE)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Errands in sight: those who work in a grid first see what they have to do themselves."""
    user, today = who(request), localdate()
    access.require(user, Right.READ_ROSTER)
    bar = InboxBar(_asked_first(request), user=user)
    span, asked = lists.days_of(user, on=today), bar.asked()
    page = page_of(request, lists.tickets(user, asked, span))
    rows = list(rows_on(page))
    query = request.GET.urlencode()
    context = frame("inbox") | {
        "filter_form": bar,
        "page_obj": page,
        "fields": tables.TICKETS,
        "lines": ledgers.lines(tables.TICKETS, tables.tickets(user, rows, today), rows),
        "missing": span.missing,
        "may_edit": access.may(user, Right.EDIT_TOWN_CONTACTS),
        "strip": _strip(request, bar, lists.counts(user, asked, span)),
        "may_take_in": access.may(user, Right.HANDLE_ERRANDS),
        "may_export": access.may(user, Right.EXPORT_ROSTER),
        "xlsx_url": f"{reverse('services:tickets_file', args=['xlsx'])}?{query}",
        "pdf_url": f"{reverse('services:tickets_file', args=['pdf'])}?{query}",
    }
    return render(request, "services/tickets/inbox.html", context)


def _asked_first(request: HttpRequest) -> Any:
    """Without a word of the bar: what is at work, for who works in a grid the own part of it."""
    if any(name in request.GET for name in InboxBar.base_fields):
        return request.GET
    data = request.GET.copy()
    data["state"] = lists.STANDING
    if access.seat_of(request.user) in (Seat.STAFF, Seat.MEMBER):
        data["whose"] = lists.MINE
    return data


def _strip(request: HttpRequest, bar: InboxBar, counts: Any) -> list[tuple[str, int, str, bool]]:
    """Each state with its number and where a click leads, the rest of the bar kept."""
    words, found = dict(STATES), []
    for code in STRIP:
        query = request.GET.copy()
        query.pop("page", None)
        query["state"], query["whose"] = code, bar.text("whose")
        found.append((words[code], counts[code], f"?{query.urlencode()}", bar.text("state") == code))
    return found


@require_POST
def inbox_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """The filtered list as workbook or print."""
    by, today = who(request), localdate()
    access.require(by, Right.EXPORT_ROSTER)
    bar = InboxBar(_asked_first(request), user=by)
    rows = list(lists.tickets(by, bar.asked(), lists.days_of(by, on=today)))
    reader = tables.tickets(by, rows, today)
    head = {"unit": f"单位：{by.township or ''}", "as_of": f"截止日期：{days.in_words(today)}"}
    sheet = ledgers.sheet("代办件清单", tables.TICKETS, [reader(row) for row in rows], **head)
    told = {name: "…" if name == "q" else value for name, value in request.GET.items() if value}
    note = "筛选：" + "，".join(f"{name}={value}" for name, value in told.items()) if told else "全部"
    back = reverse("services:tickets")
    return sending.table(request, [sheet], "代办件清单", format, rows=len(rows), by=by, back=back, note=note)


@require_GET
def deadlines(request: HttpRequest) -> HttpResponse:
    """时限预警: by village for the office, by agent for everybody else."""
    user, today = who(request), localdate()
    access.require(user, Right.READ_ROSTER)
    whole = access.scope_of(user).whole_township
    agents = not whole or "agents" in request.GET
    span = lists.days_of(user, on=today)
    context = frame("deadlines") | {
        "rows": lists.by_place(user, span, agents=agents),
        "agents": agents,
        "whole": whole,
        "missing": span.missing,
        "may_edit": access.may(user, Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "services/tickets/deadlines.html", context)
