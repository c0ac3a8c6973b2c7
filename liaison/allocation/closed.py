"""Closed sets of a shortage: holders who are full, and whose targets nobody outside the set may take.

Found by walking: from an overloaded holder, or from whoever might take an open target, to everybody one of
his targets could go to. In an optimal allocation all who are reached are full, so the set as a whole has
more targets than room (a Hall violator). The walk also sees pins, pairs that avoid each other and personal
bands, where plain sums look fine.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from liaison.allocation.instance import Holder, Instance, Scope, Target


@dataclass(frozen=True)
class ClosedSet:
    """Holders and the targets that have nobody else.

    Links that a person fixed come first. Of those only as many are in `count` as have room, since what is
    beyond is the person's doing and told by itself; `targets` are without them.
    """

    holders: Sequence[Holder]
    targets: Sequence[Target]
    count: int
    room: int

    @property
    def grids(self) -> tuple[str, ...]:
        """Where they are."""
        return tuple(sorted({h.grid for h in self.holders} | {t.grid for t in self.targets}))

    @property
    def short(self) -> int:
        """How many targets are beyond the room."""
        return self.count - self.room


def closed_sets(instance: Instance, links: Mapping[str, str | None]) -> Iterator[ClosedSet]:
    """One set for each shortage, disjoint; targets that nobody may have make sets without holders."""
    walk = _Walk(instance, links)
    opened = [t for t in instance.targets if links.get(t.code) is None and t.pin is None]
    for members in walk.from_everywhere(opened):
        holders = [holder for holder in instance.able if holder.code in members]
        left = [t for t in opened if (takers := walk.takers(t)) and takers <= members]
        free = [t for holder in holders for t in walk.held[holder.code] if t.pin is None] + left
        rooms = {holder.code: instance.band_of(holder).room for holder in holders}
        count = len(free) + sum(min(room, walk.pinned[code]) for code, room in rooms.items())
        if count > sum(rooms.values()):  # always, when the allocation is optimal
            yield ClosedSet(holders, free, count, sum(rooms.values()))
    lone: dict[str, list[Target]] = defaultdict(list)
    for target in opened:
        if not walk.takers(target):
            lone["" if instance.scope == Scope.VILLAGE else target.grid].append(target)
    yield from (ClosedSet([], targets, len(targets), 0) for _, targets in sorted(lone.items()))


class _Walk:
    """Who could take over from whom."""

    def __init__(self, instance: Instance, links: Mapping[str, str | None]) -> None:
        self.instance = instance
        self.held: dict[str, list[Target]] = defaultdict(list)
        self.pinned: Counter[str] = Counter()
        for target in instance.targets:
            code = links.get(target.code)
            if code is not None:
                self.held[code].append(target)
            if target.pin is not None and instance.may_link(target, instance.holder_of[target.pin]):
                self.pinned[target.pin] += 1
        self._takers: dict[tuple[str | None, ...], frozenset[str]] = {}

    def takers(self, target: Target) -> frozenset[str]:
        """Everybody who may have this target."""
        key = self._alike(target)
        if key not in self._takers:
            found = (h.code for h in self.instance.able if self.instance.may_link(target, h))
            self._takers[key] = frozenset(found)
        return self._takers[key]

    def _alike(self, target: Target) -> tuple[str | None, ...]:
        """Targets with the same of these may go to the same holders."""
        grid = target.grid if self.instance.scope == Scope.GRID else None
        return (grid, target.pin, *sorted(self.instance.avoided.get(target.code, ())))

    def from_everywhere(self, opened: Iterable[Target]) -> list[set[str]]:
        """The closed sets around overloads and open targets, joined where they overlap."""
        seeds: list[frozenset[str]] = [
            frozenset({holder.code})
            for holder in self.instance.able
            if len(self.held[holder.code]) > max(self.instance.band_of(holder).high, self.pinned[holder.code])
        ]
        seeds += {takers for target in opened if (takers := self.takers(target))}
        parts: list[set[str]] = []
        for seed in seeds:
            if not any(seed <= part for part in parts):
                found = self._closed(seed)
                apart = [part for part in parts if not part & found]
                parts = [*apart, found.union(*(part for part in parts if part & found))]
        return sorted(parts, key=min)

    def _closed(self, seed: Iterable[str]) -> set[str]:
        found, waiting = set(seed), list(seed)
        spread: set[frozenset[str]] = set()
        while waiting:
            for target in self.held[waiting.pop()]:
                takers = self.takers(target)
                if takers not in spread:
                    spread.add(takers)
                    waiting += takers - found
                    found |= takers
        return found
