"""How satisfied residents were and how long it took, by item, village and month: one query, one pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from services.models import Ticket
from services.tickets import clock
from services.tickets.calendar.queries import calendar_of, township_of
from services.tickets.choices import TicketResult
from services.visits.choices import Satisfaction

if TYPE_CHECKING:
    from township.models import User

BY_ITEM, BY_VILLAGE, BY_MONTH = "item", "village", "month"
BY = {BY_ITEM: "事项", BY_VILLAGE: "村（党组织）", BY_MONTH: "月份"}
OFF_LIST = "目录外的事项"


@dataclass
class Sum:
    """One item, village or month: how many, how long, how satisfied."""

    key: str
    name: str
    query: Mapping[str, str]  # what the inbox is asked for to show just these
    taken: int = 0
    done: int = 0
    in_time: int = 0
    days: int = 0  # working days of those done, added up
    said: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Satisfaction.values, 0))

    @property
    def average(self) -> float | None:
        """Working days from intake to 办结; None where nothing is done yet."""
        return self.days / self.done if self.done else None

    @property
    def percent_in_time(self) -> int | None:
        """Of those done, in whole percent."""
        return self.in_time * 100 // self.done if self.done else None

    @property
    def heard(self) -> int:
        """How many were asked."""
        return sum(self.said.values())


def statistics(user: "User", year: int, by: str, *, village: int | None = None) -> list[Sum]:
    """All errands in sight that were taken in that year; of one village if named."""
    rows = Ticket.objects.visible_to(user).filter(year=year)
    if village is not None:
        rows = rows.filter(root_id=village)
    calendar, keyed = calendar_of(township_of(user)), KEYS[by]
    found: dict[str, Sum] = {}
    fields = (
        "root_id", "root__name", "version__item_id", "version__name", "accepted_at", "result", "closed_on",
        "due_on", "satisfaction",
    )  # fmt: skip
    for row in rows.order_by("root__position", "root_id", "serial").values_list(*fields).iterator():
        facts = dict(zip(fields, row, strict=True)) | {"year": year}
        one = keyed(facts)
        if village is not None:
            one.query = {**one.query, "village": f"{village}"}
        _add(found.setdefault(one.key, one), facts, calendar)
    order: Callable[[Sum], Any] = (lambda one: one.key) if by == BY_MONTH else (lambda one: -one.taken)
    return sorted(found.values(), key=order)


def _add(one: Sum, row: Mapping[str, Any], calendar: clock.WorkCalendar) -> None:
    one.taken += 1
    if row["result"] == TicketResult.COMPLETED:
        one.done += 1
        one.in_time += row["due_on"] is not None and row["closed_on"] <= row["due_on"]
        accepted = localdate(row["accepted_at"])
        one.days += max(0, clock.workdays_between(accepted, row["closed_on"], calendar))
    if row["satisfaction"]:
        one.said[row["satisfaction"]] += 1


def _by_item(row: Mapping[str, Any]) -> Sum:
    pk = row["version__item_id"]
    year = {"since": f"{row['year']}-01-01", "until": f"{row['year']}-12-31"}
    return Sum(f"{pk or 0}", row["version__name"] or OFF_LIST, {"item": f"{pk or 0}", **year})


def _by_village(row: Mapping[str, Any]) -> Sum:
    year = {"since": f"{row['year']}-01-01", "until": f"{row['year']}-12-31"}
    return Sum(f"{row['root_id']}", row["root__name"], {"village": f"{row['root_id']}", **year})


def _by_month(row: Mapping[str, Any]) -> Sum:
    day = localdate(row["accepted_at"])
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    last = date.fromordinal(after.toordinal() - 1)
    span = {"since": f"{day:%Y-%m}-01", "until": f"{last:%Y-%m-%d}"}
    return Sum(f"{day:%Y-%m}", f"{day.month}月", span)


KEYS: Mapping[str, Callable[[Mapping[str, Any]], Sum]] = {
    BY_ITEM: _by_item,
    BY_VILLAGE: _by_village,
    BY_MONTH: _by_month,
}
