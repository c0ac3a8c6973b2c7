"""Solving an instance: each grid by itself, and together whatever a grid cannot do alone."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from liaison.allocation.completion import complete
from liaison.allocation.costs import Price
from liaison.allocation.flow import Flow, Row
from liaison.allocation.instance import Instance, steps_between

Links = Mapping[str, str | None]
NEVER_STOP: Callable[[], bool] = lambda: False  # noqa: E731 (a constant that is a function)


def tell_nobody(placed: int, total: int) -> None:
    """Progress that nobody waits for."""


@dataclass(frozen=True, order=True)
class Objective:
    """What is minimised, the first number before the second and so on."""

    uncovered: int
    over: int
    cross: int
    under: int
    soft: int


@dataclass(frozen=True)
class Allocation:
    """An answer: who looks after whom (None: 待落实), how good it is, and whether it is proved best."""

    links: Links
    objective: Objective
    proved: bool


@dataclass(frozen=True)
class Effort:
    """How much work is allowed, and who is asked and told meanwhile.

    `stop` is asked before every search: once for each target, and once more for those that their grid cannot
    place alone. `progress` is told how many targets are placed and how many there are, whenever one more is.
    Both are called thousands of times and should do little. When a search is stopped, what is placed by then
    is completed the plain way, so that an answer is always whole; it is then not proved.
    """

    budget: int | None = None  # holders settled in all searches together; None: as many as it takes
    stop: Callable[[], bool] = NEVER_STOP
    progress: Callable[[int, int], None] = tell_nobody


def allocate(instance: Instance, effort: Effort | None = None) -> Allocation:
    """The best allocation, or a sensible one when the effort did not suffice."""
    search = _Search(instance, effort or Effort())
    proved = search.each_grid_alone() and search.all_together()
    links = search.links()
    if not proved:
        links = min(
            (complete(instance, links), complete(instance, {})), key=lambda found: measure(instance, found)
        )
    return Allocation(links, measure(instance, links), proved)


class _Search:
    """One run of the flow over an instance.

    A grid that covers its targets without overload is best alone, since a link across grids costs more than
    any number of holders below their band. So a target first looks for a place inside its grid; if that
    would cost an overload or more, it waits until the other grids are done and looks everywhere. The
    potentials of the first step are lower than half the price of crossing (and crossing is dearer than all
    soft wishes on a chain), hence no target placed there could gain by crossing, and the flow remains
    optimal when the borders open.
    """

    def __init__(self, instance: Instance, effort: Effort) -> None:
        self.instance, self.effort, self.price = instance, effort, Price(instance)
        self.flow = Flow(self.price.step, self.price.nobody + 1)
        self.gap = self.price.levels.cross // 2  # more than any wishes, less than anything worse
        self.waiting: list[int] = []
        self.open: set[int] = set()  # targets that nobody may have

    def each_grid_alone(self) -> bool:
        """Place whatever fits within bands and borders; False when interrupted."""
        price = self.price
        rows = [price.row(target, price.near(target)) for target in self.instance.targets]
        # Those with most to lose come first: fewer of them are moved again. Rows stand by code.
        order = sorted(range(len(rows)), key=lambda index: _regret(rows[index]), reverse=True)
        for index in order:
            if self._interrupted():
                return False
            if self.flow.place(index, rows[index], self.gap):
                self._tell()
            elif not rows[index] and len(self._row(index)) == 1:
                self.open.add(index)
                self._tell()
            else:
                self.waiting.append(index)
        return True

    def all_together(self) -> bool:
        """Place the rest, with every link and overload allowed and nobody as the last resort."""
        if self.waiting:
            self.flow.widen(self._row, self.gap)
        for index in self.waiting:
            if self._interrupted():
                return False
            self.flow.place(index, self._row(index))
            self._tell()
        return True

    def _row(self, index: int) -> dict[int, int]:
        """What a target would cost wherever it may go."""
        target, price = self.instance.targets[index], self.price
        return price.row(target, price.everywhere(target)) | {price.nobody: price.uncovered(target)}

    def _interrupted(self) -> bool:
        spent, budget = self.flow.spent, self.effort.budget
        return (budget is not None and spent > budget) or self.effort.stop()

    def _tell(self) -> None:
        self.effort.progress(len(self.flow.placed) + len(self.open), len(self.instance.targets))

    def links(self) -> dict[str, str | None]:
        """Who was placed where; None for nobody, and for those not reached."""
        codes: list[str | None] = [*(holder.code for holder in self.instance.able), None]
        placed = self.flow.placed
        return {
            target.code: codes[placed.get(index, self.price.nobody)]
            for index, target in enumerate(self.instance.targets)
        }


def _regret(row: Row) -> tuple[bool, int]:
    """How much more the second best costs than the best; more than anything if there is no second."""
    costs = nsmallest(2, row.values())
    return (False, costs[1] - costs[0]) if len(costs) > 1 else (True, 0)


def measure(instance: Instance, links: Links) -> Objective:
    """Count an allocation by the definition, whoever made it."""
    weights, soft, cross, uncovered = instance.weights, 0, 0, 0
    loads: Counter[str] = Counter()
    for target in instance.targets:
        chosen = links.get(target.code)
        if chosen is None:
            uncovered += 1
            continue
        holder = instance.holder_of[chosen]
        loads[chosen] += 1
        cross += holder.grid != target.grid
        soft += steps_between(target, holder)
        for known, weight in ((target.current, weights.change), (target.relative, weights.relative)):
            if known != chosen and instance.is_able(known):
                soft += weight
    over = under = 0
    for holder in instance.able:
        band, load = instance.band_of(holder), loads[holder.code]
        over += max(0, load - band.high)
        under += max(0, band.low - load)
        soft += weights.balance * load * load
    return Objective(uncovered, over, cross, under, soft)
