"""Rows of the lists: ranges of single holders, exceptions by their state, and whom to choose."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet

from grids.models import BandException, Node, PersonalBand
from grids.queries.names import name_matches
from grids.rules import OWN_BAND

if TYPE_CHECKING:
    from township.models import User


def own_bands(
    user: "User | Any", *, on: date, village: int | None = None, text: str = "", ended: bool = False
) -> QuerySet[PersonalBand]:
    """Ranges of single holders in sight, by village and place; those that are over only if asked for."""
    rows = PersonalBand.objects.visible_to(user).select_related("node", "node__root")
    if not ended:
        rows = rows.filter(Q(until__isnull=True) | Q(until__gt=on))
    if village is not None:
        rows = rows.filter(node__root_id=village)
    if text:
        rows = rows.filter(name_matches(text, "node__"))
    return rows.order_by(*_PLACED, "-pk")


WAITING, STANDING, OVER, DECLINED = "waiting", "standing", "over", "declined"
STATES = ((WAITING, "待认可"), (STANDING, "有效"), (OVER, "已到期"), (DECLINED, "不认可"))
_PLACED = ("node__root__position", "node__root_id", "node__lft")


def exceptions(
    user: "User | Any", *, on: date, state: str = "", village: int | None = None, code: str = ""
) -> QuerySet[BandException]:
    """Exceptions in sight, those waiting for the office first."""
    rows = BandException.objects.visible_to(user).select_related(
        "node", "node__root", "node__branch", "asked_by", "confirmed_by"
    )
    if village is not None:
        rows = rows.filter(node__root_id=village)
    if code:
        rows = rows.filter(code=code)
    if state == WAITING:
        rows = rows.waiting().filter(until__gte=on)
    elif state == STANDING:
        rows = rows.standing(on)
    elif state == OVER:
        rows = rows.filter(until__lt=on, declined="")
    elif state == DECLINED:
        rows = rows.exclude(declined="")
    return rows.order_by(F("confirmed_on").asc(nulls_first=True), "declined", *_PLACED, "code", "-pk")


def state_of(exception: BandException, *, on: date) -> str:
    """One of STATES."""
    if exception.declined:
        return DECLINED
    if exception.until < on:
        return OVER
    return STANDING if exception.confirmed_on else WAITING


def waiting_count(user: "User | Any", *, on: date) -> int:
    """How many exceptions in sight nobody has decided on yet."""
    return BandException.objects.visible_to(user).waiting().filter(until__gte=on).count()


def holders_to_choose(user: "User | Any", text: str, *, most: int = 20) -> QuerySet[Node]:
    """Groups, hubs and members of that name that the user may change."""
    rows = Node.objects.editable_by(user).filter(name_matches(text), kind__in=list(OWN_BAND), closed_on=None)
    return rows.select_related("root", "group", "hub").order_by("root__position", "root_id", "lft")[:most]
