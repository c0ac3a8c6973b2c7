"""Templates and registers to download, and the page to send a filled one in."""

import io

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.imports import sources, uploads
from grids.models import Node
from grids.registers.desk import Desk
from grids.registers.register import REGISTERS, Register, beside
from grids.registers.workbooks.forms import RegisterFileForm, own_roots
from grids.views.frames import who
from township import audit
from township.addresses import row_number
from township.choices import Deed
from township.exports import XLSX


def register_of(code: str) -> Register:
    """The register of an address; 404 for none."""
    if code not in REGISTERS:
        raise Http404
    return REGISTERS[code]


def place_of(request: HttpRequest, register: Register) -> Node:
    """The place of ?node=: in sight, open, of a kind with rows, and the user's to edit."""
    seen = Node.objects.visible_to(request.user).open().select_related("township")
    place = get_object_or_404(seen, pk=row_number(request.GET.get("node")), kind__in=register.place_kinds)
    register.require(request.user, place)
    return place


@require_GET
def register_template(request: HttpRequest, code: str) -> HttpResponseBase:
    """An empty workbook to fill in, made from the place's own lists."""
    register = register_of(code)
    sources.require(request.user, code)
    if not request.GET.get("node"):
        return redirect("grids:register_load", code)
    return _workbook(request, register, place_of(request, register), is_export=False)


@require_GET
def register_workbook(request: HttpRequest, code: str) -> HttpResponseBase:
    """The place's register in the template's layout, to be corrected and sent in again."""
    register = register_of(code)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    access.require(request.user, access.Right.EDIT_ROSTER)
    if not request.GET.get("node"):
        return redirect("grids:register_load", code)
    return _workbook(request, register, place_of(request, register), is_export=True)


def _workbook(request: HttpRequest, register: Register, place: Node, *, is_export: bool) -> HttpResponseBase:
    from grids.registers.workbooks.template import write_workbook  # slow import

    user, out = who(request), io.BytesIO()
    rows = register.rows(user, place) if is_export else None
    written = write_workbook(register, Desk(user, place), out, rows=rows, made_at=localtime())
    name = f"{place.name}_{register.title}{'登记表' if is_export else '模板'}_{localdate():%Y%m%d}.xlsx"
    audit.record(
        by=user,
        deed=Deed.EXPORT,
        target=f"{register.title}{'登记表' if is_export else '模板'} {place.name}",
        rows=written,
        request=request,
    )
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type=XLSX)


@require_http_methods(["GET", "POST"])
def register_load(request: HttpRequest, code: str) -> HttpResponse:
    """Download, fill in, send in: the upload opens an import session."""
    register = register_of(code)
    sources.require(request.user, code)
    user, sent = who(request), request.method == "POST"
    data, files = (request.POST, request.FILES) if sent else (None, None)
    own = own_roots(user) or register.other_places(user)
    roots = [root for root in own if register.allows(user, root)]
    if own and not roots:
        raise PermissionDenied("这个台账属于全村，由村党组织书记和乡党政办导入。")
    asked = Node.objects.visible_to(user).filter(pk=row_number(request.GET.get("node"))).first()
    chosen = next((root for root in roots if asked and root.pk in (asked.pk, asked.root_id)), None)
    form = RegisterFileForm(
        data, files, user=user, register=register, initial={"branch": chosen.name if chosen else ""}
    )
    if sent and form.is_valid():
        upload = uploads.keep(
            file=form.cleaned_data["file"],
            branch=form.cleaned_data["branch"],
            by=user,
            today=localdate(),
            source=code,
        )
        sure = upload.is_sure or not upload.is_open or not upload.report["sheets"]
        return redirect(upload if sure else reverse("grids:import_columns", args=[upload.pk]))
    context = {
        "register": register,
        "form": form,
        "roots": roots,
        "chosen": chosen,
        "tabs": [
            (one, reverse("grids:register_load", args=[one.code]))
            for one in beside(register)
            if not own or any(one.allows(user, root) for root in own)
        ],
        "may_export": access.may(user, access.Right.EXPORT_ROSTER),
    }
    return render(request, "grids/registers/load.html", context)
