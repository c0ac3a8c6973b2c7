"""A move in the tree: its cost must not depend on how many villages the database holds."""

import random
import statistics
import time

from grids import tree
from grids.choices import Kind
from grids.models import Node
from reports.bench import Figure, Size
from township import history
from township.models import Township

FEW, MANY = 12, 300
MOVES = 60
SHAPE = ((Kind.GRID, 5), (Kind.GROUP, 1), (Kind.HUB, 2), (Kind.MEMBER, 2), (Kind.HOUSEHOLD, 4))


def move_with_many_villages(_: Size) -> Figure:
    """Median seconds of a hub's move among 12 villages and, after growing, among 300."""
    township = history.save(Township(code="BENCH", name="测量乡"), by=None)
    for number in range(FEW):
        _village(township, number)
    _median_move(township)  # the first moves also load code and open connections
    few = _median_move(township)
    for number in range(FEW, MANY):
        _village(township, number)
    many = _median_move(township)
    value = many / few
    return Figure(
        "tree_move",
        f"{MANY}个村时调整一个中心户用时，对照{FEW}个村",
        many * 1000,
        few * 1000,
        "毫秒",
        "≤ 1.5",
        value,
        value <= 1.5,
    )


def _village(township: Township, number: int) -> None:
    root = tree.add(node=Node(township=township, kind=Kind.BRANCH, name=f"{number}村党支部"))
    with tree.tree_write(lambda: {root.pk}):
        layer = [root]
        for kind, count in SHAPE:
            rows = [
                Node(township=township, kind=kind, name=f"{kind}{i}", parent=parent)
                for parent in layer
                for i in range(count)
            ]
            layer = tree.plant(root=root, new=rows)
        tree.renumber([root.pk])


def _median_move(township: Township) -> float:
    """Hubs go between the groups of one village, some to another village."""
    chance = random.Random(7)  # noqa: S311  the same moves every time
    roots = list(Node.objects.filter(township=township, parent=None)[:FEW].values_list("pk", flat=True))
    hubs = list(Node.objects.filter(root_id__in=roots, kind=Kind.HUB))
    groups = list(Node.objects.filter(root_id__in=roots, kind=Kind.GROUP))
    seconds = []
    for _ in range(MOVES):
        hub, target = chance.choice(hubs), chance.choice(groups)
        hub.name = f"{hub.pk}号户"  # no two alike, wherever it goes
        history.save(hub, by=None, fields=["name"])
        start = time.perf_counter()
        tree.move(node=hub, to=target)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)
