"""上传 → 预览 → 确认: the pages for loading rosters."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.imports import report, uploads
from grids.imports.choices import UploadState
from grids.imports.forms import RosterForm
from grids.models import RosterUpload
from township.views import SignedInRequest

PAGE_SIZE = 50
PARTS = {"changes": "更改明细", "errors": "错误", "warnings": "提醒", "sheets": "表格和列"}
SAID = {
    UploadState.APPLIED: (messages.SUCCESS, "已导入，所有更改都记入了历史。"),
    UploadState.UNCHANGED: (messages.INFO, "系统里已有表中的全部内容，没有变化。"),
    UploadState.REFUSED: (messages.ERROR, "没有导入，系统没有改动；请按下面列出的错误改好文件，重新上传。"),
    UploadState.DISCARDED: (messages.INFO, "已放弃，读出的内容已删除。"),
    UploadState.WAITING: (
        messages.WARNING,
        "预览之后系统里的内容有变动，下面是重新比对的结果，请看过再确认。",
    ),
}


@require_GET
def imports(request: SignedInRequest) -> HttpResponse:
    """Who uploaded what, and what became of it."""
    access.require(request.user, access.Right.IMPORT_ROSTER)
    rows = RosterUpload.objects.visible_to(request.user).select_related("by").defer("rows")
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if query:
        rows = rows.filter(file_name__icontains=query)
    if state in UploadState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    for upload in page:
        upload.counted = report.counted(upload.report.get("counts", {}))  # type: ignore[attr-defined]
    context = {"page_obj": page, "query": query, "state": state, "states": UploadState.choices}
    return render(request, "grids/imports/list.html", context)


@require_http_methods(["GET", "POST"])
def import_new(request: SignedInRequest) -> HttpResponse:
    """Choose a file; reading and comparing it is the next page."""
    access.require(request.user, access.Right.IMPORT_ROSTER)
    sent = request.method == "POST"
    form = RosterForm(request.POST if sent else None, request.FILES if sent else None, user=request.user)
    if sent and form.is_valid():
        upload = uploads.keep(
            file=form.cleaned_data["file"],
            branch=form.cleaned_data["branch"],
            by=request.user,
            today=localdate(),
        )
        return redirect(upload)
    return render(request, "grids/imports/new.html", {"form": form})


@require_GET
def import_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """What loading the file would do, or what it did."""
    access.require(request.user, access.Right.IMPORT_ROSTER)
    upload = get_object_or_404(RosterUpload.objects.visible_to(request.user).select_related("by"), pk=pk)
    entry = upload.report
    part = request.GET.get("part", "")
    if part not in PARTS:
        part = next((name for name in ("errors", "changes", "warnings") if entry[name]), "sheets")
    page = Paginator(entry[part], PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "upload": upload,
        "entry": entry,
        "counts": _table(entry["counts"]),
        "sheets": _sheets(entry["sheets"]) if part == "sheets" else [],
        "parts": [(name, title, len(entry[name])) for name, title in PARTS.items()],
        "part": part,
        "page_obj": page,
        "hidden_changes": entry["changes_total"] - len(entry["changes"]),
    }
    return render(request, "grids/imports/preview.html", context)


@require_POST
def import_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Load what was previewed."""
    access.require(request.user, access.Right.IMPORT_ROSTER)
    upload = get_object_or_404(RosterUpload.objects.visible_to(request.user), pk=pk)
    upload = uploads.confirm(upload=upload, by=request.user, today=localdate(), request=request)
    messages.add_message(request, *SAID[UploadState(upload.state)])
    return redirect(upload)


@require_POST
def import_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Drop what was read."""
    access.require(request.user, access.Right.IMPORT_ROSTER)
    upload = get_object_or_404(RosterUpload.objects.visible_to(request.user), pk=pk)
    upload = uploads.discard(upload=upload, by=request.user)
    messages.add_message(request, *SAID[UploadState(upload.state)])
    return redirect("grids:imports")


def _table(counts: dict[str, dict[str, int]]) -> list[tuple[str, list[int]]]:
    """Counts as lines of a table, without the kinds the file says nothing of."""
    return [
        (report.COUNTED_WORDS[kind], [states[state] for state in ("new", "changed", "same", "closed")])
        for kind, states in counts.items()
        if any(states.values())
    ]


def _sheets(sheets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each sheet with its columns in words."""
    return [
        {
            **sheet,
            "fields": [
                (title, report.FIELD_WORDS.get(name, name)) for title, name in sheet["columns"].items()
            ],
        }
        for sheet in sheets
    ]
