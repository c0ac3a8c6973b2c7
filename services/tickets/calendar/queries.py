"""A township's calendar: the published years with its own years and days laid over them; its settings."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from services.models import CalendarDay, CalendarYear, TicketSettings
from services.tickets import clock
from services.tickets.calendar.choices import DayKind
from services.tickets.calendar.shipped import published_years
from services.tickets.clock import WorkCalendar
from township.models import Township

if TYPE_CHECKING:
    from township.models import User


def calendar_of(township: Township) -> WorkCalendar:
    """Which days count there: two queries."""
    own = CalendarDay.objects.filter(township=township).order_by("day")
    years = CalendarYear.objects.filter(township=township).values_list("year", flat=True)
    return laid_over(own, years)


def laid_over(days: Iterable[CalendarDay], years: Iterable[int]) -> WorkCalendar:
    """The published years, and over them what the office says itself."""
    published = published_years()
    holidays = {day: name for year in published.values() for day, name in year.holidays.items()}
    makeups = {day: name for year in published.values() for day, name in year.makeups.items()}
    for own in days:
        holidays.pop(own.day, None)
        makeups.pop(own.day, None)
        if own.kind == DayKind.HOLIDAY:
            holidays[own.day] = own.note
        elif own.kind == DayKind.MAKEUP:
            makeups[own.day] = own.note
    return WorkCalendar(frozenset({*published, *years}), holidays, makeups)


def township_of(user: "User | Any") -> Township:
    """The township somebody acts in; nobody else comes as far as a page of errands."""
    return cast(Township, user.township)


def settings_of(township: Township) -> TicketSettings:
    """How it counts and reminds; what holds by itself where nothing has been set."""
    return TicketSettings.objects.filter(township=township).first() or TicketSettings(township=township)


def answer_day(township: Township, days: int, now: datetime) -> date | None:
    """So many workdays after what is taken in now."""
    calendar = calendar_of(township)
    return clock.due_on(clock.first_day(now, calendar, settings_of(township).cut_off), days, calendar)
