"""Pages of the diary: day by day on the screen, as a booklet, and the secretary's remarks."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right
from grids.actions.refusals import sentences
from grids.choices import Kind
from grids.models import Node, Person
from grids.views.frames import tried, who
from services import sending
from services.visits import booklet
from services.visits.actions import grids as actions
from services.visits.forms.bars import DiaryBar
from services.visits.forms.entries import RemarkForm
from services.visits.queries import diary as queries
from services.visits.queries import places
from services.visits.rules import Period, month_of, year_of
from services.visits.views.lists import tabs
from services.visits.views.visits import said
from township import history


def _bar(request: HttpRequest) -> DiaryBar:
    """Without a choice one's own diary of this month."""
    data, today = request.GET.copy(), localdate()
    if not request.GET.get("year"):
        data["year"] = str(today.year)
        if "month" not in data:
            data["month"] = str(today.month)
    if "person" not in data and "grid" not in data:
        data["person"] = str(access.scope_of(request.user).person_id or "")
    return DiaryBar(data, user=request.user)


def _period(bar: DiaryBar) -> Period:
    year = bar.cleaned_data.get("year") or localdate().year
    month = bar.cleaned_data.get("month")
    return month_of(year, month) if month else year_of(year)


def _read(request: HttpRequest) -> tuple[DiaryBar, queries.Diary | None]:
    bar = _bar(request)
    person, grid = bar.cleaned_data.get("person"), bar.cleaned_data.get("grid")
    if person is None and grid is None:
        return bar, None
    return bar, queries.diary(request.user, person=person, grid=grid, period=_period(bar))


@require_GET
def diary(request: HttpRequest) -> HttpResponse:
    """A month or a year of somebody's or of a grid's."""
    access.require(request.user, Right.READ_ROSTER)
    bar, found = _read(request)
    person, grid = bar.cleaned_data.get("person"), bar.cleaned_data.get("grid")
    place = grid or (person.root if person is not None else None)
    context: dict[str, Any] = {
        "filter_form": bar,
        "diary": found,
        "too_many": found is not None and found.count > queries.MOST_ENTRIES,
        "person": person,
        "grid": grid,
        "place": place,
        "query": request.GET.urlencode(),
        "may_print": access.may(request.user, Right.LOG_VISIT)
        or access.may(request.user, Right.EXPORT_ROSTER),
        "may_remark": place is not None and places.rank_of(request.user, place) >= 1,
        **tabs(request, "diary"),
    }
    return render(request, "services/visits/diary.html", context)


@require_POST
def diary_file(request: HttpRequest, paper: str) -> HttpResponseBase:
    """The booklet; whoever writes a diary may print it."""
    by = who(request)
    if paper not in booklet.PAPERS:
        raise Http404
    if not access.may(by, Right.EXPORT_ROSTER):
        access.require(by, Right.LOG_VISIT)
    _, found = _read(request)
    back = f"{reverse('services:diary')}?{request.GET.urlencode()}"
    if found is None or not found.count:
        messages.error(request, "这段时间没有走访记录，没有可印的。")
        return redirect(back)
    if found.count > queries.MOST_ENTRIES:
        messages.error(request, f"超过 {queries.MOST_ENTRIES} 次走访，印不成一本。请按月或按网格分开印。")
        return redirect(back)
    today = localdate()
    town = by.township.name if by.township else ""
    content = booklet.write(found, paper=paper, township=town, on=today, stamp=sending.watermark(by))
    name = f"民情日记_{found.title}_{found.period.title}"
    return sending.send(content, name, "pdf", rows=found.count, by=by, request=request)


@require_POST
def diary_remark(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """The secretary's words to a month of a grid's diary, or with ?person= of a person's."""
    node = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    by = who(request)
    actions.require_remark(by, node)
    first = _month(month)
    bar = DiaryBar({**request.GET.dict(), "village": str(node.root_id)}, user=by)
    person: Person | None = bar.cleaned_data.get("person")
    if person is None and (request.GET.get("person") or node.kind != Kind.GRID):
        raise Http404
    form = RemarkForm(request.POST)
    if form.is_valid():
        with history.action(by=by, title="阅评民情日记") as act:
            tried(
                form,
                lambda: actions.remark(
                    node=node, person=person, month=first, text=form.cleaned_data["text"], by=by
                ),
            )
        if form.is_valid():
            said(request, "已保存阅评。", act, node)
    if not form.is_valid():
        messages.error(request, f"没有保存：{''.join(sentences(ValidationError(form.errors.as_data())))}")
    whose = f"person={person.pk}" if person is not None else f"grid={node.pk}"
    address = reverse("services:diary")
    return redirect(f"{address}?village={node.root_id}&{whose}&year={first.year}&month={first.month}")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
