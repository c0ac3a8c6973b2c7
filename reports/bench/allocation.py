"""The allocation engine against a careful clerk's way: how good, and how long."""

import time
from collections.abc import Callable
from typing import TypeVar

from liaison.allocation.engine import Objective, allocate, measure
from liaison.allocation.instance import Instance
from reports.bench import Figure, Size
from reports.bench.greedy import greedy_keep
from reports.bench.villages import village

T = TypeVar("T")
GROUP = (200, 20, 15)
SHORT_VILLAGE = [(212, 20, 13), (200, 24, 20), (198, 24, 20), (190, 24, 18), (200, 24, 19)]


def allocate_group(size: Size) -> Figure:
    """One grid of 200 households and 15 able members, as solved inside a request."""
    return _figure("allocate_group", "编排一个网格（200户/15名）", [village(11, [GROUP], "grid")])


def allocate_village(size: Size) -> Figure:
    """A village of 1,000 households and 90 able members, grid by grid."""
    return _figure(
        "allocate_village", "编排一个村（1000户/90名，各网格内）", [village(12, SHORT_VILLAGE, "grid")]
    )


def allocate_village_joint(size: Size) -> Figure:
    """The same village as one, since one of its grids is short and has to borrow."""
    return _figure(
        "allocate_village_joint", "编排一个村（1000户/90名，可跨网格）", [village(12, SHORT_VILLAGE)]
    )


def allocate_township(size: Size) -> Figure:
    """11 villages of 1,000 households: 11,000 with 990 able members."""
    villages = [village(100 + i, SHORT_VILLAGE) for i in range(max(1, size.households // 1000))]
    return _figure("allocate_township", f"编排全乡（{len(villages)}个村，可跨网格）", villages)


def _figure(code: str, title: str, instances: list[Instance]) -> Figure:
    """Ours is the better answer; the ratio says what it costs in time."""
    ours, seconds = _timed(lambda: [allocate(instance) for instance in instances])
    theirs, by_hand = _timed(lambda: [measure(instance, greedy_keep(instance)) for instance in instances])
    best, plain = _sum([found.objective for found in ours]), _sum(theirs)
    named = f"{title}：待落实/超/跨/欠/软 {_words(best)}，逐户就近 {_words(plain)}；用时"
    holds = best <= plain and all(found.proved for found in ours)
    return Figure(code, named, seconds, by_hand, "秒", "结果不劣且证明最优", seconds / by_hand, holds)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


def _sum(goals: list[Objective]) -> Objective:
    return Objective(*(sum(column) for column in zip(*(_numbers(goal) for goal in goals), strict=True)))


def _numbers(goal: Objective) -> tuple[int, ...]:
    return goal.uncovered, goal.over, goal.cross, goal.under, goal.soft


def _words(goal: Objective) -> str:
    return "/".join(map(str, _numbers(goal)))
