"""What stands on each card, as plain values."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from grids.choices import Kind
from grids.models import Node
from liaison import queries
from liaison.cards.sheets.facts import Fact
from liaison.cards.sheets.holder import Desk, HolderCard
from liaison.cards.sheets.home import HomeCard, home_card
from liaison.state.queries.chain import chains_of

__all__ = ["Card", "Fact", "HolderCard", "HomeCard", "cards_of", "lines_on"]

Card = HolderCard | HomeCard


def cards_of(user: Any, kind: str, nodes: Sequence[Node], *, on: date, numbers: bool = True) -> list[Card]:
    """The cards of some places of one kind in one village; without `numbers` no household's phone."""
    if kind == Kind.HOUSEHOLD:
        chains = chains_of(user, nodes, on=on)
        return [home_card(node, chains[node.pk]) for node in nodes]
    roots = {node.root_id: node.root for node in nodes}
    made: list[Card] = []
    for root_id, root in roots.items():
        roster = queries.read_roster(
            township_id=root.township_id,
            on=on,
            organisation=root,
            user=user,
            parts=("members", "households", "hubs"),
        )
        desk = Desk(user, roster, numbers)
        made += [desk.card(kind, node.pk) for node in nodes if node.root_id == root_id]
    return made


def lines_on(cards: Iterable[Card]) -> int:
    """How many people's lines leave on these cards, for the log."""
    return sum(len(card.rows) or 1 for card in cards)
