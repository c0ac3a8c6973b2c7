"""Where numbers come from: a source names its rows once, and both the count and the list are read from it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

Key = tuple[str, int]  # kind of record and its number: ("node", 12), ("person", 7)
OWN = None  # counted by the row itself


@dataclass(frozen=True)
class Told:
    """A row as a list shows it; `url` is blank where there is no page of its own."""

    name: str
    place: str = ""
    url: str = ""
    village: str = ""
    tab: str = ""  # what kind of thing it is; the detail sheets are cut by it


@dataclass(frozen=True)
class Source:
    """Rows of one kind, and in which numbers each of them counts.

    `facts` are the fields that decide, the root's number first; `counts_in` gets the others and yields a
    code with the key that counts (a person may stand in many rows), or with OWN. A row is named by OWN only
    where no other row of any source counts under the same code as the same thing.
    """

    kind: str
    codes: frozenset[str]
    rows: "Callable[[Collection[int], date], QuerySet[Any]]"
    facts: tuple[str, ...]
    counts_in: Callable[..., Iterator[tuple[str, Key | None]]]
    order: tuple[str, ...] = ("pk",)


Describe = Callable[[Collection[int], Any, date], Mapping[int, Told]]  # numbers, who looks (or None), the day

_SOURCES: list[Source] = []
_DESCRIBE: dict[str, Describe] = {}


def register(*sources: Source) -> None:
    """Add sources: a column that waited for its register fills from then on."""
    _SOURCES.extend(sources)


def describe_with(kind: str, describe: Describe) -> None:
    """Say how records of a kind are told."""
    _DESCRIBE[kind] = describe


def sources(codes: Collection[str] | None = None) -> list[Source]:
    """All sources, or those that answer for one of the codes."""
    return [one for one in _SOURCES if codes is None or not one.codes.isdisjoint(codes)]


def answered(codes: Collection[str]) -> bool:
    """True when every one of these codes has a source."""
    return set(codes) <= {code for source in _SOURCES for code in source.codes}


def describe(kind: str) -> Describe:
    """How records of this kind are told."""
    return _DESCRIBE[kind]


@contextmanager
def registered(*added: Source, describe: Mapping[str, Describe] | None = None) -> Iterator[None]:
    """The sources for the length of a block only."""
    before, told = list(_SOURCES), dict(_DESCRIBE)
    register(*added)
    _DESCRIBE.update(describe or {})
    try:
        yield
    finally:
        _SOURCES[:] = before
        _DESCRIBE.clear()
        _DESCRIBE.update(told)
