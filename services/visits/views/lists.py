"""The one set of pages for every register: the list, and the same rows as workbook or print."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right
from grids.ledgers import tables as ledgers
from grids.views.frames import page_of, rows_on, who
from services import sending
from services.visits.forms.bars import Bar
from services.visits.queries import due, places
from services.visits.registers import REGISTERS, Register
from township import days

OFFICE_COUNTS = "plans"  # rows are for the village, the office gets numbers


def register_of(request: HttpRequest, code: str) -> Register:
    """The register of that code, for who may read."""
    if code not in REGISTERS:
        raise Http404
    access.require(request.user, Right.READ_ROSTER)
    return REGISTERS[code]


def bar_of(request: HttpRequest, register: Register) -> Bar:
    """The list's filter."""
    return Bar(
        request.GET,
        user=request.user,
        states=register.states_for(request.user) if register.states_for else register.states,
        state_label=register.state_label,
        without=register.without,
    )


def tabs(request: HttpRequest, current: str) -> dict[str, Any]:
    """What every page of the room needs of its frame."""
    return {"registers": REGISTERS.values(), "current": current}


@require_GET
def register(request: HttpRequest, code: str) -> HttpResponse:
    """One register."""
    book, today = register_of(request, code), localdate()
    bar = bar_of(request, book)
    asked = bar.asked()
    page = page_of(request, book.rows(request.user, asked, on=today))
    rows = list(rows_on(page))
    reader = book.reader(request.user, rows, today)
    context = {
        "register": book,
        "filter_form": bar,
        "page_obj": page,
        "lines": ledgers.lines(book.fields, reader, rows, book.link),
        "xlsx_url": _file_url(request, book, "xlsx"),
        "pdf_url": _file_url(request, book, "pdf"),
        "may_export": access.may(request.user, Right.EXPORT_ROSTER),
        "adds": _adds(request, book),
        **tabs(request, code),
    }
    if code == OFFICE_COUNTS and not places.may_see_plans(request.user):
        township_id = access.scope_of(request.user).township_id
        context["counts"] = due.plan_counts(township_id, on=today)
    return render(request, "services/visits/register.html", context)


def _adds(request: HttpRequest, book: Register) -> list[tuple[str, str]]:
    if not access.may(request.user, Right.LOG_VISIT):
        return []
    if book.code == OFFICE_COUNTS and not places.may_see_plans(request.user):
        return []
    return [(reverse(name) + (f"?{query}" if query else ""), words) for name, query, words in book.add]


def _file_url(request: HttpRequest, book: Register, format: str) -> str:  # noqa: A002
    address = reverse("services:register_file", args=[book.code, format])
    return f"{address}?{request.GET.urlencode()}"


@require_POST
def register_file(request: HttpRequest, code: str, format: str) -> HttpResponseBase:  # noqa: A002
    """The filtered register as workbook or print."""
    book, today, by = register_of(request, code), localdate(), who(request)
    access.require(by, Right.EXPORT_ROSTER)
    if code == OFFICE_COUNTS and not places.may_see_plans(by):
        raise PermissionDenied("必访计划只由村里使用，乡镇只看数量。")
    rows = list(book.rows(by, bar_of(request, book).asked(), on=today))
    reader = book.reader(by, rows, today)
    head = {"unit": f"单位：{by.township or ''}", "as_of": f"截止日期：{days.in_words(today)}"}
    sheet = ledgers.sheet(book.title, book.fields, [reader(row) for row in rows], **head)
    asked = "，".join(f"{name}={value}" for name, value in request.GET.items() if value)
    note = f"筛选：{asked}" if asked else "全部"
    return sending.table(
        request, [sheet], book.title, format, rows=len(rows), by=by, back=book.url, note=note
    )
