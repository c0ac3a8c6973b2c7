"""Who has not been visited, and what is covered: 120,000 visits to 60,000 households, against plain ways."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q

from grids import tree
from grids.choices import Kind
from grids.models import HouseholdProfile, Node, Person
from reports.bench import Figure, Size
from services.models import Visit
from services.visits.queries import due
from services.visits.queries.log import Asked
from services.visits.queries.places import grids_in_sight
from services.visits.rules import EVERY, limit, quarter_of
from township import history
from township.choices import OfficeRole
from township.models import Township, User

HOUSEHOLDS, FEW = 60_000, 600  # a district's worth; a small size for trying out
VILLAGES, GRIDS = 20, 10
ROUNDS = 5
PAGE = 50
TODAY = date(2026, 11, 28)


def due_list(size: Size) -> Figure:
    """The first page of 该走未走 with its number of rows, ours to joining and grouping all visits."""
    user, homes = _township(size)
    ours, baseline = medians(lambda: _ours(user), lambda: _grouped(user))
    return Figure(
        "visits_due",
        f"{homes}户、{2 * homes}次走访的“该走未走”（一次 {1000 * ours:.0f} 毫秒），对照连接走访再逐户归并",
        ours * 1000,
        baseline * 1000,
        "毫秒",
        "< 1",
        ours / baseline,
        ours < baseline,
    )


def coverage(size: Size) -> Figure:
    """A page of coverage by grid, ours to one question for each grid."""
    user, homes = _township(size)
    period = quarter_of(TODAY)
    grids = list(grids_in_sight(user)[:PAGE])
    ours, baseline = medians(
        lambda: due.coverage(grids, period),
        lambda: [due.coverage([grid], period) for grid in grids],
    )
    return Figure(
        "visits_coverage",
        f"{homes}户、{2 * homes}次走访中一页网格覆盖情况（一次 {1000 * ours:.0f} 毫秒），对照逐个网格查询",
        ours * 1000,
        baseline * 1000,
        "毫秒",
        "< 1",
        ours / baseline,
        ours < baseline,
    )


def _ours(user: User) -> tuple[int, list[int]]:
    rows = due.due(user, Asked(), on=TODAY)
    return rows.count(), [row.pk for row in rows[:PAGE]]


def _grouped(user: User) -> tuple[int, list[int]]:
    """The usual way: join all visits, take the latest of each household, then look which are late."""
    rows = Node.objects.visible_to(user).filter(kind=Kind.HOUSEHOLD, closed_on=None)
    late = rows.annotate(last=Max("visits__happened_on")).filter(
        Q(last=None) | Q(last__lt=limit(TODAY, EVERY))
    )
    page = late.order_by(F("last").asc(nulls_first=True), "root_id", "grid_id", "pk")[:PAGE]
    return late.count(), [row.pk for row in page]


def medians(*ways: Callable[[], Any]) -> tuple[float, float]:
    """Of five rounds, taking turns, so that both meet the same machine."""
    seconds: list[list[float]] = [[] for _ in ways]
    found = [way() for way in ways]  # the first time also loads code
    if isinstance(found[0], tuple) and found[0] != found[1]:
        raise ValueError("the two ways find different rows")
    for _ in range(ROUNDS):
        for way, taken in zip(ways, seconds, strict=True):
            start = time.perf_counter()
            way()
            taken.append(time.perf_counter() - start)
    first, second = (statistics.median(taken) for taken in seconds)
    return first, second


# --- a township of its own --------------------------------------------------------------------------


def _township(size: Size) -> tuple[User, int]:
    """Villages of grids whose households hang right below them: what is measured asks no deeper."""
    wanted = HOUSEHOLDS if size.households > FEW else FEW
    township = Township.objects.filter(code="VISITS").first()
    if township is not None:
        return User.objects.get(username="bench-visits"), wanted
    township = history.save(Township(code="VISITS", name="走访乡"), by=None)
    user = User.objects.create(
        username="bench-visits", full_name="测量账号", township=township, office_role=OfficeRole.CLERK
    )
    visitor = history.save(Person(township=township, name="走访人"), by=None)
    for number in range(VILLAGES):
        _village(township, number, wanted // VILLAGES)
    homes = Node.objects.filter(township=township, kind=Kind.HOUSEHOLD).order_by("pk")
    visits = _visits(township, visitor, homes.values_list("pk", "grid_id"))
    history.create_all(Visit, visits, by=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user, wanted


def _village(township: Township, number: int, homes: int) -> None:
    root = tree.add(node=Node(township=township, kind=Kind.BRANCH, name=f"{number}村党支部", position=number))
    with tree.tree_write(lambda: {root.pk}):
        grids = tree.plant(
            root=root,
            new=[
                Node(township=township, kind=Kind.GRID, name=f"第{i + 1}网格", parent=root)
                for i in range(GRIDS)
            ],
        )
        made = tree.plant(
            root=root,
            new=[
                Node(township=township, kind=Kind.HOUSEHOLD, name=f"户{i}", parent=grids[i % GRIDS])
                for i in range(homes)
            ],
        )
        tree.renumber([root.pk])
    history.create_all(HouseholdProfile, [HouseholdProfile(node=home) for home in made], by=None)


def _visits(township: Township, visitor: Person, homes: Any) -> Iterator[Visit]:
    """Two each on the average: some households three times, a tenth never; the days spread over a year."""
    for number, (home, grid) in enumerate(homes.iterator()):
        for turn in range((0, 3, 2, 2, 3, 2, 2, 2, 2, 2)[number % 10]):
            day = TODAY - timedelta(days=(37 * number + 120 * turn) % 365)
            yield Visit(
                township=township,
                node_id=grid,
                household_id=home,
                visitor=visitor,
                happened_on=day,
                plain=True,
            )
