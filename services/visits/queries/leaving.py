"""What somebody leaves behind who no longer goes visiting: households, open matters, services due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from grids.models import Person
from services.models import Matter, VisitPlan
from services.visits.choices import MatterState
from services.visits.queries.due import Home, homes, with_last
from services.visits.queries.places import households

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Left:
    """All that a successor has to know of."""

    homes: Sequence[Home]
    matters: Sequence[Matter]
    plans: Sequence[VisitPlan]

    @property
    def count(self) -> int:
        """Lines on the list."""
        return len(self.homes) + len(self.matters) + len(self.plans)


def left_by(user: "User | Any", person: Person, *, on: date) -> Left:
    """In the user's sight; the office gets no plans (domain 10). A fixed number of queries."""
    own = households(user).filter(parent__member_profile__person=person)
    seen = homes(user, with_last(own).order_by("position", "pk"), on)
    matters = Matter.objects.visible_to(user).filter(owner=person).exclude(state=MatterState.ARCHIVED)
    plans = VisitPlan.objects.visible_to(user).filter(household__in=own, ended_on=None)
    return Left(
        seen,
        list(matters.select_related("household", "node").order_by("raised_on", "pk")),
        list(plans.select_related("household").order_by("next_on", "pk")),
    )
