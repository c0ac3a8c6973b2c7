"""The clock against a second, slow and obvious implementation, and its sentences against the notices."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.tickets.calendar.queries import laid_over
from services.tickets.clock import (
    Pause,
    WorkCalendar,
    due_on,
    explain,
    first_day,
    unknown_years,
    workdays_ago,
    workdays_between,
)

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
PUBLISHED = laid_over([], [])
ALL_DAYS = [FIRST - timedelta(days=40) + timedelta(days=n) for n in range(1900)]
days = st.dates(FIRST, LAST)
quick = settings(max_examples=80, deadline=None)


@st.composite
def calendars(draw):
    """The published years, or any others."""
    if draw(st.booleans()):
        return PUBLISHED
    named = st.dictionaries(days, st.sampled_from(["春节", "国庆节"]), max_size=40)
    return WorkCalendar(frozenset({2024, 2025, 2026}), draw(named), draw(named))


@st.composite
def stops(draw):
    """Up to three pauses, which may lie over each other or over nothing."""
    return [
        Pause(since, since + timedelta(days=draw(st.integers(-2, 50))))
        for since in draw(st.lists(days, max_size=3))
    ]


# --- the slow one -----------------------------------------------------------------------------------


def works(day: date, calendar: WorkCalendar) -> bool:
    if f"{day:%a}" in ("Sat", "Sun"):
        return day in list(calendar.makeups)
    return day in list(calendar.makeups) or day not in list(calendar.holidays)


def stands_still(day: date, pauses: list[Pause]) -> bool:
    return any(day in [pause.since + timedelta(days=n) for n in range(1, 60) if pause.since
               + timedelta(days=n) <= pause.until] for pause in pauses)  # fmt: skip


def slow_due(start: date, number: int, calendar: WorkCalendar, pauses: list[Pause]) -> date:
    if number == 0:
        return start
    after = ALL_DAYS[ALL_DAYS.index(start) + 1 :][:400]
    counted = [day for day in after if works(day, calendar)]
    return [day for day in counted[: number + 130] if not stands_still(day, pauses)][number - 1]


@quick
@given(days, st.integers(0, 40), calendars(), stops())
def test_due_is_what_counting_day_by_day_gives(start, number, calendar, pauses):
    assert due_on(start, number, calendar, pauses) == slow_due(start, number, calendar, pauses)


@quick
@given(days, days, calendars())
def test_workdays_between_are_those_one_can_count(one, other, calendar):
    early, late = sorted((one, other))
    counted = sum(works(day, calendar) for day in ALL_DAYS if early < day <= late)
    assert workdays_between(early, late, calendar) == counted
    assert workdays_between(late, early, calendar) == -counted


@quick
@given(days, st.integers(1, 40), calendars())
def test_due_and_between_undo_each_other(start, number, calendar):
    due = due_on(start, number, calendar)
    assert due is not None
    assert calendar.is_workday(due)
    assert workdays_between(start, due, calendar) == number


@quick
@given(
    days,
    st.integers(0, 86_399),
    calendars(),
    st.times(time(8), time(20)).map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_first_day_is_the_local_day_until_the_cut_off_minute_has_passed(day, second, calendar, cut_off):
    at = datetime.combine(day, time(tzinfo=UTC)) + timedelta(seconds=second)
    local = at.replace(tzinfo=None) + timedelta(hours=8)  # China has one zone and no summer time
    in_time = (local.hour, local.minute) <= (cut_off.hour, cut_off.minute)
    candidates = [day for day in ALL_DAYS if 0 <= (day - local.date()).days < 60 and works(day, calendar)]
    expected = next(day for day in candidates if in_time or day != local.date())
    assert first_day(at, calendar, cut_off) == expected


def test_an_open_pause_has_no_due_day():
    assert due_on(date(2026, 9, 1), 5, PUBLISHED, [Pause(date(2026, 9, 3), None)]) is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 9, 18, 9, 0, 59, tzinfo=UTC), date(2026, 9, 18)),  # 17:00:59 is still 17:00
        (datetime(2026, 9, 18, 9, 1, tzinfo=UTC), date(2026, 9, 20)),  # Friday late; Sunday is made up for
        (datetime(2026, 9, 24, 23, 30, tzinfo=UTC), date(2026, 9, 28)),  # early on the 25th here: a holiday
        (datetime(2026, 9, 17, 16, 30, tzinfo=UTC), date(2026, 9, 18)),  # still the 17th in UTC
    ],
)
def test_cut_off_is_told_in_local_minutes(at, expected):
    assert first_day(at, PUBLISHED, time(17)) == expected


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"):
        first_day(datetime(2026, 9, 18, 9, tzinfo=UTC).replace(tzinfo=None), PUBLISHED, time(17))


# --- in words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "number", "pauses", "words"),
    [
        (
            date(2025, 9, 25), 5, [],
            "9月25日受理，承诺5个工作日，扣除国庆节、中秋节放假8天，9月28日调休上班，10月9日到期",
        ),
        (
            date(2026, 9, 17), 10, [],
            "9月17日受理，承诺10个工作日，扣除中秋节放假3天、国庆节放假7天，9月20日调休上班，10月8日到期",
        ),
        (
            date(2026, 9, 1), 5, [Pause(date(2026, 9, 2), date(2026, 9, 7))],
            "9月1日受理，承诺5个工作日，补件停办3个工作日，9月11日到期",
        ),
        (
            date(2025, 12, 30), 3, [],
            "12月30日受理，承诺3个工作日，扣除元旦放假3天，2026年1月4日调休上班，2026年1月5日到期",
        ),
        (
            date(2026, 12, 30), 3, [],
            "12月30日受理，承诺3个工作日，2027年的节假日安排还没有录入，暂只按双休日推算，2027年1月4日到期",
        ),
        (date(2026, 9, 1), 0, [], "9月1日受理，当日办结，9月1日到期"),
        (
            date(2026, 9, 1), 5, [Pause(date(2026, 9, 2), None)],
            "9月1日受理，承诺5个工作日，补件期间停止计时，补齐后重新推算到期日",
        ),
    ],
)  # fmt: skip
def test_the_clock_explains_itself(start, number, pauses, words):
    due = due_on(start, number, PUBLISHED, pauses)
    assert explain(start, number, PUBLISHED, pauses, due) == words


def test_unknown_years_are_named():
    assert unknown_years(date(2026, 12, 30), date(2028, 1, 4), PUBLISHED) == [2027, 2028]
    assert unknown_years(date(2026, 9, 1), None, PUBLISHED) == []


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 40))
def test_so_many_workdays_ago_so_many_have_passed_since(day, count):
    calendar = laid_over([], [])
    found = workdays_ago(day, count, calendar)
    assert workdays_between(found, day, calendar) == count
    assert count == 0 or calendar.is_workday(found + timedelta(days=1))
