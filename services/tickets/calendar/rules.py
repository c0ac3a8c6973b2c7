"""A published notice read as people paste it, the years that must be known, and what a day may be set to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from grids.imports.reading.values import clean_text
from services.tickets.calendar.choices import DayKind
from services.tickets.clock import SATURDAY, WorkCalendar

AHEAD = timedelta(days=60)  # an errand taken in today may well fall due after the turn of the year
LONGEST_HOLIDAY = 15
MOST_DAYS = 31  # of one setting
WEEK = "一二三四五六日"
EXAMPLE = "二、春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。"
_LINE = re.compile(r"^(?:[一二三四五六七八九十]+|\d+)?[、.\s]*([^:\d]{2,20}):(.+)$")
_DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?")
_MEANING = re.compile(r"放假|上班|补班")
_COUNT = re.compile(r"(?:共|放假)(\d+)天")


def needed_years(today: date) -> list[int]:
    """This year, and the next one as soon as errands of today may fall due in it."""
    return sorted({today.year, (today + AHEAD).year})


def missing_years(calendar: WorkCalendar, today: date) -> list[int]:
    """Years that are needed and not known."""
    return [year for year in needed_years(today) if year not in calendar.years]


def why_not(day: date, kind: str, calendar: WorkCalendar) -> str:
    """Why a day cannot be set so; "" when it can."""
    named = f"{day.month}月{day.day}日（周{WEEK[day.weekday()]}）"
    if kind == DayKind.MAKEUP and day.weekday() < SATURDAY and not calendar.is_free(day):
        return f"{named}本来就上班，不用设为调休上班。"
    return ""


# --- a notice ---------------------------------------------------------------------------------------


@dataclass
class Holiday:
    """One holiday of a notice."""

    name: str
    days: list[date] = field(default_factory=list)
    makeups: list[date] = field(default_factory=list)

    @property
    def words(self) -> str:
        """1月1日至3日放假3天，1月4日上班."""
        told = f"{_span(self.days)}放假{len(self.days)}天"
        return told + ("，" + "、".join(map(_said, self.makeups)) + "上班" if self.makeups else "")


class Unread(ValueError):
    """A line nobody can read for sure; the message is for people."""


def read_notice(text: str, year: int) -> tuple[list[Holiday], list[str]]:
    """Holidays line by line, and what is wrong with the other lines; lines without a day are left out."""
    found: list[Holiday] = []
    wrong: list[str] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = clean_text(raw)
        if not _DAY.search(line):
            continue
        try:
            found.append(_read_line(line, year))
        except Unread as why:
            wrong.append(f"第 {number} 行：{why}")
    wrong += _twice(found)
    if not found and not wrong:
        wrong.append("没有读到放假安排，请把通知里各节日的几行粘贴进来。")
    return found, wrong


def _read_line(line: str, year: int) -> Holiday:
    match = _LINE.match(line)
    if match is None:
        raise Unread("没有节日名称，请写成“元旦：1月1日至3日放假，1月4日上班”。")
    holiday, rest = Holiday(match[1].strip()), match[2]
    start = 0
    for meaning in _MEANING.finditer(rest):
        days = _days(rest[start : meaning.start()], year)
        if meaning[0] == "放假":
            holiday.days += days
        else:
            holiday.makeups += days
        start = meaning.end()
    if _DAY.search(rest[start:]):
        raise Unread("后面的日期没有写明是放假还是上班。")
    return _checked(holiday, rest, year)


def _checked(holiday: Holiday, rest: str, year: int) -> Holiday:
    if not holiday.days:
        raise Unread("没有写明哪几天放假。")
    count = _COUNT.search(rest)
    if count and int(count[1]) != len(holiday.days):
        raise Unread(f"写的是共{count[1]}天，日期数出来是{len(holiday.days)}天。")
    for day in holiday.days:
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise Unread(f"{_said(day)}不在 {year} 年。")
    for day in holiday.makeups:
        if day.weekday() < SATURDAY:
            raise Unread(f"{_said(day)}是周{WEEK[day.weekday()]}，不是周末，不会调休上班。")
    return holiday


def _days(text: str, year: int) -> list[date]:
    """The days a part of a line names; 至 between two of them means all days from one to the other."""
    found: list[date] = []
    month, end = 0, 0
    for match in _DAY.finditer(text):
        year, month = int(match[1] or year), int(match[2] or month)
        day = _day(year, month, int(match[3]), match[4] or "")
        if found and text[end : match.start()].strip() in ("至", "到", "-", "—"):
            found += _until(found[-1], day)
        else:
            found.append(day)
        end = match.end()
    return found


def _day(year: int, month: int, day: int, beside: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unread(f"没有{year}年{month}月{day}日这一天。") from None
    weekday = re.search(rf"(?:周|星期)([{WEEK}天])", beside)
    if weekday and weekday[1].replace("天", "日") != WEEK[found.weekday()]:
        raise Unread(
            f"{_said(found)}在 {year} 年是周{WEEK[found.weekday()]}，写的是周{weekday[1]}，请核对年度。"
        )
    return found


def _until(first: date, last: date) -> list[date]:
    if not 0 < (last - first).days < LONGEST_HOLIDAY:
        raise Unread(f"{_said(first)}至{_said(last)}不像一次放假，请核对。")
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]


def _twice(found: Sequence[Holiday]) -> Iterable[str]:
    seen: set[date] = set()
    for holiday in found:
        for day in (*holiday.days, *holiday.makeups):
            if day in seen:
                yield f"{_said(day)}出现了两次。"
            seen.add(day)


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _span(days: Sequence[date]) -> str:
    return _said(days[0]) if len(days) == 1 else f"{_said(days[0])}至{_said(days[-1])}"
