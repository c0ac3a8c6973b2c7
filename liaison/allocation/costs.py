"""The objective in whole numbers: each level outweighs everything below it, and ties are broken by the codes.

The order is uncovered ≻ over ≻ cross-grid ≻ under ≻ soft. An optimum is reached when no chain of moves
makes it cheaper; a chain visits each holder once, so a level outweighs the next when it is more than
twice the number of holders times the largest single step below it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from liaison.allocation.instance import METRES_PER_STEP, Instance, Scope, Target

HASH_BITS = 32
MASK = (1 << 64) - 1
ODD = 0x9E3779B97F4A7C15  # mixes two codes' bits, so that no two sums of hashes are equal but by chance


@dataclass(frozen=True)
class Levels:
    """What one unit of each kind costs, in the same whole numbers as the soft wishes."""

    tie: int  # soft costs are multiplied by this, so that hashes decide between equals only
    under: int
    cross: int
    over: int
    uncovered: int


def levels_of(instance: Instance) -> Levels:
    """Weights that keep the levels apart for this question."""
    weights = instance.weights
    farthest = _span(instance, "x") + _span(instance, "y")
    hardest = max((instance.band_of(holder).hard for holder in instance.able), default=1)
    heaviest = min(hardest, len(instance.targets))
    nodes = 2 * (len(instance.able) + 2)
    step = farthest + weights.change + weights.relative + weights.balance * 2 * (heaviest + 1)
    tie = nodes << (HASH_BITS + 1)
    step = (step + weights.releasing + 1) * tie
    under = nodes * step
    cross = nodes * (step + under)
    over = nodes * (step + under + cross)
    uncovered = nodes * (step + under + cross + over)
    return Levels(tie, under, cross, over, uncovered)


def _span(instance: Instance, axis: str) -> int:
    places = [getattr(row, axis) for row in (*instance.able, *instance.targets)]
    return (max(places) - min(places)) if places else 0


class Price:
    """Costs of links and loads; holders are known by their place among those who are able."""

    def __init__(self, instance: Instance) -> None:
        """Weigh the levels for this question."""
        self.instance = instance
        self.levels = levels_of(instance)
        self.nobody = len(instance.able)  # the place after the last: where targets stay open
        self._known = [(h.code, h.grid, h.x, h.y, seed_of(h.code)) for h in instance.able]
        self._place_of = {holder.code: place for place, holder in enumerate(instance.able)}
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, holder in enumerate(instance.able):
            self._places[holder.grid].append(place)

    def near(self, target: Target) -> Sequence[int]:
        """Holders of the target's grid, or whom it is pinned to."""
        if target.pin is None:
            return self._places.get(target.grid, ())
        return [self._place_of[target.pin]] if target.pin in self._place_of else ()

    def everywhere(self, target: Target) -> Sequence[int]:
        """Holders the target may go to as far as scope and pins are concerned."""
        inside = target.pin is not None or self.instance.scope == Scope.GRID
        return self.near(target) if inside else range(self.nobody)

    def row(self, target: Target, places: Iterable[int]) -> dict[int, int]:
        """The cost of giving `target` to each of these holders, without those it must avoid.

        One plain loop: this is asked for every target and every holder.
        """
        saved, avoided = self._saved(target), self.instance.avoided.get(target.code, frozenset())
        seed, x, y = seed_of(target.code), target.x, target.y
        missed, tie, cross = sum(saved.values()), self.levels.tie, self.levels.cross
        row = {}
        for place in places:
            code, grid, right, down, other = self._known[place]
            if code not in avoided:
                steps = (abs(x - right) + abs(y - down)) // METRES_PER_STEP
                cost = (steps + missed - saved.get(code, 0)) * tie
                cost += ((seed ^ other) * ODD & MASK) >> HASH_BITS
                if code != target.current:
                    cost += 1 << HASH_BITS  # between equals, whoever does it now goes on
                row[place] = cost if grid == target.grid else cost + cross
        return row

    def _saved(self, target: Target) -> dict[str, int]:
        """By holder, the wishes a link to him would meet."""
        weights, saved = self.instance.weights, {}
        if target.current is not None and self.instance.is_able(target.current):
            saved[target.current] = weights.change
        if target.relative is not None and self.instance.is_able(target.relative):
            saved[target.relative] = saved.get(target.relative, 0) + weights.relative
        return saved

    def uncovered(self, target: Target) -> int:
        """The cost of leaving `target` to nobody."""
        cost = self.levels.uncovered
        if self.instance.is_able(target.current):
            cost += self.instance.weights.releasing * self.levels.tie + (1 << HASH_BITS)
        return cost

    def step(self, place: int, load: int) -> int | None:
        """What the next target costs somebody who has `load` already; None at the hard limit."""
        if place == self.nobody:
            return 0
        band, levels = self.instance.band_of(self.instance.able[place]), self.levels
        if load >= band.hard:
            return None
        cost = self.instance.weights.balance * (2 * load + 1) * levels.tie
        if load < band.low:
            cost -= levels.under
        if load >= band.high:
            cost += levels.over
        return cost


def seed_of(code: str) -> int:
    """64 bits that depend on nothing but the code."""
    return int.from_bytes(blake2b(code.encode(), digest_size=8).digest(), "big")
