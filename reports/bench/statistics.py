"""Annex 1 of 12 villages against a query per number and village, and of a district against 12 villages."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from django.db import connection

from grids import tree
from grids.choices import HubKind, Kind, Role, Standing
from grids.models import (
    BranchProfile,
    GridProfile,
    GroupProfile,
    HouseholdProfile,
    HubProfile,
    MemberProfile,
    Node,
    Person,
    Post,
    VillagerGroup,
)
from liaison.choices import Level
from liaison.models import Contact
from reports.annexes.registry import ANNEXES, Order
from reports.bench import Figure, Size
from reports.statistics.queries import read
from township import history
from township.models import Township

DAY = date(2026, 9, 16)
VILLAGES = 12
TOWNSHIPS = 25  # of a district, when the township has 11,000 households
HOUSEHOLDS_A_MEMBER = 14
# With 14 households a member 1,117 nodes a village, 335,100 in 25 townships.
SHAPE = ((Kind.GRID, 6), (Kind.GROUP, 1), (Kind.HUB, 4), (Kind.MEMBER, 3))
ROUNDS = 5
MOST, LEAST = 1.3, 3


def annex1_villages(size: Size) -> Figure:
    """Seconds of one annex 1, against one query for each number of each village."""
    township = _township("STATS", size)
    by_hand = {root.pk: _counted(root) for root in Node.objects.filter(township=township, parent=None)}
    known = {village.pk: village.counts for village in read(township_id=township.pk, on=DAY)}
    same = all(known[pk].value(code) == n for pk, found in by_hand.items() for code, n in found.items())
    ours = _median(lambda: _annex1(township))
    roots = list(Node.objects.filter(pk__in=by_hand))
    baseline = _median(lambda: [_counted(root) for root in roots])
    nodes = Node.objects.filter(township=township).count()
    value = baseline / ours
    return Figure(
        "annex1_villages",
        f"附件1一次（{len(roots)}个村，{nodes}个节点，每节点 {1e6 * ours / nodes:.1f} 微秒），"
        f"逐村逐项查询（每村{len(NAIVE)}项）对照本系统",
        ours * 1000,
        baseline * 1000,
        "毫秒",
        f"≥ {LEAST}，且数字相同",
        value,
        value >= LEAST and same,
    )


def annex1_district(size: Size) -> Figure:
    """Microseconds a node: all townships of a district one after another, against 12 villages alone."""
    count = max(2, TOWNSHIPS * size.households // 11_000)
    began = time.perf_counter()
    townships = [_township("D00", size)]
    alone = _median(lambda: _annex1(townships[0])) / Node.objects.filter(township=townships[0]).count()
    townships += [_township(f"D{number:02d}", size) for number in range(1, count)]
    nodes = Node.objects.filter(township__in=townships).count()
    made = time.perf_counter() - began
    whole = _median(lambda: list(map(_annex1, townships)))
    value = whole / nodes / alone
    return Figure(
        "annex1_district",
        f"附件1全县（{count}个乡镇，{nodes}个节点，一次 {whole:.2f} 秒，造数据 {made:.0f} 秒）每节点用时，"
        f"对照只有{VILLAGES}个村时",
        1e6 * whole / nodes,
        1e6 * alone,
        "微秒",
        f"≤ {MOST}",
        value,
        value <= MOST,
    )


def _annex1(township: Township) -> None:
    sheets = ANNEXES[1].build(Order(township=township, year=DAY.year, today=DAY)).sheets
    for _ in sheets[0].read():
        pass


def _median(work: Callable[[], object]) -> float:
    """The first round also loads code and reads tables from the disk; it does not count."""
    seconds = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


# --- a number at a time -----------------------------------------------------------------------------


def _nodes(root: Node, kind: str, **facts: object) -> int:
    return Node.objects.filter(root=root, kind=kind, closed_on=None, **facts).count()


def _holders(root: Node) -> int:
    linked = Node.objects.filter(root=root, kind=Kind.HOUSEHOLD, closed_on=None, parent__kind=Kind.MEMBER)
    return linked.values("parent__member_profile__person").distinct().count()


def _heads(root: Node) -> int:
    held = Post.objects.current(DAY).filter(role=Role.HUB_HEAD, node__root=root, node__closed_on=None)
    return held.filter(node__children__kind=Kind.MEMBER).values("person").distinct().count()


def _persons(role: str, root: Node) -> int:
    held = Post.objects.current(DAY).filter(role=role, node__root=root, node__closed_on=None)
    return held.values("person").distinct().count()


def _population(root: Node) -> int | None:
    return BranchProfile.objects.get(node=root).population


NAIVE: Mapping[str, Callable[[Node], int | None]] = {
    "grid_count": partial(_nodes, kind=Kind.GRID),
    "group_count": partial(_nodes, kind=Kind.GROUP),
    "household_count": partial(_nodes, kind=Kind.HOUSEHOLD),
    "member_count": partial(_nodes, kind=Kind.MEMBER),
    "probationary_count": partial(
        _nodes, kind=Kind.MEMBER, member_profile__standing=Standing.PROBATIONARY
    ),
    "floating_count": partial(_nodes, kind=Kind.MEMBER, member_profile__is_floating=True),
    "central_household_count": partial(_nodes, kind=Kind.HUB, hub_profile__hub_kind=HubKind.CENTRAL),
    "demo_post_count": partial(_nodes, kind=Kind.HUB, hub_profile__hub_kind=HubKind.DEMO_POST),
    "e3_targets": partial(_nodes, kind=Kind.HUB),
    "e4_targets": partial(_nodes, kind=Kind.MEMBER, parent__kind=Kind.HUB),
    "e5_targets": partial(_nodes, kind=Kind.HOUSEHOLD, parent__kind=Kind.MEMBER),
    "e4_holders": _heads,
    "e5_holders": _holders,
    "branch_count": partial(_nodes, kind=Kind.BRANCH),
    "grid_staff_count": partial(_persons, Role.GRID_STAFF),
    "group_leader_count": partial(_persons, Role.GROUP_LEADER),
    "villager_group_count": lambda root: VillagerGroup.objects.filter(root=root).count(),
    "population_count": _population,
}  # fmt: skip


def _counted(root: Node) -> dict[str, int | None]:
    return {code: count(root) for code, count in NAIVE.items()}


# --- making it --------------------------------------------------------------------------------------


def _township(code: str, size: Size) -> Township:
    """12 villages with everything annex 1 counts; a small size has a household a member only."""
    township = history.save(Township(code=code, name=f"测量乡{code}"), by=None)
    households = min(HOUSEHOLDS_A_MEMBER, max(1, size.households // 200))
    for number in range(VILLAGES):
        _village(township, number, households)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as both databases have long done in an office
    return township


def _village(township: Township, number: int, households: int) -> None:
    root = tree.add(node=Node(township=township, kind=Kind.BRANCH, name=f"{number}村党支部", position=number))
    layers: dict[str, list[Node]] = {}
    with tree.tree_write(lambda: {root.pk}):
        layer = [root]
        for kind, count in (*SHAPE, (Kind.HOUSEHOLD, households)):
            layer = layers[kind] = tree.plant(root=root, new=list(_below(layer, kind, count)))
        tree.renumber([root.pk])
    _profiles(root, layers)


def _below(layer: Sequence[Node], kind: str, count: int) -> Iterable[Node]:
    for parent in layer:
        for i in range(count):
            yield Node(township_id=parent.township_id, kind=kind, name=f"{kind}{i}", parent=parent)


def _profiles(root: Node, layers: Mapping[str, list[Node]]) -> None:
    township = root.township
    history.save(BranchProfile(node=root, village=root.name, population=1800), by=None)
    lane = history.save(VillagerGroup(root=root, name="一社"), by=None)
    members = layers[Kind.MEMBER]
    people = history.create_all(
        Person, [Person(township=township, root=root, name=f"党员{node.pk}") for node in members], by=None
    )
    grids, groups, hubs = (layers[kind] for kind in (Kind.GRID, Kind.GROUP, Kind.HUB))
    for model, rows in (
        (GridProfile, [GridProfile(node=node) for node in grids]),
        (GroupProfile, [GroupProfile(node=node) for node in groups]),
        (HubProfile, [HubProfile(node=node, hub_kind=_hub_kind(i)) for i, node in enumerate(hubs)]),
        (MemberProfile, [_member(i, *pair) for i, pair in enumerate(zip(members, people, strict=True))]),
        (HouseholdProfile, [HouseholdProfile(node=n, villager_group=lane) for n in layers[Kind.HOUSEHOLD]]),
        (Post, list(_posts(people, root, groups, hubs))),
        (Contact, [_contact(people[i], group) for i, group in enumerate(groups)]),
    ):
        history.create_all(model, rows, by=None)


def _hub_kind(number: int) -> str:
    return HubKind.DEMO_POST if number % 8 == 7 else HubKind.CENTRAL


def _member(number: int, node: Node, person: Person) -> MemberProfile:
    standing = Standing.PROBATIONARY if number % 20 == 19 else Standing.FULL
    return MemberProfile(node=node, person=person, standing=standing, is_floating=number % 10 == 9)


def _posts(
    people: Sequence[Person], root: Node, groups: Sequence[Node], hubs: Sequence[Node]
) -> Iterable[Post]:
    """A secretary, a leader each group, a head each hub; the first members have several posts, as in life."""
    places = [
        (Role.SECRETARY, root),
        *((Role.GROUP_LEADER, group) for group in groups),
        *((Role.HUB_HEAD, hub) for hub in hubs),
    ]
    for number, (role, node) in enumerate(places):
        person = people[number % len(people)]
        yield Post(township=root.township, person=person, node=node, role=role, since=DAY)


def _contact(holder: Person, group: Node) -> Contact:
    return Contact(township=group.township, level=Level.COMMITTEE, holder=holder, target=group, since=DAY)
