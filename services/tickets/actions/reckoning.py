"""The promised day of an errand by its kind's clock; once told it stands, whatever the calendar learns."""

from collections.abc import Iterable
from datetime import date, datetime

from services.models import JointPart, Ticket, TicketPause
from services.tickets import clock
from services.tickets.calendar.queries import calendar_of, settings_of
from services.tickets.choices import TicketKind
from services.tickets.rules import FLOWS, OUTER, PARTS, PROMISE, SAME_DAY


def due_of(
    ticket: Ticket,
    calendar: clock.WorkCalendar,
    pauses: Iterable[TicketPause],
    parts: Iterable[JointPart],
    *,
    same_day: date,
) -> date | None:
    """When it has to be done: by the clock of its kind; None while it stands still or has no clock.

    `same_day` is the day that counts as today for what is done at once.
    """
    way = FLOWS[TicketKind(ticket.kind)].clock
    stops = [clock.Pause(one.since, one.until) for one in pauses]
    if ticket.clock_from is None or any(one.until is None for one in stops):
        return None
    if way == SAME_DAY:
        return same_day
    if way == PROMISE and ticket.promised_days:
        return clock.due_on(ticket.clock_from, ticket.promised_days, calendar, stops)
    if way == PARTS:
        return max((one.due_on for one in parts), default=None)
    return ticket.outer_due if way == OUTER else None


def reckon(ticket: Ticket, now: datetime) -> None:
    """Set the day from what is saved of the errand; the caller saves the errand."""
    calendar, cut_off = calendar_of(ticket.township), settings_of(ticket.township).cut_off
    same_day = clock.first_day(now, calendar, cut_off)
    ticket.due_on = due_of(ticket, calendar, ticket.pauses.all(), ticket.parts.all(), same_day=same_day)
