"""The catalogue as a list, as files, as guides on paper; the start set."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right
from grids.actions.refusals import sentences
from grids.views.frames import page_of, rows_on, who
from services import sending
from services.tickets.catalogue import actions, queries, sheets
from services.tickets.catalogue.examples import examples
from services.tickets.catalogue.facts import promise
from services.tickets.catalogue.forms import CatalogueFilter
from services.tickets.catalogue.guides import guides_of, write_guides
from services.tickets.rooms import frame
from township import days

MOST_GUIDES = 80
UNKNOWN = "没有符合条件的事项。"


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Items in use, or as the bar asks."""
    access.require(request.user, Right.READ_ROSTER)
    bar = CatalogueFilter(request.GET, user=request.user)
    page = page_of(request, queries.current_versions(request.user, bar.asked()))
    rows = list(rows_on(page))
    context = {
        "filter_form": bar,
        "page_obj": page,
        "lines": [(row, promise(row.promised_days, row.default_kind)) for row in rows],
        "is_empty": not rows and queries.is_empty(request.user),
        "may_edit": access.may(request.user, Right.EDIT_TOWN_CONTACTS),
        "may_export": access.may(request.user, Right.EXPORT_ROSTER),
        "query": request.GET.urlencode(),
        "examples": len(examples()),
        **frame("catalogue"),
    }
    return render(request, "services/tickets/catalogue.html", context)


@require_POST
def catalogue_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """The filtered items as a workbook that can be brought in again, or as a table for the wall."""
    access.require(request.user, Right.EXPORT_ROSTER)
    by, bar = who(request), CatalogueFilter(request.GET, user=request.user)
    rows = list(queries.current_versions(by, bar.asked()).prefetch_related("materials"))
    head = {"unit": f"单位：{by.township or ''}", "as_of": f"截止日期：{days.in_words(localdate())}"}
    sheet = sheets.wall(rows, **head) if format == "pdf" else sheets.workbook(rows, **head)
    back = reverse("services:catalogue")
    return sending.table(request, [sheet], sheet.title, format, rows=len(rows), by=by, back=back)


@require_POST
def catalogue_guides(request: HttpRequest) -> HttpResponseBase:
    """办事指南 of all filtered items, one after the other."""
    access.require(request.user, Right.READ_ROSTER)
    by, bar = who(request), CatalogueFilter(request.GET, user=request.user)
    rows = list(queries.current_versions(by, bar.asked()).prefetch_related("materials")[: MOST_GUIDES + 1])
    if not rows or len(rows) > MOST_GUIDES:
        messages.error(request, f"一次最多印 {MOST_GUIDES} 项，请先筛选。" if rows else UNKNOWN)
        return redirect(f"{reverse('services:catalogue')}?{request.GET.urlencode()}")
    content = write_guides(guides_of(rows, str(by.township or ""), on=localdate()))
    return sending.send(content, "办事指南", "pdf", rows=len(rows), by=by, request=request)


@require_POST
def catalogue_examples(request: HttpRequest) -> HttpResponse:
    """The start set into an empty catalogue."""
    access.require(request.user, Right.EDIT_TOWN_CONTACTS)
    try:
        n = actions.load_examples(found=examples(), by=who(request), today=localdate())
        messages.success(request, f"已载入 {n} 项示例。请逐项核对，改成本乡的规定后再用。")
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect("services:catalogue")
