"""Errands as papers need them: with all that hangs on them in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from grids.queries import phones
from services.models import Ticket
from services.notices.queries.boards import contacts_of, hotlines
from services.tickets import clock
from services.tickets.calendar.queries import calendar_of, settings_of
from services.tickets.papers.content import PaperLine, PartLine, Slip, WordLine
from services.tickets.papers.rules import Form
from services.tickets.public.rules import grouped
from services.tickets.queries.one import clock_words

if TYPE_CHECKING:
    from township.models import User


def with_form(rows: QuerySet[Ticket], form: Form) -> QuerySet[Ticket]:
    """Those that have such a paper."""
    return rows.filter(**form.lookups)


def slips(
    rows: Sequence[Ticket], *, user: "User | Any", on: date, lookup: str, handles: bool = False
) -> list[Slip]:
    """What the papers of these errands say to this user; `lookup` is blank where no phone could open it.

    Whoever handles an errand has the applicant's whole number on its page, so on its papers too.
    """
    if not rows:
        return []
    township = rows[0].township
    calendar, open_to_all = calendar_of(township), settings_of(township).public_lookup
    agents = contacts_of([row.agent_id for row in rows if row.agent_id is not None])
    numbers = hotlines([row.node for row in rows])
    found = []
    for row in rows:
        contact = agents.get(row.agent_id or 0)
        told = {
            "agent_phone": contact.work_phone if contact else "",
            "hotline": numbers[row.node_id],
            "code": grouped(row.code) if open_to_all else "",
            "lookup": lookup if open_to_all else "",
            "phone": row.applicant_phone if handles else phones.shown(user, row.root_id, row.applicant_phone),
        }
        found.append(_slip(row, on, calendar, told))
    return found


def loaded(rows: QuerySet[Ticket]) -> list[Ticket]:
    """With everything that papers name."""
    joined = rows.select_related("township", "root", "node", "agent")
    return list(joined.prefetch_related("papers", "pauses", "parts", "chases"))


def _slip(row: Ticket, on: date, calendar: clock.WorkCalendar, told: Mapping[str, str]) -> Slip:
    until = row.closed_on or on
    handed = row.handed_on or until
    return Slip(
        township=row.township.name,
        village=row.root.name,
        no=row.no,
        subject=row.subject,
        applicant=row.applicant_name,
        kind=row.get_kind_display(),
        accepted=localtime(row.accepted_at),
        agent=row.agent.name if row.agent else "",
        office=row.office,
        due_on=row.due_on,
        clock=clock_words(row, calendar),
        papers=[PaperLine(one.name, one.detail, one.missing, one.received_on) for one in row.papers.all()],
        parts=[
            PartLine(one.office, one.task, one.leads, one.due_on, one.done_on, one.result)
            for one in row.parts.all()
        ],
        words=[WordLine(one.day, one.get_kind_display(), one.to_whom, one.words) for one in row.chases.all()],
        notified_on=row.notified_on,
        handed_to=row.handed_to,
        contact=row.contact,
        contact_phone=row.contact_phone,
        handed_on=row.handed_on,
        outer_due=row.outer_due,
        waited=max((until - handed).days, 0),
        waited_workdays=max(clock.workdays_between(handed, until, calendar), 0),
        result=row.get_result_display(),
        result_note=row.result_note,
        basis=row.basis,
        closed_on=row.closed_on,
        told_on=row.told_on,
        told_who=row.told_who,
        **told,
    )
