"""The register's rows as asked for, in the order of their numbers, and what lies in which box."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, QuerySet
from django.utils.timezone import make_aware

from services.models import Ticket

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Asked:
    """What the register's filter asks for: always one year."""

    year: int
    village: int | None = None
    month: int | None = None
    kind: str = ""
    state: str = ""
    category: str = ""
    box: int | None = None


def register_of(user: "User | Any", asked: Asked) -> QuerySet[Ticket]:
    """A year's errands in sight, as they were numbered."""
    rows = Ticket.objects.visible_to(user).filter(year=asked.year)
    if asked.village is not None:
        rows = rows.filter(root_id=asked.village)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.category:
        rows = rows.filter(version__category=asked.category)
    if asked.month is not None:
        rows = rows.filter(accepted_at__gte=_first(asked.year, asked.month))
        rows = rows.filter(accepted_at__lt=_first(asked.year, asked.month + 1))
    return rows.select_related("agent", "root").order_by("no", "pk")


def _first(year: int, month: int) -> datetime:
    """When a month begins; the thirteenth is the next year's first."""
    day = date(year + 1, 1, 1) if month > 12 else date(year, month, 1)
    return make_aware(datetime.combine(day, time()))


def years_of(user: "User | Any", on: date) -> list[int]:
    """From the first errand in sight to this year, the latest first; one query over the numbers' index."""
    first = Ticket.objects.visible_to(user).order_by("no").values_list("year", flat=True).first()
    return list(range(on.year, min(first or on.year, on.year) - 1, -1))


def archived(user: "User | Any", asked: Asked) -> QuerySet[Ticket]:
    """What lies in boxes, in the order it lies there."""
    rows = register_of(user, asked).filter(archive_item__isnull=False)
    if asked.box is not None:
        rows = rows.filter(archive_box=asked.box)
    return rows.order_by("village_code", "root_id", "archive_box", "archive_item")


@dataclass(frozen=True)
class Box:
    """One box of a village's year."""

    root_id: int
    village: str
    year: int
    village_code: int
    box: int
    items: int
    first: int
    last: int
    since: date
    until: date

    @property
    def code(self) -> str:
        """2026-07-D03: the beginning of every 归档号 in it."""
        return f"{self.year}-{self.village_code:02d}-D{self.box:02d}"


def boxes(user: "User | Any", asked: Asked) -> QuerySet[Any]:
    """Each box with how much lies in it, as values for `box_of`."""
    rows = archived(user, asked).order_by("village_code", "root_id", "archive_box")
    counted = rows.values("root_id", "root__name", "year", "village_code", "archive_box")
    return counted.annotate(
        items=Count("pk"),
        first=Min("archive_item"),
        last=Max("archive_item"),
        since=Min("archived_on"),
        until=Max("archived_on"),
    )


def box_of(row: dict[str, Any]) -> Box:
    """One line of `boxes`."""
    return Box(
        row["root_id"], row["root__name"], row["year"], row["village_code"], row["archive_box"],
        row["items"], row["first"], row["last"], row["since"], row["until"],
    )  # fmt: skip
