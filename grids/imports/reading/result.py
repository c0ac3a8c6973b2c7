"""The values a roster reading is made of, and their way through JSON from the child process to its parent."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

ERROR = "error"
WARNING = "warning"


class Refused(Exception):
    """The file is not a roster at all; the message is one Chinese sentence for the clerk."""


@dataclass(frozen=True)
class Limits:
    """How much of an untrusted file we are ready to look at."""

    upload_bytes: int = 10 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    ratio: int = 100
    entries: int = 1000
    rows: int = 100_000
    columns: int = 256
    cells: int = 3_000_000
    line_chars: int = 200_000
    problems: int = 2000
    seconds: int = 40
    cpu_seconds: int = 20
    address_bytes: int = 1024 * 1024 * 1024
    data_bytes: int = 260 * 1024 * 1024


@dataclass(frozen=True)
class Problem:
    """One thing a person must know about one cell, row or sheet."""

    severity: str
    sheet: str
    row: int | None
    column: str
    value: str
    message: str
    index: int | None = None  # the column from 0, where the cell is known


@dataclass
class SheetReading:
    """What was understood of one sheet; `skipped` says why a sheet was left out as a whole."""

    name: str
    header_row: int = 0
    header_rows: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    not_collected: list[str] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)
    rows: int = 0
    title: str = ""
    unit: str = ""
    skipped: str = ""
    left_out: list[str] = field(default_factory=list)
    layout: list[dict[str, Any]] = field(default_factory=list)  # index, title, field, three samples


@dataclass(slots=True)
class RosterRow:
    """One household with all that the roster says about its place, or a member or hub without households."""

    sheet: str = ""
    row: int = 0
    general_branch: str = ""
    branch: str = ""
    group: str = ""
    industry: bool = False
    grid: str = ""
    group_leader: str = ""
    group_leader_phone: str = ""
    hub: str = ""
    hub_kind: str = ""
    hub_head: str = ""
    hub_phone: str = ""
    plate_no: str = ""
    served_households: int | None = None
    member: str = ""
    member_phone: str = ""
    member_standing: str = ""
    floating: bool | None = None
    takes_part: bool | None = None
    household: str = ""
    villager_group: str = ""
    door: str = ""
    household_size: int | None = None
    household_phone: str = ""
    since: date | None = None
    remark: str = ""
    household_code: str = ""
    member_code: str = ""
    hub_code: str = ""
    where: dict[str, str] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)  # field → column from 0


@dataclass
class RosterReading:
    """Everything read from one file."""

    sheets: list[SheetReading] = field(default_factory=list)
    rows: list[RosterRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    branches: list[str] = field(default_factory=list)
    # a cell merged or carried down: where its error stands → the rows that would do without it
    tied: dict[tuple[str, int], set[int]] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == ERROR]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == WARNING]

    @property
    def ok(self) -> bool:
        return not any(problem.severity == ERROR for problem in self.problems)


ROW_FIELDS = tuple(item.name for item in fields(RosterRow) if item.name not in {"where", "at"})
_SINCE = ROW_FIELDS.index("since")


def dump_reading(reading: RosterReading) -> bytes:
    """JSON rather than pickle: what comes out of the child is data, even if the workbook took it over."""
    wheres: list[tuple[dict[str, str], dict[str, int]]] = []
    places: dict[tuple[int, int], int] = {}
    rows: list[list[Any]] = []
    for row in reading.rows:
        key = id(row.where), id(row.at)
        place = places.get(key)
        if place is None:
            place = places[key] = len(wheres)
            wheres.append((row.where, row.at))
        values = [getattr(row, name) for name in ROW_FIELDS]
        if row.since is not None:
            values[_SINCE] = row.since.isoformat()
        values.append(place)
        rows.append(values)
    content = {
        "sheets": [asdict(sheet) for sheet in reading.sheets],
        "problems": [asdict(problem) for problem in reading.problems],
        "meta": reading.meta,
        "branches": reading.branches,
        "wheres": wheres,
        "tied": [[*cell, sorted(rows)] for cell, rows in reading.tied.items()],
        "rows": rows,
    }
    return json.dumps(content, ensure_ascii=True).encode("ascii")


def load_reading(content: dict[str, Any]) -> RosterReading:
    """The parent's half of `dump_reading`."""
    wheres = content["wheres"]
    rows = []
    for values in content["rows"]:
        if values[_SINCE] is not None:
            values[_SINCE] = date.fromisoformat(values[_SINCE])
        place = values.pop()
        row = RosterRow(**dict(zip(ROW_FIELDS, values, strict=True)))
        row.where, row.at = wheres[place]
        rows.append(row)
    return RosterReading(
        sheets=[SheetReading(**sheet) for sheet in content["sheets"]],
        rows=rows,
        problems=[Problem(**problem) for problem in content["problems"]],
        meta=content["meta"],
        branches=content["branches"],
        tied={(sheet, row): set(rows) for sheet, row, rows in content["tied"]},
    )
