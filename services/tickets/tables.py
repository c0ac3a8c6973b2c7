"""Errands as lines of a table, the same for page, workbook and print."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from grids.ledgers.tables import NO_WRAP, Cell, Cells, Field, Reader, day_cell
from services.models import Ticket
from services.tickets.choices import TicketState
from services.tickets.queries.one import left_words
from services.visits.tables import grid_words

if TYPE_CHECKING:
    from township.models import User

TICKETS = (
    Field("事项", 60), Field("受理编号", 28, f"{NO_WRAP} card-wide"), Field("申办人", 20, NO_WRAP),
    Field("状态", 30, NO_WRAP, "center"), Field("期限", 26, NO_WRAP, "center"),
    Field("承诺办结日", 24, f"{NO_WRAP} card-wide", "center"), Field("件型", 18, NO_WRAP, "center"),
    Field("网格", 34), Field("代办员", 20, NO_WRAP), Field("受理日期", 24, NO_WRAP, "center"),
)  # fmt: skip
_LOOKS = {
    TicketState.ARCHIVED: "done",
    TicketState.HEARD: "done",
    TicketState.WORKING: "open",
    TicketState.WITHDRAWN: "open",
}


def state_cell(row: Ticket) -> Cell:
    """Where it is; what waits for somebody wears the look of waiting."""
    return Cell(row.get_state_display(), _LOOKS.get(TicketState(row.state), "wait"))


def left_cell(row: Ticket, on: date) -> Cell:
    """How long there is left."""
    return Cell(*left_words(row, on))


def tickets(user: "User | Any", rows: Sequence[Ticket], on: date) -> Reader:
    """One line an errand."""

    def cells(row: Ticket) -> Cells:
        return (
            Cell(row.subject), Cell(row.no), Cell(row.applicant_name), state_cell(row), left_cell(row, on),
            day_cell(row.due_on), Cell(row.get_kind_display()), Cell(grid_words(row.node)),
            Cell(row.agent.name if row.agent else ""), day_cell(localdate(row.accepted_at)),
        )  # fmt: skip

    return cells
