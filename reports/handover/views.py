"""交换文件: the presets, one with its preview and its file, and the page to set one up."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids import access
from grids.views.frames import tried
from reports.handover import actions
from reports.handover.actions import Refused
from reports.handover.files import table_of
from reports.handover.forms import ColumnsForm, PresetForm, TakeForm
from reports.handover.rules import Chosen, chosen_of
from reports.handover.sources import Source, Wanted, source_of
from reports.models import HandoverPreset
from township.views import SignedInRequest

PREVIEW = 10
CONTENT_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SETTINGS = ("name", "receiver", "file_format", "date_form", "header", "retired")


def _preset(request: SignedInRequest, pk: int) -> HandoverPreset:
    access.require(request.user, access.Right.EXPORT_ROSTER)
    rows = HandoverPreset.objects.visible_to(request.user).select_related("township")
    return get_object_or_404(rows, pk=pk)


def _source(request: SignedInRequest, code: str, form: TakeForm, most: int = PREVIEW) -> Source:
    """The rows a user may see; a village user's own."""
    township: Any = request.user.township
    return source_of(code, Wanted(request.user, township, localdate(), form.own, most))


@require_safe
def handovers(request: SignedInRequest) -> HttpResponse:
    """All presets of the township."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    context = {
        "presets": HandoverPreset.objects.visible_to(request.user),
        "may_edit": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "reports/handover/list.html", context)


@require_safe
def handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """A preset: its columns, its first rows, and the button."""
    preset = _preset(request, pk)
    return _page(request, preset, TakeForm(user=request.user))


def _page(
    request: SignedInRequest, preset: HandoverPreset, form: TakeForm, refused: Refused | None = None
) -> HttpResponse:
    source = _source(request, preset.source, form)
    known = {field.code for field in source.fields}
    chosen = chosen_of(preset.columns)
    table = table_of(source.rows, chosen, preset.date_form)
    context = {
        "preset": preset,
        "form": form,
        "refused": refused,
        "chosen": chosen,
        "gone": [one for one in chosen if one.code not in known],
        "table": table,
        "lines": [list(zip(chosen, cells, strict=True)) for cells in table.rows],
        "may_edit": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "reports/handover/preset.html", context)


@require_POST
def handover_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file, or what in it the receiver could not read."""
    preset = _preset(request, pk)
    form = TakeForm(request.POST, user=request.user)
    if preset.retired:
        messages.error(request, "这个交换方案已停用，请先在“修改”里启用。")
        return redirect(preset)
    if not form.is_valid():
        return _page(request, preset, form)
    wanted = Wanted(request.user, preset.township, localdate(), form.place())
    made = actions.hand_over(
        preset=preset,
        wanted=wanted,
        purpose=form.cleaned_data["purpose"],
        anyway=form.cleaned_data["anyway"],
        request=request,
    )
    if isinstance(made, Refused):
        return _page(request, preset, form, made)
    kind = CONTENT_TYPES[made.record.format]
    return FileResponse(made.content, as_attachment=True, filename=made.name, content_type=kind)


# --- setting one up ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def handover_new(request: SignedInRequest) -> HttpResponse:
    """Name, receiver and source; then its columns."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    form = PresetForm(request.POST or None, fresh=True)
    if request.method == "POST" and form.is_valid():
        source = _source(request, form.cleaned_data["source"], TakeForm(user=request.user), most=0)
        columns = [Chosen(field.code, field.title).stored() for field in source.fields]
        made = tried(form, lambda: actions.create(by=request.user, columns=columns, **form.cleaned_data))
        if made is not None:
            return redirect("reports:handover_edit", made.pk)
    return render(request, "reports/handover/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def handover_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Settings and columns; a column moved by its buttons is shown, and kept with 保存."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    preset = _preset(request, pk)
    fields = _source(request, preset.source, TakeForm(user=request.user), most=0).fields
    if request.method != "POST":
        form = PresetForm(initial={name: getattr(preset, name) for name in SETTINGS})
        columns = ColumnsForm.of(fields, preset.columns)
        return _edit(request, preset, form, columns)
    form, columns = PresetForm(request.POST), ColumnsForm.typed(fields, request.POST.dict())
    for name, by in (("up", -1), ("down", 1)):
        if name in request.POST:
            columns.move(request.POST[name], by)
            return _edit(request, preset, form, columns)
    chosen = columns.chosen()
    if form.is_valid() and not columns.errors:
        made = tried(
            form,
            lambda: actions.change(preset=preset, by=request.user, columns=chosen, **form.cleaned_data),
        )
        if made is not None:
            messages.success(request, "交换方案已保存。")
            return redirect(made)
    return _edit(request, preset, form, columns)


def _edit(
    request: SignedInRequest, preset: HandoverPreset, form: PresetForm, columns: ColumnsForm
) -> HttpResponse:
    context = {"preset": preset, "form": form, "columns": columns}
    return render(request, "reports/handover/edit.html", context)


@require_POST
def handover_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """A copy to go on from."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    made = actions.copy(preset=_preset(request, pk), by=request.user)
    messages.success(request, f"已复制为“{made}”，请改名后使用。")
    return redirect("reports:handover_edit", made.pk)


@require_POST
def handover_example(request: SignedInRequest) -> HttpResponse:
    """The example, or the one that is there."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    found = HandoverPreset.objects.visible_to(request.user).filter(name=actions.EXAMPLE["name"]).first()
    return redirect(found or actions.create(by=request.user, **actions.EXAMPLE))
