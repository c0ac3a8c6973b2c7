"""A file laid beside the register: for every line what it would do, and the lines that can be written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grids.duties import DUTIES
from grids.imports.planning.word import NOBODY
from grids.imports.preview import RowKey
from grids.imports.reading.guides import CLEAR, REQUIRE
from grids.imports.reading.values import numerals_in_chinese
from grids.registers.columns import RegisterColumn
from grids.registers.desk import Desk
from grids.registers.merging import Merged, merge
from grids.registers.register import Register
from grids.registers.rows import Conflict, GivenRow, Held, Line
from grids.registers.workbooks.matching import Finder, Match, compared, twice
from grids.registers.workbooks.reading import FileRow

CHANGED_MARK = "这一行的系统编号被改动过，认不出是哪一行。请清空编号（当作新增），或重新下载再改。"
GONE = "系统里已没有这一行（可能已注销，或不在这里），请在表里删去。"


@dataclass(frozen=True)
class Word:
    """What the clerk has said of a file's lines."""

    left_out: frozenset[RowKey] = frozenset()
    same: Mapping[RowKey, int] = field(default_factory=dict)  # the row meant, NOBODY for another one
    typed: frozenset[tuple[str, int, str]] = frozenset()  # cells settled by hand: sheet, row, column
    clearing: frozenset[str] = frozenset()  # columns whose blank cells empty a value
    needed: frozenset[str] = frozenset()  # columns that must not be blank


@dataclass
class Judged:
    """One line of the file, with the register's line for it unless it waits for an answer."""

    row: FileRow
    match: Match
    desk: Desk | None = None  # where it belongs; None while that is not known
    line: Line | None = None
    given: GivenRow | None = None
    repeats: FileRow | None = None  # an earlier line that says the very same
    faults: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def key(self) -> RowKey:
        """Sheet and row."""
        return self.row.sheet, self.row.number

    @property
    def errors(self) -> list[tuple[str, str]]:
        """All that is wrong with it, by column."""
        return [*self.faults, *(self.line.errors if self.line else ())]

    @property
    def is_held(self) -> bool:
        """True while it can't be written."""
        return bool(self.errors or self.conflicts or self.match.doubt is not None)


def judge_rows(register: Register, given_rows: Iterable[FileRow], *, desk: Desk, word: Word) -> list[Judged]:
    """Every line that is not left out, matched and checked by the register's own rules."""
    rows = [row for row in given_rows if (row.sheet, row.number) not in word.left_out]
    finder = Finder(register, desk, register.held(desk))
    found = [Judged(row, _match(finder, row, word), desk) for row in rows]
    _refuse_twice(found)
    for one in found:
        one.faults += one.row.faults
        one.faults += _missing(register, one.row, word)
    given = []
    for one in found:
        if one.faults or one.match.doubt is not None or one.repeats is not None:
            continue
        one.given = _given(register, one, finder, word)
        given.append(one.given)
    merged = merge(register, desk, given, {})
    register.judge(desk, merged.lines)
    by_row = {one.row.key: one for one in found}
    for line in merged.lines:
        by_row[line.row].line = line
    _take_conflicts(register, merged, by_row, word)
    return found


def _match(finder: Finder, row: FileRow, word: Word) -> Match:
    said = word.same.get((row.sheet, row.number))
    if row.id is not None:
        return Match(pk=row.id) if row.id in finder.held else Match(why=CHANGED_MARK)
    if said is not None:
        return Match(pk=said) if said != NOBODY and said in finder.held else Match()
    return finder.find(row)


def _refuse_twice(found: list[Judged]) -> None:
    for one in found:
        if one.match.why == CHANGED_MARK:
            words = (
                CHANGED_MARK if one.row.id == 0 else "系统里已没有这一行（可能已注销或不在这里），没有读取。"
            )
            one.faults.append(("", words))
    meant = {one.row.key: one.match.pk for one in found if one.match.pk is not None}
    doubles = twice([one.row for one in found], meant)
    for one in found:
        if first := doubles.get(one.row.key):
            where = f"第 {first.number} 行" if first.sheet == one.row.sheet else first.where
            if first.cells == one.row.cells:
                one.repeats = first
                one.row.notes.append(("", f"与{where}完全相同，只读一行。"))
                continue
            advice = "如果是新增的一行，请清空它的系统编号。" if one.row.id else "请删去一行。"
            one.faults.append(("", f"与{where}是系统里的同一条。{advice}"))


def _missing(register: Register, row: FileRow, word: Word) -> list[tuple[str, str]]:
    wrong = {key for key, _ in row.faults}
    return [
        (key, f"请填写{register.column(key).title}。")
        for key in sorted(word.needed)
        if not row.cells.get(key) and key not in wrong
    ]


def _given(register: Register, one: Judged, finder: Finder, word: Word) -> GivenRow:
    """The cells that count: a blank one is no word on the value unless the clerk has said so."""
    cells = dict(one.row.cells)
    held = finder.held.get(one.match.pk or 0)
    if held is not None:
        for column in register.columns:
            if column.key in word.clearing and not cells.get(column.key) and not column.required:
                cells[column.key] = ""
        cells = _without_hints(register, cells, held)
    for key, text in cells.items():
        cells[key] = _choice(register.column(key), text, finder.desk)
    return GivenRow(one.row.key, one.match.pk, one.row.seen, cells)


def _without_hints(register: Register, cells: dict[str, str], held: Held) -> dict[str, str]:
    """Cells that only repeat what stands: 张三 for 张三（第一党小组）, or the duties a list shows of all."""
    kept = {}
    for key, text in cells.items():
        column, now = register.column(key), held.cells.get(key, "")
        short = column.choices is not None and now.startswith(f"{text}（")
        padded = column.required and compared(text) == compared(now)
        general = key == "duties" and not now and text == DUTIES.get(held.values.get("role", ""))
        kept[key] = now if short or padded or general else text
    return kept


def _choice(column: RegisterColumn, text: str, desk: Desk) -> str:
    """1社 is 一社 where only that can be chosen."""
    if column.choices is None or not text or desk.options(column).find(text):
        return text
    other = numerals_in_chinese(text)
    return other if desk.options(column).find(other) else text


def _take_conflicts(register: Register, merged: Merged, by_row: Mapping[str, Judged], word: Word) -> None:
    """A cell somebody changed since the download waits for a word; a cell settled by hand is that word."""
    for conflict in merged.conflicts:
        one = by_row[conflict.row]
        if (one.row.sheet, one.row.number, conflict.column) not in word.typed:
            one.conflicts.append(conflict)
    for key, seen in merged.seen.items():
        one = by_row[key]
        if one.given is not None and not one.conflicts:
            one.given = GivenRow(one.given.row, one.given.id, seen, one.given.cells)


def picks_of(found: list[Judged]) -> dict[str, dict[str, str]]:
    """For the save: cells settled by hand win over what stands."""
    return {
        one.given.row: dict.fromkeys(one.given.cells, "mine")
        for one in found
        if one.given is not None and ">" in one.given.seen
    }


def clearing_of(blanks: Mapping[str, str]) -> frozenset[str]:
    """Columns whose blanks clear."""
    return frozenset(key for key, rule in blanks.items() if rule == CLEAR)


def needed_of(blanks: Mapping[str, str]) -> frozenset[str]:
    """Columns that must be filled."""
    return frozenset(key for key, rule in blanks.items() if rule == REQUIRE)
