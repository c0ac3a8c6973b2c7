"""Two people on one row: which cells the sender changed, which somebody else did, and where both did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from grids.registers.columns import RegisterColumn
from grids.registers.desk import Desk
from grids.registers.rows import Cells, Conflict, GivenRow, Held, Line
from grids.registers.versions import Seen

GONE = "这一行已不在这里（可能刚被注销或调走），请刷新页面。"
Picks = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Past:
    """What a row was when the sender opened it, and who changed it since."""

    cells: Cells
    who: str
    at: str


class Reader(Protocol):
    """What merging asks of a register."""

    columns: tuple[RegisterColumn, ...]

    def held(self, desk: Desk, ids: Iterable[int] | None = None) -> dict[int, Held]:
        """Rows as they stand."""

    def past(self, desk: Desk, wanted: Mapping[int, tuple[Held, str]]) -> dict[int, Past]:
        """Rows as they were at a version."""


@dataclass
class Merged:
    """Rows with the cells they shall have, and the cells nobody has decided on."""

    lines: list[Line] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)  # by the sender's key, for the rows in conflict


def merge(register: Reader, desk: Desk, given: Iterable[GivenRow], picks: Picks) -> Merged:
    """Put what was sent over what stands: cells the sender did not touch keep what others wrote."""
    rows = [row for row in given if not row.is_blank]
    held = register.held(desk, {row.id for row in rows if row.id is not None})
    stale = {}
    for row in rows:
        now = held.get(row.id or 0)
        if now is not None and row.seen and Seen.read(row.seen).base != now.seen:
            stale[now.pk] = (now, Seen.read(row.seen).base)
    past = register.past(desk, stale) if stale else {}
    merged = Merged()
    for row in rows:
        now = held.get(row.id or 0)
        line = Line(row.row, now, row.cells)
        merged.lines.append(line)
        if row.id is not None and now is None:
            line.refuse("", GONE)
        else:
            _merge_row(register, desk, row, line, past.get(row.id or 0), picks.get(row.row, {}), merged)
    return merged


def _merge_row(
    register: Reader,
    desk: Desk,
    row: GivenRow,
    line: Line,
    past: Past | None,
    picks: Mapping[str, str],
    merged: Merged,
) -> None:
    now = line.held
    line.cells = dict(now.cells) if now else {}
    if now is not None:
        line.values = dict(now.values)
    agreed = now is not None and bool(row.seen) and Seen.read(row.seen).shown == now.seen
    for column in register.columns:
        typed: Any = row.cells.get(column.key)
        if typed is None or column.readonly:
            continue
        theirs = line.cells.get(column.key, "")
        mine = theirs if typed == theirs else column.read(str(typed), desk)
        was = past.cells.get(column.key) if past else theirs
        if mine == theirs or (was is not None and mine == was and now is not None):
            continue
        if (
            past is not None
            and was != theirs
            and not (agreed and picks.get(column.key) in ("mine", "theirs"))
        ):
            conflict = Conflict(row.row, column.key, column.title, was or "", theirs, mine, past.who, past.at)
            merged.conflicts.append(conflict)
            merged.seen[row.row] = f"{Seen.read(row.seen).base}>{now.seen if now else ''}"
            line.remark(column.key, f"{past.who} {past.at} 把这一格改成了“{theirs}”，保存时请选择用哪一个。")
        elif past is not None and was != theirs and picks[column.key] == "theirs":
            continue
        line.cells[column.key] = mine
        line.touched.add(column.key)
