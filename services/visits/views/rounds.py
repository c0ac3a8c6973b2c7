"""Pages of going round: what is covered, whom to see next, what somebody leaves behind."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right
from grids.ledgers import tables as ledgers
from grids.ledgers.tables import Cells, Field
from grids.models import Person
from grids.views.frames import page_of, rows_on, who
from services import sending
from services.visits import tables
from services.visits.forms.bars import CoverageBar, RoundBar
from services.visits.queries import due, leaving, places
from services.visits.queries.log import Asked
from services.visits.registers import REGISTERS
from services.visits.rules import period_of
from services.visits.views.lists import tabs
from township import days
from township.sheets import Sheet

USUAL_ROUND = 20


def _bar_and_asked(request: HttpRequest) -> tuple[CoverageBar, Asked]:
    bar = CoverageBar(request.GET, user=request.user)
    return bar, Asked(village=bar.pk("village"))


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """本季 41/64 户, grid by grid."""
    access.require(request.user, Right.READ_ROSTER)
    bar, asked = _bar_and_asked(request)
    today = localdate()
    period = period_of(bar.text("period"), today)
    page = page_of(request, places.grids_in_sight(request.user, asked.village))
    rows = due.coverage(list(rows_on(page)), period)
    context = {
        "filter_form": bar,
        "period": period,
        "whole": due.whole(request.user, asked, period),
        "page_obj": page,
        "fields": tables.COVERAGE,
        "lines": ledgers.lines(tables.COVERAGE, tables.covered, rows, _due_there),
        "query": request.GET.urlencode(),
        "may_export": access.may(request.user, Right.EXPORT_ROSTER),
        **tabs(request, "coverage"),
    }
    return render(request, "services/visits/coverage.html", context)


def _due_there(row: due.Coverage) -> str:
    """Who of that grid is left to be seen."""
    return f"{REGISTERS['due'].url}?village={row.node.root_id}&grid={row.node.pk}"


@require_POST
def coverage_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """All grids of it as workbook or print."""
    access.require(request.user, Right.EXPORT_ROSTER)
    bar, asked = _bar_and_asked(request)
    today = localdate()
    period = period_of(bar.text("period"), today)
    grids = list(places.grids_in_sight(request.user, asked.village))
    rows = [tables.covered(row) for row in due.coverage(grids, period)]
    back = reverse("services:coverage")
    return _file(
        request, [("走访覆盖情况", tables.COVERAGE, rows)], f"走访覆盖情况（{period.title}）", format, back
    )


@require_GET
def walk(request: HttpRequest) -> HttpResponse:
    """Whom to see on the next round through a grid."""
    access.require(request.user, Right.READ_ROSTER)
    bar = RoundBar(request.GET, user=request.user)
    grid, n = bar.pk("grid"), bar.cleaned_data.get("n") or USUAL_ROUND
    homes = due.round_of(request.user, grid, n, on=localdate()) if grid else []
    context = {
        "filter_form": bar,
        "grid": bar.cleaned_data.get("grid"),
        "homes": homes,
        "n": n,
        "today": localdate(),
        "query": request.GET.urlencode(),
        "may_log": access.may(request.user, Right.LOG_VISIT),
        **tabs(request, "walk"),
    }
    return render(request, "services/visits/walk.html", context)


@require_POST
def walk_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """The sheet that is taken along; whoever walks may print the own round."""
    access.require(request.user, Right.LOG_VISIT)
    bar = RoundBar(request.GET, user=request.user)
    grid, n = bar.pk("grid"), bar.cleaned_data.get("n") or USUAL_ROUND
    back = reverse("services:walk")
    if not grid:
        messages.error(request, "请先选网格。")
        return redirect(f"{back}?{request.GET.urlencode()}")
    room = tables.ROOM if format == "pdf" else ""
    rows = [tables.walk(home, room) for home in due.round_of(request.user, grid, n, on=localdate())]
    place = tables.grid_words(bar.cleaned_data["grid"])
    return _file(request, [("走访单", tables.WALK, rows)], f"走访单_{place}", format, back, unit=place)


# --- handing over -----------------------------------------------------------------------------------


def _person(request: HttpRequest, pk: int) -> Person:
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    access.require(request.user, Right.EXPORT_ROSTER)
    return found


@require_GET
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """What a successor has to know of."""
    person, today = _person(request, pk), localdate()
    left = leaving.left_by(request.user, person, on=today)
    context = {
        "person": person,
        "left": left,
        "parts": [
            (title, fields, ledgers.lines(fields, lambda cells: cells, rows))
            for title, fields, rows in _parts(left)
            if rows
        ],
        "may_see_plans": places.may_see_plans(request.user),
        **tabs(request, "visits"),
    }
    return render(request, "services/visits/leave.html", context)


def _parts(left: leaving.Left) -> list[tuple[str, Sequence[Field], list[Cells]]]:
    today = localdate()
    return [
        ("联系的农户", tables.LEFT_HOMES, [tables.left_home(home) for home in left.homes]),
        ("未办结的意见建议", tables.LEFT_MATTERS, [tables.left_matter(row, today) for row in left.matters]),
        ("没有办完的代办件", tables.LEFT_ERRANDS, [tables.left_errand(row) for row in left.errands]),
        ("必访计划", tables.LEFT_PLANS, [tables.left_plan(row) for row in left.plans]),
    ]


@require_POST
def leave_file(request: HttpRequest, pk: int, format: str) -> HttpResponseBase:  # noqa: A002
    """The list as workbook or print, to be signed by both."""
    person = _person(request, pk)
    parts = [part for part in _parts(leaving.left_by(request.user, person, on=localdate())) if part[2]]
    back = reverse("services:leave", args=[pk])
    if not parts:
        messages.error(request, "没有要交接的内容。")
        return redirect(back)
    return _file(
        request,
        parts,
        f"走访交接清单_{person.name}",
        format,
        back,
        foot=("移交人", "接收人", "监交人", "日期"),
    )


# --- files ------------------------------------------------------------------------------------------


def _file(
    request: HttpRequest,
    parts: Iterable[tuple[str, Sequence[Field], list[Cells]]],
    name: str,
    format: str,  # noqa: A002
    back: str,
    *,
    unit: str = "",
    foot: tuple[str, ...] = ("审核人", "填表人", "填报时间"),
) -> HttpResponseBase:
    by = who(request)
    head = {"unit": f"单位：{unit or by.township or ''}", "as_of": f"截止日期：{days.in_words(localdate())}"}
    made: list[Sheet] = [
        ledgers.sheet(title, fields, rows, foot=foot, **head) for title, fields, rows in parts
    ]
    rows = sum(len(list(sheet.read())) for sheet in made)
    return sending.table(request, made, name, format, rows=rows, by=by, back=back)
