"""Terms of office that are over or soon will be, as numbers for a warning."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max

from grids.choices import COMMITTEE_ROLES
from grids.duties import WARNING_DAYS
from grids.models import Post
from grids.models.people import in_term

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Terms:
    """How many posts in sight are past their term, near its end, or have none written."""

    past: int
    soon: int
    unknown: int
    days: int = WARNING_DAYS


def terms(user: "User | Any", *, on: date, village: int | None = None) -> Terms:
    """The numbers of the posts held that day, in one query."""
    rows = Post.objects.visible_to(user).current(on).order_by()
    if village is not None:
        rows = rows.filter(node__root_id=village)
    states = ("past", "soon", "unknown")
    counted = rows.aggregate(**{state: Count("pk", filter=in_term(state, on)) for state in states})
    return Terms(**counted)


def term_of_committee(node_id: int) -> date | None:
    """The day on which the present committee's term ends: what a by-elected member's term ends with."""
    held = Post.objects.filter(node_id=node_id, role__in=COMMITTEE_ROLES, until=None)
    found: date | None = held.aggregate(last=Max("term_until"))["last"]
    return found
