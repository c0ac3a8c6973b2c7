"""The columns of the register and of the index, and rows as cells: once for page, workbook and print."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.utils.timezone import localdate

from grids.ledgers.tables import NO_WRAP, Cell, Cells, Field, Reader, day_cell
from grids.queries import phones
from services.models import Ticket
from services.tickets.choices import TicketState
from services.visits.tables import moment

if TYPE_CHECKING:
    from township.models import User

_MID: Literal["center"] = "center"
# As domain 6 has the register, 序号 before them; millimetres on an A3 laid crosswise.
REGISTER = (
    Field("受理编号", 26, NO_WRAP, _MID), Field("受理时间", 28, NO_WRAP, _MID), Field("申办人", 18, NO_WRAP),
    Field("联系电话", 25, NO_WRAP, _MID), Field("代办事项", 48, "wrap"), Field("受理件型", 18, NO_WRAP, _MID),
    Field("现件型", 18, NO_WRAP, _MID), Field("代办员", 18, NO_WRAP), Field("承办单位", 28),
    Field("承诺办结日", 22, NO_WRAP, _MID), Field("办结日期", 22, NO_WRAP, _MID), Field("结果", 18, "", _MID),
    Field("送达（说明）", 22, NO_WRAP, _MID), Field("签收人", 17, NO_WRAP), Field("回访", 22, NO_WRAP, _MID),
    Field("满意度", 15, NO_WRAP, _MID), Field("归档号", 30, NO_WRAP, _MID),
)  # fmt: skip


def register(user: "User | Any") -> Reader:
    """One line an errand; phones as the reader may see them."""

    def cells(row: Ticket) -> Cells:
        return (
            Cell(row.no), moment(row.accepted_at), Cell(row.applicant_name),
            Cell(phones.shown(user, row.root_id, row.applicant_phone)), Cell(row.subject),
            Cell(row.get_kind_at_acceptance_display()), Cell(row.get_kind_display()),
            Cell(row.agent.name if row.agent else ""), Cell(row.office), day_cell(row.due_on),
            day_cell(row.closed_on), Cell(row.get_result_display()), day_cell(row.told_on),
            Cell(row.told_who), day_cell(row.called_back_on), Cell(row.get_satisfaction_display()),
            Cell(row.archive_no),
        )  # fmt: skip

    return cells


# The page shows what fits a screen; the rest stands on the errand's own page and on paper.
_WIDE = f"{NO_WRAP} card-wide"
PAGE = (
    Field("受理编号", css=NO_WRAP), Field("受理日期", css=NO_WRAP), Field("申办人", css=NO_WRAP),
    Field("代办事项", css="wrap card-wide"), Field("件型", css=_WIDE), Field("代办员", css=NO_WRAP),
    Field("承诺办结日", css=_WIDE), Field("状态", css=_WIDE), Field("办结日期", css=_WIDE),
    Field("归档号", css=_WIDE),
)  # fmt: skip
_LOOKS = {TicketState.WORKING: "open", TicketState.WAITING: "wait", TicketState.ARCHIVED: "done"}


def page(on: date) -> Reader:
    """One line an errand, what is late to be seen first."""

    def cells(row: Ticket) -> Cells:
        kinds = dict.fromkeys((row.get_kind_at_acceptance_display(), row.get_kind_display()))
        late = row.is_late(on) and row.is_open
        state = Cell(row.get_state_display(), _LOOKS.get(TicketState(row.state), "wait"))
        return (
            Cell(row.no), day_cell(localdate(row.accepted_at)), Cell(row.applicant_name), Cell(row.subject),
            Cell(" → ".join(kinds)), Cell(row.agent.name if row.agent else ""), day_cell(row.due_on),
            Cell(f"{row.get_state_display()}，已逾期", "late") if late else state, day_cell(row.closed_on),
            Cell(row.archive_no),
        )  # fmt: skip

    return cells


INDEX = (
    Field("村（党组织）", 40), Field("盒号", 26, NO_WRAP, _MID), Field("件号", 14, NO_WRAP, _MID),
    Field("受理编号", 30, NO_WRAP, _MID), Field("事项", 74, "wrap"), Field("申办人", 24, NO_WRAP),
    Field("归档日期", 26, NO_WRAP, _MID), Field("归档号", 36, NO_WRAP, _MID),
)  # fmt: skip


def index(row: Ticket) -> Cells:
    """One line an errand in its box."""
    return (
        Cell(row.root.name), Cell(f"D{row.archive_box:02d}"), Cell(str(row.archive_item)), Cell(row.no),
        Cell(row.subject), Cell(row.applicant_name), day_cell(row.archived_on), Cell(row.archive_no),
    )  # fmt: skip


def by_box(rows: Sequence[Ticket]) -> dict[tuple[int, int], list[Ticket]]:
    """Errands by village and box, in their order."""
    found: dict[tuple[int, int], list[Ticket]] = {}
    for row in rows:
        found.setdefault((row.root_id, row.archive_box or 0), []).append(row)
    return found
