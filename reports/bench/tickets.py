"""The inbox and the register over 50,000 errands of one township, against plain ways."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from grids import tree
from grids.choices import Kind
from grids.models import Node, Person
from reports.bench import Figure, Size
from reports.bench.visits import medians
from services.models import Ticket
from services.tickets.choices import TicketKind, TicketResult, TicketState
from services.tickets.queries import lists
from services.tickets.register import tables
from services.tickets.register.queries import Asked, register_of
from services.tickets.rules import OPEN, number_of
from township import history
from township.choices import OfficeRole
from township.models import Township, User

TICKETS, FEW = 50_000, 500  # a small size for trying out
VILLAGES = 20
PAGE = 50
TODAY = date(2026, 11, 28)
_STATES = (*(TicketState.ARCHIVED,) * 7, TicketState.HEARD, TicketState.TOLD, TicketState.WORKING)


def inbox(size: Size) -> Figure:
    """The first page of what is at work with its numbers, ours to reading all of it and sorting in Python."""
    user, many = _township(size)
    days = lists.days_of(user, on=TODAY)
    asked = lists.Asked(state=lists.STANDING)

    def ours() -> tuple[int, ...]:
        lists.counts(user, asked, days)
        rows = lists.tickets(user, asked, days)
        return rows.count(), *(row.pk for row in rows[:PAGE])

    def plainly() -> tuple[int, ...]:
        rows = [row for row in Ticket.objects.visible_to(user) if row.state in OPEN]
        rows.sort(key=lambda row: row.pk, reverse=True)
        rows.sort(key=lambda row: row.accepted_at, reverse=True)
        rows.sort(key=lambda row: row.due_on or date.max)
        return len(rows), *(row.pk for row in rows[:PAGE])

    taken, baseline = medians(ours, plainly)
    return _figure("tickets_inbox", f"{many}件中的收件箱一页", "逐件读出再筛选排序", taken, baseline)


def register(size: Size) -> Figure:
    """A village's whole year as cells for its print, ours to asking for each errand's agent and village."""
    user, many = _township(size)
    village = Ticket.objects.visible_to(user).values_list("root_id", flat=True)[0]
    asked, reader = Asked(year=TODAY.year, village=village), tables.register(user)

    def ours() -> tuple[str, ...]:
        return tuple(reader(row)[0].text for row in register_of(user, asked))

    def plainly() -> tuple[str, ...]:
        return tuple(reader(row)[0].text for row in register_of(user, asked).select_related(None))

    taken, baseline = medians(ours, plainly)
    title = f"{many}件中一个村全年的登记册（{many // VILLAGES}行）"
    return _figure("tickets_register", title, "逐件查代办员和村", taken, baseline)


def _figure(code: str, title: str, against: str, ours: float, baseline: float) -> Figure:
    words = f"{title}（一次 {1000 * ours:.0f} 毫秒），对照{against}"
    return Figure(code, words, ours * 1000, baseline * 1000, "毫秒", "< 1", ours / baseline, ours < baseline)


# --- a township of its own --------------------------------------------------------------------------


def _township(size: Size) -> tuple[User, int]:
    """Villages of one grid and one agent, and their year's errands, nearly all of them put away."""
    many = TICKETS if size.households > FEW else FEW
    known = User.objects.filter(username="bench-tickets").first()
    if known is not None:
        return known, many
    township = history.save(Township(code="TICKETS", name="代办乡"), by=None)
    user = User.objects.create(
        username="bench-tickets", full_name="测量账号", township=township, office_role=OfficeRole.CLERK
    )
    places = []
    for number in range(VILLAGES):
        name = f"{number}村党支部"
        root = tree.add(node=Node(township=township, kind=Kind.BRANCH, name=name, position=number))
        grid = tree.add(node=Node(township=township, kind=Kind.GRID, name="第1网格"), parent=root)
        places.append((grid, history.save(Person(township=township, root=root, name="代办员"), by=None)))
    history.create_all(Ticket, _tickets(township, places, many), by=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user, many


def _tickets(township: Township, places: list[tuple[Node, Person]], many: int) -> Iterator[Ticket]:
    """Spread over the year; one in ten is at work, some of those late."""
    first = datetime(TODAY.year, 1, 5, 1, tzinfo=UTC)
    for number in range(many):
        grid, agent = places[number % VILLAGES]
        serial, state = number // VILLAGES + 1, _STATES[number % len(_STATES)]
        at = first + timedelta(minutes=number * 460_000 // many)
        day, over = at.date(), state not in OPEN
        told = day if over else None
        put_away = state == TicketState.ARCHIVED
        yield Ticket(
            township=township, node=grid, root_id=grid.root_id, agent=agent, year=TODAY.year, serial=serial,
            no=number_of(TODAY.year, number % VILLAGES + 1, serial), village_code=number % VILLAGES + 1,
            subject="代办一件事", applicant_name="申办人", consented=True, state=state, accepted_at=at,
            kind_at_acceptance=TicketKind.PROMISED, kind=TicketKind.PROMISED, office="便民服务中心",
            promised_days=5, clock_from=day, due_on=day + timedelta(7), closed_on=told, told_on=told,
            result=TicketResult.COMPLETED if over else "", told_who="申办人" if over else "",
            called_back_on=None if state in (TicketState.TOLD, *OPEN) else day,
            satisfaction="" if state in (TicketState.TOLD, *OPEN) else "good",
            archived_on=told if put_away else None, archive_box=serial // 200 + 1 if put_away else None,
            archive_item=serial if put_away else None,
        )  # fmt: skip
