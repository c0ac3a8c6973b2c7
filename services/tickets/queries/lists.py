"""Errands as asked for: whose, where, in which state, how late; and how many of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from grids import access
from services.models import Ticket
from services.tickets import clock
from services.tickets.calendar.queries import calendar_of, settings_of, township_of
from services.tickets.calendar.rules import missing_years
from services.tickets.choices import TicketResult, TicketState
from services.tickets.rules import ESCALATES_TO_OFFICE, ESCALATES_TO_VILLAGE, OPEN

if TYPE_CHECKING:
    from township.models import User

MINE = "mine"
LATE, TODAY, SOON, WAITING, TO_TELL, TO_CALL, TO_ARCHIVE = (
    "late", "today", "soon", "waiting", "to_tell", "to_call", "to_archive",
)  # fmt: skip
STANDING, ESCALATED, CLOSED, OFF_TIME = "standing", "escalated", "closed", "off_time"


@dataclass(frozen=True)
class Asked:
    """What a list's filter asks for."""

    whose: str = ""
    village: int | None = None
    grid: int | None = None
    state: str = ""
    kind: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    satisfaction: str = ""
    item: int | None = None  # 0: of none in the catalogue
    agent: int | None = None  # 0: nobody yet


@dataclass(frozen=True)
class Days:
    """The days a list turns on: today, until when is soon, since when it is somebody's above."""

    today: date
    soon: date
    village: date  # due by this day: the secretary presses
    office: date  # due by this day: the township presses
    missing: Sequence[int] = ()  # years whose holidays nobody has entered


def days_of(user: "User | Any", *, on: date) -> Days:
    """By the township's own calendar and settings; three queries."""
    township = township_of(user)
    calendar, settings = calendar_of(township), settings_of(township)
    soon = clock.due_on(on, settings.soon_days, calendar) or on
    return Days(
        on,
        soon,
        clock.workdays_ago(on, ESCALATES_TO_VILLAGE, calendar),
        clock.workdays_ago(on, ESCALATES_TO_OFFICE, calendar),
        missing_years(calendar, on),
    )


def state_conditions(days: Days, *, whole_township: bool) -> Mapping[str, Q]:
    """What each word of the filter stands for."""
    working = Q(state=TicketState.WORKING)
    above = days.office if whole_township else days.village
    return {
        STANDING: Q(state__in=OPEN),
        LATE: working & Q(due_on__lt=days.today),
        TODAY: working & Q(due_on=days.today),
        SOON: working & Q(due_on__gt=days.today, due_on__lte=days.soon),
        ESCALATED: working & Q(due_on__lte=above),
        OFF_TIME: off_time(days.today),
        WAITING: Q(state=TicketState.WAITING),
        TO_TELL: Q(state__in=[TicketState.DONE, TicketState.REFUSED]),
        TO_CALL: Q(state=TicketState.TOLD),
        TO_ARCHIVE: Q(state__in=[TicketState.HEARD, TicketState.WITHDRAWN]),
        CLOSED: Q(state=TicketState.ARCHIVED),
    }


def off_time(on: date) -> Q:
    """Done after its day, or still open past it; 不予办理 and 撤回 are not late."""
    done = Q(result=TicketResult.COMPLETED, closed_on__gt=F("due_on"))
    return done | Q(state__in=OPEN, due_on__lt=on)


def on_time(user: "User | Any", *, on: date) -> Mapping[str, int]:
    """Of all in sight whose day has come or that are done: how many, and how many not in time. One query."""
    due = Q(result=TicketResult.COMPLETED) | Q(state__in=OPEN, due_on__lt=on)
    rows = Ticket.objects.visible_to(user).filter(due_on__isnull=False).order_by()
    found: dict[str, int] = rows.aggregate(
        errands=Count("pk", filter=due), late_errands=Count("pk", filter=off_time(on))
    )
    return found


def escalated(user: "User | Any", *, on: date) -> int:
    """How many are so late that whoever stands above the agent has to press."""
    return tickets(user, Asked(state=ESCALATED), days_of(user, on=on)).count()


def mine(user: "User | Any") -> Q:
    """Those one has to do: as the agent, or taken in by oneself while nobody else has them."""
    person = access.scope_of(user).person_id
    return Q(agent_id=person or 0) | Q(agent_id=None, written_by_id=user.pk)


def placed(user: "User | Any", asked: Asked) -> QuerySet[Ticket]:
    """Errands in sight of the place, owner and words asked for."""
    wanted = {
        "root_id": asked.village,
        "node_id": asked.grid,
        "kind_at_acceptance": asked.kind or None,
        "satisfaction": asked.satisfaction or None,
        "accepted_at__date__gte": asked.since,
        "accepted_at__date__lte": asked.until,
    }
    either = {"version__item_id": asked.item, "agent_id": asked.agent}  # 0 asks for those without
    rows = Ticket.objects.visible_to(user).filter(
        **{name: value for name, value in wanted.items() if value is not None},
        **{name: value or None for name, value in either.items() if value is not None},
    )
    if asked.whose == MINE:
        rows = rows.filter(mine(user))
    if asked.text:
        rows = rows.filter(
            Q(no__icontains=asked.text)
            | Q(subject__icontains=asked.text)
            | Q(applicant_name__icontains=asked.text)
        )
    return rows


def tickets(user: "User | Any", asked: Asked, days: Days) -> QuerySet[Ticket]:
    """What is to be done by its day, the latest first; then what is done."""
    conditions = state_conditions(days, whole_township=access.scope_of(user).whole_township)
    rows = placed(user, asked).filter(conditions.get(asked.state, Q()))
    done = Case(When(state=TicketState.ARCHIVED, then=Value(2)), When(state__in=OPEN, then=Value(0)),
                default=Value(1))  # fmt: skip
    rows = rows.select_related("node__root", "agent", "root")
    return rows.order_by(done, F("due_on").asc(nulls_last=True), "-accepted_at", "-pk")


def counts(user: "User | Any", asked: Asked, days: Days) -> Mapping[str, int]:
    """How many of each state there are at that place; one query."""
    conditions = state_conditions(days, whole_township=access.scope_of(user).whole_township)
    sums = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    found: dict[str, int] = placed(user, asked).order_by().aggregate(**sums)
    return found


@dataclass(frozen=True)
class Standing:
    """One village or one agent with what waits there."""

    pk: int | None
    name: str
    late: int
    today: int
    soon: int
    waiting: int
    open: int


def by_place(user: "User | Any", days: Days, *, agents: bool) -> list[Standing]:
    """时限预警 by village, or by agent: those with the most overdue first; one query."""
    conditions = state_conditions(days, whole_township=access.scope_of(user).whole_township)
    keys = ("agent_id", "agent__name") if agents else ("root_id", "root__name")
    sums = {
        "late": Count("pk", filter=conditions[LATE]),
        "today": Count("pk", filter=conditions[TODAY]),
        "soon": Count("pk", filter=conditions[SOON]),
        "waiting": Count("pk", filter=conditions[WAITING]),
        "open": Count("pk"),
    }
    rows = Ticket.objects.visible_to(user).filter(state__in=OPEN).order_by().values_list(*keys)
    found = rows.annotate(**sums).values_list(*keys, *sums)
    lines = [Standing(pk, name or "（未定代办员）", *numbers) for pk, name, *numbers in found]
    return sorted(lines, key=lambda one: (-one.late, -one.today, -one.open, one.name))
