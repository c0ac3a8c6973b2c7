"""Pages of the reserve: list, workbook, a line, its form and its steps. Nothing is printed here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.kinds import ListColumn
from grids.models import ReserveCadre
from grids.reserve import actions, queries
from grids.reserve.forms import CadreForm, ReserveFilter, ReserveStepForm
from grids.reserve.rules import RESERVE
from grids.views.frames import export_query, page_of, rows_on, tried, wants_export, who, workbook

COLUMNS = (
    ListColumn("village", "村（党组织）"),
    ListColumn("name", "姓名"),
    ListColumn("current_post", "现任职务"),
    ListColumn("nomination", "推荐方式"),
    ListColumn("nominated_on", "推荐日期"),
    ListColumn("target_post", "培养方向"),
    ListColumn("mentor", "培养联系人"),
    ListColumn("state", "状态"),
    ListColumn("state_on", "状态日期"),
)


def _row(cadre: ReserveCadre) -> dict[str, str]:
    return {
        "village": cadre.root.name,
        "name": cadre.name,
        "current_post": cadre.current_post,
        "nomination": cadre.get_nomination_display(),
        "nominated_on": f"{cadre.nominated_on:%Y-%m-%d}",
        "target_post": cadre.get_target_post_display(),
        "mentor": cadre.mentor,
        "state": cadre.get_state_display(),
        "state_on": f"{cadre.state_on:%Y-%m-%d}",
    }


@require_GET
def reserve(request: HttpRequest) -> HttpResponse:
    """The list, as a page or a workbook; each look is noted."""
    user = who(request)
    access.require(user, access.Right.READ_RESERVE)
    bar = ReserveFilter(request.GET, user=user)
    rows = queries.cadres(user, village=bar.pk("village"), state=bar.text("state"), text=bar.text("q"))
    if wants_export(request):
        return workbook(request, "后备干部库", COLUMNS, map(_row, rows), unsaid={"q"})
    page = page_of(request, rows)
    found = list(rows_on(page))
    actions.note_look(by=user, what="名单", rows=len(found), request=request)
    context = {
        "filter_form": bar,
        "page_obj": page,
        "columns": COLUMNS[2:],
        "rows": [(cadre, [(column, _row(cadre)[column.key]) for column in COLUMNS[2:]]) for cadre in found],
        "export_query": export_query(request),
        "may_add": queries.villages(user).exists(),
        "at": f"?node={bar.pk('village')}" if bar.pk("village") else "",
    }
    return render(request, "grids/reserve/list.html", context)


def _cadre(request: HttpRequest, pk: int) -> ReserveCadre:
    rows = ReserveCadre.objects.visible_to(request.user).select_related("root", "root__township")
    access.require(request.user, access.Right.READ_RESERVE)
    return get_object_or_404(rows, pk=pk)


@require_GET
def reserve_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One line with its steps."""
    cadre, user, today = _cadre(request, pk), who(request), localdate()
    actions.note_look(by=user, what=f"{cadre.root.name}，编号 {cadre.pk}", rows=1, request=request)
    roles = queries.roles_of(user, cadre.root)
    context = {
        "cadre": cadre,
        "facts": [(column, _row(cadre)[column.key]) for column in COLUMNS if _row(cadre)[column.key]],
        "steps": RESERVE.open_to(cadre.state, roles),
        "today": today,
        "trail": queries.trail(cadre),
        "may_edit": bool(roles),
    }
    return render(request, "grids/reserve/row.html", context)


@require_http_methods(["GET", "POST"])
def reserve_new(request: HttpRequest) -> HttpResponse:
    """Recommend somebody."""
    by, today = who(request), localdate()
    access.require(by, access.Right.READ_RESERVE)
    if not queries.villages(by).exists():
        raise PermissionDenied("后备干部由村党组织书记和乡党政办推荐。")
    form = CadreForm(request.POST or None, user=by, today=today, is_new=True, initial={"nominated_on": today})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        root = data.pop("root")
        made = tried(form, lambda: actions.recommend(root=root, data=data, by=by))
        if made is not None:
            messages.success(request, "已推荐，等乡党政办审查。")
            return redirect(made)
    return render(request, "grids/reserve/form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def reserve_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a line."""
    cadre, by = _cadre(request, pk), who(request)
    actions.require_write(by, cadre.root)
    if request.method == "GET":
        what = f"{cadre.root.name}，编号 {cadre.pk}（修改页）"
        actions.note_look(by=by, what=what, rows=1, request=request)
    names = [name for name in CadreForm.base_fields if name != "root"]
    form = CadreForm(
        request.POST or None,
        user=by,
        today=localdate(),
        is_new=False,
        initial={name: getattr(cadre, name) for name in names},
    )
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: actions.change(cadre=cadre, data=form.cleaned_data, by=by))
        if done is not None:
            messages.success(request, "已保存。")
            return redirect(done)
    return render(request, "grids/reserve/form.html", {"form": form, "cadre": cadre})


@require_POST
def reserve_step(request: HttpRequest, pk: int) -> HttpResponse:
    """One step of a line."""
    cadre, by = _cadre(request, pk), who(request)
    actions.require_write(by, cadre.root)
    form = ReserveStepForm(request.POST, today=localdate())
    if not form.is_valid():
        texts = [str(text) for errors in form.errors.values() for text in errors]
        messages.error(request, f"没有处理：{''.join(texts)}")
        return redirect(cadre)
    data = form.cleaned_data
    try:
        actions.take_step(cadre=cadre, code=data["step"], text=data["text"], day=data["day"], by=by)
        messages.success(request, "已处理。")
    except ValidationError as why:
        messages.error(request, f"没有处理：{''.join(sentences(why))}")
    return redirect(cadre)
