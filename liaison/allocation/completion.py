"""Completing an allocation the plain way, when a search was stopped: nobody is moved, the rest is added."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from liaison.allocation.costs import Price
from liaison.allocation.instance import Instance, Target


def complete(instance: Instance, links: Mapping[str, str | None]) -> dict[str, str | None]:
    """Whoever is open stays where he is if there is room, else in his grid, else where it costs least."""
    plain = _Plain(instance, links)
    for step in (plain.keep, plain.add_inside, plain.add_anywhere):
        for target in plain.still_open():
            step(target)
    return plain.links


class _Plain:
    def __init__(self, instance: Instance, links: Mapping[str, str | None]) -> None:
        self.instance, self.price = instance, Price(instance)
        self.links = {target.code: links.get(target.code) for target in instance.targets}
        self.loads = Counter(code for code in self.links.values() if code is not None)

    def still_open(self) -> Iterator[Target]:
        return (target for target in self.instance.targets if self.links[target.code] is None)

    def keep(self, target: Target) -> None:
        """Leave a target to whom it is fixed, or who has it now and is not full."""
        holder = self.instance.holder_of.get(target.pin or target.current or "")
        if holder is not None and self.instance.may_link(target, holder):
            band = self.instance.band_of(holder)
            if self.loads[holder.code] < (band.hard if target.pin else band.room):
                self._link(target, holder.code)

    def add_inside(self, target: Target) -> None:
        """Give a target to the cheapest holder of its grid who has room."""
        able = self.instance.able
        near = self.price.near(target)
        self._add(target, [p for p in near if self.loads[able[p].code] < self.instance.band_of(able[p]).room])

    def add_anywhere(self, target: Target) -> None:
        """Give a target to whoever costs least: across grids before an overload."""
        self._add(target, self.price.everywhere(target))

    def _add(self, target: Target, places: Sequence[int]) -> None:
        able = self.instance.able
        costs = {
            link + step: place
            for place, link in self.price.row(target, places).items()
            if (step := self.price.step(place, self.loads[able[place].code])) is not None
        }
        if costs:
            self._link(target, able[costs[min(costs)]].code)

    def _link(self, target: Target, code: str) -> None:
        self.links[target.code] = code
        self.loads[code] += 1
