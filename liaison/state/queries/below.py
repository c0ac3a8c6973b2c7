"""What hangs below a holder, counted, with the names right below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from grids.choices import Kind
from grids.models import Node
from grids.queries.counts import Counts, counts_for
from grids.queries.places import children_of

if TYPE_CHECKING:
    from township.models import User

MOST = 60  # names on one page; the place's own page has them all
# What is told of a place below, by what can hang under it.
TOLD = (("groups", "个党小组"), ("hubs", "个中心户"), ("members", "名党员"), ("households", "户"))
BELOW: dict[str, tuple[str, ...]] = {
    Kind.GENERAL_BRANCH: ("groups", "hubs", "members", "households"),
    Kind.BRANCH: ("groups", "hubs", "members", "households"),
    Kind.GRID: ("groups", "hubs", "members", "households"),
    Kind.GROUP: ("hubs", "members", "households"),
    Kind.HUB: ("members", "households"),
    Kind.MEMBER: ("households",),
    Kind.HOUSEHOLD: (),
}


@dataclass(frozen=True)
class Child:
    """One place right below."""

    pk: int
    kind: str
    name: str
    note: str


@dataclass(frozen=True)
class Below:
    """Everything below a place in one sentence, and the first of those right below."""

    sentence: str
    children: Sequence[Child]
    more: int


def below_of(user: "User | Any", node: Node, *, on: date) -> Below:
    """What a holder answers for; three queries."""
    rows = children_of(user, node, closed=False)
    shown = list(rows[: MOST + 1])
    counts = counts_for([node, *shown[:MOST]], on=on)
    more = rows.count() - MOST if len(shown) > MOST else 0
    children = [
        Child(child.pk, child.kind, child.name, in_words(child.kind, counts[child.pk]))
        for child in shown[:MOST]
    ]
    return Below(in_words(node.kind, counts[node.pk]), children, more)


def in_words(kind: str, counts: Counts) -> str:
    """3个党小组，12个中心户，41名党员，500户."""
    wanted = BELOW[kind]
    return "，".join(f"{getattr(counts, name)}{unit}" for name, unit in TOLD if name in wanted)
