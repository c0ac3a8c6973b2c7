"""A year as twelve small grids of weeks, and its holidays in lines."""

from calendar import Calendar
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from services.tickets.calendar.rules import WEEK, Holiday
from services.tickets.clock import SATURDAY, WorkCalendar

_MONDAY_FIRST = Calendar(firstweekday=0)


@dataclass(frozen=True)
class Cell:
    """One day of a grid."""

    day: date
    look: str  # work, rest, holiday or makeup
    name: str = ""
    own: bool = False
    today: bool = False

    @property
    def mark(self) -> str:
        """What stands beside the number: colour alone tells nothing."""
        return {"holiday": "休", "makeup": "班"}.get(self.look, "")

    @property
    def told(self) -> str:
        """10月1日，周四，国庆节放假."""
        what = {"holiday": f"{self.name}放假", "makeup": f"{self.name}调休上班"}.get(self.look, "")
        parts = [f"{self.day.month}月{self.day.day}日", f"周{WEEK[self.day.weekday()]}", what]
        return "，".join(part for part in parts if part)


@dataclass(frozen=True)
class Month:
    """A month with its weeks; days of other months are None."""

    number: int
    weeks: Sequence[Sequence[Cell | None]]
    workdays: int


def months_of(year: int, calendar: WorkCalendar, own: Collection[date], today: date) -> list[Month]:
    """All twelve."""
    return [_month(year, number, calendar, own, today) for number in range(1, 13)]


def _month(year: int, number: int, calendar: WorkCalendar, own: Collection[date], today: date) -> Month:
    weeks = [
        [_cell(day, calendar, own, today) if day.month == number else None for day in week]
        for week in _MONDAY_FIRST.monthdatescalendar(year, number)
    ]
    cells = [cell for week in weeks for cell in week if cell is not None]
    return Month(number, weeks, sum(calendar.is_workday(cell.day) for cell in cells))


def _cell(day: date, calendar: WorkCalendar, own: Collection[date], today: date) -> Cell:
    if calendar.is_free(day):
        look, name = "holiday", calendar.holidays[day]
    elif day in calendar.makeups:
        look, name = "makeup", calendar.makeups[day]
    else:
        look, name = ("work" if day.weekday() < SATURDAY else "rest"), ""
    return Cell(day, look, name, day in own, day == today)


def holidays_of(year: int, calendar: WorkCalendar) -> list[Holiday]:
    """The year's holidays in order, each with the days worked for it; neighbours are one."""
    free = sorted(day for day in calendar.holidays if day.year == year and calendar.is_free(day))
    found = [
        Holiday("、".join(dict.fromkeys(calendar.holidays[day] for day in run)), run) for run in _runs(free)
    ]
    for day in sorted(day for day in calendar.makeups if day.year == year):
        named = [one for one in found if calendar.makeups[day] in one.name.split("、")]
        if named:
            min(named, key=lambda one: abs((one.days[0] - day).days)).makeups.append(day)
    return found


def _runs(days: Sequence[date]) -> list[list[date]]:
    runs = [[day] for day in days[:1]]
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
