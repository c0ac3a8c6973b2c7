"""A table is declared here once; html, xlsx and pdf beside this file render it and know no model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

Cell = str | int | float | Decimal | bool | date | None
Values = tuple[Cell, ...]
Rows = Callable[[], Iterable[Values]] | Iterable[Values]

MARK = "※"  # behind a number that a person says instead of the computed one
_CHINESE_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Column:
    """One column: what it is called, how wide it is on paper and what its cells hold."""

    key: str
    title: str
    group: str = ""  # upper header row, spans neighbours with the same group
    width: float = 20  # millimetres on paper; the whole table is then stretched to the page
    align: Literal["left", "center", "right"] = "center"
    kind: Literal["text", "int", "date", "percent"] = "text"  # text stays text: phones, codes, "=name"
    merge_by: tuple[str, ...] = ()  # cells merge over neighbouring rows while these keys' values stay equal
    hidden: bool = False  # in xlsx a hidden column (codes to find the row again); absent in HTML and PDF
    note: str = ""  # shown on the page only, e.g. 待建


@dataclass(frozen=True)
class SignatureLine:
    """A label under the table with a blank to sign, or with a value that is already known."""

    label: str
    value: str = ""


SIGNATURES = (
    SignatureLine("单位负责人"),
    SignatureLine("审核人"),
    SignatureLine("填表人"),
    SignatureLine("联系电话"),
    SignatureLine("填报时间"),
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A whole printed table. `rows` given as a callable is streamed and may be called several times."""

    title: str
    columns: tuple[Column, ...]
    rows: Rows
    annex: str = ""  # "附件4", top left
    unit: str = ""  # 填报单位(盖章), the bare name or the whole line
    as_of: str = ""  # 统计截止日期, the bare date or the whole line ("填报时间：…")
    measure: str = ""  # "个、人、户、件" or the whole line
    foot: tuple[SignatureLine | str, ...] = ()
    totals: tuple[Values, ...] = ()
    total_first: bool = False
    summary: str = ""  # one line between table and signatures
    paper: Literal["A4", "A3"] = "A4"
    landscape: bool = True
    bound: bool = False  # into a book on its left: a gutter there on every page, printed on one side
    text_size: float = 10.5  # points, 五号
    meta: Mapping[str, str] = field(default_factory=dict)  # hidden sheet "meta" of the workbook
    watermark: str = ""  # "单位 用户 时间"
    mark: str = ""  # left in the workbook's foot: the number that leads back to the log of exports
    name: str = ""  # tab in the workbook, else annex or title
    leads: Mapping[str, str] = field(default_factory=dict)  # column key → tab of the workbook its cells open

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"column keys repeat: {keys}")
        for column in self.columns:
            if unknown := set(column.merge_by) - set(keys):
                raise ValueError(f"{column.key} merges by unknown columns {sorted(unknown)}")
        if isinstance(self.rows, Iterator):  # would be empty on the second reading
            object.__setattr__(self, "rows", tuple(self.rows))

    @property
    def visible(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not column.hidden)

    @property
    def pending(self) -> tuple[Column, ...]:
        """Columns with a note, for the page's list of what is still missing."""
        return tuple(column for column in self.visible if column.note)

    @property
    def signatures(self) -> tuple[SignatureLine, ...]:
        return tuple(SignatureLine(line) if isinstance(line, str) else line for line in self.foot)

    @property
    def frame(self) -> tuple[str, str, str]:
        """The line over the table: left 填报单位, centre 统计截止日期, right 单位."""
        return (
            _labelled("填报单位（盖章）", self.unit),
            _labelled("统计截止日期", self.as_of),
            _labelled("单位", self.measure),
        )

    def read(self) -> Iterator[Values]:
        """The rows afresh, each checked to have one cell per column."""
        width = len(self.columns)
        for row in self.rows() if callable(self.rows) else self.rows:
            if len(row) != width:
                raise ValueError(f"a row of {len(row)} cells in a sheet of {width} columns")
            yield row


def split_columns(
    sheet: Sheet, *, repeat: int, cuts: Sequence[int], paper: Literal["A4", "A3"] = "A4"
) -> list[Sheet]:
    """Cut a wide sheet into several that repeat its first columns.

    Both numbers count visible columns: repeat=2, cuts=(19, 32) of 44 gives 1-19, 1-2 + 20-32 and
    1-2 + 33-44.
    """
    visible = sheet.visible
    bounds = [0, *cuts, len(visible)]
    parts = []
    for number, (start, stop) in enumerate(pairwise(bounds)):
        wanted = visible[start:stop] if number == 0 else visible[:repeat] + visible[start:stop]
        part = _pick(sheet, {column.key for column in wanted})
        title = f"{sheet.title}（{_CHINESE_NUMERALS[number]}）"
        name = f"{sheet.name or sheet.annex or sheet.title}（{_CHINESE_NUMERALS[number]}）"
        parts.append(replace(part, title=title, name=name, paper=paper))
    return parts


def _pick(sheet: Sheet, keys: set[str]) -> Sheet:
    """The sheet with only these columns; those that merging needs stay, hidden."""
    needed = {key for column in sheet.columns if column.key in keys for key in column.merge_by}
    chosen = [(i, column) for i, column in enumerate(sheet.columns) if column.key in keys | needed]
    indexes = [i for i, _ in chosen]
    columns = tuple(column if column.key in keys else replace(column, hidden=True) for _, column in chosen)

    def rows() -> Iterator[Values]:
        for row in sheet.read():
            yield tuple(row[i] for i in indexes)

    totals = tuple(tuple(row[i] for i in indexes) for row in sheet.totals)
    return replace(sheet, columns=columns, rows=rows, totals=totals)


def _labelled(label: str, value: str) -> str:
    return value if not value or "：" in value or ":" in value else f"{label}：{value}"
