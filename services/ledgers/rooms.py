"""The rooms of services that consist of ledgers, each with its pages as tabs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from grids.ledgers.ledger import LEDGERS, Ledger


@dataclass(frozen=True)
class Tab:
    """One page of a room."""

    title: str
    url: str
    code: str = ""


@dataclass(frozen=True)
class Room:
    """A line of the menu: pages of its own first, then its ledgers."""

    code: str
    title: str
    pages: tuple[tuple[str, str, str], ...] = ()  # title, view, code

    @cached_property
    def ledgers(self) -> Sequence[Ledger]:
        """Its ledgers in their order."""
        return [one for one in LEDGERS.values() if one.room == self.code]

    @cached_property
    def tabs(self) -> Sequence[Tab]:
        """All its pages."""
        own = [Tab(title, reverse(view), code) for title, view, code in self.pages]
        return [*own, *(Tab(one.tab or one.title, one.list_address(), one.code) for one in self.ledgers)]


PARTY_LIFE = Room(
    "partylife",
    "党内生活",
    (("会议记录", "services:party_meetings", "meetings"), ("应开未开", "services:party_due", "due")),
)
TEAMS = Room("teams", "队伍与志愿")
ROOMS = {room.code: room for room in (PARTY_LIFE, TEAMS)}
