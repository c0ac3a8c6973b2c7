"""导出记录: every file that left, found by the number in its foot."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from grids.views.frames import page_of
from reports.exportlog import queries
from reports.exportlog.forms import ExportFilter
from reports.exportlog.resources import ExportRecordResource
from reports.models import ExportRecord
from township import audit
from township.choices import Deed
from township.exports import workbook
from township.views import SignedInRequest

MOST_ROWS = 20_000


def _asked(request: SignedInRequest) -> tuple[ExportFilter, QuerySet[ExportRecord]]:
    queries.require_reader(request.user)
    form = ExportFilter(request.GET)
    rows = (
        queries.records(request.user, **form.cleaned_data) if form.is_valid() else ExportRecord.objects.none()
    )
    return form, rows


@require_GET
def exports(request: SignedInRequest) -> HttpResponse:
    """The log; a number typed in full leads straight to its line."""
    form, rows = _asked(request)
    asked = form.cleaned_data.get("q", "") if form.is_valid() else ""
    found = queries.by_serial(request.user, asked) if asked else None
    if found is not None:
        return redirect(found)
    query = request.GET.copy()
    query.pop("page", None)
    context: dict[str, Any] = {
        "form": form,
        "page_obj": page_of(request, rows),
        "querystring": query.urlencode(),
        "narrowed": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "reports/exportlog/list.html", context)


@require_GET
def exports_file(request: SignedInRequest) -> HttpResponse | FileResponse:
    """The filtered log as a workbook; taking it out is an entry of the audit log."""
    _, rows = _asked(request)
    count = rows.count()
    if count > MOST_ROWS:
        messages.error(request, f"共 {count} 条，一次最多导出 {MOST_ROWS} 条，请按日期分几次导出。")
        return redirect("reports:exports")
    answer = workbook(ExportRecordResource(), rows, title="导出记录")
    audit.record(by=request.user, deed=Deed.EXPORT, target="导出记录", rows=count, request=request)
    return answer


@require_GET
def export(request: SignedInRequest, pk: int) -> HttpResponse:
    """One file: all that the log holds of it, and the others of its zip."""
    queries.require_reader(request.user)
    rows = ExportRecord.objects.visible_to(request.user).select_related("snapshot__filing", "event")
    record = get_object_or_404(rows, pk=pk)
    beside = ExportRecord.objects.visible_to(request.user).filter(batch_id=record.batch_id).order_by("number")
    page = page_of(request, beside.exclude(pk=pk)) if record.batch_id else None
    return render(request, "reports/exportlog/detail.html", {"record": record, "page_obj": page})
