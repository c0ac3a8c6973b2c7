"""The log of visits as asked for, and what stands beside one visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from grids.queries.names import name_matches
from services.models import FourClearCheck, GridEvent, Visit, VisitCompanion
from services.visits.queries.places import may_see_plans
from services.visits.rules import occasion_words, occasions_of

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Asked:
    """What a list's filter asks for."""

    village: int | None = None
    grid: int | None = None
    state: str = ""
    text: str = ""
    visitor: str = ""
    since: date | None = None
    until: date | None = None
    household: int | None = None


def with_occasion(user: "User | Any", rows: Iterable[Visit]) -> list[Visit]:
    """Visits with their occasion in the words this user may read, as `told_occasion`."""
    found, sees_plans = list(rows), may_see_plans(user)
    for row in found:
        row.told_occasion = occasion_words(row.occasion, sees_plans=sees_plans)
    return found


def placed(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """Rows of the village or grid asked for, with their place."""
    if asked.village is not None:
        rows = rows.filter(node__root_id=asked.village)
    if asked.grid is not None:
        rows = rows.filter(node_id=asked.grid)
    return rows.select_related("node__root")


def within_days(rows: QuerySet[Any], name: str, asked: Asked) -> QuerySet[Any]:
    """Rows between two days, both counted."""
    if asked.since is not None:
        rows = rows.filter(**{f"{name}__gte": asked.since})
    if asked.until is not None:
        rows = rows.filter(**{f"{name}__lte": asked.until})
    return rows


def went(person_id: int) -> Q:
    """Visits that a person made or went along on."""
    along = VisitCompanion.objects.filter(visit=OuterRef("pk"), person_id=person_id)
    return Q(visitor_id=person_id) | Q(Exists(along))


def visits(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[Visit]:
    """The latest first."""
    rows = within_days(placed(Visit.objects.visible_to(user), asked), "happened_on", asked)
    if asked.household is not None:
        rows = rows.filter(household_id=asked.household)
    if asked.state:
        rows = rows.filter(occasion__in=occasions_of(asked.state, sees_plans=may_see_plans(user)))
    if asked.visitor:
        rows = rows.filter(name_matches(asked.visitor, "visitor__"))
    if asked.text:
        rows = rows.filter(
            Q(content__icontains=asked.text)
            | Q(outcome__icontains=asked.text)
            | name_matches(asked.text, "household__")
        )
    return rows.select_related("household", "visitor", "matter").order_by("-happened_on", "-pk")


def events(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[GridEvent]:
    """必到 and 必报, the latest first."""
    rows = placed(GridEvent.objects.visible_to(user), asked)
    if asked.since is not None:
        rows = rows.filter(found_at__date__gte=asked.since)
    if asked.until is not None:
        rows = rows.filter(found_at__date__lte=asked.until)
    if asked.state:
        rows = rows.filter(kind=asked.state)
    if asked.text:
        rows = rows.filter(
            Q(matter__icontains=asked.text)
            | Q(place__icontains=asked.text)
            | Q(handling__icontains=asked.text)
        )
    return rows.order_by("-found_at", "-pk")


def with_last_check(grids: QuerySet[Any]) -> QuerySet[Any]:
    """Grids with the number of their latest 四清, as `last_check`."""
    latest = FourClearCheck.objects.filter(node_id=OuterRef("pk")).order_by("-checked_on", "-pk")
    return grids.annotate(last_check=Subquery(latest.values("pk")[:1]))


def last_checks(node_ids: list[int]) -> dict[int, FourClearCheck]:
    """The latest 四清 of each of these grids."""
    found: dict[int, FourClearCheck] = {}
    for row in FourClearCheck.objects.filter(node_id__in=node_ids).order_by("node_id", "checked_on", "pk"):
        found[row.node_id] = row
    return found
