"""Who may order proposals and decide on them."""

from django.http import HttpRequest

from grids import access
from grids.models import Node
from liaison.choices import Edge


def may_order(request: HttpRequest, place: Node | None, edge: str) -> bool:
    """True when the user may have this place's links of this edge changed."""
    upper = access.may(request.user, access.Right.EDIT_TOWN_CONTACTS)
    if place is None or edge in (Edge.TOWN_LEADER, Edge.GENERAL_BRANCH):
        return upper
    return access.may_edit(request.user, place)
