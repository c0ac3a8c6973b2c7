"""The objective in whole numbers: each level outweighs everything below it, and ties are broken by the codes.

The order is uncovered ≻ over ≻ cross-grid ≻ under ≻ soft. An optimum is reached when no chain of moves
makes it cheaper; a chain visits each holder once, so a level outweighs the next when it is more than
twice the number of holders times the largest single step below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from liaison.allocation.instance import Holder, Instance, Target, steps_between

HASH_BITS = 32
MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Levels:
    """What one unit of each kind costs, in the same whole numbers as the soft wishes."""

    tie: int  # soft costs are multiplied by this, so that hashes decide between equals only
    under: int
    cross: int
    over: int
    uncovered: int


def levels_of(instance: Instance, holders: Sequence[Holder], targets: Sequence[Target]) -> Levels:
    """Weights that keep the levels apart for these rows."""
    weights = instance.weights
    farthest = max((_span(holders, targets, axis) for axis in ("x", "y")), default=0) * 2
    hardest = max((instance.band_of(holder).hard for holder in holders), default=1)
    nodes = 2 * (len(holders) + 2)
    step = farthest + weights.change + weights.relative + weights.balance * 2 * (hardest + 1) + 1
    tie = nodes << (HASH_BITS + 1)
    step *= tie
    under = nodes * step
    cross = nodes * (step + under)
    over = nodes * (step + under + cross)
    uncovered = nodes * (step + under + cross + over)
    return Levels(tie, under, cross, over, uncovered)


def _span(holders: Sequence[Holder], targets: Sequence[Target], axis: str) -> int:
    places = [getattr(row, axis) for row in (*holders, *targets)]
    return (max(places) - min(places)) if places else 0


@dataclass(frozen=True)
class Price:
    """Costs of links and loads for one set of holders and targets."""

    instance: Instance
    levels: Levels

    def row(
        self, target: Target, holders: Sequence[Holder], seeds: Sequence[int], seed: int
    ) -> list[int | None]:
        """The cost of giving `target` to each of `holders`; None where it may not be."""
        return [
            self._link(target, holder, seed, other) if self.instance.may_link(target, holder) else None
            for holder, other in zip(holders, seeds, strict=True)
        ]

    def _link(self, target: Target, holder: Holder, seed: int, other: int) -> int:
        weights, levels = self.instance.weights, self.levels
        soft = steps_between(target, holder)
        if self._able(target.current) and target.current != holder.code:
            soft += weights.change
        if self._able(target.relative) and target.relative != holder.code:
            soft += weights.relative
        cost = soft * levels.tie + _mixed(seed, other)
        if target.current != holder.code:
            cost += 1 << HASH_BITS  # between equals, whoever does it now goes on
        if target.grid != holder.grid:
            cost += levels.cross
        return cost

    def uncovered(self, target: Target) -> int:
        """The cost of leaving `target` to nobody; taking an able contact away counts as a change too.

        Otherwise an accepted roster, solved again, would swap who is left out.
        """
        change = self.instance.weights.change if self._able(target.current) else 0
        return self.levels.uncovered + change * self.levels.tie

    def step(self, holder: Holder, load: int) -> int | None:
        """What the next target costs somebody who has `load` already; None at the hard limit."""
        band, levels = self.instance.band_of(holder), self.levels
        if load >= band.hard:
            return None
        cost = self.instance.weights.balance * (2 * load + 1) * levels.tie
        if load < band.low:
            cost -= levels.under
        if load >= band.high:
            cost += levels.over
        return cost

    def _able(self, code: str | None) -> bool:
        return code is not None and self.instance.holder_of[code].able


def seed_of(code: str) -> int:
    """64 bits that depend on nothing but the code."""
    return int.from_bytes(blake2b(code.encode(), digest_size=8).digest(), "big")


def _mixed(one: int, other: int) -> int:
    """A 32-bit hash of two codes (a multiply–xor finaliser)."""
    word = (one ^ (other * 0x9E3779B97F4A7C15)) & MASK
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
    return word >> (64 - HASH_BITS)
