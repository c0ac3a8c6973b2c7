"""A diary: the visits of a person or a grid in a month or year, and the secretary's remarks to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from grids.models import Node, Person
from services.models import DiaryRemark, Visit
from services.visits.queries.log import went, with_occasion
from services.visits.rules import Period

if TYPE_CHECKING:
    from township.models import User

MOST_ENTRIES = 1000


@dataclass(frozen=True)
class Month:
    """One month of a diary."""

    first: date
    entries: Sequence[Visit]
    remarks: Sequence[str]

    @property
    def key(self) -> str:
        """2026-09, in addresses."""
        return f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        """2026年9月."""
        return f"{self.first.year}年{self.first.month}月"

    @property
    def words(self) -> str:
        """日记 7 篇，走访 11 次: a visit ticked as plain is no entry."""
        return f"日记 {sum(one.is_entry for one in self.entries)} 篇，走访 {len(self.entries)} 次"


@dataclass(frozen=True)
class Diary:
    """Whose it is, of what period, and its months."""

    title: str
    label: str
    place: str
    period: Period
    months: Sequence[Month]

    @property
    def count(self) -> int:
        """How many visits."""
        return sum(len(month.entries) for month in self.months)

    @property
    def homes(self) -> int:
        """How many households."""
        return len({one.household_id for month in self.months for one in month.entries} - {None})

    @property
    def words(self) -> str:
        """日记 7 篇，走访 11 次、8 户."""
        entries = sum(one.is_entry for month in self.months for one in month.entries)
        return f"日记 {entries} 篇，走访 {self.count} 次、{self.homes} 户"


def diary(user: "User | Any", *, person: Person | None, grid: Node | None, period: Period) -> Diary:
    """Day by day; at most a thousand visits, the pages say when there are more."""
    rows = Visit.objects.visible_to(user).filter(happened_on__gte=period.first, happened_on__lt=period.until)
    remarks = DiaryRemark.objects.visible_to(user).filter(month__gte=period.first, month__lt=period.until)
    if person is not None:
        rows, remarks = rows.filter(went(person.pk)), remarks.filter(person=person)
    else:
        remarks = remarks.filter(person=None)
    if grid is not None:
        rows, remarks = rows.filter(node=grid), remarks.filter(node=grid) if person is None else remarks
    fields = ("node__root", "household__household_profile__villager_group", "visitor", "matter")
    found = with_occasion(
        user,
        rows.select_related(*fields)
        .prefetch_related("companions")
        .order_by("happened_on", "happened_at", "pk")[: MOST_ENTRIES + 1],
    )
    said = _by_month(remarks)
    months = {first: list(days) for first, days in groupby(found, lambda one: one.happened_on.replace(day=1))}
    firsts = sorted({*months, *said})
    made = [Month(first, months.get(first, []), said.get(first, [])) for first in firsts]
    label = "走访人" if person is not None else "网　　格"
    return Diary(_whose(person, grid), label, _where(person, grid), period, made)


def _by_month(remarks: Any) -> dict[date, list[str]]:
    found: dict[date, list[str]] = {}
    for row in remarks.order_by("month", "pk"):
        found.setdefault(row.month, []).append(row.text)
    return found


def _whose(person: Person | None, grid: Node | None) -> str:
    return person.name if person is not None else grid.name if grid is not None else ""


def _where(person: Person | None, grid: Node | None) -> str:
    if person is not None:
        return person.root.name if person.root else ""
    return grid.root.name if grid is not None and grid.root is not None else ""
