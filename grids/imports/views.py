"""上传 → 对应列 → 预览 → 完成: the pages of an import session."""

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from grids import access
from grids.imports import columns, mending, report, undoing, uploads
from grids.imports.choices import RowState, UploadState
from grids.imports.copies import COPIES
from grids.imports.error_files import error_file
from grids.imports.forms import ColumnsForm, MendForm, RosterForm
from grids.imports.sources import SOURCES, require, require_some
from grids.models import RosterUpload
from township import audit
from township.choices import Deed
from township.exports import XLSX
from township.views import SignedInRequest

PAGE_SIZE = 50
CHANGING = "changing"
NOTHING_DONE = "没有导入新的行：这些行可能已在别的窗口处理过，下面是现在的情况。"
LAST_UNDONE = "这一批导入已撤销，内容恢复到这一批导入之前。"
NO_FILE = "这次导入没有存档文件：已经到期删除、放弃了，或者表格太大。"
FILTERS = {
    CHANGING: "有变化",
    "error": "错误",
    "suspect": "疑似重复",
    "warning": "提醒",
    "skipped": "跳过",
    "all": "全部",
}
SAID = {
    UploadState.APPLIED: (messages.SUCCESS, "已导入，所有更改都记入了历史。"),
    UploadState.PARTIAL: (messages.SUCCESS, "正确的行已导入；其余的行留在这里，随时可以回来改好再导入。"),
    UploadState.UNCHANGED: (messages.INFO, "系统里已有表中的全部内容，没有变化。"),
    UploadState.REFUSED: (messages.ERROR, "没有导入，系统没有改动；请按下面列出的错误改好文件，重新上传。"),
    UploadState.DISCARDED: (messages.INFO, "已放弃，读出的内容和存档文件已删除。"),
    UploadState.UNDONE: (messages.SUCCESS, "这次导入已撤销，内容恢复到导入之前。"),
}


@require_GET
def imports(request: SignedInRequest) -> HttpResponse:
    """Who uploaded what, and what became of it."""
    require_some(request.user)
    found = RosterUpload.objects.visible_to(request.user).select_related("by")
    rows = found.defer("rows", "preview", "mends", "guides")
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if query:
        rows = rows.filter(file_name__icontains=query)
    if state in UploadState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    for upload in page:
        upload.counted = _result(upload)  # type: ignore[attr-defined]
    context = {
        "page_obj": page,
        "query": query,
        "state": state,
        "states": UploadState.choices,
        "may_import": access.may(request.user, access.Right.IMPORT_ROSTER),
    }
    return render(request, "grids/imports/list.html", context)


def _session(request: SignedInRequest, pk: int, *deferred: str) -> RosterUpload:
    """A session in sight of somebody who loads files of its kind."""
    found = RosterUpload.objects.visible_to(request.user).select_related("by").defer(*deferred)
    upload = found.filter(pk=pk).first()
    if upload is None:
        access.require(request.user, access.Right.IMPORT_ROSTER)  # others are told the same of any number
        raise Http404
    require(request.user, upload.source)
    return upload


def _result(upload: RosterUpload) -> list[str]:
    """What a session did, all its runs together, or would do."""
    if upload.runs:
        rows = sum(run["rows"] for run in upload.runs)
        runs = f"，分 {len(upload.runs)} 批" if len(upload.runs) > 1 else ""
        last = "最后一批：" if len(upload.runs) > 1 else ""
        return [f"导入 {rows} 行{runs}", last + "、".join(upload.runs[-1]["counts"])]
    return report.changing(upload.report.get("counts", {}))


@require_http_methods(["GET", "POST"])
def import_new(request: SignedInRequest) -> HttpResponse:
    """Choose a file; what its columns mean is the next page, unless that is certain."""
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
        return redirect(upload if upload.is_sure or not upload.is_open else _columns_url(upload))
    return render(request, "grids/imports/new.html", {"form": form})


def _columns_url(upload: RosterUpload) -> str:
    return reverse("grids:import_columns", args=[upload.pk])


@require_http_methods(["GET", "POST"])
def import_columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """What each column of each sheet means, as guessed or as said before; the clerk has the last word."""
    upload = _session(request, pk, "preview")
    if not upload.is_open:
        return redirect(upload)
    if request.method == "POST":
        if "forget" in request.POST:
            uploads.forget_columns(upload=upload, by=request.user, today=localdate())
            messages.info(request, "已忘记这种表头的对应，下面是系统自己的判断。")
            return redirect(_columns_url(upload))
        form = ColumnsForm(upload, request.user, request.POST)
        before = _where_read(upload)
        upload = uploads.settle_columns(
            upload=upload, guides=form.guides(), branch=form.branch(), by=request.user, today=localdate()
        )
        moved = any(place != before.get(name) for name, place in _where_read(upload).items() if place)
        return redirect(_columns_url(upload) if moved else upload)
    SOURCES[upload.source].note_look(upload, by=request.user, request=request)
    context = {"upload": upload, **columns.page(upload, request.user), **_home(upload)}
    return render(request, "grids/imports/columns.html", context)


def _where_read(upload: RosterUpload) -> dict[str, int]:
    """The title row of each sheet that is read."""
    return {sheet["name"]: sheet["header_row"] for sheet in upload.report["sheets"] if sheet["columns"]}


@require_GET
def import_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """What loading the file would do, or what it did."""
    upload = _session(request, pk, "rows", "mends")
    SOURCES[upload.source].note_look(upload, by=request.user, request=request)
    if not upload.is_open:
        return render(request, "grids/imports/done.html", _record(request, upload) | _home(upload))
    return render(request, "grids/imports/preview.html", _rows_page(request, upload) | _home(upload))


def _home(upload: RosterUpload) -> dict[str, Any]:
    return {"home": SOURCES[upload.source].home(upload)}


def _rows_page(request: SignedInRequest, upload: RosterUpload) -> dict[str, Any]:
    entry = upload.report
    chosen = request.GET.get("show", "")
    shown = [_with_severities(row) for row in upload.preview]
    if chosen not in FILTERS:
        chosen = "error" if any(row["state"] == RowState.ERROR for row in shown) else CHANGING
    rows = [row for row in shown if _is_shown(row, chosen)]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "upload": upload,
        "entry": entry,
        "chips": [(state, label, entry["rows"].get(state, 0)) for state, label in RowState.choices],
        "closed": sum(states["closed"] for kind, states in entry["counts"].items() if kind != "link"),
        "kinds": report.changing(entry["counts"]),
        "filters": [
            (name, label, sum(_is_shown(row, name) for row in shown)) for name, label in FILTERS.items()
        ],
        "show": chosen,
        "page_obj": page,
        "notes": [warning for warning in entry["warnings"] if warning["row"] is None],
        "twin": uploads.twin_of(upload),
        "undone": undoing.undone_runs(upload) if upload.runs else set(),
        "last": undoing.last_run(upload, request.user) if upload.runs else None,
        "back": urlencode({"show": chosen, "page": page.number}),
    }


def _with_severities(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"warns": any(issue["severity"] == "warning" for issue in row["issues"])}


def _is_shown(row: dict[str, Any], chosen: str) -> bool:
    if chosen == CHANGING:
        return row["state"] in (RowState.NEW, RowState.CHANGED)
    if chosen == "warning":
        return bool(row["warns"])
    return chosen in ("all", row["state"])


def _record(request: SignedInRequest, upload: RosterUpload) -> dict[str, Any]:
    """The page of a session that is over: counts, changes, and what an undo would do."""
    entry = upload.report
    page = Paginator(entry["changes"], PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "upload": upload,
        "entry": entry,
        "undone": undoing.undone_runs(upload),
        "page_obj": page,
        "changes_title": "更改明细（最后一批）" if len(upload.runs) > 1 else "更改明细",
        "hidden_changes": entry["changes_total"] - len(entry["changes"]),
        "last": undoing.last_run(upload, request.user) if upload.runs else None,
        "skipped": entry.get("skipped", []),
    }


@require_POST
def import_mend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one mend; htmx swaps the session's part of the page out of the answer, others get the page."""
    upload = _session(request, pk)
    form = MendForm(request.POST)
    if form.is_valid():
        mending.mend(upload=upload, by=request.user, today=localdate(), what=form.mend())
    else:
        said = [str(message) for errors in form.errors.values() for message in errors]
        messages.error(request, "".join(dict.fromkeys(said)))
    show = request.POST.get("show", "")
    page = request.POST.get("page", "")
    wanted = {
        name: value
        for name, value in (("show", show), ("page", page))
        if value in FILTERS or (value.isdecimal() and value != "1")
    }
    address = f"{upload.get_absolute_url()}?{urlencode(wanted)}" if wanted else upload.get_absolute_url()
    if "HX-Request" in request.headers and not form.is_valid():
        return HttpResponseClientRedirect(address)  # the message stands outside the part htmx swaps
    return redirect(address)


@require_POST
def import_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Load what was previewed, all of it or the good rows only."""
    upload = _session(request, pk)
    runs = len(upload.runs)
    upload = uploads.confirm(
        upload=upload, by=request.user, today=localdate(), part="part" in request.POST, request=request
    )
    if moved := upload.report.get("moved") if upload.is_open else "":
        messages.warning(request, moved)
    elif upload.state != UploadState.WAITING and (len(upload.runs) > runs or not upload.is_open):
        messages.add_message(request, *SAID[UploadState(upload.state)])
    elif upload.is_open:
        messages.info(request, NOTHING_DONE)
    return redirect(upload)


@require_POST
def import_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Drop what was read."""
    upload = _session(request, pk)
    upload = uploads.discard(upload=upload, by=request.user)
    messages.add_message(request, *SAID[UploadState(upload.state)])
    return redirect("grids:imports")


@require_POST
def import_join(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go on with the earlier session this file belongs to."""
    upload = _session(request, pk)
    into = uploads.twin_of(upload)
    if into is None:
        return redirect(upload)
    joined = uploads.join(upload=upload, into=into, by=request.user, today=localdate())
    messages.success(request, "已接着上次的导入：导入过的和跳过的行不再重复处理。")
    return redirect(joined)


@require_POST
def import_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the session's last run back."""
    upload = _session(request, pk)
    try:
        upload = undoing.take_back(upload=upload, by=request.user, today=localdate())
    except ValidationError as why:
        for sentence in why.messages[:5]:
            messages.error(request, sentence)
    else:
        said = SAID[UploadState.UNDONE][1] if upload.state == UploadState.UNDONE else LAST_UNDONE
        messages.success(request, said)
    return redirect(upload)


@require_GET
def import_errors(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The sender's own workbook with its errors marked, to be mended and uploaded again."""
    upload = _session(request, pk, "rows")
    content = error_file(upload) if upload.is_open else b""
    if not content:
        messages.error(request, NO_FILE)
        return redirect(upload)
    return _sent(request, upload, content, "标红")


@require_GET
def import_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The kept copy of the file, which is without the columns not collected."""
    upload = _session(request, pk, "rows", "preview", "mends")
    path = COPIES.path_of(upload.copy_name)
    if path is None:
        messages.error(request, NO_FILE)
        return redirect(upload)
    return _sent(request, upload, path.read_bytes(), "存档")


def _named(file_name: str, what: str) -> str:
    return f"{file_name.rsplit('.', 1)[0]}（{what}）.xlsx"


def _sent(request: SignedInRequest, upload: RosterUpload, content: bytes, what: str) -> FileResponse:
    rows = sum(upload.report.get("rows", {}).values())
    target = f"导入文件 {_named(upload.log_name, what)}"
    audit.record(by=request.user, deed=Deed.EXPORT, target=target, rows=rows, request=request)
    name = _named(upload.file_name, what)
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)
