"""Who may take in, and who is what to an errand."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from grids import access
from grids.access import Right
from grids.models import Node
from services.models import Ticket
from services.tickets.rules import roles_of
from services.visits.queries.places import loggable, rank_of

if TYPE_CHECKING:
    from township.models import User


def require_intake(by: "User", node: Node) -> None:
    """网格人员代办制: everybody in a grid takes in there, in the own scope only."""
    access.require(by, Right.HANDLE_ERRANDS)
    if not loggable(by).filter(pk=node.pk).exists():
        raise PermissionDenied("您只能在自己的网格受理。")


def roles_on(user: "User | Any", ticket: Ticket) -> frozenset[str]:
    """Roles of the lifecycle table; none for those who only look."""
    if not access.may(user, Right.HANDLE_ERRANDS):
        return frozenset()
    person = access.scope_of(user).person_id
    rank = rank_of(user, ticket.node)
    mine = ticket.written_by_id == user.pk or (person is not None and ticket.agent_id == person)
    return roles_of(rank, is_agent=mine or rank == 0)


def require_handling(by: "User", ticket: Ticket) -> frozenset[str]:
    """The roles. Raises PermissionDenied (403) for who only looks."""
    roles = roles_on(by, ticket)
    if not roles:
        raise PermissionDenied("您只能查看，不能办理这一件。")
    return roles
