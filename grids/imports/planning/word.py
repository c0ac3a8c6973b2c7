"""What a clerk has decided about the rows of a file, and what is left to ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grids.imports.planning.held import Held
    from grids.imports.planning.wanted import Want

RowKey = tuple[str, int]  # sheet, row from 1
PlaceKey = tuple[str, int, str]  # and the kind of place meant

NOBODY = 0  # the answer 不同：somebody or a household of its own


@dataclass(frozen=True)
class Word:
    """The clerk's decisions; without any the plan is what the file alone says."""

    left_out: frozenset[RowKey] = frozenset()  # skipped, held for later, or loaded before
    same: Mapping[PlaceKey, int] = field(default_factory=dict)  # the node meant, or NOBODY
    new_groups: frozenset[str] = frozenset()  # names taken as new groups
    clearing: Mapping[str, frozenset[str]] = field(default_factory=dict)  # sheet → fields a blank clears
    asks: bool = False  # whether doubts are noted as questions


@dataclass(frozen=True)
class Question:
    """A group the branch does not have: one of its own may be meant."""

    place: "Want"
    known: tuple[str, ...]


@dataclass(frozen=True)
class Suspect:
    """A new place that looks like one the system has."""

    place: "Want"
    like: "Held"
    why: str
