"""The public page of a grid, by its token only, and what people wrote into its box."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from grids.models import Node
from services.models import GridPage, Suggestion
from services.notices.content import Board
from services.notices.queries.boards import ABOVE, FINGERPRINT, boards, holders
from services.notices.rules import MOST_A_DAY

if TYPE_CHECKING:
    from township.models import User


def published(token: str) -> GridPage | None:
    """The page of that address while it is published and its grid stands; None for everything else."""
    rows = GridPage.objects.filter(token=token, published_on__isnull=False, node__closed_on=None)
    return rows.select_related(*(f"node__{name}" for name in ABOVE)).first()


@dataclass(frozen=True)
class Shown:
    """One person on a public page: what is not ticked is not even here."""

    name: str
    post: str
    phone: str
    duties: Sequence[str]
    photo: str


def shown(page: GridPage, board: Board) -> list[Shown]:
    """The board's people with the ticked fields only; nobody when of somebody nothing is left."""
    found = [
        Shown(
            name=one.name if page.names else "",
            post=one.post if page.posts else "",
            phone=one.work_phone if page.phones else "",  # never the own one, though the board may say it
            duties=one.duties if page.duties else (),
            photo=one.photo if page.photos else "",
        )
        for one in board.staff
    ]
    return [one for one in found if one.name or one.post or one.phone or one.duties or one.photo]


def board_of(page: GridPage, *, on: date) -> Board:
    """What the grid's board says."""
    return boards([page.node], on=on)[page.node_id]


def photo_of(page: GridPage, fingerprint: str, *, on: date) -> str:
    """The kept name of a picture that the page shows; blank for any other."""
    if not page.photos or len(fingerprint) != FINGERPRINT:
        return ""
    staff = holders([page.node], on=on)[page.node_id]
    return next((one.photo for one in staff if one.photo_sha256.startswith(fingerprint)), "")


def page_of_grid(grid: Node) -> GridPage | None:
    """The grid's public page, published or not."""
    return GridPage.objects.filter(node=grid).first()


def box_is_full(grid: Node, now: datetime) -> bool:
    """More than anybody reads came within a day."""
    rows = Suggestion.objects.filter(node=grid, at__gt=now - timedelta(days=1))
    return rows.count() >= MOST_A_DAY


def suggestions(user: "User | Any", *, village: int | None, state: str) -> QuerySet[Suggestion]:
    """Of grids the user may edit only; the latest first."""
    rows = Suggestion.objects.filter(node__in=Node.objects.editable_by(user))
    if village is not None:
        rows = rows.filter(node__root_id=village)
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("node__root").order_by("-at", "-pk")
