"""The year as twelve grids, its corrections, a year entered, and the room's settings."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from grids import access
from grids.access import Right
from grids.actions.refusals import sentences
from grids.views.frames import tried, who
from services.models import CalendarDay, CalendarYear
from services.tickets.calendar import actions
from services.tickets.calendar.choices import DayKind
from services.tickets.calendar.forms import FIRST_YEAR, LAST_YEAR, DaysForm, SettingsForm, YearForm
from services.tickets.calendar.months import holidays_of, months_of
from services.tickets.calendar.queries import laid_over, settings_of
from services.tickets.calendar.rules import missing_years
from services.tickets.calendar.shipped import published_years
from services.tickets.rooms import frame
from township.models import Township

MOST_OWN = 120  # rows of corrections on a page


def township_of(request: HttpRequest) -> Township:
    """The reader's township; whoever may read the roster works in one."""
    access.require(request.user, Right.READ_ROSTER)
    township = who(request).township
    if township is None:
        raise Http404
    return township


def _editor(request: HttpRequest) -> bool:
    return access.may(request.user, Right.EDIT_TOWN_CONTACTS)


@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """A year; the office sets days on the same page."""
    township_of(request)
    today = localdate()
    year = year or today.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    form = DaysForm(request.POST if request.method == "POST" else None, initial=_asked_day(request))
    if request.method == "POST":
        access.require(request.user, Right.EDIT_TOWN_CONTACTS)
        if form.is_valid():
            data, by = form.cleaned_data, who(request)
            days = tried(form, lambda: actions.set_days(**data, by=by))
            if days is not None:
                messages.success(
                    request, f"已设置 {len(days)} 天。以后推算的到期日按新日历；已告知群众的到期日不变。"
                )
                # The form leads to itself; what is said about it stands on top of the page.
                return redirect(f"{reverse('services:calendar_year', args=[days[0].year])}#main")
    return render(request, "services/tickets/calendar.html", _page(request, year, today, form))


def _asked_day(request: HttpRequest) -> dict[str, Any]:
    """The day that was clicked."""
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        return {}
    return {"first": day} if day else {}


def _page(request: HttpRequest, year: int, today: date, form: DaysForm) -> dict[str, Any]:
    own = list(CalendarDay.objects.visible_to(request.user).order_by("day"))
    years = {row.year: row for row in CalendarYear.objects.visible_to(request.user)}
    found = laid_over(own, years)
    of_year = {row.day for row in own if row.day.year == year}
    months = months_of(year, found, of_year, today)
    shipped = published_years().get(year)
    return {
        "year": year,
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year < LAST_YEAR else None,
        "months": months,
        "workdays": sum(month.workdays for month in months),
        "holidays": holidays_of(year, found),
        "own_days": [row for row in own if row.day.year == year][:MOST_OWN],
        "own_year": years.get(year),
        "source": shipped.source if shipped else getattr(years.get(year), "source", ""),
        "number": shipped.number if shipped else getattr(years.get(year), "source", ""),
        "is_known": year in found.years,
        "missing": missing_years(found, today),
        "form": form,
        "may_edit": _editor(request),
        "kinds": DayKind.choices,
        "week": "一二三四五六日",
        **frame("calendar"),
    }


@require_POST
def day_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the published year speak again."""
    day = get_object_or_404(CalendarDay.objects.visible_to(request.user), pk=pk)
    access.require(request.user, Right.EDIT_TOWN_CONTACTS)
    actions.take_back(day=day, by=who(request))
    messages.success(request, f"已取消 {day.day:%Y-%m-%d} 的调整。")
    return redirect("services:calendar_year", day.day.year)


@require_http_methods(["GET", "POST"])
def year_new(request: HttpRequest) -> HttpResponse:
    """Paste a notice, look at what was read, save."""
    access.require(request.user, Right.EDIT_TOWN_CONTACTS)
    sent = request.method == "POST"
    asked = request.GET.get("year", "")
    initial = {"year": int(asked)} if asked.isascii() and asked.isdecimal() and len(asked) == 4 else {}
    form = YearForm(request.POST if sent else None, today=localdate(), initial=initial)
    read = form.holidays if sent and form.is_valid() else []
    if read and "save" in request.POST:
        data, by = form.cleaned_data, who(request)
        made = tried(
            form,
            lambda: actions.add_year(year=data["year"], source=data["source"], holidays=read, by=by),
        )
        if made is not None:
            messages.success(request, f"已录入 {made.year} 年的放假安排。")
            return redirect("services:calendar_year", made.year)
    context = {"form": form, "read": read, **frame("calendar")}
    return render(request, "services/tickets/calendar_year.html", context)


@require_POST
def year_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a wrongly entered year out."""
    found = get_object_or_404(CalendarYear.objects.visible_to(request.user), pk=pk)
    access.require(request.user, Right.EDIT_TOWN_CONTACTS)
    try:
        actions.drop_year(year=found, by=who(request))
        messages.success(request, f"已删除 {found.year} 年的安排，请重新录入。")
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect("services:calendar_year", found.year)


@require_http_methods(["GET", "POST"])
def ticket_settings(request: HttpRequest) -> HttpResponse:
    """How the township counts and reminds; others look."""
    row = settings_of(township_of(request))
    initial = {name: getattr(row, name) for name in actions.SETTINGS}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        access.require(request.user, Right.EDIT_TOWN_CONTACTS)
        if form.is_valid():
            data, by = form.cleaned_data, who(request)
            if tried(form, lambda: actions.change_settings(data=data, by=by)) is not None:
                messages.success(request, "已保存，从现在起受理的件按新设置计算。")
                return redirect("services:ticket_settings")
    context = {"form": form, "settings": row, "may_edit": _editor(request), **frame("settings")}
    return render(request, "services/tickets/settings.html", context)
