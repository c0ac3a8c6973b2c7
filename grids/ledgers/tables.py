"""Rows as cells, the same for page, workbook and print."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from township.sheets import Column, Sheet, Values

BADGES = {
    "done": ("state-done", "✔"),
    "late": ("state-overdue", "✖"),
    "open": ("state-draft", "·"),
    "wait": ("state-pending", "▲"),
}
NO_WRAP, LONG = "nowrap", "wrap card-wide"
Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Field:
    """One column: its title, how wide on paper, how shown on the page."""

    title: str
    width: float = 24
    css: str = ""
    align: Align = "left"


@dataclass(frozen=True)
class Cell:
    """What stands in one column of one row; `state` makes it a badge, `share` a bar of so many percent."""

    text: str
    state: str = ""
    share: int | None = None

    @property
    def badge(self) -> str:
        """The badge's look."""
        return BADGES[self.state][0]

    @property
    def sign(self) -> str:
        """The badge's sign: colour is never the only one."""
        return BADGES[self.state][1]


Cells = tuple[Cell, ...]
Reader = Callable[[Any], Cells]
Line = tuple[Any, str, list[tuple[Field, Cell]]]
PLACE = Field("村（党组织）", 32)


def day_cell(day: date | None) -> Cell:
    """2026-09-16."""
    return Cell(f"{day:%Y-%m-%d}" if day else "")


@dataclass(frozen=True)
class Leads:
    """Where a row leads, when not to its own page; nowhere if blank."""

    url: str

    def get_absolute_url(self) -> str:
        """The address."""
        return self.url


def lines(
    fields: Sequence[Field],
    reader: Reader,
    rows: Iterable[Any],
    link: Callable[[Any], str] | None = None,
) -> list[Line]:
    """Rows for the page: the row or where it leads, what it is called, each further column and its cell."""
    found = []
    for row in rows:
        first, *rest = reader(row)
        to = row if link is None else Leads(link(row))
        found.append((to, first.text, list(zip(fields[1:], rest, strict=True))))
    return found


SIGNED = ("审核人", "填表人", "填报时间")


def sheet(title: str, fields: Sequence[Field], lines: Iterable[Cells], **frame: Any) -> Sheet:
    """The rows as a table for files, numbered."""
    columns = (
        Column("seq", "序号", width=12, kind="int"),
        *(
            Column(f"c{n}", field.title, width=field.width, align=field.align)
            for n, field in enumerate(fields)
        ),
    )
    rows: list[Values] = [(seq, *(cell.text for cell in cells)) for seq, cells in enumerate(lines, 1)]
    return Sheet(title=title, columns=columns, rows=rows, **{"foot": SIGNED, **frame})
