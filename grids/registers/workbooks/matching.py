"""Which row of the register a line from a file means, where the file does not carry our numbers."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grids.imports.reading.names import DOTS
from grids.imports.reading.values import clean_text
from grids.registers.columns import RegisterColumn
from grids.registers.desk import Desk
from grids.registers.register import Register
from grids.registers.rows import Cells, Held
from grids.registers.workbooks.reading import FileRow

TELLING = ("phone", "code")  # kinds of columns that tell one namesake from another
TAIL = 4  # digits of a phone that are enough where nothing else is known


@dataclass(frozen=True)
class Match:
    """What was found for one line: `pk` the row meant, or `doubt` the row it may mean, with the reason."""

    pk: int | None = None
    doubt: int | None = None
    why: str = ""
    twins: tuple[int, ...] = ()


@dataclass
class Finder:
    """The register's rows by what tells them apart; reads the register once."""

    register: Register
    desk: Desk
    held: Mapping[int, Held]
    _by_identity: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for pk, row in self.held.items():
            self._by_identity[self.identity(row.cells)].append(pk)

    @property
    def identity_columns(self) -> list[RegisterColumn]:
        """The columns without which a row is nothing: its name, or who and what and where."""
        if self.register.known_by:
            return [self.register.column(key) for key in self.register.known_by]
        return [c for c in self.register.columns if c.required and c.default is None]

    def identity(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        """What a line is known by, in one spelling."""
        known = (
            compared(column.read(cells.get(column.key, ""), self.desk)) for column in self.identity_columns
        )
        return (*known, *self.register.tells_apart(cells))

    def find(self, row: FileRow) -> Match:
        """The row meant by name, and by phone, door, group where several bear the name."""
        cells = {key: self.register.column(key).read(text, self.desk) for key, text in row.cells.items()}
        found = self._by_identity.get(self.identity(row.cells), [])
        if not found:
            return Match()
        fitting = [pk for pk in found if not self.contradicts(cells, self.held[pk].cells)]
        if len(found) == 1:
            if fitting:
                return Match(pk=found[0])
            return Match(doubt=found[0], why=self._difference(cells, self.held[found[0]].cells))
        if not fitting:
            return Match(
                doubt=found[0], why=f"同名的有 {len(found)} 个，电话、门牌等都不同", twins=tuple(found)
            )
        scores = {pk: self._agreement(cells, self.held[pk].cells) for pk in fitting}
        best = max(scores.values())
        winners = [pk for pk, score in scores.items() if score == best]
        if len(winners) == 1 and best > 0:
            return Match(pk=winners[0])
        return Match(doubt=winners[0], why=f"同名的有 {len(found)} 个", twins=tuple(winners))

    def contradicts(self, cells: Mapping[str, str], other: Cells) -> bool:
        """True when a phone or code says they are two, and none says they are one."""
        pairs = [
            (compared(cells.get(c.key, "")), compared(other.get(c.key, "")))
            for c in self.register.columns
            if c.kind in TELLING
        ]
        told = [same_number(mine, theirs) for mine, theirs in pairs if mine and theirs]
        return bool(told) and not any(told)

    def _difference(self, cells: Mapping[str, str], other: Cells) -> str:
        titles = [
            c.title
            for c in self.register.columns
            if c.kind in TELLING
            and cells.get(c.key)
            and other.get(c.key)
            and not same_number(compared(cells[c.key]), compared(other[c.key]))
        ]
        return f"{'、'.join(titles)}不同"

    def _agreement(self, cells: Mapping[str, str], other: Cells) -> int:
        found = 0
        for column in self.register.columns:
            mine, theirs = compared(cells.get(column.key, "")), compared(other.get(column.key, ""))
            if mine and theirs and column not in self.identity_columns:
                weight = 4 if column.kind in TELLING else 2 if column.choices is not None else 1
                found += weight if same_number(mine, theirs) else -weight
        return found


def compared(text: str) -> str:
    """A cell in one spelling: no blanks, one kind of dot, brackets and case alike."""
    return DOTS.sub("·", re.sub(r"\s+", "", clean_text(text))).upper()


def same_number(mine: str, theirs: str) -> bool:
    """Alike, or one is masked and both end alike."""
    if mine == theirs:
        return True
    return "*" in mine + theirs and mine[-TAIL:] == theirs[-TAIL:] and mine[:3] == theirs[:3]


def twice(rows: Sequence[FileRow], meant: Mapping[str, int]) -> dict[str, FileRow]:
    """Lines that mean a row an earlier line means already, with that line."""
    first: dict[int, FileRow] = {}
    found = {}
    for row in rows:
        pk = meant.get(row.key)
        if pk is None:
            continue
        if pk in first:
            found[row.key] = first[pk]
        else:
            first[pk] = row
    return found
