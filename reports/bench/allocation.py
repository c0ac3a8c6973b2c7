"""The allocation engine against a careful clerk's way: how good, and how long."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from liaison.allocation.engine import Objective, allocate, measure
from liaison.allocation.instance import Instance
from reports.bench import Figure, Size
from reports.bench.greedy import greedy_keep
from reports.bench.villages import village

T = TypeVar("T")
GROUP = (200, 20, 15)
# One grid lacks a member for 17 households; the township has 87 able members a village, and one more.
SHORT_VILLAGE = [(212, 20, 13), (200, 24, 20), (198, 24, 20), (190, 24, 18), (200, 24, 19)]
LEAN_VILLAGE = [(212, 20, 13), (200, 24, 20), (198, 24, 19), (190, 24, 17), (200, 24, 18)]


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
    """11 villages of 1,000 households: 11,000 with 958 able members."""
    villages = [village(100 + i, LEAN_VILLAGE) for i in range(max(1, size.households // 1000))]
    villages[0] = village(100, [*LEAN_VILLAGE[:-1], (200, 24, 19)])
    households, able = (
        sum(map(len, rows)) for rows in zip(*((v.targets, v.able) for v in villages), strict=True)
    )
    title = f"编排全乡（{households}户/{able}名，{len(villages)}个村，可跨网格）"
    return _figure("allocate_township", title, villages)


def _figure(code: str, title: str, instances: list[Instance]) -> Figure:
    """Ours is the better answer; the ratio says what it costs in time."""
    ours, seconds = _timed(lambda: [allocate(instance) for instance in instances])
    theirs, by_hand = _timed(lambda: [measure(instance, greedy_keep(instance)) for instance in instances])
    best, plain = (
        summed([numbers(goal) for goal in goals]) for goals in ([f.objective for f in ours], theirs)
    )
    named = f"{title}：待落实/超/跨/欠/软 {in_words(best)}，逐户就近 {in_words(plain)}；用时"
    holds = best <= plain and all(found.proved for found in ours)
    return Figure(code, named, seconds, by_hand, "秒", "结果不劣且证明最优", seconds / by_hand, holds)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


def numbers(goal: Objective) -> tuple[int, ...]:
    """The levels of an objective, the heaviest first."""
    return goal.uncovered, goal.over, goal.cross, goal.under, goal.soft


def summed(goals: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Of several villages together."""
    return tuple(sum(column) for column in zip(*goals, strict=True))


def in_words(goal: Sequence[int]) -> str:
    """The levels with strokes between them."""
    return "/".join(map(str, goal))
