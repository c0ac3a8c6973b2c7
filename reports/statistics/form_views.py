"""The form of the year on one page: columns moved, renamed, hidden, added; and the form on paper for pens."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.views.frames import who
from reports.annexes.files import NotPrintable, mode_of
from reports.annexes.queries import organisations, own_organisation
from reports.annexes.registry import Order
from reports.choices import Paper
from reports.statistics import actions, printing, queries
from reports.statistics.forms import ColumnForm, NewColumnForm, moved
from reports.statistics.layout import DEFAULT, MOST_COLUMNS, FormColumn, Layout
from reports.statistics.sheets import annex1
from township.addresses import row_number
from township.models import Township
from township.sheets import html

SHOWN = 3  # villages in the picture of the form

MOVES = {"up": -1, "down": 1}


@require_http_methods(["GET", "POST"])
def layout(request: HttpRequest) -> HttpResponse:
    """The form of the year as it prints, and its columns one below the other."""
    township, stored = _layout(request)
    if request.method == "POST":
        way, _, key = request.POST.get("do", "").partition(":")
        if way == "reset":
            return _save(request, township, DEFAULT.columns, "已恢复成文件规定的 44 栏。")
        if way in MOVES and stored.column(key):
            return _save(request, township, moved(stored, key, MOVES[way]), "已移动。", key)
        messages.error(request, "没有处理：请从页面上的按钮操作。")
        return redirect("reports:statistics_layout")
    context = {
        "year": localdate().year,
        "layout": stored,
        "full": len(stored.columns) >= MOST_COLUMNS,
        "table": _look(request, township, stored),
    }
    return render(request, "reports/statistics/layout.html", context)


@require_http_methods(["GET", "POST"])
def layout_column(request: HttpRequest, key: str) -> HttpResponse:
    """Change one column; 预览 shows the whole form with it before anything is kept."""
    township, stored = _layout(request)
    column = stored.column(key)
    if column is None:
        raise Http404
    initial = {**vars(column), "place": stored.columns.index(column) + 1}
    form = ColumnForm(request.POST or None, initial=initial)
    table = None
    if request.method == "POST" and form.is_valid():
        columns = form.columns(stored, key)
        if request.POST.get("do") != "preview":
            return _save(request, township, columns, f"已保存“{form.cleaned_data['title']}”。", key)
        table = _look(request, township, replace(stored, columns=columns))
    context = {"form": form, "column": column, "table": table}
    return render(request, "reports/statistics/layout_column.html", context)


@require_http_methods(["GET", "POST"])
def layout_add(request: HttpRequest) -> HttpResponse:
    """One more column for the villages to fill in."""
    township, stored = _layout(request)
    form = NewColumnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if len(stored.columns) >= MOST_COLUMNS:
            form.add_error(None, f"最多 {MOST_COLUMNS} 栏。")
        else:
            words = f"已加一栏“{form.cleaned_data['title']}”，由各村填写。"
            return _save(request, township, form.columns(stored), words)
    return render(request, "reports/statistics/layout_column.html", {"form": form})


def _layout(request: HttpRequest) -> tuple[Township, Layout]:
    """The township and this year's form; only the office changes it."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    township = cast(Township, who(request).township)
    return township, queries.layout_of(township.pk, localdate().year)


def _look(request: HttpRequest, township: Township, layout: Layout) -> str:
    """How it prints, with the first villages' numbers."""
    today = localdate()
    order = Order(township=township, year=today.year, today=today, user=request.user)
    found = queries.read(township_id=township.pk, on=today, user=request.user)
    return html.render(annex1(found[:SHOWN], order.frame(), layout))


def _save(
    request: HttpRequest, township: Township, columns: Sequence[FormColumn], words: str, key: str = ""
) -> HttpResponse:
    try:
        saved = actions.save_form(township=township, year=localdate().year, columns=columns, by=who(request))
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    else:
        messages.success(request, f"{words}表样现为第 {saved.version} 版。")
    return redirect(f"{reverse('reports:statistics_layout')}{f'#{key}' if key else ''}")


@require_POST
def paper_form(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002  as in the URL
    """The form empty, or with what is known filled in, to be written on by hand."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    if format not in printing.CONTENT_TYPES:
        raise Http404
    own = own_organisation(request.user)
    asked = request.POST.get("root", "")
    organisation = own
    if asked:
        organisation = get_object_or_404(
            organisations(request.user), pk=row_number(asked), parent__isnull=True
        )
    today = localdate()
    order = Order(
        township=cast(Township, who(request).township),
        year=today.year,
        today=today,
        organisation=organisation,
        user=request.user,
        paper=Paper.A4 if request.POST.get("paper") == Paper.A4 else Paper.A3,
    )
    chosen: dict[str, Any] = {"filled": request.POST.get("kind") == "filled", "by": who(request)}
    try:
        issued = printing.paper_form(
            order, format, mode=mode_of(request.POST.get("mode", "")), request=request, **chosen
        )
    except NotPrintable as why:
        messages.error(request, str(why))
        return redirect("reports:annex", 1)
    return FileResponse(
        issued.content,
        as_attachment=True,
        filename=issued.name,
        content_type=printing.CONTENT_TYPES[format],
    )
