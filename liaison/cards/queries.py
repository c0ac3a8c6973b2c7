"""Places that have a card: all of a kind that the user sees in a village, a grid or below one holder."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from grids.choices import ROOT_KINDS, Kind
from grids.models import Node
from grids.queries.counts import has_child
from grids.queries.orders import SET
from liaison.cards.choices import CARDS

_KEYS = (Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB)


def organisations(user: Any) -> QuerySet[Node]:
    """党总支 and 党支部 whose cards can be printed together: the tops, or the branch one belongs to."""
    seen = Node.objects.open().visible_to(user).filter(kind__in=ROOT_KINDS)
    return seen.exclude(parent_id__in=seen.order_by().values("pk")).order_by(
        "root__position", "root_id", "lft"
    )


def grids(user: Any, organisation: Node | None) -> QuerySet[Node]:
    """Grids of an organisation to choose from; none while no organisation is chosen."""
    if organisation is None:
        return Node.objects.none()
    rows = Node.objects.open().visible_to(user).filter(_at_or_under(organisation), kind=Kind.GRID)
    return rows.order_by("lft")


def _at_or_under(place: Node) -> Q:
    """The place itself and what lies under it, by the stored keys."""
    if place.parent_id is None:
        return Q(root_id=place.pk)
    found = Q(pk=place.pk) | Q(parent_id=place.pk)
    if place.kind in _KEYS:
        found |= Q(**{f"{place.kind}_id": place.pk})
    return found & Q(root_id=place.root_id)


def _has_card(kind: str) -> Q:
    if kind == Kind.HOUSEHOLD:
        return Q(parent__kind=Kind.MEMBER)
    return Q(has_child(CARDS[kind].below))


def places(user: Any, kind: str, place: Node | None = None) -> QuerySet[Node]:
    """Places of a kind that the user sees, all or under one place, in the order of the rosters."""
    rows = Node.objects.open().visible_to(user).filter(kind=kind)
    return (rows if place is None else rows.filter(_at_or_under(place))).order_by(*SET)


def with_card(user: Any, kind: str, place: Node | None = None) -> QuerySet[Node]:
    """Those that have something to put on a card."""
    return places(user, kind, place).filter(_has_card(kind))


@dataclass(frozen=True)
class CardRow:
    """One card as the page lists it."""

    pk: int
    name: str
    village: str
    place: str
    n: int


def as_rows(kind: str, nodes: QuerySet[Node]) -> list[CardRow]:
    """A page of cards as plain values: one query, and one for their numbers."""
    fields = (
        "pk",
        "name",
        "root__name",
        "grid__name",
        "group__name",
        "parent__name",
        "household_profile__villager_group__name",
        "household_profile__door",
    )
    rows = list(nodes.values_list(*fields))
    numbers = _numbers(kind, [row[0] for row in rows])
    found = []
    for pk, name, village, grid, group, parent, lane, door in rows:
        if kind == Kind.HOUSEHOLD:
            place = "　".join(part for part in (f"{lane or ''}{door or ''}", f"联系党员 {parent}") if part)
        else:
            place = "　".join(part for part in (grid, "" if kind == Kind.GROUP else group) if part)
        found.append(CardRow(pk, name, village, place, numbers.get(pk, 0)))
    return found


def _numbers(kind: str, pks: Iterable[int]) -> dict[int, int]:
    if not CARDS[kind].below:
        return {}
    rows = Node.objects.open().filter(parent_id__in=list(pks), kind=CARDS[kind].below).order_by()
    return dict(rows.values_list("parent_id").annotate(n=Count("pk")))
