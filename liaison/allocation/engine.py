"""Solving an instance: each grid by itself, and the village as one where a grid cannot do it alone."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from liaison.allocation.costs import Price, levels_of, seed_of
from liaison.allocation.flow import NEVER_STOP, Cost, Flow
from liaison.allocation.instance import Holder, Instance, Scope, Target, steps_between

Links = Mapping[str, str | None]


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
    """How much work is allowed: a number of search steps (None: as many as it takes), and a way to stop."""

    budget: int | None = None
    stop: Callable[[], bool] = NEVER_STOP


def allocate(instance: Instance, effort: Effort | None = None) -> Allocation:
    """The best allocation.

    A grid that covers all its targets without overload is best alone, since a link across grids costs more
    than any number of holders below their band. Only if some grid cannot, are all of them solved as one.
    """
    effort = effort or Effort()
    links: dict[str, str | None] = {}
    proved = True
    for holders, targets in _parts(instance):
        found, complete = _solve(instance, holders, targets, effort)
        links |= found
        proved &= complete
    if instance.scope == Scope.VILLAGE and _short(instance, links):
        joint, proved = _solve(instance, instance.able, instance.targets, effort)
        links = joint if proved else min(joint, links, key=lambda found: measure(instance, found))
    return Allocation(links, measure(instance, links), proved)


def _short(instance: Instance, links: Links) -> bool:
    """Whether grids by themselves fall short, or had to reach beyond what pins ask for."""
    found = measure(instance, links)
    pinned = sum(
        target.pin is not None and instance.holder_of[target.pin].grid != target.grid
        for target in instance.targets
    )
    return bool(found.uncovered or found.over or found.cross > pinned)


def _parts(instance: Instance) -> list[tuple[list[Holder], list[Target]]]:
    """Grids with their rows; grids that a pin ties together are one part."""
    grids = {h.grid for h in instance.holders} | {t.grid for t in instance.targets}
    lead = {grid: grid for grid in grids}

    def leader(grid: str) -> str:
        while lead[grid] != grid:
            grid = lead[grid]
        return grid

    for target in instance.targets:
        if target.pin is not None:
            one, other = sorted((leader(target.grid), leader(instance.holder_of[target.pin].grid)))
            lead[other] = one
    parts: dict[str, tuple[list[Holder], list[Target]]] = {leader(grid): ([], []) for grid in sorted(lead)}
    for holder in instance.able:
        parts[leader(holder.grid)][0].append(holder)
    for target in instance.targets:
        parts[leader(target.grid)][1].append(target)
    return list(parts.values())


def _solve(
    instance: Instance, holders: Sequence[Holder], targets: Sequence[Target], effort: Effort
) -> tuple[dict[str, str | None], bool]:
    """The best links among these rows, and whether the search came to its end."""
    price = Price(instance, levels_of(instance, holders, targets))
    seeds = [seed_of(holder.code) for holder in holders]
    nobody = len(holders)
    rows: list[list[Cost]] = [
        [*price.row(target, holders, seeds, seed_of(target.code)), price.uncovered(target)]
        for target in targets
    ]

    def step(node: int, load: int) -> Cost:
        return 0 if node == nobody else price.step(holders[node], load)

    flow = Flow(rows, step, nobody + 1, effort.budget, effort.stop)
    complete = flow.run()
    codes: list[str | None] = [*(holder.code for holder in holders), None]
    # Whoever was not reached before the budget ran out is left open (-1 is the last one: nobody).
    return {t.code: codes[node] for t, node in zip(targets, flow.placed, strict=True)}, complete


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
            if known is not None and known != chosen and instance.holder_of[known].able:
                soft += weight
    over = under = 0
    for holder in instance.able:
        band, load = instance.band_of(holder), loads[holder.code]
        over += max(0, load - band.high)
        under += max(0, band.low - load)
        soft += weights.balance * load * load
    return Objective(uncovered, over, cross, under, soft)
