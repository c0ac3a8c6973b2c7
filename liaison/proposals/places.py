"""Where targets and holders stand, in whole numbers the engine can measure distances with.

No positions are collected (decisions 1): the number in a door plate says how far two homes of one villager
group are apart, and another villager group is farther than any door of the own.
"""

import re
from collections.abc import Iterable, Mapping
from statistics import median_low

DOOR = 10  # one house number is one step of ten metres
LANE = 2000  # to the next villager group: two hundred house numbers

Spot = tuple[int, int]


def door_number(door: str) -> int | None:
    """The last number of a door plate: 二社12号 → 12; None without one."""
    found = re.findall(r"\d+", door)
    return min(int(found[-1]), 9999) if found else None


def spots(homes: Mapping[int, tuple[int, str]]) -> dict[int, Spot]:
    """A place for each household by (number of its villager group, door); unknown doors lie in the middle."""
    known: dict[int, list[int]] = {}
    for lane, door in homes.values():
        if (number := door_number(door)) is not None:
            known.setdefault(lane, []).append(number)
    middle = {lane: median_low(numbers) for lane, numbers in known.items()}
    return {
        pk: (
            DOOR * (number if (number := door_number(door)) is not None else middle.get(lane, 0)),
            LANE * lane,
        )
        for pk, (lane, door) in homes.items()
    }


def middle_of(found: Iterable[Spot]) -> Spot | None:
    """The middle of some places, by each axis alone; None of nothing."""
    rows = list(found)
    return (median_low(x for x, _ in rows), median_low(y for _, y in rows)) if rows else None


def far_in_words(steps: int | None) -> str:
    """约 120 米 within a villager group; between two of them only that, for no more is known."""
    if steps is None:
        return ""
    return "不同村民小组" if steps * DOOR >= LANE else f"约 {steps * DOOR} 米"
