"""What is to be allocated: holders with their bands, targets with what is known of them, and the weights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

Row = TypeVar("Row", "Holder", "Target")
METRES_PER_STEP = 10  # distances count in steps of ten metres, so that costs are whole numbers


class BadInstance(ValueError):
    """Numbers or names that contradict each other; the message is for people."""


class Scope(StrEnum):
    """How far a link may reach."""

    VILLAGE = "village"
    GRID = "grid"


@dataclass(frozen=True)
class Band:
    """How many targets one holder should have: `low`–`high` advised, never more than `hard`.

    A personal band may take some of its numbers from the general one, and then stand across it (at most 5
    where everybody should have 10): each number is counted by itself, so that is a question like any other.
    """

    low: int
    high: int
    hard: int

    def __post_init__(self) -> None:
        """Nobody has fewer than none."""
        if min(self.low, self.high, self.hard) < 0:
            raise BadInstance(f"比例区间不能是负数，现为 {self}。")

    def __str__(self) -> str:
        """The three numbers in words."""
        return f"下限 {self.low}、上限 {self.high}、绝对上限 {self.hard}"

    @property
    def room(self) -> int:
        """How many targets somebody takes without going beyond any limit."""
        return min(self.high, self.hard)


@dataclass(frozen=True)
class Weights:
    """What a soft wish costs, in steps of ten metres."""

    change: int = 60
    relative: int = 40
    balance: int = 2
    release: int | None = None  # taking an able contact away and giving no other; None: as much as a change

    def __post_init__(self) -> None:
        """A negative wish would make the objective meaningless."""
        if min(self.change, self.relative, self.balance, self.releasing) < 0:
            raise BadInstance("权重不能是负数。")

    @property
    def releasing(self) -> int:
        """What leaving a target open costs that has an able contact now.

        The objective counts nothing for open targets. An accepted roster, solved again, would then swap who
        is left open; whoever wants it to stay as it is charges a release like a change.
        """
        return self.change if self.release is None else self.release


@dataclass(frozen=True)
class Holder:
    """Somebody who may look after targets; `band` is the personal one (several posts, over seventy)."""

    code: str
    grid: str
    x: int = 0
    y: int = 0
    able: bool = True
    band: Band | None = None


@dataclass(frozen=True)
class Target:
    """A household, a member or a hub that somebody looks after."""

    code: str
    grid: str
    x: int = 0
    y: int = 0
    current: str | None = None
    relative: str | None = None
    pin: str | None = None


@dataclass(frozen=True)
class Instance:
    """One question to the engine; rows stand in the order of their codes, whatever order they came in."""

    scope: Scope
    band: Band
    weights: Weights
    holders: tuple[Holder, ...]
    targets: tuple[Target, ...]
    forbidden: frozenset[tuple[str, str]] = field(default_factory=frozenset)  # (target, holder)

    def __post_init__(self) -> None:
        """Sort by code; refuse codes that stand twice, pins that name nobody and bands no load satisfies."""
        if not self.band.low <= self.band.high <= self.band.hard:
            raise BadInstance(f"比例区间应满足 下限 ≤ 上限 ≤ 绝对上限，现为{self.band}。")
        object.__setattr__(self, "holders", _by_code(self.holders, "包联人"))
        object.__setattr__(self, "targets", _by_code(self.targets, "对象"))
        for target in self.targets:
            if target.pin is not None and target.pin not in self.holder_of:
                raise BadInstance(f"“{target.code}”指定的“{target.pin}”不在包联人名单里。")

    @cached_property
    def holder_of(self) -> Mapping[str, Holder]:
        """Holders by code."""
        return {holder.code: holder for holder in self.holders}

    @cached_property
    def able(self) -> tuple[Holder, ...]:
        """Those who can be given targets."""
        return tuple(holder for holder in self.holders if holder.able)

    @cached_property
    def grids(self) -> frozenset[str]:
        """Where anybody or anything is."""
        return frozenset([*(holder.grid for holder in self.holders), *(t.grid for t in self.targets)])

    @cached_property
    def avoided(self) -> Mapping[str, frozenset[str]]:
        """By target, the holders it may not go to."""
        pairs: dict[str, set[str]] = {}
        for target, holder in self.forbidden:
            pairs.setdefault(target, set()).add(holder)
        return {target: frozenset(holders) for target, holders in pairs.items()}

    def is_able(self, code: str | None) -> bool:
        """Whether this is somebody who can serve; contacts of before may have left altogether."""
        return code is not None and code in self.holder_of and self.holder_of[code].able

    def band_of(self, holder: Holder) -> Band:
        """The band that holds for somebody."""
        return holder.band or self.band

    def may_link(self, target: Target, holder: Holder) -> bool:
        """Whether this link may be made at all; a pin beats scope and bands, but not inability."""
        if not holder.able or (target.code, holder.code) in self.forbidden:
            return False
        if target.pin is not None:
            return target.pin == holder.code
        return self.scope == Scope.VILLAGE or target.grid == holder.grid


def _by_code(rows: Iterable[Row], word: str) -> tuple[Row, ...]:
    found = sorted(rows, key=lambda row: row.code)
    for one, other in pairwise(found):
        if one.code == other.code:
            raise BadInstance(f"{word}编号“{one.code}”出现了两次。")
    return tuple(found)


def steps_between(target: Target, holder: Holder) -> int:
    """Walking distance along x and y in steps of ten metres."""
    return (abs(target.x - holder.x) + abs(target.y - holder.y)) // METRES_PER_STEP
