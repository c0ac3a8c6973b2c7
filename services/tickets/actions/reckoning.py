"""The promised day of an errand, computed by its kind's clock and kept beside it."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from services.models import JointPart, Ticket, TicketPause
from services.tickets import clock
from services.tickets.calendar.queries import calendar_of
from services.tickets.choices import TicketKind
from services.tickets.rules import FLOWS, OPEN, OUTER, PARTS, PROMISE, SAME_DAY
from township import history
from township.models import Township

if TYPE_CHECKING:
    from township.models import User


def due_of(
    ticket: Ticket,
    calendar: clock.WorkCalendar,
    pauses: Iterable[TicketPause],
    parts: Iterable[JointPart],
) -> date | None:
    """When it has to be done: by the clock of its kind; None while it stands still or has no clock."""
    way = FLOWS[TicketKind(ticket.kind)].clock
    stops = [clock.Pause(one.since, one.until) for one in pauses]
    if ticket.clock_from is None or any(one.until is None for one in stops):
        return None
    if way == SAME_DAY:
        ends = [one.until for one in stops if one.until is not None and one.until > ticket.clock_from]
        return clock.due_on(max([ticket.clock_from, *ends]), 0, calendar)
    if way == PROMISE and ticket.promised_days:
        return clock.due_on(ticket.clock_from, ticket.promised_days, calendar, stops)
    if way == PARTS:
        return max((one.due_on for one in parts), default=None)
    return ticket.outer_due if way == OUTER else None


def reckon(ticket: Ticket) -> None:
    """Set the day from what is saved of the errand; the caller saves the errand."""
    calendar = calendar_of(ticket.township)
    ticket.due_on = due_of(ticket, calendar, ticket.pauses.all(), ticket.parts.all())


def reckon_open(*, township: Township, by: "User", reason: str = "工作日历改动") -> int:
    """Days of all open errands anew after the calendar changed; how many moved."""
    calendar, moved = calendar_of(township), []
    rows = Ticket.objects.select_for_update().filter(township=township, state__in=OPEN)
    for row in rows.prefetch_related("pauses", "parts"):
        due = due_of(row, calendar, row.pauses.all(), row.parts.all())
        if due != row.due_on:
            row.due_on = due
            moved.append(row)
    history.update_all(Ticket, moved, ["due_on"], by=by, reason=reason)
    return len(moved)
