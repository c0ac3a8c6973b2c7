"""What a person holds in the apps above this one, which register here what they know of when they are ready.

Posts and households are this app's own: see queries/handover.py and actions/handover.py.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from grids.models import Person
    from township.models import User

KEEP, VACANT = "keep", "vacant"  # what a clerk may choose for an item beside a successor's number


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take an item over, and why in words."""

    person_id: int
    name: str
    why: str = ""


@dataclass(frozen=True)
class Holding:
    """One thing somebody holds. `key` is the provider's prefix, a colon and the row's number."""

    key: str
    title: str  # 党小组长
    where: str  # 第一党小组
    since: date | None = None
    group: str = ""  # heading under which it stands in the list
    candidates: tuple[Candidate, ...] = ()  # the fitting ones, best first
    proposed: int | None = None  # a candidate's person_id; None: leave it vacant
    proposal: str = ""  # the proposal in words, or why there is none
    vacant: str = "先空缺"  # what leaving it vacant means


class Provider(Protocol):
    """What an app above knows of people's holdings."""

    prefix: str

    def held(self, user: "User | Any", person: "Person", *, on: date, editable: bool = True) -> list[Holding]:
        """What the person holds: what this user may change, or all in sight; a fixed number of queries."""

    def hand_over(
        self, *, person: "Person", chosen: Mapping[int, int | None], on: date, by: "User", reason: str
    ) -> None:
        """End each row named by its number in `chosen`; a person's number there takes it over."""

    def end_all(
        self, *, node_ids: Collection[int], person_ids: Collection[int], on: date, by: "User", reason: str
    ) -> None:
        """End all that hangs on closed places, and all that these people hold."""

    def merge(self, *, keep: "Person", drop: "Person", by: "User", reason: str) -> None:
        """Give all rows of `drop` to `keep`."""


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Add a provider; a second one of the same prefix takes the first one's place."""
    _providers[provider.prefix] = provider


def providers() -> Iterator[Provider]:
    """All providers in the order they were registered."""
    yield from _providers.values()


def key_of(provider: Provider, pk: int) -> str:
    """The key of a provider's row."""
    return f"{provider.prefix}:{pk}"


def chosen_of(prefix: str, choices: Mapping[str, int | None]) -> dict[int, int | None]:
    """Of all choices by key, those of one prefix by row number."""
    start = f"{prefix}:"
    return {int(key.removeprefix(start)): to for key, to in choices.items() if key.startswith(start)}
