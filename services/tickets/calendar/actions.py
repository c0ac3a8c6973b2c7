"""Days and years of a township's own, and how it counts and reminds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from grids import access
from grids.actions.refusals import checked, in_words
from services.models import CalendarDay, CalendarYear, TicketSettings
from services.tickets.calendar.choices import DayKind
from services.tickets.calendar.queries import calendar_of, settings_of
from services.tickets.calendar.rules import Holiday, why_not
from services.tickets.calendar.shipped import published_years
from township import audit, history
from township.choices import Deed
from township.models import Township, User

SETTINGS = ("cut_off", "soon_days", "public_lookup", "chase_every_days")


def _require(by: User) -> Township:
    """Only the office says how a township counts."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    township = by.township
    if township is None:  # whoever holds the right works in one
        raise ValidationError("您的账号不属于乡镇。")
    return township


@history.acts("调整工作日历")
def set_days(*, first: date, last: date, kind: str, note: str, by: User) -> list[date]:
    """The same word on some days; it goes before what the published year says."""
    township = _require(by)
    calendar = calendar_of(township)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if wrong := [why for day in days if (why := why_not(day, kind, calendar))]:
        raise ValidationError(wrong)
    with in_words():
        _write(township, [(day, kind, note) for day in days], by=by, reason="调整工作日历")
        title = f"工作日历 {_span(first, last)} {DayKind(kind).label}"
        audit.record(by=by, deed=Deed.CHANGE, target=title, rows=len(days), note=note)
    return days


def _span(first: date, last: date) -> str:
    return f"{first:%Y-%m-%d}" + (f" 至 {last:%Y-%m-%d}" if last != first else "")


def _write(township: Township, said: Iterable[tuple[date, str, str]], *, by: User, reason: str) -> None:
    words = {day: (kind, note) for day, kind, note in said}
    held = CalendarDay.objects.select_for_update().filter(township=township, day__in=words)
    known = {row.day: row for row in held}
    for day, (kind, note) in words.items():
        row = known.get(day) or CalendarDay(township=township, day=day)
        row.kind, row.note = kind, note
        checked(row)
        history.save(row, by=by, reason=reason)


@history.acts("取消工作日历调整")
def take_back(*, day: CalendarDay, by: User) -> None:
    """Let the published year speak again."""
    _require(by)
    with in_words():
        history.remove_all(CalendarDay, [day], by=by, reason="取消工作日历调整")
        audit.record(by=by, deed=Deed.CHANGE, target=f"取消工作日历调整 {day}")


@history.acts("录入工作日历年度")
def add_year(*, year: int, source: str, holidays: Sequence[Holiday], by: User) -> CalendarYear:
    """A year that is not shipped, as its notice says. Raises ValidationError where it is known already."""
    township = _require(by)
    if year in published_years():
        raise ValidationError(f"{year} 年的安排系统已自带，不用录入；有变动请在日历上调整。")
    with in_words():
        made = CalendarYear(township=township, year=year, source=source)
        checked(made)
        history.save(made, by=by, reason="录入工作日历年度")
        said = [
            (day, kind, one.name)
            for one in holidays
            for kind, days in ((DayKind.HOLIDAY, one.days), (DayKind.MAKEUP, one.makeups))
            for day in days
        ]
        _write(township, said, by=by, reason="录入工作日历年度")
        audit.record(by=by, deed=Deed.CHANGE, target=f"工作日历 {year} 年", rows=len(said), note=source)
    return made


@history.acts("删除工作日历年度")
def drop_year(*, year: CalendarYear, by: User) -> None:
    """Take a year out that was entered wrongly, with its days, to enter it anew."""
    township = _require(by)
    with in_words():
        days = CalendarDay.objects.filter(township=township, day__year=year.year)
        history.remove_all(CalendarDay, days, by=by, reason="删除工作日历年度")
        history.remove_all(CalendarYear, [year], by=by, reason="删除工作日历年度")
        audit.record(by=by, deed=Deed.CHANGE, target=f"删除工作日历 {year.year} 年", note=year.source)


@history.acts("修改代办设置")
def change_settings(*, data: Mapping[str, Any], by: User) -> TicketSettings:
    """Cut-off, reminders and public look-up."""
    row = settings_of(_require(by))
    for name in SETTINGS:
        setattr(row, name, data[name])
    with in_words():
        checked(row)
        history.save(row, by=by, reason="修改代办设置")
        note = f"截止 {row.cut_off:%H:%M}，进度查询{'开放' if row.public_lookup else '关闭'}"
        audit.record(by=by, deed=Deed.CHANGE, target="代办设置", note=note)
    return row
