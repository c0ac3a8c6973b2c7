"""What somebody leaves behind who no longer goes visiting: households, matters, services, errands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F

from grids.models import Person
from services.models import Matter, Ticket, VisitPlan
from services.tickets.choices import TicketState
from services.visits.choices import MatterState
from services.visits.queries.due import Home, homes, with_last
from services.visits.queries.places import households

if TYPE_CHECKING:
    from township.models import User

CLOSED = (TicketState.ARCHIVED, TicketState.WITHDRAWN)


@dataclass(frozen=True)
class Left:
    """All that a successor has to know of."""

    homes: Sequence[Home]
    matters: Sequence[Matter]
    plans: Sequence[VisitPlan]
    errands: Sequence[Ticket]

    @property
    def count(self) -> int:
        """Lines on the list."""
        return len(self.homes) + len(self.matters) + len(self.plans) + len(self.errands)


def left_by(user: "User | Any", person: Person, *, on: date) -> Left:
    """In the user's sight; the office gets no plans (domain 10). A fixed number of queries."""
    own = households(user).filter(parent__member_profile__person=person)
    seen = homes(user, with_last(own).order_by("position", "pk"), on)
    matters = Matter.objects.visible_to(user).filter(owner=person).exclude(state=MatterState.ARCHIVED)
    plans = VisitPlan.objects.visible_to(user).filter(household__in=own, ended_on=None)
    errands = Ticket.objects.visible_to(user).filter(agent=person).exclude(state__in=[*CLOSED])
    return Left(
        seen,
        list(matters.select_related("household", "node").order_by("raised_on", "pk")),
        list(plans.select_related("household").order_by("next_on", "pk")),
        list(errands.select_related("node__root").order_by(F("due_on").asc(nulls_last=True), "pk")),
    )
