"""What a phone shows and keeps: how much is due, households with door and days, grids one may log in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from grids import access
from grids.models import Node, Person, Post
from services.models import Visit, VisitPlan
from services.phone.rules import MOST_HOMES, MOST_RECENT
from services.tickets.queries.lists import LATE as ERRAND_LATE
from services.tickets.queries.lists import MINE, STANDING, TODAY, counts, days_of
from services.tickets.queries.lists import Asked as Tickets
from services.visits.queries import places
from services.visits.queries.due import due, with_last
from services.visits.queries.log import Asked
from services.visits.queries.matters import OPEN, matters
from services.visits.rules import month_of
from township.models import Township

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Week:
    """The three cards: whom to see, what has to be done for whom, what was written this month."""

    due: int
    plans_late: int | None  # None for those who see no plans
    longest: int | None  # days; None: somebody was never seen, or nobody is due
    never: bool
    errands: int
    errands_late: int
    errands_today: int
    open: int
    visits: int


def week(user: "User | Any", *, on: date) -> Week:
    """In a dozen queries, however many households there are."""
    errands = counts(user, Tickets(whose=MINE), days_of(user, on=on))
    rows = due(user, Asked(), on=on)
    first = rows.first()
    last = first.last_visit if first else None
    month = month_of(on.year, on.month)
    plans = VisitPlan.objects.visible_to(user).filter(
        ended_on=None, next_on__lt=on, household__closed_on=None
    )
    own = Visit.objects.visible_to(user).filter(visitor_id=access.scope_of(user).person_id or 0)
    return Week(
        due=rows.count(),
        plans_late=plans.count() if places.may_see_plans(user) else None,
        longest=(on - last).days if last else None,
        never=first is not None and last is None,
        errands=errands[STANDING],
        errands_late=errands[ERRAND_LATE],
        errands_today=errands[TODAY],
        open=matters(user, Asked(state=OPEN), on=on).count(),
        visits=own.filter(happened_on__gte=month.first, happened_on__lt=month.until).count(),
    )


# --- what a phone is given ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Pack:
    """What the form for a visit needs; `kept` may lie on the phone, `people` (names to choose) may not."""

    kept: Mapping[str, Any]
    people: Sequence[tuple[int, str]]


def pack(user: "User | Any", *, on: date) -> Pack:
    """Names, doors and days since the last visit: no phone number, no need, nothing of what was written."""
    grids = list(places.loggable(user))
    editor = places.is_editor(user)
    several = len({grid.root_id for grid in grids}) > 1
    kept = {
        "user": user.pk,
        "grids": [[grid.pk, _grid_name(grid, several)] for grid in grids],
        "homes": [_home(row, on) for row in _longest(user)],
        "recent": _recent(user),
        "visitor": access.scope_of(user).person_id if editor else None,
        "editor": editor,
    }
    return Pack(kept, _people(user, grids, on) if editor else [])


def _grid_name(grid: Node, several: bool) -> str:
    return f"{grid.root.name} {grid.name}" if several and grid.root and grid.root != grid else grid.name


def _longest(user: "User | Any") -> Sequence[Node]:
    """Those not seen for longest, so that a phone holds no whole village."""
    rows = with_last(places.households(user)).select_related("household_profile__villager_group")
    return list(rows.order_by(F("last_visit").asc(nulls_first=True), "pk")[:MOST_HOMES])


def _home(row: Any, on: date) -> list[Any]:
    """Number, name, initials, villager group, door, days since the last visit (None: never), grid."""
    profile = getattr(row, "household_profile", None)
    lane = profile.villager_group.name if profile and profile.villager_group else ""
    days = (on - row.last_visit).days if row.last_visit else None
    return [row.pk, row.name, row.initials, lane, profile.door if profile else "", days, places.node_of(row)]


def _recent(user: "User | Any") -> list[int]:
    """Where this user has last been."""
    rows = Visit.objects.visible_to(user).filter(written_by_id=user.pk, household__closed_on=None)
    last = rows.filter(household__isnull=False).order_by("-pk").values_list("household_id", flat=True)[:40]
    return list(dict.fromkeys(last))[:MOST_RECENT]


def _people(user: "User | Any", grids: Sequence[Node], on: date) -> list[tuple[int, str]]:
    """Whom a secretary may write a visit for: whoever holds a post in the village."""
    posts = Post.objects.current(on).filter(
        person_id=OuterRef("pk"), node__root_id__in={grid.root_id for grid in grids}
    )
    own = Q(pk=access.scope_of(user).person_id or 0)
    rows = Person.objects.visible_to(user).filter(own | Exists(posts))
    return list(rows.order_by("pinyin_order", "pk").values_list("pk", "name"))


def found(user: "User | Any", text: str, *, on: date) -> list[list[Any]]:
    """Households by name, initials or door, among all in sight: asked while there is a signal."""
    hits = [row.pk for row in places.find_households(user, text, None)]
    rows = with_last(places.households(user).filter(pk__in=hits))
    rows = rows.select_related("household_profile__villager_group")
    told = {row.pk: _home(row, on) for row in rows}
    return [told[pk] for pk in hits if pk in told]


def may_keep(user: "User | Any") -> bool:
    """Whether anything may lie on this user's phone: the township allows it, and the seat is no office."""
    scope = access.scope_of(user)
    if scope.whole_township or scope.township_id is None:
        return False
    return Township.objects.filter(pk=scope.township_id, phones_keep=True).exists()


def must(user: "User | Any", *, on: date) -> QuerySet[Node]:
    """Whom to see: never seen first, then the longest ago."""
    return due(user, Asked(), on=on)


def place(user: "User | Any", household: int | None, grid: int | None) -> tuple[Node | None, Node | None]:
    """Grid and household that a phone sent, as far as they are (still) in sight."""
    rows = places.loggable(user)
    if household is None:
        return rows.filter(pk=grid).first(), None
    home = places.households(user).filter(pk=household).first()
    return (rows.filter(pk=places.node_of(home)).first() if home else None), home
