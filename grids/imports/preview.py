"""What the session pages show of a file, row by row; each kind of register has a source that makes it.

A source reads the session's sheets with the clerk's mends laid over them, compares them with the system and
answers with a `Preview`; `apply` carries out what the preview showed, by the same code.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from grids.imports.choices import RowState

if TYPE_CHECKING:
    from django.http import HttpRequest

    from grids.models import RosterUpload
    from township.models import User

RowKey = tuple[str, int]  # sheet, row from 1
ERROR, WARNING, ASK, SUSPECT = "error", "warning", "ask", "suspect"


@dataclass(frozen=True)
class CellChange:
    """One fact that would change; `cleared` when a blank cell empties it."""

    column: str
    old: str
    new: str
    cleared: bool = False


@dataclass(frozen=True)
class Issue:
    """Something wrong or unclear at one cell, with what a person may choose to mend it.

    `index` is the column from 0, None where no cell can be written; `pk` and `kind` name the place a SUSPECT
    looks like; `name` is what an ASK would create.
    """

    severity: str
    column: str
    value: str
    message: str
    index: int | None = None
    options: Sequence[str] = ()
    name: str = ""
    kind: str = ""
    pk: int = 0


@dataclass
class PreviewRow:
    """One row of a sheet and what would become of it."""

    sheet: str
    row: int
    title: str
    state: str = RowState.SAME
    summary: str = ""
    changes: list[CellChange] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    reason: str = ""  # why it is skipped, or held with another row

    @property
    def key(self) -> RowKey:
        """Where it stands."""
        return self.sheet, self.row


@dataclass
class Preview:
    """All rows of a session, and what loading the good ones would do."""

    rows: list[PreviewRow]
    entry: dict[str, Any]  # counts, changes, warnings: see grids/imports/report.py
    held: set[RowKey]  # rows that can't be loaded yet
    blocks: list[str] = field(default_factory=list)  # what stands against the file as a whole
    good: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Rows per state, in the order they are shown."""
        found = Counter(str(row.state) for row in self.rows)
        return {state: found[state] for state in RowState.values}


@dataclass(frozen=True)
class Home:
    """The list a file was loaded into, and the page that takes the next one."""

    title: str
    list_url: str
    load_url: str


class Source(Protocol):
    """What a kind of register must be able to do to use the session pages."""

    def check(self, session: "RosterUpload", *, by: "User", today: date) -> Preview:
        """Read and compare; nothing is written."""
        ...

    def apply(
        self,
        session: "RosterUpload",
        *,
        by: "User",
        today: date,
        held: set[RowKey],
        request: "HttpRequest | None",
    ) -> tuple[dict[str, Any], set[RowKey]]:
        """Load all rows but `held` if it still does what was shown; the entry and the rows loaded."""
        ...

    def fields(self) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """What a column may mean: groups of (field, words)."""
        ...

    def clearable(self) -> set[str]:
        """Fields whose blank cells may clear a value."""
        ...

    def may_use(self, user: "User | Any") -> bool:
        """True when the user may load files of this kind at all."""
        ...

    def note_look(self, session: "RosterUpload", *, by: "User", request: "HttpRequest") -> None:
        """Log that somebody reads the session, where reading such rows is logged."""
        ...

    def home(self, session: "RosterUpload") -> Home:
        """Where one goes on from here."""
        ...


def dump_rows(rows: Sequence[PreviewRow]) -> list[dict[str, Any]]:
    """Rows as JSON."""
    return [asdict(row) for row in rows]
