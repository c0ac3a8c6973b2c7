"""What stands beside one errand: its clock in words, its timeline."""

from datetime import date

from django.utils.timezone import localdate

from services.models import Ticket, TicketBook
from services.tickets import clock
from services.tickets.calendar.queries import calendar_of
from services.tickets.choices import TicketKind
from services.tickets.rules import FLOWS, NO_CLOCK, OUTER, PARTS, SAME_DAY, TICKET
from services.trails import Mark, trail


def timeline(ticket: Ticket) -> list[Mark]:
    """Its steps, the latest first. One query."""
    titles = {step.code: step.title for step in TICKET.steps}
    turns = ("state", "kind", "step", "said", "called_back_on", "agent_id")
    return trail(ticket, titles, first="受理", turns_on=turns, level="kind")


def clock_words(ticket: Ticket, calendar: clock.WorkCalendar | None = None) -> str:
    """9月25日受理，承诺5个工作日，扣除国庆节放假7天，10月9日到期; blank where no clock runs.

    Who prints many hands in their calendar.
    """
    way = FLOWS[TicketKind(ticket.kind)].clock
    if way == NO_CLOCK or ticket.clock_from is None:
        return ""
    if way == PARTS:
        return "以各联办单位期限中最后一日为准"
    if way == OUTER:
        return f"{ticket.handed_on:%Y-%m-%d} 上报，以上级答复期限为准" if ticket.handed_on else ""
    if way == SAME_DAY and ticket.due_on is not None:
        return f"当个工作日办结，{ticket.due_on.month}月{ticket.due_on.day}日到期"
    pauses = [clock.Pause(one.since, one.until) for one in ticket.pauses.all()]
    calendar = calendar or calendar_of(ticket.township)
    if way == SAME_DAY:
        start = max([ticket.clock_from, *(one.until for one in pauses if one.until is not None)])
        return _from_intake(ticket, clock.explain(start, 0, calendar, pauses, ticket.due_on))
    if not ticket.promised_days:  # papers are out before anybody could promise a day
        return "补件期间停止计时，补齐后推算到期日"
    words = clock.explain(ticket.clock_from, ticket.promised_days, calendar, pauses, ticket.due_on)
    return _from_intake(ticket, words)


def _from_intake(ticket: Ticket, words: str) -> str:
    """Why the clock began later than somebody came."""
    taken = localdate(ticket.accepted_at)
    if ticket.clock_from is not None and taken < ticket.clock_from and not ticket.step:
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


def box_of(ticket: Ticket) -> int:
    """The box that its village is filling; whoever sees the errand may know."""
    books = TicketBook.objects.filter(root_id=ticket.root_id, year=ticket.year)
    return books.values_list("box", flat=True).first() or 1
