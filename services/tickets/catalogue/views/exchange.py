"""A workbook of items brought in: read, shown beside the catalogue, loaded as a whole."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from grids import access
from grids.access import Right
from grids.actions.refusals import sentences
from grids.imports.reading.result import Refused
from grids.views.frames import who
from services.tickets.catalogue import actions
from services.tickets.catalogue.child import sheets_in_child
from services.tickets.catalogue.forms import LoadForm
from services.tickets.catalogue.plan import CHANGED, NEW, Plan, plan_lines
from services.tickets.catalogue.reading import Fault, Line, read_lines
from services.tickets.rooms import frame

SALT = "services.tickets.catalogue.load"
KEPT = 24 * 60 * 60  # seconds a preview may be confirmed
STALE = "预览已过期，请重新上传文件。"
MOVED = "预览之后事项清单有变动，下面是重新比对的结果，请看过再确认。"
FAULTY = "文件里有错误，没有导入。"


@require_http_methods(["GET", "POST"])
def catalogue_load(request: HttpRequest) -> HttpResponse:
    """Send a file; look; confirm. Nothing is kept of a file that is not confirmed."""
    access.require(request.user, Right.EDIT_TOWN_CONTACTS)
    if request.method == "POST" and "lines" in request.POST:
        return _confirm(request)
    form = LoadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            lines, notes = read_lines(_sheets(file))
        except Refused as why:
            form.add_error("file", str(why))
        else:
            return _preview(request, str(file.name), lines, notes)
    return render(request, "services/tickets/load.html", {"form": form, **frame("catalogue")})


def _sheets(file: UploadedFile) -> Any:
    with tempfile.NamedTemporaryFile(prefix="items-") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        return sheets_in_child(Path(copy.name), name=str(file.name or ""))


def _preview(request: HttpRequest, name: str, lines: list[Line], notes: list[str]) -> HttpResponse:
    signed = _signed(request, name, lines, notes)  # as read: the plan adds what it finds wrong
    plan = _planned(request, lines)
    context = {
        "plan": plan,
        "rows": [row for row in plan.rows if row.state in (NEW, CHANGED)],
        "name": name,
        "notes": notes,
        "lines": signed,
        "digest": plan.digest,
        **frame("catalogue"),
    }
    return render(request, "services/tickets/load_preview.html", context)


def _planned(request: HttpRequest, lines: list[Line]) -> Plan:
    return plan_lines(lines, actions.township_for(who(request)))


def _signed(request: HttpRequest, name: str, lines: list[Line], notes: list[str]) -> str:
    """What was read, to be sent back by the same person."""
    data = {
        "by": who(request).pk,
        "name": name,
        "notes": notes,
        "lines": [
            [line.sheet, line.row, line.cells, [[f.column, f.value, f.message] for f in line.faults]]
            for line in lines
        ],
    }
    return signing.dumps(data, salt=SALT, compress=True)


def _confirm(request: HttpRequest) -> HttpResponse:
    """The same lines compared anew; what was not shown is not done."""
    try:
        data = signing.loads(request.POST["lines"], salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        data = {}
    if data.get("by") != who(request).pk:
        messages.error(request, STALE)
        return redirect("services:catalogue_load")
    plan = _planned(request, _lines_of(data))
    if plan.faults or plan.digest != request.POST.get("digest"):
        messages.error(request, FAULTY if plan.faults else MOVED)
        return _preview(request, data["name"], _lines_of(data), data["notes"])
    try:
        actions.load_changes(changes=plan.changes, name=data["name"], by=who(request), today=localdate())
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
        return redirect("services:catalogue_load")
    counts = plan.counts
    messages.success(request, f"已导入：新增 {counts[NEW]} 项，修改 {counts[CHANGED]} 项。")
    return redirect("services:catalogue")


def _lines_of(data: Mapping[str, Any]) -> list[Line]:
    return [
        Line(sheet, row, cells, [Fault(sheet, row, *fault) for fault in faults])
        for sheet, row, cells, faults in data["lines"]
    ]
