"""Opinions and requests as asked for, and how one came to where it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from services.models import Matter, Ticket
from services.tickets.choices import TicketResult
from services.visits.choices import MatterLevel, MatterState
from services.visits.queries.log import Asked, placed, within_days
from services.visits.rules import MATTER

if TYPE_CHECKING:
    from township.models import User

OPEN, LATE = "standing", "late"
_AT_WORK = (MatterState.HANDED, MatterState.PRESSED)


def matters(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[Matter]:
    """Open ones by their day, the overdue first; then those archived."""
    rows = within_days(placed(Matter.objects.visible_to(user), asked), "raised_on", asked)
    states = {
        OPEN: ~Q(state=MatterState.ARCHIVED),
        LATE: Q(state__in=_AT_WORK, due_on__lt=on),
        **{str(state): Q(state=state) for state in MatterState},
        **{str(level): Q(level=level) & ~Q(state=MatterState.ARCHIVED) for level in MatterLevel},
    }
    rows = rows.filter(states.get(asked.state, Q()))
    if asked.text:
        rows = rows.filter(
            Q(content__icontains=asked.text)
            | Q(answer__icontains=asked.text)
            | Q(handler__icontains=asked.text)
        )
    done = Case(When(state=MatterState.ARCHIVED, then=Value(1)), default=Value(0))
    rows = rows.select_related("household", "owner")
    return rows.order_by(done, F("due_on").asc(nulls_last=True), "-raised_on", "-pk")


def is_late(matter: Matter, on: date) -> bool:
    """Being dealt with, and past its day."""
    return matter.state in _AT_WORK and matter.due_on is not None and matter.due_on < on


def errand_of(matter: Matter) -> Ticket | None:
    """The errand it became, while the applicant has not been told."""
    rows = Ticket.objects.filter(matter=matter, told_on=None).exclude(result=TicketResult.WITHDRAWN)
    return rows.first()


@dataclass(frozen=True)
class Mark:
    """One link of the chain: when, who, which step, where it came to, with what words."""

    at: datetime
    who: str
    step: str
    state: str
    level: str
    words: str


_COLLECTED = "收集"


def trail(matter: Matter) -> list[Mark]:
    """From its history, the latest first: a step that was taken back shows too. One query.

    A step of the same words twice is two; a correction is none, unless it was what moved it.
    """
    titles = {step.code: step.title for step in MATTER.steps}
    found: list[Mark] = []
    before: tuple[Any, ...] = ()
    for row in matter.history.select_related("history_user").order_by("history_id"):
        now = (row.state, row.level, row.step, row.said, row.called_back_on)
        if now != before or row.history_change_reason == titles.get(row.step):
            who = row.history_user.full_name if row.history_user else ""
            step = titles.get(row.step, _COLLECTED)
            state, level = row.get_state_display(), row.get_level_display()
            found.append(Mark(row.history_date, who, step, state, level, row.said))
            before = now
    return found[::-1]
