"""The columns of each book and its rows as cells: declared once for page, workbook and print."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from grids.ledgers.tables import LONG, NO_WRAP, PLACE, Cell, Cells, Field, Reader, day_cell, lines, sheet
from reports.blanks.codes import numbers
from reports.blanks.values import number
from reports.models import (
    CaseEntry,
    DutyItem,
    DutyReview,
    Inspection,
    PlanTarget,
    ReviewFinding,
    SupportRecord,
)
from reports.statistics.queries import read, total
from reports.supervision.choices import FindingState
from reports.supervision.rules import duty_state, duty_words, state_on

if TYPE_CHECKING:
    from township.models import User

__all__ = ["Cell", "Cells", "Field", "Reader", "lines", "sheet"]  # what the books show their rows with


def plain(value: Decimal | None) -> str:
    """12.50 as 12.5, 300.00 as 300."""
    if value is None:
        return ""
    whole, _, part = f"{value:f}".partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole


def money(value: Decimal | None) -> str:
    """12,300.00."""
    return "" if value is None else f"{value:,.2f}"


DUTIES = (
    Field("事项", 70, "wrap"), PLACE, Field("责任人", 22, NO_WRAP), Field("完成时限", 24, NO_WRAP, "center"),
    Field("状态", 26, "", "center"), Field("完成日期", 24, NO_WRAP, "center"), Field("完成情况", 44, LONG),
    Field("条款", 18, "muted"),
)  # fmt: skip


def duties(user: "User | Any", rows: Sequence[DutyItem], on: date) -> Reader:
    """State from days."""

    def cells(row: DutyItem) -> Cells:
        days = (row.due_on, row.done_on, on)
        return (
            Cell(row.matter), Cell(row.place), Cell(row.owner), day_cell(row.due_on),
            Cell(duty_words(*days), duty_state(*days)), day_cell(row.done_on), Cell(row.result),
            Cell(row.clause),
        )  # fmt: skip

    return cells


FINDINGS = (
    Field("问题", 66, "wrap"), PLACE, Field("项目", 24, NO_WRAP), Field("责任人", 20, NO_WRAP),
    Field("整改时限", 24, NO_WRAP, "center"), Field("状态", 26, "", "center"), Field("整改情况", 44, LONG),
    Field("复查日期", 24, NO_WRAP, "center"),
)  # fmt: skip


def finding_state(row: ReviewFinding, on: date) -> Cell:
    """As it stood that day; overdue only while it is to be mended."""
    state = state_on(row.state, row.rectified_on, row.rechecked_on, on)
    if state == FindingState.OPEN and row.due_on < on:
        return Cell(duty_words(row.due_on, None, on), "late")
    look = {FindingState.OPEN: "open", FindingState.RECTIFIED: "wait"}.get(state, "done")
    return Cell(str(state.label), look)


def _by(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def findings(user: "User | Any", rows: Sequence[ReviewFinding], on: date) -> Reader:
    """State from step and day."""

    def cells(row: ReviewFinding) -> Cells:
        return (
            Cell(row.problem), Cell(row.place), Cell(row.project), Cell(row.owner), day_cell(row.due_on),
            finding_state(row, on), Cell(row.rectified if _by(row.rectified_on, on) else ""),
            day_cell(row.rechecked_on if _by(row.rechecked_on, on) else None),
        )  # fmt: skip

    return cells


INSPECTIONS = (
    Field("督查内容", 60, "wrap"), Field("督查日期", 24, NO_WRAP, "center"), PLACE, Field("督查人员", 34),
    Field("发现情况", 84, LONG), Field("转为问题", 18, "num", "center"),
)  # fmt: skip


def inspections(user: "User | Any", rows: Sequence[Inspection], on: date) -> Reader:
    """With how many findings were made."""

    def cells(row: Inspection) -> Cells:
        made: int = row.made  # type: ignore[attr-defined]
        return (
            Cell(row.looked_at), day_cell(row.day), Cell(row.place), Cell(row.inspectors), Cell(row.found),
            Cell(f"{made} 个" if made else ""),
        )  # fmt: skip

    return cells


REVIEWS = (
    Field("村（党组织）", 50), Field("年度", 18, "num", "center"), Field("书记", 26),
    Field("等次", 20, "", "center"), Field("考评日期", 26, NO_WRAP, "center"), Field("说明", 90, LONG),
)  # fmt: skip


def reviews(user: "User | Any", rows: Sequence[DutyReview], on: date) -> Reader:
    """In words, without a colour: a grade is no alarm."""

    def cells(row: DutyReview) -> Cells:
        return (
            Cell(row.place), Cell(str(row.year)), Cell(row.secretary.name), Cell(row.get_grade_display()),
            day_cell(row.day), Cell(row.note),
        )  # fmt: skip

    return cells


SUPPORT = (
    Field("内容", 110, "wrap"), Field("年度", 18, "num", "center"), PLACE, Field("类别", 16, "", "center"),
    Field("金额（元）", 30, "num", "right"),
)  # fmt: skip


def support(user: "User | Any", rows: Sequence[SupportRecord], on: date) -> Reader:
    """Money to the cent."""

    def cells(row: SupportRecord) -> Cells:
        return (
            Cell(row.content), Cell(str(row.year)), Cell(row.place), Cell(row.get_kind_display()),
            Cell(money(row.amount)),
        )  # fmt: skip

    return cells


TARGETS = (
    Field("目标", 52, "wrap"), PLACE, Field("年度", 16, "num", "center"), Field("目标数", 20, "num", "right"),
    Field("目前完成", 22, "num", "right"), Field("进度", 20, NO_WRAP, "center"), Field("措施", 60, LONG),
    Field("责任人", 20, NO_WRAP), Field("完成时限", 24, NO_WRAP, "center"),
)  # fmt: skip


def target_title(row: PlanTarget) -> str:
    """The indicator's words, or one's own."""
    if not row.code:
        return row.name
    known = numbers().get(row.code)
    return known.words if known else "已取消的指标"


def targets(user: "User | Any", rows: Sequence[PlanTarget], on: date) -> Reader:
    """Of this year's indicators the live numbers, read once for all rows; of other years what was typed."""
    counted = any(row.code and row.year == on.year for row in rows)
    township_id = rows[0].township_id if rows else 0
    organisations = read(township_id=township_id, on=on) if counted else []
    by_root = {one.pk: one.counts for one in organisations}
    whole = total(organisations)

    def value(row: PlanTarget) -> Decimal | None:
        if not row.code or row.year != on.year:
            return row.reached
        counts = by_root.get(row.root_id) if row.root_id else whole
        found = number(row.code, counts) if counts is not None else None
        if isinstance(found, dict):  # a share
            return Decimal(str(round(found["percent"] * 100, 1)))
        return Decimal(found) if isinstance(found, int) else None

    def cells(row: PlanTarget) -> Cells:
        reached = value(row)
        share = None if reached is None else int(reached * 100 / row.number)
        progress = Cell("") if share is None else Cell(f"{share}%", share=min(share, 100))
        return (
            Cell(target_title(row)), Cell(row.place), Cell(str(row.year)), Cell(plain(row.number)),
            Cell(plain(reached)), progress, Cell(row.measure), Cell(row.owner), day_cell(row.due_on),
        )  # fmt: skip

    return cells


CASES = (Field("标题", 120, "wrap"), PLACE, Field("日期", 26, NO_WRAP, "center"))


def cases(user: "User | Any", rows: Sequence[CaseEntry], on: date) -> Reader:
    """The text stands on the entry's own page."""

    def cells(row: CaseEntry) -> Cells:
        return (Cell(row.title), Cell(row.place), day_cell(row.day))

    return cells
