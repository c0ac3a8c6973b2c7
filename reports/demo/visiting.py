"""Visits of the invented township: most households once, some with something to be done, a few forgotten."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import make_aware

from grids.choices import Kind
from grids.models import Node, Person
from services.models import FourClearCheck, GridEvent, Matter, Visit, VisitPlan
from services.visits.choices import (
    EventKind,
    MatterLevel,
    MatterSource,
    MatterState,
    Need,
    Occasion,
    ReportTo,
)
from township import history
from township.models import Township

HEARD = (
    (Need.ROADS, "门前这段路下雨积水，希望垫一垫、修条排水沟。"),
    (Need.FARMING, "苹果树腐烂病多，想请技术员来看看、讲一讲。"),
    (Need.SELLING, "今年洋芋收得多，想多知道几个收购点的价钱。"),
    (Need.JOBS, "冬天地里没活，想找县里附近的零工。"),
    (Need.REPAIRS, "水压低，一到傍晚就上不来水。"),
    (Need.CLEANLINESS, "巷口垃圾箱满得快，希望多清一次。"),
)
ANSWERS = {Need.ROADS: "已垫平路面，开挖排水沟三十米。", Need.SELLING: "已把三个收购点的电话和价格告知本户。"}
EVERY_TENTH_HEARD = 10
FORGOTTEN = (3, 7)  # of ten households these are not visited yet


def visit(township: Township, *, since: date, reason: str) -> None:
    """For all villages; what is asked for stands at different steps."""
    homes = list(
        Node.objects.filter(township=township, kind=Kind.HOUSEHOLD, closed_on=None, parent__kind=Kind.MEMBER)
        .exclude(grid=None)
        .order_by("root__position", "root_id", "grid_id", "pk")
        .values_list("pk", "grid_id", "parent__member_profile__person_id")
    )
    matters = list(_matters(township, homes, since))
    history.create_all(Matter, matters, by=None, reason=reason)
    by_home = {matter.household_id: matter for matter in matters}
    history.create_all(Visit, _visits(township, homes, by_home, since), by=None, reason=reason)
    _grids(township, since=since, reason=reason)
    plans = [
        VisitPlan(
            household_id=home,
            need=need,
            consented=True,
            interval=days,
            next_on=since + timedelta(days=days),
        )
        for (home, _, _), (need, days) in zip(
            homes[2:42:10],
            ((Need.HOSPITAL, 30), (Need.MEALS, 15), (Need.ERRANDS, 30), (Need.JOBS, 60)),
            strict=True,
        )
    ]
    history.create_all(VisitPlan, plans, by=None, reason=reason)


Homes = Sequence[tuple[int, int, int | None]]


def _heard(homes: Homes) -> Iterator[tuple[int, tuple[int, int, int | None]]]:
    """Every tenth household had something to say."""
    return ((number, home) for number, home in enumerate(homes) if number % EVERY_TENTH_HEARD == 0)


def _matters(township: Township, homes: Homes, since: date) -> Iterator[Matter]:
    """One in three is answered, one in six called back on and archived."""
    for turn, (number, (home, grid, person)) in enumerate(_heard(homes)):
        need, words = HEARD[turn % len(HEARD)]
        day = since + timedelta(days=number % 20)
        row = Matter(
            township=township,
            node_id=grid,
            household_id=home,
            source=MatterSource.VISIT,
            need=need,
            content=words,
            raised_on=day,
            owner_id=person,
            level=MatterLevel.BRANCH if turn % 4 else MatterLevel.GROUP,
        )
        if turn % 3 == 1:
            row.state, row.handler, row.due_on = MatterState.HANDED, "村委会", day + timedelta(days=20)
        elif turn % 3 == 2:
            told = day + timedelta(days=6)
            row.state, row.answered_on = MatterState.ANSWERED, told
            row.answer = ANSWERS.get(need, "已办理，并当面告知。")
            if turn % 6 == 5:
                row.state, row.archived_on = MatterState.ARCHIVED, told + timedelta(days=5)
                row.called_back_on, row.satisfaction = told + timedelta(days=4), "good"
        yield row


def _visits(
    township: Township, homes: Homes, matters: dict[int | None, Matter], since: date
) -> Iterator[Visit]:
    """By the member who looks after the household."""
    visitor = Person.objects.filter(township=township).order_by("pk").values_list("pk", flat=True)[0]
    for number, (home, grid, person) in enumerate(homes):
        if number % 10 in FORGOTTEN:
            continue
        matter = matters.get(home)
        facts: dict[str, Any] = {"plain": True}
        if matter is not None:
            facts = {"content": matter.content, "need": matter.need, "disposal": "reported", "matter": matter}
        elif number % 10 == 5:
            facts = {"content": "讲了惠农政策和防火常识。", "need": Need.POLICY, "disposal": "answered"}
        yield Visit(
            township=township,
            node_id=grid,
            household_id=home,
            visitor_id=person or visitor,
            happened_on=since + timedelta(days=number % 20),
            occasion=Occasion.USUAL,
            **facts,
        )


def _grids(township: Township, *, since: date, reason: str) -> None:
    """四清 of every other grid; a 必到 and a 必报 here and there."""
    rows = Node.objects.filter(township=township, kind=Kind.GRID, closed_on=None)
    grids = list(rows.order_by("pk").values_list("pk", flat=True))
    checks = [
        FourClearCheck(
            township=township,
            node_id=grid,
            checked_on=since + timedelta(days=number % 12),
            people_ok=True,
            housing_ok=True,
            facility_ok=number % 4 == 0,
            hazard_ok=number % 4 != 2,
        )
        for number, grid in enumerate(grids)
        if number % 2 == 0
    ]
    history.create_all(FourClearCheck, checks, by=None, reason=reason)
    at = make_aware(datetime.combine(since + timedelta(days=8), time(9, 30)))
    later = at + timedelta(minutes=40)
    of = {"township": township, "found_at": at}
    events = [
        GridEvent(
            **of, node_id=grids[0], kind=EventKind.QUARREL, place="二社水渠口",
            matter="两户因浇水先后起争执，到场劝开，约定轮流浇水。", arrived_at=later,
            closed_on=since + timedelta(days=9),
        ),
        GridEvent(
            **of, node_id=grids[1], kind=EventKind.HAZARD, place="村口小桥", matter="桥栏松动，已拉警戒绳。",
            reported_to=ReportTo.OFFICE, reported_at=later,
        ),
        GridEvent(
            **of, node_id=grids[2], kind=EventKind.DAMAGE, place="文化广场", matter="两盏路灯不亮。", count=2,
            reported_to=ReportTo.BRANCH, reported_at=later,
        ),
    ]  # fmt: skip
    history.create_all(GridEvent, events, by=None, reason=reason)
