"""A blank cell clears a value only where the clerk has said so for its column."""

from collections.abc import Iterable
from typing import Any

from grids.choices import Kind
from grids.imports.planning.wanted import Want
from grids.imports.planning.word import Word
from grids.imports.reading.result import Problem

# Field of a row → fact of the place; what a place can't do without is never cleared.
CLEARABLE = {
    Kind.HUB: {"plate_no": "plate_no", "served_households": "served_households"},
    Kind.MEMBER: {"remark": "remark"},
    Kind.HOUSEHOLD: {
        "villager_group": "villager_group",
        "door": "door",
        "address": "door",
        "household_size": "size",
        "household_phone": "phone",
        "since": "since",
        "remark": "remark",
    },
}
BLANKS: dict[str, Any] = {"served_households": None, "size": None, "since": None}
FIELDS = {name for fields in CLEARABLE.values() for name in fields} | {"member_phone"}


class Clearing:
    """Which blanks of a file clear a value; a cell with a problem was not blank."""

    def __init__(self, word: Word, problems: Iterable[Problem]) -> None:
        self.word = word
        self.troubled = {(p.sheet, p.row, p.column) for p in problems} if word.clearing else set()

    def clears(self, want: Want, name: str) -> bool:
        """True when the cell of `name` is there, blank, and blanks of its column clear."""
        row = want.row
        if name not in self.word.clearing.get(row.sheet, frozenset()) or name not in row.where:
            return False
        if (row.sheet, row.row, row.where[name]) in self.troubled:
            return False
        return getattr(row, name, "") in ("", None) and not (name == "address" and row.villager_group)

    def note(self, want: Want) -> None:
        """Add what is cleared to the differences of a place the system has."""
        if want.held is None or not self.word.clearing:
            return
        if want.kind == Kind.MEMBER and want.row.household:
            return  # the remark of that line is the household's
        for name, fact in CLEARABLE.get(Kind(want.kind), {}).items():
            old = want.held.facts.get(fact)
            if fact not in want.facts and old not in ("", None) and self.clears(want, name):
                want.diff[fact] = (old, BLANKS.get(fact, ""))
