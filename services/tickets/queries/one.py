"""What stands beside one errand: its clock in words, its timeline."""

from datetime import date

from django.utils.timezone import localdate

from services.models import Ticket
from services.tickets import clock
from services.tickets.calendar.queries import calendar_of
from services.tickets.choices import TicketKind
from services.tickets.rules import FLOWS, PROMISE, SAME_DAY, TICKET
from services.trails import Mark, trail


def timeline(ticket: Ticket) -> list[Mark]:
    """Its steps, the latest first. One query."""
    titles = {step.code: step.title for step in TICKET.steps}
    turns = ("state", "kind", "step", "said", "called_back_on", "agent_id")
    return trail(ticket, titles, first="受理", turns_on=turns, level="kind")


def clock_words(ticket: Ticket) -> str:
    """9月25日受理，承诺5个工作日，扣除国庆节放假7天，10月9日到期; blank where no working days are counted."""
    way = FLOWS[TicketKind(ticket.kind)].clock
    days = {PROMISE: ticket.promised_days, SAME_DAY: 0}.get(way)
    if ticket.clock_from is None or days is None:
        return ""
    pauses = [clock.Pause(one.since, one.until) for one in ticket.pauses.all()]
    calendar = calendar_of(ticket.township)
    words = clock.explain(ticket.clock_from, days, calendar, pauses, ticket.due_on)
    taken = localdate(ticket.accepted_at)
    if taken < ticket.clock_from and not ticket.step:
        return f"{taken.month}月{taken.day}日下班后或休息日收到，按下一个工作日起算：{words}"
    return words


def left_words(ticket: Ticket, on: date) -> tuple[str, str]:
    """还剩 2 天 / 今天到期 / 逾期 3 天, with the badge it wears; blank where no day is set or it is over."""
    if not ticket.is_open or ticket.due_on is None:
        return "", ""
    days = (ticket.due_on - on).days
    if days < 0:
        return f"逾期 {-days} 天", "late"
    return ("今天到期", "wait") if days == 0 else (f"还剩 {days} 天", "open")
