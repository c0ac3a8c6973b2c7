"""The frame every register stands in: merge, judge, and write all rows or none."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse

from grids import access, tree
from grids.actions.refusals import in_words, sentences
from grids.choices import Kind
from grids.models import Node
from grids.registers.columns import RegisterColumn
from grids.registers.desk import Desk
from grids.registers.merging import Merged, Past, Picks, merge
from grids.registers.rows import (
    BandText,
    Checked,
    Conflicted,
    GivenRow,
    Held,
    Line,
    Refused,
    RegisterRow,
    Said,
    Saved,
)
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from township.models import User

LIMIT = 1000
NARROWED = (Kind.GRID, Kind.GROUP)  # places a list can be narrowed to
TITLE = "批量录入"


class Register(ABC):
    """One kind of record as a flat table.

    `columns` in the order shown; `place_kinds` the kinds of places whose rows it can show on one screen;
    `rank` its place among the registers.
    """

    code: str
    title: str
    unit: str
    rank: int
    columns: tuple[RegisterColumn, ...]
    place_kinds: tuple[str, ...]
    list_name: str  # of the address of its list
    room: str = "rosters"  # registers of one room stand beside each other as tabs
    known_by: tuple[str, ...] = ()  # columns a line of a file is known by; else those that must be filled
    by_file_only: bool = False  # no paste grid, and nothing to reconcile with
    over_villages: bool = False  # a list over many villages is read in one go
    advice: tuple[str, ...] = ()  # beside what the page says of all files
    names_village: str = ""  # the column that may say the village too: 甲村党支部 · 第一党小组

    # --- what each register says of itself ----------------------------------------------------------

    @abstractmethod
    def count(self, desk: Desk) -> int:
        """How many rows the place has."""

    @abstractmethod
    def held(self, desk: Desk, ids: Iterable[int] | None = None) -> dict[int, Held]:
        """Rows of the place (only `ids` if given) in the order shown, in a fixed number of queries."""

    @abstractmethod
    def past(self, desk: Desk, wanted: Mapping[int, tuple[Held, str]]) -> dict[int, Past]:
        """Rows as they were at a version, for (row, version) by number."""

    @abstractmethod
    def judge(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Read the cells into values and note what is wrong, in a fixed number of queries."""

    @abstractmethod
    def write(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[str, int]:
        """Write judged lines without errors; returns numbers of new rows by the sender's keys."""

    def bands(self, desk: Desk, lines: Sequence[Line]) -> list[BandText]:
        """How the places concerned stand after the change."""
        return []

    def kept_at(self, place: Node) -> Node:
        """The place that one has to keep to edit these rows of a place."""
        return place

    def allows(self, user: "User | Any", place: Node) -> bool:
        """True when the user may edit rows of the place."""
        return access.may_edit(user, self.kept_at(place))

    def require(self, user: "User | Any", place: Node) -> None:
        """Raise PermissionDenied unless the user may edit rows of the place."""
        access.require_edit(user, self.kept_at(place))

    @contextmanager
    def locked(self, desk: Desk, ids: Sequence[int]) -> Iterator[None]:
        """One transaction in which the village's tree and these rows stand still."""
        with in_words(), tree.tree_write(lambda: {desk.root_id}):
            self.lock_rows(ids)
            yield

    @abstractmethod
    def lock_rows(self, ids: Sequence[int]) -> None:
        """Hold the rows that single pages write without the tree's lock, so that nothing falls between."""

    def may_load(self, user: "User | Any") -> bool:
        """True when the user may load files of this register at all."""
        return access.may(user, access.Right.IMPORT_ROSTER)

    def other_places(self, user: "User | Any") -> list[Node]:
        """Where somebody enters rows who edits no Party organisation."""
        return []

    def note_look(  # noqa: B027  # most registers are read all day without a line in the log
        self, *, by: "User", what: str, rows: int, request: "HttpRequest"
    ) -> None:
        """Log who reads rows of it, where reading is logged."""

    def tells_apart(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        """What else two rows differ in that are known by the same words."""
        return ()

    def list_url(self, place: Node) -> str:
        """The list of these rows, at the place."""
        asked = {"village": place.root_id} | ({place.kind: place.pk} if place.kind in NARROWED else {})
        return f"{self.list_address()}?{urlencode(asked)}"

    def list_address(self) -> str:
        """The list itself."""
        return reverse(self.list_name)

    # --- what pages, workbooks and tests ask --------------------------------------------------------

    def column(self, key: str) -> RegisterColumn:
        """The column of that key; KeyError if there is none."""
        return {column.key: column for column in self.columns}[key]

    def rows(self, user: "User | Any", place: Node) -> list[RegisterRow]:
        """The rows as shown."""
        return [RegisterRow(held.pk, held.seen, held.cells) for held in self.held(Desk(user, place)).values()]

    def check(self, given: Sequence[GivenRow], *, user: "User | Any", place: Node) -> Checked:
        """Errors and notes by cell, cells as they will be read, and the bands after the change."""
        self.require(user, place)
        desk = Desk(user, place)
        merged = merge(self, desk, given, {})
        self.judge(desk, merged.lines)
        found = Checked(
            errors=_said(merged.lines, "errors"),
            notes=_said(merged.lines, "notes"),
            bands=self.bands(desk, [line for line in merged.lines if not line.errors]),
        )
        for line in merged.lines:
            if cells := self._cleaned(desk, line):
                found.cleaned[line.row] = cells
        return found

    def _cleaned(self, desk: Desk, line: Line) -> dict[str, str]:
        """Cells that read differently from what was sent, where the reading is sure."""
        wrong = {key for key, _ in line.errors}
        found = {}
        for column in self.columns:
            if column.key in wrong or column.key not in line.values or "" in wrong:
                continue
            shown = column.show(line.values[column.key], desk)
            if column.key in line.given:
                # what others wrote meanwhile is offered at the save, not slipped into the cell
                if shown != line.given[column.key] and (
                    column.key in line.touched or self._follows(line, column)
                ):
                    found[column.key] = shown
            elif line.is_new and shown:
                found[column.key] = shown
        return found

    def _follows(self, line: Line, column: RegisterColumn) -> bool:
        """True for a cell that changes although the sender left it: it follows from another one."""
        return line.is_new or line.changes(column.key)

    def save(
        self,
        given: Sequence[GivenRow],
        *,
        user: "User",
        place: Node,
        reason: str = TITLE,
        picks: Picks | None = None,
        request: "HttpRequest | None" = None,
        title: str = TITLE,
    ) -> Saved:
        """Check once more and write all rows in one action; Refused and Conflicted mean nothing was written.

        `picks` says for cells in conflict, by row and column, 'mine' or 'theirs'.
        """
        self.require(user, place)
        desk = Desk(user, place)
        known = [row.id for row in given if row.id is not None]
        with history.action(by=user, title=title, reason=reason), _refused(), self.locked(desk, known):
            merged = merge(self, desk, given, picks or {})
            self.judge(desk, merged.lines)
            errors = _said(merged.lines, "errors")
            if errors:
                raise Refused(errors)
            _settle(merged)
            keys = [column.key for column in self.columns if not column.readonly]
            writing = [line for line in merged.lines if line.differs(keys)]
            ids = self.write(desk, writing, by=user, reason=reason) if writing else {}
            saved = Saved(
                new=sum(line.is_new for line in writing),
                changed=sum(not line.is_new for line in writing),
                same=len(merged.lines) - len(writing),
                ids=ids,
            )
            if writing:
                audit.record(
                    by=user,
                    deed=Deed.CHANGE,
                    target=f"{title} {self.title} {place.name}（编号 {place.pk}）",
                    rows=len(writing),
                    note=f"新增{saved.new}，修改{saved.changed}；{reason}",
                    request=request,
                )
            return saved


def _said(lines: Iterable[Line], what: str) -> list[Said]:
    return [Said(line.row, column, text) for line in lines for column, text in getattr(line, what)]


def _settle(merged: Merged) -> None:
    if merged.conflicts:
        raise Conflicted(merged.conflicts, merged.seen)


@contextmanager
def _refused() -> Iterator[None]:
    """Refusals of the layers below become errors of the whole sheet."""
    try:
        yield
    except (Refused, Conflicted):
        raise
    except ValidationError as why:
        raise Refused([Said("", "", text) for text in sentences(why)]) from why


REGISTERS: dict[str, Register] = {}


def beside(one: Register) -> list[Register]:
    """The registers of the same room."""
    return [other for other in REGISTERS.values() if other.room == one.room]


def register(made: Register) -> Register:
    """Add a register; an app above this one adds its own from its AppConfig.ready."""
    REGISTERS[made.code] = made
    ordered = sorted(REGISTERS.items(), key=lambda pair: pair[1].rank)
    REGISTERS.clear()
    REGISTERS.update(ordered)
    return made
