"""Boards and plates as things: the register's rows, and how many hang, by village."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum

from grids.choices import Kind
from grids.models import Node
from grids.queries.orders import SET
from services.models import CardIssue, GridPage, Sign, Suggestion
from services.notices.choices import KIND_OF, HangState, Notice, SuggestionState

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Asked:
    """What the register's filter asks for."""

    village: int | None = None
    state: str = ""
    text: str = ""


STATES: Mapping[str, Q] = {
    HangState.NONE: Q(sign=None) | Q(sign__made_on=None, sign__hung_on=None),
    HangState.MADE: Q(sign__made_on__isnull=False, sign__hung_on=None),
    HangState.HUNG: Q(sign__hung_on__isnull=False),
    "waiting": Q(sign=None) | Q(sign__hung_on=None),
}


def signs(user: "User | Any", notice: str, asked: Asked) -> QuerySet[Node]:
    """Places that are due a board or plate, with what is registered of it."""
    rows = Node.objects.visible_to(user).filter(kind=KIND_OF[Notice(notice)], closed_on=None)
    if asked.village is not None:
        rows = rows.filter(root_id=asked.village)
    if asked.state in STATES:
        rows = rows.filter(STATES[asked.state])
    if asked.text:
        found = Q(name__icontains=asked.text) | Q(sign__place__icontains=asked.text)
        if notice == Notice.PLATE:
            found |= Q(hub_profile__plate_no__icontains=asked.text)
        rows = rows.filter(found | Q(sign__keeper__icontains=asked.text))
    return rows.select_related("root", "group", "sign", "hub_profile").order_by(*SET)


@dataclass(frozen=True)
class Progress:
    """How many are due, made and hung."""

    due: int = 0
    made: int = 0
    hung: int = 0


Hung = Mapping[str, Mapping[int, Progress]]  # boards and plates, then villages


def progress(roots: Iterable[int], *, on: date) -> Hung:
    """Boards and plates by village; a village that owes none is not among them. One query."""
    kinds = {KIND_OF[notice]: notice for notice in (Notice.BOARD, Notice.PLATE)}
    rows = Node.objects.filter(kind__in=kinds, closed_on=None, root_id__in=list(roots)).order_by()
    made = Q(sign__made_on__lte=on) | Q(sign__hung_on__lte=on)
    counted = rows.values_list("kind", "root_id").annotate(
        due=Count("pk"), made=Count("pk", filter=made), hung=Count("pk", filter=Q(sign__hung_on__lte=on))
    )
    found: dict[str, dict[int, Progress]] = {notice: {} for notice in kinds.values()}
    for kind, root, *numbers in counted:
        found[kinds[kind]][root] = Progress(*numbers)
    return found


_GRID, _HUB = Q(kind=Kind.GRID), Q(kind=Kind.HUB)
# Among nodes: what is due a board or plate, and where none hangs yet.
DUE: Mapping[str, Q] = {
    "boards": _GRID,
    "boards_waiting": _GRID & STATES["waiting"],
    "plates": _HUB,
    "plates_waiting": _HUB & STATES["waiting"],
}


@dataclass(frozen=True)
class VillageLine:
    """One village on the room's first page."""

    root: Node
    boards: Progress
    plates: Progress
    cards: int
    pages: int  # published
    unread: int | None  # None: not for the reader


def villages(user: "User | Any", *, on: date) -> list[VillageLine]:
    """All the user sees whole, with their progress: six queries."""
    roots = list(Node.objects.visible_to(user).filter(parent=None, closed_on=None).order_by("position", "pk"))
    pks = [root.pk for root in roots]
    hung = progress(pks, on=on)
    boards, plates = hung[Notice.BOARD], hung[Notice.PLATE]
    issued = CardIssue.objects.filter(node__root_id__in=pks).order_by().values_list("node__root_id")
    cards = dict(issued.annotate(n=Sum("cards")))
    open_pages = GridPage.objects.filter(node__root_id__in=pks, published_on__isnull=False).order_by()
    pages = dict(open_pages.values_list("node__root_id").annotate(n=Count("pk")))
    editable = set(Node.objects.editable_by(user).filter(pk__in=pks).values_list("pk", flat=True))
    new = Suggestion.objects.filter(node__root_id__in=editable, state=SuggestionState.NEW).order_by()
    unread = dict(new.values_list("node__root_id").annotate(n=Count("pk")))
    return [
        VillageLine(
            root,
            boards.get(root.pk, Progress()),
            plates.get(root.pk, Progress()),
            cards.get(root.pk, 0),
            pages.get(root.pk, 0),
            unread.get(root.pk, 0) if root.pk in editable else None,
        )
        for root in roots
    ]


def added(lines: Sequence[Progress]) -> Progress:
    """All villages together."""
    return Progress(sum(p.due for p in lines), sum(p.made for p in lines), sum(p.hung for p in lines))


def sign_of(node: Node) -> Sign | None:
    """What is registered of a place's board or plate."""
    return Sign.objects.filter(node=node).first()


# --- cards handed out -------------------------------------------------------------------------------


def issues(user: "User | Any", village: int | None) -> QuerySet[CardIssue]:
    """Cards handed out, the latest first."""
    rows = CardIssue.objects.visible_to(user).select_related("node__root", "node__grid")
    if village is not None:
        rows = rows.filter(node__root_id=village)
    return rows.order_by("-day", "-pk")


def places(user: "User | Any", village: Node) -> QuerySet[Node]:
    """Grids and groups of a village to hand cards out to."""
    rows = Node.objects.editable_by(user).filter(root=village, kind__in=(Kind.GRID, Kind.GROUP))
    return rows.filter(closed_on=None).select_related("grid").order_by("lft")
