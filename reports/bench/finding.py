"""The search box over a township's names, against the way a stock admin searches: a model at a time."""

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice

from django.db import connection

from grids import tree
from grids.choices import Kind
from grids.models import HouseholdProfile, MemberProfile, Node, Person, VillagerGroup
from grids.queries.search import search
from reports.bench import Figure, Size
from reports.demo import town
from township import history
from township.choices import OfficeRole
from township.models import Township, User

NAMES, FEW_NAMES = 13_000, 600
VILLAGES, ROUNDS = 26, 5
# What clerks type: a surname, part of a name, initials, a door, the tail of a phone.
TYPED = ("王", "建国", "wj", "zhq", "三社12号", "0012")


def search_names(size: Size) -> Figure:
    """Median seconds of one answer with counts and first rows of every kind, ours to the stock way."""
    number = NAMES if size.households > FEW_NAMES else FEW_NAMES
    user = _township(number)
    ours = _median(lambda text: search(user, text))
    baseline = _median(lambda text: _stock(user, text))
    value = ours / baseline
    return Figure(
        "search_names",
        f"{number}个姓名中一次搜索（名称、首字母、门牌、电话尾号），对照逐类只按名称查询",
        ours * 1000,
        baseline * 1000,
        "毫秒",
        "≤ 1.5",
        value,
        value <= 1.5,
    )


def _stock(user: User, text: str) -> list[object]:
    """As an admin's search page does it, a model at a time: count, then the first rows; by name alone."""
    found: list[object] = []
    for kind in Kind.values:
        rows = Node.objects.filter(township=user.township, kind=kind, name__icontains=text)
        found += [rows.count(), *rows.select_related("root", "grid", "group", "hub").order_by("name")[:8]]
    people = Person.objects.filter(township=user.township, name__icontains=text)
    found += [people.count(), *people.select_related("root").order_by("name")[:8]]
    return found


def _median(ask: Callable[[str], object]) -> float:
    for text in TYPED:
        ask(text)  # the first time also compiles
    seconds = []
    for _ in range(ROUNDS):
        for text in TYPED:
            start = time.perf_counter()
            ask(text)
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _names() -> Iterator[str]:
    outline = town.read()
    while True:
        for given in outline["given"]:
            for surname in outline["surnames"]:
                yield surname + given


def _township(number: int) -> User:
    township = history.save(Township(code="SEARCH", name="查找乡"), by=None)
    names = _names()
    for village in range(VILLAGES):
        _village(township, village, list(islice(names, number // VILLAGES)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    user = User(username="search", full_name="测量账号", township=township, office_role=OfficeRole.CLERK)
    return history.save(user, by=None)


def _village(township: Township, number: int, names: list[str]) -> None:
    """One in ten is a member with a phone, the rest are households with a door."""
    root = tree.add(node=Node(township=township, kind=Kind.BRANCH, name=f"{number}村党支部"))
    lane = history.save(VillagerGroup(root=root, name="三社"), by=None)
    with tree.tree_write(lambda: {root.pk}):
        above = root
        for kind, name in ((Kind.GRID, f"{number}村网格"), (Kind.GROUP, f"{number}村党小组")):
            [above] = tree.plant(root=root, new=[Node(township=township, kind=kind, name=name, parent=above)])
        made = [
            Node(
                township=township,
                kind=Kind.HOUSEHOLD if place % 10 else Kind.MEMBER,
                name=name,
                parent=above,
            )
            for place, name in enumerate(names)
        ]
        planted = tree.plant(root=root, new=made)
        tree.renumber([root.pk])
    members = [node for node in planted if node.kind == Kind.MEMBER]
    people = history.create_all(
        Person,
        [
            Person(township=township, root=root, name=node.name, phone=f"1990{node.pk:07d}")
            for node in members
        ],
        by=None,
    )
    pairs = zip(members, people, strict=True)
    history.create_all(MemberProfile, [MemberProfile(node=node, person=one) for node, one in pairs], by=None)
    houses = [node for node in planted if node.kind == Kind.HOUSEHOLD]
    history.create_all(
        HouseholdProfile,
        [HouseholdProfile(node=node, villager_group=lane, door=f"{n}号") for n, node in enumerate(houses)],
        by=None,
    )
