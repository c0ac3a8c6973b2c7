"""Rows of errands, two of each, and how each constraint on them would be broken."""

from datetime import UTC, date, datetime

from services.models import Chase, JointPart, Ticket, TicketBook, TicketPaper, TicketPause
from tests.factories import SINCE, village
from township.models import Township, User

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
EARLIER = date(2026, 1, 1)
LATER = date(2026, 9, 2)


def two_of_each(town: Township, user: User) -> None:
    """Two errands of one village with two of all that hangs on them."""
    made = village(town, "代办村", groups=1, hubs=1)
    for serial in (1, 2):
        ticket = Ticket.objects.create(
            township=town, node=made.grids[0], root=made.root, written_by=user, no=f"2026-01-000{serial}",
            year=2026, serial=serial, village_code=1, client_id=f"{serial}", subject="高龄津贴",
            applicant_name="李申办", consented=True, kind="promised", kind_at_acceptance="promised",
            state="archived", accepted_at=NOON, result="completed", result_note="已办", basis="依据",
            closed_on=SINCE, told_on=SINCE, told_who="李申办", called_back_on=SINCE, satisfaction="good",
            notified_on=SINCE, archived_on=SINCE, archive_box=1, archive_item=serial,
        )  # fmt: skip
        for number in (1, 2):
            TicketPaper.objects.create(
                ticket=ticket, position=number, name=f"材料{number}", received_on=SINCE
            )
            JointPart.objects.create(
                ticket=ticket, position=number, office=f"单位{number}", due_on=SINCE, leads=number == 1
            )
            Chase.objects.create(ticket=ticket, kind="chase", day=SINCE, to_whom="国土所", words="请抓紧")
        TicketPause.objects.create(ticket=ticket, since=SINCE)
        TicketPause.objects.create(ticket=ticket, since=SINCE, until=SINCE)
        TicketBook.objects.create(township=town, root=made.root, year=2025 + serial, village_code=serial)
    other = village(town, "旁边村", groups=1, hubs=1)
    TicketBook.objects.create(township=town, root=other.root, year=2026, village_code=3)


TICKETS = Ticket.objects.order_by("pk")
OPEN_AGAIN = {
    "state": "working", "result": "", "closed_on": None, "archived_on": None, "archive_box": None,
    "archive_item": None,
}  # fmt: skip
BOXLESS = {"archived_on": None, "archive_box": None, "archive_item": None}
BROKEN = {
    "ticket_number": (TICKETS, lambda first: {"no": first.no}),
    "ticket_serial": (TICKETS, lambda first: {"serial": first.serial}),
    "ticket_sent_once": (TICKETS, lambda first: {"client_id": first.client_id}),
    "ticket_archived_once": (TICKETS, lambda first: {"archive_item": first.archive_item}),
    "ticket_consented": (TICKETS, {"consented": False}),
    "ticket_closed_whole": (TICKETS, {"result": ""}),
    "ticket_waits_for_told_papers": (TICKETS, OPEN_AGAIN | {"state": "waiting", "notified_on": None}),
    "ticket_declined_with_reason": (TICKETS, {"result": "declined", "basis": ""}),
    "ticket_told_before_later_steps": (TICKETS, {"told_who": ""}),
    "ticket_called_back_whole": (TICKETS, {"satisfaction": ""}),
    "ticket_called_back_before_archived": (
        TICKETS,
        BOXLESS | {"state": "heard", "called_back_on": None, "satisfaction": ""},
    ),
    "ticket_days_in_order": (TICKETS, {"told_on": EARLIER}),
    "ticket_archived_whole": (TICKETS, {"archived_on": None}),
    "ticket_paper_once": (TicketPaper.objects.order_by("pk"), lambda first: {"name": first.name}),
    "ticket_paper_received_or_missing": (TicketPaper.objects.order_by("pk"), {"received_on": None}),
    "ticket_paused_once": (TicketPause.objects.filter(until=SINCE).order_by("pk"), {"until": None}),
    "ticket_pause_in_order": (TicketPause.objects.filter(until=SINCE).order_by("pk"), {"until": EARLIER}),
    "joint_office_once": (JointPart.objects.order_by("pk"), lambda first: {"office": first.office}),
    "joint_one_leads": (JointPart.objects.order_by("pk"), {"leads": True}),
    "ticket_book_once": (TicketBook.objects.order_by("pk"), lambda first: {"year": first.year}),
    "ticket_book_code": (
        TicketBook.objects.filter(year=2026).order_by("pk"),
        lambda first: {"village_code": first.village_code},
    ),
}
