"""What the three renderers share: header spans, merged cells, the text of a cell, totals in their place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from township.sheets import Cell, Column, Sheet, Values

# Control, lone surrogate, bidirectional override and non-characters: never wanted, and some break a workbook.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class HeaderCell:
    """A cell of the header; `column` is None for a group over several columns."""

    title: str
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    column: Column | None = None

    @property
    def scope(self) -> str:
        return "col" if self.column else "colgroup"


@dataclass(frozen=True)
class Row:
    """One body row with its cells in column order, hidden ones included."""

    values: Values
    total: bool = False


def header(columns: Sequence[Column]) -> list[list[HeaderCell]]:
    """One or two header rows; a column without group goes through both."""
    if not any(column.group for column in columns):
        return [[HeaderCell(column.title, 0, i, column=column) for i, column in enumerate(columns)]]
    upper: list[HeaderCell] = []
    lower: list[HeaderCell] = []
    start = 0
    while start < len(columns):
        column = columns[start]
        if not column.group:
            upper.append(HeaderCell(column.title, 0, start, rowspan=2, column=column))
            start += 1
            continue
        stop = start
        while stop < len(columns) and columns[stop].group == column.group:
            lower.append(HeaderCell(columns[stop].title, 1, stop, column=columns[stop]))
            stop += 1
        upper.append(HeaderCell(column.group, 0, start, colspan=stop - start))
        start = stop
    return [upper, lower]


def body(sheet: Sheet) -> Iterator[Row]:
    """All rows in printing order, with the totals first or last."""
    totals = [Row(values, total=True) for values in sheet.totals]
    if sheet.total_first:
        yield from totals
    for values in sheet.read():
        yield Row(values)
    if not sheet.total_first:
        yield from totals


def clean(value: str) -> str:
    """Text without characters that no printed table should hold; line breaks stay."""
    return _UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def text(value: Cell, column: Column) -> str:
    """What a reader sees: nothing for nothing, never None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime) and column.kind != "date":
        return value.strftime("%Y.%m.%d %H:%M")
    if isinstance(value, date):
        return f"{value.year}.{value.month:02}.{value.day:02}"
    if column.kind == "percent":
        return f"{float(value) * 100:.1f}%"
    return f"{value:g}" if isinstance(value, float) else str(value)


def texts(values: Values, columns: Sequence[Column]) -> list[str]:
    """The text of every cell of a row; printable strings, nearly all there is, take the short way."""
    return [
        value if value.__class__ is str and value.isprintable() else text(value, column)
        for value, column in zip(values, columns, strict=True)
    ]


class Merges:
    """Says for each row, against the one before, which columns go on with the cell above.

    Equal keys alone are not enough: the cell's own value must be equal too, or a text would vanish;
    and when every key is blank nothing holds the rows together, so they stay apart.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        index = {column.key: i for i, column in enumerate(columns)}
        self.keys: dict[int, tuple[int, ...]] = {
            i: tuple(index[key] for key in column.merge_by)
            for i, column in enumerate(columns)
            if column.merge_by and not column.hidden
        }

    def continues(self, above: Row | None, row: Row) -> frozenset[int]:
        """Indexes of the columns whose cell is one with the cell above."""
        if above is None or above.total or row.total:
            return frozenset()
        old, new = above.values, row.values
        together = []
        for col, keys in self.keys.items():
            if old[col] != new[col]:
                continue
            held = False
            for key in keys:
                value = new[key]
                if old[key] != value:
                    break
                held = held or (value is not None and value != "")
            else:
                if held:
                    together.append(col)
        return frozenset(together)


def spans(columns: Sequence[Column], rows: Sequence[Row]) -> list[dict[int, int]]:
    """For each row of a slice the height in rows of the cells that begin there; covered ones are left out."""
    merges = Merges(columns)
    result: list[dict[int, int]] = []
    begun: dict[int, int] = {}
    above: Row | None = None
    for number, row in enumerate(rows):
        covered = merges.continues(above, row)
        starts = {}
        for col in range(len(columns)):
            if col in covered:
                result[begun[col]][col] += 1
            else:
                starts[col] = 1
                begun[col] = number
        result.append(starts)
        above = row
    return result


def digest(columns: Sequence[Column], rows: Iterable[Values]) -> str:
    """A fingerprint of what the cells show, to tell an edited workbook from an untouched one."""
    seen = Digest()
    for values in rows:
        seen.add(texts(values, columns))
    return seen.hexdigest()


class Digest:
    """The same fingerprint, row by row while a sheet is being written."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.rows = 0

    def add(self, shown: list[str]) -> None:
        """The texts of the next row."""
        self._sha256.update("\x1f".join(shown).encode() + b"\x1e")
        self.rows += 1

    def hexdigest(self) -> str:
        return self._sha256.hexdigest()
