"""Meetings, who owes what, and the sheet to sign, as tables for files and paper."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from grids.ledgers.tables import Cell, Field, day_cell, sheet
from grids.models import Node
from services.models import PartyMeeting
from services.partylife.queries import UnitDue, unit_path, whole_path
from services.partylife.rules import DUTIES, attendance, period_of
from township import days
from township.sheets import Column, Sheet, SignatureLine

MEETINGS = (
    Field("议题（主题）", 60, "wrap"), Field("类型", 22, "nowrap"), Field("日期", 24, "nowrap", "center"),
    Field("党组织", 52, "wrap"), Field("地点", 30), Field("主持人", 20, "nowrap"),
    Field("到会/应到", 28, "", "center"), Field("决议（要点）", 70, "wrap card-wide"),
)  # fmt: skip
# In a file, which can be sent in again: who was not there beside who was, the unit with its whole path.
IN_FILE = (
    *MEETINGS[:3], Field("党组织（党小组）", 60, "wrap"), *MEETINGS[4:6],
    Field("记录人", 20), Field("列席人数", 18), Field("应到", 14), Field("实到", 14),
    Field("缺席人员及原因", 50), MEETINGS[-1],
)  # fmt: skip
ON_PAGE = len(MEETINGS) - 1  # the decisions stand on the meeting's own page
BLANK_LINES = 3  # for who comes besides


def meeting_cells(row: PartyMeeting) -> tuple[Cell, ...]:
    """One meeting."""
    due, present = row.due, row.present  # type: ignore[attr-defined]
    return (
        Cell(row.topic), Cell(row.get_kind_display()), day_cell(row.day), Cell(place_of(row.unit)),
        Cell(row.venue), Cell(row.host), Cell(attendance(due, present)), Cell(row.decisions),
    )  # fmt: skip


def file_cells(row: PartyMeeting, away: str) -> tuple[Cell, ...]:
    """One meeting for a file."""
    topic, kind, day, _, venue, host, _, decisions = meeting_cells(row)
    due, present = row.due, row.present  # type: ignore[attr-defined]
    numbers = (Cell("" if n is None else str(n)) for n in (row.observers, due, present))
    where = Cell(whole_path(row.unit))
    return (topic, kind, day, where, venue, host, Cell(row.recorder), *numbers, Cell(away), decisions)


def meetings_book(rows: Iterable[PartyMeeting], away: Mapping[int, str], *, unit: str, on: date) -> Sheet:
    """The list for a file."""
    head = {"unit": f"单位：{unit}", "as_of": f"截止日期：{days.in_words(on)}"}
    lines = [file_cells(row, away.get(row.pk, "")) for row in rows]
    return sheet("会议记录一览表", IN_FILE, lines, **head)


def place_of(unit: Node) -> str:
    """甲村党支部 · 第一党小组."""
    return unit_path(unit.root.name, unit.name) if unit.root is not None else unit.name


def meetings_sheet(rows: Iterable[PartyMeeting], *, unit: str, on: date) -> Sheet:
    """The list."""
    head = {"unit": f"单位：{unit}", "as_of": f"截止日期：{days.in_words(on)}"}
    return sheet("会议记录一览表", MEETINGS, [meeting_cells(row) for row in rows], **head)


def due_fields() -> tuple[Field, ...]:
    """党组织, then a column for each duty."""
    duties = (Field(f"{duty.kind.label}（{duty.often}）", 32, "nowrap", "center") for duty in DUTIES)
    return (Field("党组织（党小组）", 50), Field("村（党组织）", 40), *duties)


def due_cells(row: UnitDue) -> tuple[Cell, ...]:
    """One unit."""
    states = (Cell(one.words, one.state) for one in row.standings)
    return (Cell(row.unit.name), Cell(row.village), *states)


def due_sheet(rows: Sequence[UnitDue], *, unit: str, on: date) -> Sheet:
    """Who owes what in the periods of a day."""
    periods = "、".join(dict.fromkeys(period_of(months, on).words for months in (1, 3, 12)))
    head = {"unit": f"单位：{unit}", "as_of": f"期间：{periods}"}
    return sheet("三会一课等应开未开一览表", due_fields(), [due_cells(row) for row in rows], **head)


def sign_sheet(
    unit: Node,
    kind: str,
    members: Sequence[Node],
    *,
    topic: str = "",
    day: date | None = None,
    venue: str = "",
) -> Sheet:
    """A blank list of names to sign, two beside each other."""
    names = [one.name for one in members]
    half = (len(names) + BLANK_LINES + 1) // 2
    padded = [*names, *[""] * (2 * half - len(names))]
    rows = [(n + 1, padded[n], "", "", n + 1 + half, padded[n + half], "", "") for n in range(half)]
    columns = (
        Column("left", "序号", width=10, kind="int"), Column("left_name", "姓名", width=24),
        Column("left_sign", "签到", width=34), Column("left_note", "备注", width=16),
        Column("right", "序号", width=10, kind="int"), Column("right_name", "姓名", width=24),
        Column("right_sign", "签到", width=34), Column("right_note", "备注", width=16),
    )  # fmt: skip
    when = days.in_words(day) if day else "　　　　年　　月　　日"
    return Sheet(
        title=f"{kind}签到表",
        columns=columns,
        rows=rows,
        unit=f"党组织：{place_of(unit)}",
        as_of=f"时间：{when}",
        measure=f"地点：{venue or '　　　　　　'}",
        summary=f"议题：{topic}　　应到 {len(names)} 人，实到　　　人"
        if topic
        else f"议题：　　　　　　　　　　　　　　应到 {len(names)} 人，实到　　　人",
        foot=(SignatureLine("主持人"), SignatureLine("记录人")),
        landscape=False,
        text_size=12,
    )
