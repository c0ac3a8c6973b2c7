"""Whose annexes a user may open: the organisations in scope."""

from typing import Any

from django.db.models import F, Q, QuerySet

from grids import access
from grids.choices import ROOT_KINDS
from grids.models import Node


def organisations(user: Any) -> QuerySet[Node]:
    """党总支 and 党支部 the user sees, and the one above each of the user's own places."""
    rows = Node.objects.open().filter(kind__in=ROOT_KINDS)
    seen = access.within(user, "")
    scope = access.scope_of(user)
    if scope.places:
        own = Node.objects.filter(pk__in=[place.node_id for place in scope.places])
        seen |= Q(pk__in=own.filter(branch__isnull=False).values("branch_id"))
        seen |= Q(pk__in=own.filter(branch__isnull=True).values("root_id"))
    return rows.filter(seen, township_id=scope.township_id).order_by(
        "root__position", "root_id", F("parent_id").asc(nulls_first=True), "position", "pk"
    )


def own_organisation(user: Any) -> Node | None:
    """None for the office, which sees the whole township; else the organisation a village user acts in."""
    if access.scope_of(user).whole_township:
        return None
    return organisations(user).first()
