"""The form of a year as data: its columns, headings and order, and where A4 sheets are cut."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate, pairwise
from math import ceil
from typing import Any, Literal

from reports.statistics.indicators import BY_CODE, INDICATORS, KINDS
from township.sheets import Column

Typed = Literal["", "int", "text"]
CUTS = (19, 32)  # domain 5: three A4 sheets 1–19, 20–32, 33–44, columns 1–2 on each
REPEATED = 2  # 序号 and 名称 stand on every sheet
MOST_COLUMNS = 80
EXTRA = "extra_"
LEADING = (
    Column("seq", "序号", width=8, kind="int"),
    Column("org_name", "党（总）支部名称", width=27, align="left"),
)


@dataclass(frozen=True)
class FormColumn:
    """One column: an indicator by its code, or one that villages type in."""

    key: str
    title: str
    group: str = ""
    width: float = 8.4
    shown: bool = True
    typed: Typed = ""  # what is typed into it; blank for a computed one

    def column(self) -> Column:
        """As the sheet prints it."""
        indicator = BY_CODE.get(self.key)
        kind = KINDS[indicator.form] if indicator else "int" if self.typed == "int" else "text"
        words = self.typed == "text" or (indicator is not None and indicator.form == "text")
        return Column(
            self.key,
            self.title,
            group=self.group,
            width=self.width,
            align="left" if words else "center",
            kind=kind,
            note="待建" if indicator is not None and indicator.waits else "",
        )


@dataclass(frozen=True)
class Layout:
    """A version of the form; version 0 is the document's own."""

    columns: tuple[FormColumn, ...]
    version: int = 0

    @property
    def shown(self) -> tuple[FormColumn, ...]:
        """What is printed."""
        return tuple(column for column in self.columns if column.shown)

    @property
    def extra(self) -> tuple[FormColumn, ...]:
        """What villages type in."""
        return tuple(column for column in self.shown if column.typed)

    def column(self, key: str) -> FormColumn | None:
        """The column of that key."""
        return next((column for column in self.columns if column.key == key), None)

    @property
    def cuts(self) -> tuple[int, ...]:
        """After which printed columns a new A4 sheet begins: the document's, or evenly by width."""
        widths = [column.width for column in self.shown]
        if [column.key for column in self.shown] == [column.key for column in DEFAULT.columns]:
            return CUTS
        sheets = max(1, ceil(sum(widths) / FULLEST))
        reached = list(accumulate(widths))
        ends = [i for i in range(len(reached) - 1) if self._may_end(i)] or list(range(len(reached) - 1))
        found = (
            min(ends, key=lambda i: abs(reached[i] - reached[-1] * part / sheets), default=None)
            for part in range(1, sheets)
        )
        return tuple(sorted({end + 1 + REPEATED for end in found if end is not None}))

    def _may_end(self, i: int) -> bool:
        """A sheet ends where a group does."""
        here, after = self.shown[i], self.shown[i + 1]
        return not here.group or here.group != after.group

    def parts(self) -> list[tuple[int, int]]:
        """First and last column of each A4 sheet: (1, 19), (20, 32), (33, 44)."""
        bounds = [0, *self.cuts, len(self.shown) + REPEATED]
        return [(start + 1, stop) for start, stop in pairwise(bounds)]

    def sheet_columns(self) -> tuple[Column, ...]:
        """序号 and 名称, then what is shown."""
        return (*LEADING, *(column.column() for column in self.shown))

    def stored(self) -> list[dict[str, Any]]:
        """As JSON."""
        return [asdict(column) for column in self.columns]


DEFAULT = Layout(
    tuple(
        FormColumn(indicator.key, indicator.title, indicator.group, indicator.width)
        for indicator in INDICATORS
    )
)


# What the document itself puts on its fullest A4 sheet, in millimetres of columns beside the repeated two.
FULLEST = max(
    sum(column.width for column in DEFAULT.columns[max(start - REPEATED, 0) : stop - REPEATED])
    for start, stop in pairwise((0, *CUTS, len(DEFAULT.columns) + REPEATED))
)


def layout_from(stored: Iterable[Mapping[str, Any]], version: int) -> Layout:
    """A stored version: columns the product no longer has are left out, new ones stand at the end, hidden."""
    found = [FormColumn(**column) for column in stored]
    known = [column for column in found if column.typed or column.key in BY_CODE]
    keys = {column.key for column in known}
    added = [replace(column, shown=False) for column in DEFAULT.columns if column.key not in keys]
    return Layout((*known, *added), version)


def next_key(columns: Sequence[FormColumn]) -> str:
    """A key for one more typed column; keys of dropped ones are not used again within a form."""
    taken = [int(column.key.removeprefix(EXTRA)) for column in columns if column.key.startswith(EXTRA)]
    return f"{EXTRA}{max(taken, default=0) + 1}"
