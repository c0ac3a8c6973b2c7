"""The working-day clock of errands: pure, told its days and its pauses, and able to explain itself.

A year the calendar does not know is counted by Saturdays and Sundays only, and every sentence says so.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.utils.timezone import localtime

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST = 20 * 366  # days a search may take: pauses are many months at most


@dataclass(frozen=True)
class WorkCalendar:
    """Which days count: what is published for the known years, else Monday to Friday."""

    years: frozenset[int]
    holidays: Mapping[date, str]
    makeups: Mapping[date, str]

    def is_workday(self, day: date) -> bool:
        """A make-up day counts, a holiday does not, else the day of the week decides."""
        if day in self.makeups:
            return True
        return day not in self.holidays and day.weekday() < SATURDAY

    def is_free(self, day: date) -> bool:
        """A named holiday on which nobody works."""
        return day in self.holidays and day not in self.makeups

    def knows(self, day: date) -> bool:
        """Whether its year has been published or entered."""
        return day.year in self.years

    @cached_property
    def _added(self) -> list[date]:
        return sorted(day for day in self.makeups if day.weekday() >= SATURDAY)

    @cached_property
    def _dropped(self) -> list[date]:
        return sorted(day for day in self.holidays if day.weekday() < SATURDAY and day not in self.makeups)

    def workdays_up_to(self, day: date) -> int:
        """Workdays since the beginning of time, for differences only."""
        weeks, rest = divmod(day.toordinal(), 7)  # day 1 was a Monday
        count = weeks * 5 + min(rest, 5)
        return count + bisect_right(self._added, day) - bisect_right(self._dropped, day)


@dataclass(frozen=True)
class Pause:
    """The days after `since` up to and including `until` do not count; without `until` it still stands."""

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether the clock stands still on the day."""
        return self.since < day and (self.until is None or day <= self.until)


def first_day(at: datetime, calendar: WorkCalendar, cut_off: time) -> date:
    """The day that counts as taken in: the local one if it is a workday and not past the cut-off minute."""
    local = localtime(at)
    late = local.time().replace(second=0, microsecond=0) > cut_off
    day = local.date()
    if calendar.is_workday(day) and not late:
        return day
    return next_workday(day, calendar)


def next_workday(day: date, calendar: WorkCalendar) -> date:
    """The first workday after the day."""
    found = day + DAY
    while not calendar.is_workday(found):
        found += DAY
    return found


def due_on(start: date, days: int, calendar: WorkCalendar, pauses: Sequence[Pause] = ()) -> date | None:
    """The days-th workday after `start` that no pause covers; `start` itself for 0, None while one stands."""
    if any(pause.until is None for pause in pauses):
        return None
    day, left = start, days
    while left > 0:
        day += DAY
        if (day - start).days > LONGEST:
            raise ValueError("no workday within reach")
        if calendar.is_workday(day) and not _paused(day, pauses):
            left -= 1
    return day


def _paused(day: date, pauses: Iterable[Pause]) -> bool:
    return any(pause.covers(day) for pause in pauses)


def workdays_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """Workdays after `start` up to and including `end`; negative when `end` lies before."""
    return calendar.workdays_up_to(end) - calendar.workdays_up_to(start)


def workdays_ago(day: date, count: int, calendar: WorkCalendar) -> date:
    """The latest day after which `count` workdays have passed, `day` counted in."""
    found = day
    while count > 0:
        count -= calendar.is_workday(found)
        found -= DAY
    return found


def unknown_years(start: date, due: date | None, calendar: WorkCalendar) -> list[int]:
    """Years of the span whose holidays nobody has entered."""
    last = due.year if due is not None else start.year
    return [year for year in range(start.year, last + 1) if year not in calendar.years]


# --- in words ---------------------------------------------------------------------------------------


def explain(start: date, days: int, calendar: WorkCalendar, pauses: Sequence[Pause], due: date | None) -> str:
    """9月25日受理，承诺5个工作日，扣除国庆节、中秋节放假8天，9月28日调休上班，10月9日到期."""
    parts = [f"{_short(start, start)}受理", f"承诺{days}个工作日" if days else "当日办结"]
    if due is None:
        return "，".join([*parts, "补件期间停止计时，补齐后重新推算到期日"])
    span = [start + DAY * n for n in range(1, (due - start).days + 1)]
    running = [day for day in span if not _paused(day, pauses)]
    if free := _holidays(running, calendar):
        parts.append(f"扣除{free}")
    if makeups := [day for day in running if day in calendar.makeups]:
        parts.append("、".join(_short(day, start) for day in makeups) + "调休上班")
    stopped = sum(calendar.is_workday(day) for day in span) - sum(map(calendar.is_workday, running))
    if stopped:
        parts.append(f"补件停办{stopped}个工作日")
    if unknown := unknown_years(start, due, calendar):
        years = "、".join(f"{year}年" for year in unknown)
        parts.append(f"{years}的节假日安排还没有录入，暂只按双休日推算")
    return "，".join([*parts, f"{_short(due, start)}到期"])


def _short(day: date, start: date) -> str:
    """Month and day, with the year where it is another one than that of the start."""
    return f"{day.month}月{day.day}日" if day.year == start.year else f"{day.year}年{day.month}月{day.day}日"


def _holidays(days: Sequence[date], calendar: WorkCalendar) -> str:
    """国庆节、中秋节放假8天: holidays that follow each other are one."""
    runs: list[list[date]] = []
    for day in days:
        if not calendar.is_free(day):
            continue
        if runs and day - runs[-1][-1] == DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    told = []
    for run in runs:
        names = "、".join(dict.fromkeys(calendar.holidays[day] for day in run))
        told.append(f"{names}放假{len(run)}天")
    return "、".join(told)
