"""Errands of the invented township, each walked through its steps: all kinds and states."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any

from django.utils.timezone import localdate, make_aware

from grids.choices import Kind, Role
from grids.models import Node, Person
from services.models import ItemVersion, Ticket
from services.tickets.actions.intake import take_in
from services.tickets.actions.steps import take_step
from services.tickets.choices import TicketKind
from services.tickets.given import GivenPaper, GivenPart
from township.models import Township, User

DAY = timedelta(days=1)
APPLICANTS = ("李申明", "王改兰", "马福贵", "赵玉琴", "杨成林", "陈秀英", "刘建国")
TOLD = ("finish", "deliver", "callback", "archive")
# Kind, days since the first day of service (None: this week), the steps taken since.
PATHS: Sequence[tuple[TicketKind, int | None, Sequence[str]]] = (
    (TicketKind.INSTANT, 1, TOLD),
    (TicketKind.PROMISED, 2, TOLD),
    (TicketKind.PROMISED, 6, TOLD[:3]),
    (TicketKind.SUPPLEMENT, 7, ("complete", *TOLD[:2])),
    (TicketKind.JOINT, 8, ("part", "part", "finish")),
    (TicketKind.FORWARDED, 9, ("chase", *TOLD[:3])),
    (TicketKind.DECLINED, 10, ("explain", "callback", "archive")),
    (TicketKind.PROMISED, None, ()),
    (TicketKind.SUPPLEMENT, None, ()),
    (TicketKind.PROMISED, 14, ("chase",)),
    (TicketKind.PROMISED, None, ("withdraw",)),
)
EACH_GRID, GRIDS = 2, 2  # errands in each of so many grids of a village
REASON = {"reason": "不在规定的补贴对象范围内", "basis": "县补贴发放办法第五条"}


def run_errands(township: Township, *, since: date, by: User) -> None:
    """A few in each village, so that every kind and state is there somewhere."""
    items = cycle(ItemVersion.objects.filter(item__township=township, current=True).order_by("item__code"))
    paths, applicants = cycle(PATHS), cycle(APPLICANTS)
    for grid, agent in _places(township):
        for _ in range(EACH_GRID):
            kind, after, steps = next(paths)
            day = since + after * DAY if after is not None else max(since, localdate() - 2 * DAY)
            facts = {"applicant_name": next(applicants), "applicant_phone": "", "agent": agent}
            ticket = _taken(grid, kind, next(items), day, facts, by)
            _walk(ticket, steps, day, by)


def _places(township: Township) -> Iterator[tuple[Node, Person | None]]:
    """The first grids of each village with their groups' leaders."""
    grids = Node.objects.filter(township=township, kind=Kind.GRID, closed_on=None).select_related("township")
    seen: Counter[int | None] = Counter()
    for grid in grids.order_by("root__position", "root_id", "position", "pk"):
        seen[grid.root_id] += 1
        if seen[grid.root_id] <= GRIDS:
            leaders = Person.objects.filter(posts__role=Role.GROUP_LEADER, posts__node__grid_id=grid.pk)
            yield grid, leaders.order_by("pk").first()


def _moment(day: date, hour: int = 10) -> datetime:
    return make_aware(datetime.combine(day, time(hour)))


def _taken(
    grid: Node, kind: TicketKind, version: ItemVersion, day: date, facts: Mapping[str, Any], by: User
) -> Ticket:
    data: dict[str, Any] = {
        "node": grid,
        "kind": kind,
        "version": version,
        "subject": version.name,
        "consented": kind != TicketKind.DECLINED,
        "office": version.office,
        **facts,
    }
    papers = [GivenPaper(one.name) for one in version.materials.all()]
    parts: list[GivenPart] = []
    if kind in (TicketKind.PROMISED, TicketKind.SUPPLEMENT):
        data["promised_days"] = version.promised_days or version.legal_days or 5
    if kind == TicketKind.SUPPLEMENT:
        papers.append(GivenPaper("近期一寸照片", "2张", here=False))
    if kind == TicketKind.JOINT:
        parts = [
            GivenPart("乡自然资源所", day + 10 * DAY, "现场勘测"),
            GivenPart("乡村建所", day + 15 * DAY, "审核"),
        ]
    if kind == TicketKind.FORWARDED:
        data |= {"handed_to": "县人社局", "handed_on": day, "outer_due": day + 30 * DAY}
    if kind == TicketKind.DECLINED:
        data |= REASON
    return take_in(data=data, papers=papers, parts=parts, by=by, now=_moment(day))


def _walk(ticket: Ticket, steps: Sequence[str], day: date, by: User) -> None:
    """A step a day, an 即办件 from the day itself, and not before today has come."""
    first = 0 if ticket.kind == TicketKind.INSTANT else 1
    for at, code in enumerate(steps, first):
        then = min(day + at * DAY, localdate())
        row = Ticket.objects.get(pk=ticket.pk)
        take_step(ticket=row, code=code, facts=_facts(row, code, then), by=by, now=_moment(then, 15))


def _facts(ticket: Ticket, code: str, day: date) -> dict[str, Any]:
    if code == "part":
        return {"part": ticket.parts.filter(done_on=None)[0].pk, "day": day, "text": "已办"}
    said: Mapping[str, dict[str, Any]] = {
        "finish": {"text": "已办好，结果已交申办人。", "day": day},
        "deliver": {"who": ticket.applicant_name, "day": day},
        "callback": {"satisfaction": "good" if ticket.serial % 3 else "fair", "day": day},
        "archive": {"box": 1},
        "complete": {"kind": TicketKind.PROMISED, "day": day},
        "chase": {"chase": "chase", "who": ticket.office or "承办单位", "text": "请告知办到哪一步。"},
        "explain": {"who": "村党支部书记", "day": day},
        "withdraw": {"text": "申办人已自行办理。"},
    }
    return said[code]
