"""Opinions and requests as asked for, and how one came to where it is."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from services import trails
from services.models import Matter
from services.trails import Mark
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


def trail(matter: Matter) -> list[Mark]:
    """The chain of its steps and levels, the latest first. One query."""
    titles = {step.code: step.title for step in MATTER.steps}
    turns = ("state", "level", "step", "said", "called_back_on")
    return trails.trail(matter, titles, first="收集", turns_on=turns, level="level")
