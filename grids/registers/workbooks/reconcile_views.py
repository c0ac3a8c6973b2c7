"""The pages of a reconciliation: a roster from elsewhere in, three parts, a choice per cell, one write."""

import io
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.imports.reading.result import Refused as Unreadable
from grids.imports.reading.rosters import column_letters, read_book
from grids.models import Node
from grids.registers import drafts
from grids.registers.desk import Desk
from grids.registers.register import Register
from grids.registers.rows import Conflicted, Refused
from grids.registers.workbooks import reconcile as work
from grids.registers.workbooks.forms import RegisterFileForm, own_roots
from grids.registers.workbooks.views import place_of, register_of
from grids.views.frames import who
from township import audit
from township.addresses import row_number
from township.choices import Deed
from township.exports import XLSX

PAGE_SIZE = 40
PARTS = {"differs": "不一致", "theirs": "仅对方有", "ours": "仅本系统有"}


def _register(code: str) -> Register:
    """A register that can be laid beside another one; 404 for the others."""
    register = register_of(code)
    if register.by_file_only:
        raise Http404
    return register


def _url(name: str, register: Register, place: Node) -> str:
    return f"{reverse(f'grids:{name}', args=[register.code])}?node={place.pk}"


@require_http_methods(["GET", "POST"])
def reconcile(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a place and a file; with ?node= the three parts of what is under way there."""
    register = _register(code)
    access.require(request.user, access.Right.IMPORT_ROSTER)
    user = who(request)
    if request.method == "POST" and request.GET.get("node"):
        return _uploaded(request, register)
    if not request.GET.get("node"):
        return render(request, "grids/registers/reconcile_new.html", _new(request, register, None))
    place = place_of(request, register)
    sitting = work.sitting_of(user, register, place)
    if sitting is None:
        return render(request, "grids/registers/reconcile_new.html", _new(request, register, place))
    if not sitting.is_settled:
        return redirect(_url("reconcile_columns", register, place))
    found = work.compare(sitting, register, Desk(user, place))
    return render(request, "grids/registers/reconcile.html", _parts(request, register, place, sitting, found))


def _new(request: HttpRequest, register: Register, place: Node | None, form: Any = None) -> dict[str, Any]:
    user = who(request)
    return {
        "register": register,
        "form": form or RegisterFileForm(user=user, register=register),
        "roots": own_roots(user),
        "place": place,
    }


def _uploaded(request: HttpRequest, register: Register) -> HttpResponse:
    place, user = place_of(request, register), who(request)
    form = RegisterFileForm(request.POST, request.FILES, user=user, register=register)
    if form.is_valid():
        file = form.cleaned_data["file"]
        name = str(file.name or "")[-200:]
        with tempfile.TemporaryDirectory(prefix="reconcile-") as folder:  # nothing of it stays on the disk
            sent, copy = Path(folder) / "sent", Path(folder) / "copy.xlsx"
            with sent.open("wb") as out:
                for chunk in file.chunks():
                    out.write(chunk)
            try:
                book = read_book(sent, name=name, copy=copy)
                sitting = work.begin(book.sheets, file=name, register=register)
            except Unreadable as why:
                form.add_error("file", str(why))
            else:
                work.keep(sitting, user=user, register=register, place=place)
                return redirect(_url("reconcile_columns", register, place))
    return render(request, "grids/registers/reconcile_new.html", _new(request, register, place, form))


@require_http_methods(["GET", "POST"])
def reconcile_columns(request: HttpRequest, code: str) -> HttpResponse:
    """What each column of the other roster is compared with."""
    register = _register(code)
    access.require(request.user, access.Right.IMPORT_ROSTER)
    place, user = place_of(request, register), who(request)
    sitting = work.sitting_of(user, register, place)
    if sitting is None:
        return redirect(_url("reconcile", register, place))
    known = {column.key for column in register.columns}
    if request.method == "POST":
        for index in sitting.columns:
            said = request.POST.get(f"col-{index}", "")
            sitting.columns[index] = said if said in known else ""
        chosen = [key for key in sitting.columns.values() if key]
        if len(set(chosen)) < len(chosen):
            messages.error(request, "同一栏目选了两列，请每个栏目只选一列。")
        elif not {c.key for c in register.columns if c.required} & set(chosen):
            messages.error(request, f"请指出哪一列是{register.columns[0].title}。")
        else:
            sitting.is_settled = True
            work.keep(sitting, user=user, register=register, place=place)
            return redirect(_url("reconcile", register, place))
        sitting = work.sitting_of(user, register, place) or sitting  # as it was before
    about = work.read(sitting, register).sheets[0]
    columns = [
        {
            **column,
            "letter": column_letters(column["index"]),
            "chosen": sitting.columns.get(column["index"], ""),
        }
        for column in about.layout
    ]
    context = {"register": register, "place": place, "sitting": sitting, "columns": columns}
    return render(
        request, "grids/registers/reconcile_columns.html", context | {"private": about.not_collected}
    )


def _parts(
    request: HttpRequest, register: Register, place: Node, sitting: work.Sitting, found: work.Compared
) -> dict[str, Any]:
    part = request.GET.get("part", "")
    part = part if part in PARTS else "differs"
    held: dict[str, list[Any]] = {"differs": found.pairs, "theirs": found.theirs, "ours": found.ours}
    shown = [column for column in register.columns if column.title in found.columns]
    page = Paginator(held[part], PAGE_SIZE).get_page(request.GET.get("page"))
    counts = {"differs": len(found.pairs), "theirs": len(found.theirs), "ours": len(found.ours)}
    return {
        "register": register,
        "place": place,
        "sitting": sitting,
        "found": found,
        "part": part,
        "parts": [(name, title, counts[name]) for name, title in PARTS.items()],
        "page_obj": page,
        "columns": shown,
        "lines": _lines(part, page, shown),
        "chosen": sum(cell.choice == work.THEIRS for cell in found.differences),
        "addable": sum(not why for _, why in found.theirs),
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
    }


def _lines(part: str, page: Any, shown: list[Any]) -> list[dict[str, Any]]:
    if part == "ours":
        return [{"pk": held.pk, "cells": [(c, held.cells.get(c.key, "")) for c in shown]} for held in page]
    if part == "theirs":
        return [
            {"where": row.where, "why": why, "cells": [(c, row.cells.get(c.key, "")) for c in shown]}
            for row, why in page
        ]
    return []


def _under_way(request: HttpRequest, code: str) -> tuple[Register, Node, work.Sitting | None]:
    register = _register(code)
    access.require(request.user, access.Right.IMPORT_ROSTER)
    place = place_of(request, register)
    return register, place, work.sitting_of(who(request), register, place)


@require_POST
def reconcile_choose(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the page's choices; with `apply` write what was chosen, with `add` hand rows to the paste grid."""
    register, place, sitting = _under_way(request, code)
    if sitting is None:
        return redirect(_url("reconcile", register, place))
    user, desk = who(request), Desk(request.user, place)
    found = work.compare(sitting, register, desk)
    if "add" in request.POST:
        return _added(request, register, place, found)
    said = {
        name[2:]: (pick, request.POST.get(f"o-{name[2:]}", ""))
        for name, pick in request.POST.items()
        if name.startswith("c-") and pick in (work.OURS, work.THEIRS)
    }
    work.choose(sitting, found, said, every=request.POST.get("every", ""))
    work.keep(sitting, user=user, register=register, place=place)
    if "apply" in request.POST:
        _applied(request, register, place, sitting)
    else:
        messages.success(request, "选择已记下，还没有写入。")
    page = row_number(request.POST.get("page")) or 1
    return redirect(f"{_url('reconcile', register, place)}&page={page}")


def _added(request: HttpRequest, register: Register, place: Node, found: work.Compared) -> HttpResponse:
    added = work.to_entry(found, register, user=who(request), place=place)
    messages.success(request, f"已把 {added} 行放进批量录入的草稿：按“恢复”取出，核对后保存。")
    return redirect(_url("entry", register, place))


def _applied(request: HttpRequest, register: Register, place: Node, sitting: work.Sitting) -> None:
    found = work.compare(sitting, register, Desk(request.user, place))  # with the choices just made
    chosen = sum(cell.choice == work.THEIRS for cell in found.differences)
    names = {str(pair.held.pk): pair.held.cells[register.columns[0].key] for pair in found.pairs}
    names |= {str(pair.held.pk): pair.held.cells["name"] for pair in found.pairs if "name" in pair.held.cells}
    if not chosen:
        messages.info(request, "没有选“采用对方”的格，没有写入。")
        return
    try:
        saved = work.apply(
            found,
            register,
            user=who(request),
            place=place,
            reason=f"与 {sitting.file} 对账"[:100],
            request=request,
        )
    except Refused as refused:
        messages.error(request, "没有写入：下面的内容不能采用，请改选“保留本系统”。")
        for said in refused.errors_found[:5]:
            title = next((c.title for c in register.columns if c.key == said.column), "")
            messages.error(request, f"{names.get(said.row, '')} {title}：{said.text}".strip())
    except Conflicted:
        messages.warning(request, "有几格别人刚改过，没有写入；下面是最新的内容，请再看一遍。")
    else:
        messages.success(request, f"已写入 {saved.changed} 行、{chosen} 格，记入了历史，可以撤销。")


@require_GET
def reconcile_result(request: HttpRequest, code: str) -> HttpResponseBase:
    """The three parts as a workbook."""
    register, place, sitting = _under_way(request, code)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    if sitting is None or not sitting.is_settled:
        return redirect(_url("reconcile", register, place))
    from grids.registers.workbooks.result import write_result  # slow import

    out = io.BytesIO()
    found = work.compare(sitting, register, Desk(request.user, place))
    rows = write_result(found, register, out, place=place.name, file=sitting.file)
    name = f"{place.name}_{register.title}对账_{localdate():%Y%m%d}.xlsx"
    audit.record(
        by=who(request),
        deed=Deed.EXPORT,
        target=f"{register.title}对账 {place.name}",
        rows=rows,
        request=request,
    )
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type=XLSX)


@require_POST
def reconcile_drop(request: HttpRequest, code: str) -> HttpResponse:
    """Forget the other roster and the choices."""
    register, place, _ = _under_way(request, code)
    drafts.drop(user=who(request), code=work.code_of(register), place=place)
    messages.info(request, "对账已结束，对方的内容已删除。")
    return redirect(_url("reconcile", register, place))
