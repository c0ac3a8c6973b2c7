"""A register laid beside a roster from elsewhere: only here, only there, and cell by cell what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grids.imports.reading.book import dump_sheets, load_sheets
from grids.imports.reading.guides import SheetGuide
from grids.imports.reading.result import Refused
from grids.models import Node
from grids.registers import drafts
from grids.registers.bodies import as_draft
from grids.registers.desk import Desk
from grids.registers.register import Register
from grids.registers.rows import GivenRow, Held, Saved
from grids.registers.workbooks.headings import find_header
from grids.registers.workbooks.matching import Finder, compared, same_number, twice
from grids.registers.workbooks.reading import FileRow, FileTable, read_table
from township import history

if TYPE_CHECKING:
    from django.http import HttpRequest

    from township.models import User

OURS, THEIRS = "ours", "theirs"


@dataclass
class Sitting:
    """One person's reconciliation of one register at one place, as it is kept between pages.

    `choices`: row's number and column → (what was chosen, our cell as it was shown).
    """

    file: str
    sheets: list[dict[str, Any]]
    columns: dict[int, str] = field(default_factory=dict)  # column from 0 → key, "" for not compared
    is_settled: bool = False
    choices: dict[str, tuple[str, str]] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "file": self.file,
            "sheets": self.sheets,
            "columns": {str(index): key for index, key in self.columns.items()},
            "is_settled": self.is_settled,
            "choices": {name: list(choice) for name, choice in self.choices.items()},
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "Sitting":
        """The other half of `as_data`."""
        return cls(
            data["file"],
            data["sheets"],
            {int(index): key for index, key in data["columns"].items()},
            data["is_settled"],
            {name: (pick, shown) for name, (pick, shown) in data["choices"].items()},
        )


@dataclass(frozen=True)
class Difference:
    """One cell that says something else there."""

    pk: int
    key: str
    title: str
    ours: str
    theirs: str
    choice: str

    @property
    def name(self) -> str:
        """The cell's name in forms."""
        return cell_name(self.pk, self.key)


@dataclass(frozen=True)
class Pair:
    """A row of ours with the line that means it."""

    held: Held
    row: FileRow
    differences: list[Difference]
    note: str = ""


@dataclass
class Compared:
    """The three parts, and how many rows agree."""

    pairs: list[Pair] = field(default_factory=list)
    ours: list[Held] = field(default_factory=list)
    theirs: list[tuple[FileRow, str]] = field(default_factory=list)
    same: int = 0
    notices: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    @property
    def differences(self) -> list[Difference]:
        """All cells that differ."""
        return [cell for pair in self.pairs for cell in pair.differences]


def cell_name(pk: int, key: str) -> str:
    """A cell's name in forms and in the kept choices."""
    return f"{pk}-{key}"


# --- kept between pages -----------------------------------------------------------------------------


def code_of(register: Register) -> str:
    """The name it is kept under, beside the drafts of the paste grid."""
    return f"reconcile-{register.code}"


def sitting_of(user: "User", register: Register, place: Node) -> Sitting | None:
    """What the user is about, if anything."""
    draft = drafts.found(user=user, code=code_of(register), place=place)
    return Sitting.of_data(draft.rows[0]) if draft is not None else None


def keep(sitting: Sitting, *, user: "User", register: Register, place: Node) -> None:
    """Put it away until the next page; after a week it is dropped."""
    drafts.keep(user=user, code=code_of(register), place=place, rows=[sitting.as_data()])


def begin(sheets: Sequence[dict[str, Any]], *, file: str, register: Register) -> Sitting:
    """A sitting for a redacted file; only sheets that have a fitting header are kept. Raises Refused."""
    raw = load_sheets(list(sheets))
    held = [sheet for sheet in raw if not sheet.hidden and find_header(sheet, register) is not None]
    table = read_table(held, register)
    if table.refusal:
        raise Refused(table.refusal)
    columns = {column["index"]: column["field"] for column in table.sheets[0].layout}
    return Sitting(file, dump_sheets(held), columns)


def read(sitting: Sitting, register: Register) -> FileTable:
    """The other roster's rows by our columns."""
    raw = load_sheets(sitting.sheets)
    guides = {raw[0].name: SheetGuide(columns=sitting.columns)} if raw else {}
    return read_table(raw, register, guides=guides)


# --- comparing --------------------------------------------------------------------------------------


def compare(sitting: Sitting, register: Register, desk: Desk) -> Compared:
    """The three parts; our register is read once, whatever the number of rows."""
    table = read(sitting, register)
    found = Compared(notices=table.notices)
    found.columns = [c.title for c in register.columns if any(c.key in row.cells for row in table.rows)]
    if table.refusal:
        found.notices.append(table.refusal)
    finder = Finder(register, desk, register.held(desk))
    meant: dict[str, int] = {}
    notes: dict[str, str] = {}
    for row in table.rows:
        match = finder.find(row)
        if match.twins:
            notes[row.key] = f"本系统里{match.why}，分不清是哪一个"
        elif (pk := match.pk or match.doubt) is not None:
            meant[row.key] = pk
            notes[row.key] = f"{match.why}，请先核实是不是同一人" if match.doubt else ""
    doubles = twice(table.rows, meant)
    for row in table.rows:
        if row.key in doubles or row.key not in meant:
            first = doubles.get(row.key)
            why = f"与{first.where}重复" if first is not None else notes.get(row.key, "")
            found.theirs.append((row, why))
            continue
        held = finder.held[meant[row.key]]
        cells = _differences(sitting, register, desk, held, row)
        if cells:
            found.pairs.append(Pair(held, row, cells, notes.get(row.key, "")))
        else:
            found.same += 1
    matched = {pk for key, pk in meant.items() if key not in doubles}
    found.ours = [held for pk, held in finder.held.items() if pk not in matched]
    return found


def _differences(
    sitting: Sitting, register: Register, desk: Desk, held: Held, row: FileRow
) -> list[Difference]:
    found = []
    for column in register.columns:
        typed = row.cells.get(column.key, "")
        if not typed or column.readonly:
            continue
        ours, theirs = held.cells.get(column.key, ""), column.read(typed, desk)
        if same_number(compared(ours), compared(theirs)) or ours.startswith(f"{theirs}（"):
            continue
        pick, shown = sitting.choices.get(cell_name(held.pk, column.key), (OURS, ours))
        choice = pick if shown == ours else OURS  # chosen over a cell somebody has changed since: asked again
        found.append(Difference(held.pk, column.key, column.title, ours, theirs, choice))
    return found


def choose(
    sitting: Sitting, found: Compared, said: Mapping[str, tuple[str, str]], *, every: str = ""
) -> None:
    """Take choices in: `said` by cell with our cell as it was shown, or `every` cell alike."""
    for cell in found.differences:
        if every in (OURS, THEIRS):
            sitting.choices[cell.name] = (every, cell.ours)
        elif cell.name in said:
            sitting.choices[cell.name] = said[cell.name]


# --- doing ------------------------------------------------------------------------------------------


def apply(
    found: Compared,
    register: Register,
    *,
    user: "User",
    place: Node,
    reason: str,
    request: "HttpRequest | None" = None,
) -> Saved:
    """Write the cells where theirs was chosen: one transaction, one action. Raises Refused or Conflicted."""
    rows = []
    for pair in found.pairs:
        cells = {cell.key: cell.theirs for cell in pair.differences if cell.choice == THEIRS}
        if cells:
            rows.append(GivenRow(str(pair.held.pk), pair.held.pk, pair.held.seen, cells))
    with history.action(by=user, title=f"{register.title}对账", reason=reason):
        return register.save(rows, user=user, place=place, reason=reason, request=request)


def to_entry(found: Compared, register: Register, *, user: "User", place: Node) -> int:
    """Put the rows only they have into the paste grid's draft, behind what is there; returns their number."""
    draft = drafts.found(user=user, code=register.code, place=place)
    kept = list(draft.rows) if draft is not None else []
    there = {row["row"] for row in kept}
    new = [
        as_draft(GivenRow(f"new-{row.key}", None, "", row.cells))
        for row, why in found.theirs
        if not why and f"new-{row.key}" not in there
    ]
    if new:
        drafts.keep(user=user, code=register.code, place=place, rows=[*kept, *new])
    return len(new)
