"""The errand that a visit or a matter became."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.models import Matter, Ticket
from services.tickets.choices import TicketResult
from services.visits.choices import MatterState
from services.visits.queries.places import loggable

if TYPE_CHECKING:
    from township.models import User


def errand_of(matter: Matter) -> Ticket | None:
    """The errand it became, while the applicant has not been told."""
    rows = Ticket.objects.filter(matter=matter, told_on=None).exclude(result=TicketResult.WITHDRAWN)
    return rows.first()


@dataclass(frozen=True)
class Beside:
    """The errand as far as one sees it, and whether one can still be made."""

    ticket: Ticket | None
    may_hand_over: bool


def beside(user: "User | Any", node_id: int, matter: Matter | None) -> Beside:
    """For the page of a visit or matter at that grid."""
    there = loggable(user).filter(pk=node_id)
    if matter is None:
        return Beside(None, there.exists())
    if Ticket.objects.filter(matter=matter).exists():  # whoever sees it
        return Beside(Ticket.objects.visible_to(user).filter(matter=matter).first(), may_hand_over=False)
    standing = matter.state not in (MatterState.ANSWERED, MatterState.ARCHIVED)
    return Beside(None, standing and there.exists())
