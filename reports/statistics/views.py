"""Pages of the statistics: the rows behind a number, live and as submitted, and corrected numbers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.kinds import ListColumn
from grids.models import Node
from grids.views.frames import export_query, page_of, tried, wants_export, who, workbook
from grids.views.past import day_of, past_of, shows_past
from reports.filing.actions import explain, require_role
from reports.filing.queries import roles_of
from reports.models import Campaign, Figure, Filing, Snapshot
from reports.statistics import actions, frozen_rows, queries
from reports.statistics.beside import RULE
from reports.statistics.forms import CorrectionForm, TypedForm, WordsForm
from reports.statistics.indicators import (
    ADDED,
    BY_CODE,
    CARDS,
    COVERAGE,
    POPULATION,
    Indicator,
    column_title,
    correctable,
    countable,
    unit_of,
)
from reports.statistics.screen import rows_url
from township.addresses import row_number

ROW_COLUMNS = (
    ListColumn("name", "名称", "name"),
    ListColumn("tab", "类别"),
    ListColumn("village", "村（党组织）"),
    ListColumn("place", "所在"),
)
AMOUNTS = {POPULATION: "人口数", CARDS: "张数"}
FIGURE_COLUMNS = (
    ListColumn("village", "村（党组织）"),
    ListColumn("title", "栏", "name"),
    ListColumn("number", "更正为", "num"),
    ListColumn("computed", "系统计", "num"),
    ListColumn("reason", "理由"),
    ListColumn("by", "填写人"),
    ListColumn("at", "时间", "code"),
)


def _indicator(code: str) -> Indicator:
    """A number that opens rows."""
    found = BY_CODE.get(code)
    if found is None or found.waits or found.form == "text":
        raise Http404
    return found


def _organisations(request: HttpRequest, asked: str) -> dict[int, str]:
    """The organisation asked for, or all that the user sees whole; 404 outside the scope."""
    root = row_number(asked)
    if asked and root is None:
        raise Http404
    found = queries.roots_of(
        township_id=access.scope_of(request.user).township_id or 0, organisation=root, user=request.user
    )
    names = dict(found.values_list("pk", "name"))
    if asked and not names:
        raise Http404
    return names


def _campaign(request: HttpRequest) -> Campaign | None:
    """The round whose corrections hold today."""
    return Campaign.objects.visible_to(request.user).filter(year=localdate().year).first()


@require_GET
@shows_past
def rows(request: HttpRequest) -> HttpResponse:
    """The rows behind one number of annex 1, of one organisation or of 合计."""
    code = request.GET.get("code", "")
    indicator = _indicator(code)
    asked = request.GET.get("root", "")
    names = _organisations(request, asked)
    access.require(request.user, access.Right.READ_ROSTER)
    on = day_of(request)
    behind = queries.collect(list(names), on, {code})
    keys = behind.of("e5_targets" if code == COVERAGE else code)
    columns = _columns(code)
    title = column_title(code)
    if wants_export(request):
        told = queries.tell(keys, request.user, on=on)
        lines = [{**vars(told[key]), "amount": behind.amounts.get(key)} for key in keys]
        return workbook(request, f"附件1明细_{title}", columns, lines)
    page = page_of(request, keys)
    told = queries.tell(page.object_list, request.user, on=on)
    context = {
        **_heading(code, indicator),
        "place": next(iter(names.values())) if asked else "合计",
        "page_obj": page,
        "rows": [(told[key], behind.amounts.get(key)) for key in page.object_list],
        "total": sum(behind.amounts.values()) if code in ADDED else len(keys),
        "export_query": export_query(request),
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        **_correction(request, code, list(names) if asked else []),
    }
    return render(request, "reports/statistics/rows.html", context)


def _columns(code: str) -> tuple[ListColumn, ...]:
    """With what each row adds, where the number is a sum."""
    return (*ROW_COLUMNS, ListColumn("amount", AMOUNTS[code], "num")) if code in ADDED else ROW_COLUMNS


def _heading(code: str, indicator: Indicator) -> dict[str, Any]:
    return {
        "title": column_title(code),
        "amounts": AMOUNTS.get(code, ""),
        "coverage": code == COVERAGE,
        "unit": "户" if code == COVERAGE else unit_of(code),
        "clause": indicator.clause,
    }


def _correction(request: HttpRequest, code: str, roots: list[int]) -> dict[str, Any]:
    """What was said instead of this number, and the way to say it."""
    if not roots or not correctable(code) or past_of(request):
        return {}
    root = get_object_or_404(Node.objects.visible_to(request.user), pk=roots[0])
    figures = Figure.objects.visible_to(request.user).select_related("by")
    return {
        "figure": figures.filter(campaign__year=localdate().year, root=root, code=code).first(),
        "correct_url": reverse("reports:statistics_correct", args=[root.pk, code])
        if roles_of(request.user, root) and _campaign(request)
        else "",
    }


# --- as submitted -----------------------------------------------------------------------------------


@require_GET
def snapshot_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows behind one number of a submitted annex 1, as they stood then; without a number all of them."""
    found = Snapshot.objects.visible_to(request.user).select_related("filing__root", "filing__campaign")
    snapshot = get_object_or_404(found, pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    code = request.GET.get("code", "")
    context: dict[str, Any] = {"snapshot": snapshot, "filing": snapshot.filing}
    if not code:
        counts = frozen_rows.counts_of(snapshot)
        context["numbers"] = [(code, column_title(code), counts.value(code)) for code in countable()]
        context["has_rows"] = bool(snapshot.details)
        return render(request, "reports/statistics/snapshot_numbers.html", context)
    indicator = _indicator(code)
    lines = frozen_rows.rows_of(snapshot.details, code)
    page = page_of(request, lines)
    village = snapshot.filing.root.name
    if wants_export(request):
        columns = _columns(code)
        told = [{**vars(row), "village": village, "amount": amount} for _, row, amount in lines]
        return workbook(request, f"附件1明细_{column_title(code)}_第{snapshot.number}次上报", columns, told)
    context |= {
        **_heading(code, indicator),
        "place": village,
        "page_obj": page,
        "rows": [(row, amount) for _, row, amount in page.object_list],
        "total": sum(amount or 0 for *_, amount in lines) if code in ADDED else len(lines),
        "export_query": export_query(request),
        "may_export": True,
    }
    return render(request, "reports/statistics/rows.html", context)


# --- corrections ------------------------------------------------------------------------------------


def _root(request: HttpRequest, pk: int) -> Node:
    """A top organisation the user may work for."""
    found = Node.objects.visible_to(request.user).filter(parent=None, closed_on=None)
    root = get_object_or_404(found, pk=pk)
    require_role(who(request), root)
    return root


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Every number said instead of a computed one in this year's form."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    today = localdate()
    said = (
        Figure.objects.visible_to(request.user)
        .filter(campaign__year=today.year, code__in=BY_CODE)
        .select_related("root", "by", "campaign")
        .order_by("root__position", "root_id", "code")
    )
    computed = {
        one.pk: one.counts
        for one in queries.read(
            township_id=access.scope_of(request.user).township_id or 0, on=today, user=request.user
        )
    }
    lines = [
        {
            "pk": row.pk,
            "root_id": row.root_id,
            "village": row.root.name,
            "code": row.code,
            "title": column_title(row.code),
            "number": row.number,
            "computed": computed[row.root_id].computed(row.code) if row.root_id in computed else None,
            "reason": row.reason,
            "by": row.by.full_name,
            "at": row.at,
        }
        for row in said
    ]
    if wants_export(request):
        told = [{**line, "at": f"{line['at']:%Y-%m-%d}"} for line in lines]
        return workbook(request, "附件1更正数", FIGURE_COLUMNS, told)
    context = {
        "page_obj": page_of(request, lines),
        "export_query": export_query(request),
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
    }
    return render(request, "reports/statistics/figures.html", context)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Say another number than the computed one, with the reason."""
    root = _root(request, pk)
    if not correctable(code):
        raise Http404
    campaign = _campaign(request)
    if campaign is None:
        messages.warning(request, "先由乡党政办新建本年度任务，才能更正附件1的数。")
        return redirect("reports:campaigns")
    (one,) = queries.read(township_id=root.township_id, on=localdate(), organisation=root)
    said = Figure.objects.visible_to(request.user).filter(campaign=campaign, root=root, code=code).first()
    initial = {"number": said.number, "reason": said.reason} if said else {}
    form = CorrectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = tried(
            form,
            lambda: actions.correct(campaign=campaign, root=root, code=code, by=who(request), **data),
        )
        if done is not None:
            messages.success(request, f"已更正：{root.name}“{column_title(code)}”为 {done.number}。")
            return redirect(rows_url(code, root.pk))
    context = {
        "form": form,
        "root": root,
        "title": column_title(code),
        "computed": one.counts.computed(code),
        "figure": said,
        "rows_url": rows_url(code, root.pk),
    }
    return render(request, "reports/statistics/correct.html", context)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The computed number holds again."""
    found = Figure.objects.visible_to(request.user).select_related("root", "campaign")
    figure = get_object_or_404(found, pk=pk)
    require_role(who(request), figure.root)
    try:
        actions.take_back(figure=figure, by=who(request))
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    else:
        messages.success(request, f"已取消更正：{figure.root.name}“{column_title(figure.code)}”。")
    return redirect("reports:statistics_figures")


@require_http_methods(["GET", "POST"])
def typed(request: HttpRequest, pk: int) -> HttpResponse:
    """The typed columns of one village."""
    root, campaign = _root(request, pk), _campaign(request)
    columns = queries.layout_of(root.township_id, localdate().year).extra
    if campaign is None or not columns:
        messages.warning(request, "本年度的表样没有要手填的栏。")
        return redirect(f"{reverse('reports:annex', args=[1])}?root={root.pk}")
    said = Figure.objects.visible_to(request.user).filter(campaign=campaign, root=root)
    initial = {row.code: row.text if row.number is None else row.number for row in said}
    form = TypedForm(request.POST or None, columns=columns, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.type_in(campaign=campaign, root=root, typed=form.cleaned_data, by=who(request))
        except ValidationError as why:
            form.add_error(None, "".join(sentences(why)))
        else:
            messages.success(request, f"已保存{root.name}手填的栏。")
            return redirect(f"{reverse('reports:annex', args=[1])}?root={root.pk}")
    return render(request, "reports/statistics/typed.html", {"form": form, "root": root})


@require_POST
def explain_jump(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Say on the page of annex 1 why a number moved so far."""
    root, form = _root(request, pk), WordsForm(request.POST)
    filing = Filing.objects.visible_to(request.user).filter(root=root, campaign__year=localdate().year)
    found = filing.select_related("root", "campaign").first()
    if found is None or code not in countable():
        raise Http404
    if not form.is_valid():
        messages.error(request, "说明没有写上：请写 100 字以内的话。")
    else:
        try:
            explain(filing=found, rule=RULE, subject=f"col:{code}", by=who(request), **form.cleaned_data)
        except ValidationError as why:
            messages.error(request, "".join(sentences(why)))
        else:
            messages.success(request, f"已写说明：{root.name}“{column_title(code)}”。")
    return redirect(f"{reverse('reports:annex', args=[1])}?root={root.pk}&beside=on")
