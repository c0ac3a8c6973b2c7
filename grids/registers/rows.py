"""Rows of a register on their way in and out: as shown, as sent, as checked, as saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from grids.registers.spots import Spot

Cells = dict[str, str]


@dataclass(frozen=True)
class RegisterRow:
    """A row as shown: strings, and `seen`, the version they are of."""

    id: int
    seen: str
    cells: Cells


@dataclass(frozen=True)
class GivenRow:
    """A row as sent: `row` is the sender's own key of it, `id` None a new one.

    Cells that are not sent are left as they are; a blank `seen` does not ask whether others changed it.
    """

    row: str
    id: int | None
    seen: str
    cells: Mapping[str, str]

    @property
    def is_blank(self) -> bool:
        """True for a new row with nothing in it."""
        return self.id is None and not any(str(cell).strip() for cell in self.cells.values())


@dataclass(frozen=True)
class Held:
    """A row as it stands in the database: stored values by column, cells as shown, version."""

    pk: int
    values: Mapping[str, Any]
    cells: Cells
    seen: str
    above: int | None = None  # the node it hangs under
    spot: Spot | None = None  # its own keys, for counting what changes where
    since: date | None = None


@dataclass
class Line:
    """One row at work: what it was, what it shall be, and what is wrong with it."""

    row: str
    held: Held | None
    given: Mapping[str, str] = field(default_factory=dict)
    cells: Cells = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    above: Spot | None = None
    found: Any = None  # an existing row of another table that this one will use

    def refuse(self, column: str, text: str) -> None:
        """Note an error, once."""
        if (column, text) not in self.errors:
            self.errors.append((column, text))

    def remark(self, column: str, text: str) -> None:
        """Note something that does not stop the save."""
        self.notes.append((column, text))

    @property
    def is_new(self) -> bool:
        """True for a row that is not in the database yet."""
        return self.held is None

    def changes(self, key: str) -> bool:
        """True when the value of a column will be another one."""
        return self.held is None or self.values.get(key) != self.held.values.get(key)

    @property
    def is_moved(self) -> bool:
        """True when the row will hang under another node."""
        return self.held is not None and self.above is not None and self.above.pk != self.held.above

    def differs(self, keys: Sequence[str]) -> bool:
        """True when anything will be written."""
        return self.is_new or self.is_moved or any(self.changes(key) for key in keys)


@dataclass(frozen=True)
class Said:
    """A sentence about a cell; a blank column means the whole row, a blank row the whole sheet."""

    row: str
    column: str
    text: str


@dataclass(frozen=True)
class BandText:
    """How a place stands after the change; tone is 'warning' or 'ok'."""

    text: str
    tone: str


@dataclass(frozen=True)
class Conflict:
    """A cell two people changed: what it was, what it is now, what the sender wants."""

    row: str
    column: str
    title: str
    was: str
    theirs: str
    mine: str
    who: str = ""
    at: str = ""


@dataclass
class Checked:
    """What a check found. `cleaned` holds only the cells that read differently from what was sent."""

    errors: list[Said] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)
    cleaned: dict[str, Cells] = field(default_factory=dict)
    bands: list[BandText] = field(default_factory=list)


@dataclass(frozen=True)
class Saved:
    """How many rows were made, changed and found unchanged; `ids` the numbers by the sender's keys."""

    new: int
    changed: int
    same: int
    ids: Mapping[str, int] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """已保存 12 行（新增 3，修改 9）."""
        if not self.new + self.changed:
            return "没有改动，不用保存"
        return f"已保存 {self.new + self.changed} 行（新增 {self.new}，修改 {self.changed}）"


class Refused(ValidationError):
    """A save with errors; nothing was written."""

    def __init__(self, errors: Sequence[Said]) -> None:
        super().__init__([said.text for said in errors] or ["没有保存。"])
        self.errors_found = list(errors)


class Conflicted(ValidationError):
    """A save that met others' changes of the same cells; nothing was written."""

    def __init__(self, conflicts: Sequence[Conflict], seen: Mapping[str, str]) -> None:
        super().__init__("有几格别人刚改过，请选择用哪一个。")
        self.conflicts, self.seen = list(conflicts), dict(seen)
