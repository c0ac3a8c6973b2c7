"""Who has not been seen for too long, what of each grid has been covered, and whom to see on a round.

The last visit is read from the index of household and day, not kept beside the household: an undone or
corrected visit then needs no repair.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When

from grids import access
from grids.choices import Kind
from grids.models import HouseholdProfile, Node
from grids.queries.names import name_matches
from services.models import Visit, VisitPlan
from services.visits.interval import usual
from services.visits.queries.log import Asked
from services.visits.queries.places import households
from services.visits.rules import PACES, Period, days_over, door_order, limit

if TYPE_CHECKING:
    from township.models import User

NEVER, OWN_PACE = "never", "pace"


def _last() -> Subquery:
    seen = Visit.objects.filter(household_id=OuterRef("pk")).order_by("-happened_on")
    return Subquery(seen.values("happened_on")[:1])


def with_last(rows: QuerySet[Node]) -> QuerySet[Node]:
    """Each household with the day of its last visit."""
    return rows.annotate(last_visit=_last())


def _soon_enough(today: date, usual: int) -> Case:
    """The first day on which a visit still counts, by the household's own pace, else the usual one."""
    paces = [When(visit_pace__pace=str(days), then=Value(limit(today, days))) for days in PACES]
    return Case(*paces, default=Value(limit(today, usual)))


def due(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[Node]:
    """Households not seen for too long: never seen first, then the longest ago."""
    rows = households(user)
    if asked.village is not None:
        rows = rows.filter(root_id=asked.village)
    if asked.grid is not None:
        rows = rows.filter(grid_id=asked.grid)
    if asked.text:
        rows = rows.filter(name_matches(asked.text))
    seen = Visit.objects.filter(household_id=OuterRef("pk"))
    if asked.state != NEVER:
        rows = rows.alias(enough=_soon_enough(on, usual(user, on=on)))
        seen = seen.filter(happened_on__gte=OuterRef("enough"))
    rows = rows.filter(~Exists(seen))
    if asked.state == OWN_PACE:
        rows = rows.filter(visit_pace__isnull=False)
    return with_last(rows).order_by(F("last_visit").asc(nulls_first=True), "root_id", "grid_id", "pk")


@dataclass(frozen=True)
class Home:
    """A household as the lists of visits show it."""

    pk: int
    name: str
    village: str
    grid: str
    lane: str
    door: str
    holder: str
    last: date | None
    every: int
    over: int | None


def homes(user: "User | Any", rows: Iterable[Node], today: date) -> list[Home]:
    """Households with their place, holder and pace: two queries beyond the rows."""
    days = usual(user, on=today)
    found: dict[int, Any] = {row.pk: row for row in rows}
    values = Node.objects.filter(pk__in=found).values_list(
        "pk", "name", "root__name", "grid__name", "household_profile__villager_group__name",
        "household_profile__door", "parent__kind", "parent__name", "visit_pace__pace",
    )  # fmt: skip
    told = {}
    for pk, name, root, grid, lane, door, above, parent, pace in values:
        last, every = found[pk].last_visit, int(pace or days)
        holder = parent if above == Kind.MEMBER else ""
        told[pk] = Home(
            pk, name, root or "", grid or "", lane or "", door or "", holder, last, every,
            days_over(last, every, today),
        )  # fmt: skip
    return [told[pk] for pk in found]


# --- coverage ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """本季 41/64 户, and how many calls that were."""

    node: Node
    seen: int
    homes: int
    visits: int

    @property
    def percent(self) -> int:
        """Whole percent; nothing to see is nothing missed."""
        return 100 * self.seen // self.homes if self.homes else 100


def coverage(grids: Sequence[Node], period: Period) -> list[Coverage]:
    """Of each of these grids: two queries, however many there are."""
    pks = [grid.pk for grid in grids]
    open_homes = Node.objects.open().filter(kind=Kind.HOUSEHOLD, grid_id__in=pks)
    counted = dict(open_homes.order_by().values_list("grid_id").annotate(n=Count("pk")))
    townships = {grid.township_id for grid in grids}
    called = _seen(period).filter(township_id__in=townships, household__grid_id__in=pks)
    seen = {grid: (n, calls) for grid, n, calls in called}
    return [
        Coverage(
            grid, *(seen.get(grid.pk, (0, 0))[:1]), counted.get(grid.pk, 0), seen.get(grid.pk, (0, 0))[1]
        )
        for grid in grids
    ]


def _seen(period: Period) -> QuerySet[Any, Any]:
    rows = Visit.objects.filter(
        happened_on__gte=period.first,
        happened_on__lt=period.until,
        household__closed_on=None,
        household__isnull=False,
    )
    return (
        rows.order_by()
        .values_list("household__grid_id")
        .annotate(n=Count("household_id", distinct=True), calls=Count("pk"))
    )


@dataclass(frozen=True)
class Whole:
    """All households in sight: how many there are, were seen, are due."""

    homes: int
    seen: int

    @property
    def percent(self) -> int:
        """Whole percent."""
        return 100 * self.seen // self.homes if self.homes else 100


def whole(user: "User | Any", asked: Asked, period: Period) -> Whole:
    """The same for everything in sight: two queries."""
    rows = households(user)
    if asked.village is not None:
        rows = rows.filter(root_id=asked.village)
    seen = Visit.objects.filter(
        township_id=access.scope_of(user).township_id or 0,
        happened_on__gte=period.first,
        happened_on__lt=period.until,
        household__in=rows.order_by(),
    )
    return Whole(rows.count(), seen.order_by().values("household_id").distinct().count())


# --- plans ------------------------------------------------------------------------------------------

LATE, SOON, ENDED = "late", "open", "ended"


def plans(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[VisitPlan]:
    """Services due, the most overdue first; ended ones only when asked for."""
    rows = VisitPlan.objects.visible_to(user).filter(ended_on__isnull=asked.state != ENDED)
    if asked.grid is not None:
        rows = rows.filter(household__grid_id=asked.grid)
    if asked.state == LATE:
        rows = rows.filter(next_on__lt=on)
    if asked.text:
        rows = rows.filter(name_matches(asked.text, "household__"))
    fields = ("household__grid", "household__parent", "household__household_profile__villager_group")
    return rows.select_related(*fields).order_by("next_on", "pk")


@dataclass(frozen=True)
class PlanCount:
    """How many services of a village are due: all that the office learns of them."""

    village: str
    plans: int
    late: int


def plan_counts(township_id: int | None, *, on: date) -> list[PlanCount]:
    """By village, without a name and without a need: one query."""
    rows = (
        VisitPlan.objects.filter(
            ended_on=None, household__township_id=township_id or 0, household__closed_on=None
        )
        .order_by()
        .values_list("household__root__name")
        .annotate(
            n=Count("pk"), late=Count("pk", filter=Q(next_on__lt=on)), at=Max("household__root__position")
        )
        .order_by("at", "household__root__name")
    )
    return [PlanCount(name, n, late) for name, n, late, _ in rows]


# --- a round ----------------------------------------------------------------------------------------


def round_of(user: "User | Any", grid_id: int, n: int, *, on: date) -> list[Home]:
    """The households of a grid not seen for longest, in the order of villager groups and doors."""
    rows = with_last(households(user).filter(grid_id=grid_id))
    chosen = list(rows.order_by(F("last_visit").asc(nulls_first=True), "pk")[:n])
    ways = _ways([row.pk for row in chosen])
    return sorted(
        homes(user, chosen, on), key=lambda home: (ways.get(home.pk, 0), *door_order(home.door), home.pk)
    )


def _ways(pks: Collection[int]) -> dict[int, int]:
    """Where in the village's order of villager groups a household lies; without a group last."""
    rows = HouseholdProfile.objects.filter(node_id__in=pks).values_list(
        "node_id", "villager_group_id", "villager_group__position"
    )
    last = 10**6
    return {pk: last if lane is None else (position or 0) for pk, lane, position in rows}
