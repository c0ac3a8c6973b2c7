"""The reserve as asked for, and how somebody came to where they are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Q, QuerySet, Value, When

from grids import access
from grids.models import Node, ReserveCadre
from grids.reserve.choices import ReserveState
from grids.reserve.rules import CLERK, SECRETARY

if TYPE_CHECKING:
    from township.models import User

IN_RESERVE = (ReserveState.RECOMMENDED, ReserveState.TRAINING)


def cadres(
    user: "User | Any", *, village: int | None = None, state: str = "", text: str = ""
) -> QuerySet[ReserveCadre]:
    """Those in the reserve first, by village."""
    rows = ReserveCadre.objects.visible_to(user)
    if village is not None:
        rows = rows.filter(root_id=village)
    if state != "all":
        rows = rows.filter(state=state) if state else rows.filter(state__in=IN_RESERVE)
    if text:
        words = Q(name__icontains=text) | Q(current_post__icontains=text) | Q(mentor__icontains=text)
        rows = rows.filter(words)
    order = Case(*(When(state=one, then=Value(at)) for at, one in enumerate(ReserveState)), default=Value(9))
    return rows.select_related("root").order_by("root__position", "root_id", order, "name", "pk")


def villages(user: "User | Any") -> QuerySet[Node]:
    """Villages whose reserve the user keeps; of none for the secretary of a branch below a 党总支."""
    rows = Node.objects.editable_by(user).filter(parent=None, closed_on=None)
    return rows.select_related("township").order_by("position", "pk")


def roles_of(user: "User | Any", root: Node) -> set[str]:
    """Who the user is to this village's reserve."""
    if not access.may(user, access.Right.READ_RESERVE) or not access.may_edit(user, root):
        return set()
    return {CLERK} if access.may(user, access.Right.EDIT_TOWN_CONTACTS) else {SECRETARY}


@dataclass(frozen=True)
class Mark:
    """One step that was taken."""

    state: str
    words: str
    day: date
    who: str
    at: datetime


def trail(cadre: ReserveCadre) -> list[Mark]:
    """All steps, the latest first: rows of the history where state or words changed."""
    found: list[Mark] = []
    before: tuple[Any, ...] | None = None
    for row in cadre.history.select_related("history_user").order_by("history_id"):
        now = (row.state, row.said, row.state_on)
        if now != before:
            who = row.history_user.full_name if row.history_user else "系统"
            state = ReserveState(row.state).label if before is None or before[0] != row.state else "培养"
            found.append(Mark(str(state), row.said, row.state_on, who, row.history_date))
        before = now
    return found[::-1]
