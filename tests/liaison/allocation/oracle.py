"""The same optimum found another way: SciPy's assignment over one column per place of each holder."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from liaison.allocation.instance import Instance, steps_between

NO_WAY = 1e15


def best(instance: Instance) -> tuple[int, int, int, int, int]:
    """(uncovered, over, cross, under, soft and releases); totals, not steps, keep the levels apart."""
    able, targets, weights = instance.able, instance.targets, instance.weights
    if not targets:
        return 0, 0, 0, sum(instance.band_of(holder).low for holder in able), 0
    farthest = max((steps_between(t, h) for t in targets for h in able), default=0)
    soft = (
        len(targets) * (farthest + weights.change + weights.relative + weights.releasing)
        + weights.balance * len(targets) ** 2
        + 1
    )
    under = soft
    cross = under * (sum(instance.band_of(holder).low for holder in able) + 1)
    over = cross * (len(targets) + 1)
    uncovered = over * (len(targets) + 1)
    places = [
        (holder, load) for holder in able for load in range(min(instance.band_of(holder).hard, len(targets)))
    ]
    table = np.full((len(targets), len(places) + len(targets)), NO_WAY)
    for i, target in enumerate(targets):
        lost = weights.releasing * instance.is_able(target.current)
        table[i, len(places) + i] = uncovered + lost
        for j, (holder, load) in enumerate(places):
            if not instance.may_link(target, holder):
                continue
            band = instance.band_of(holder)
            table[i, j] = (
                steps_between(target, holder)
                + sum(
                    weight
                    for known, weight in (
                        (target.current, weights.change),
                        (target.relative, weights.relative),
                    )
                    if known != holder.code and instance.is_able(known)
                )
                + weights.balance * (2 * load + 1)
                + cross * (holder.grid != target.grid)
                + over * (load >= band.high)
                - under * (load < band.low)
            )
    rows, columns = linear_sum_assignment(table)
    cost = round(table[rows, columns].sum()) + under * sum(instance.band_of(holder).low for holder in able)
    found = []
    for level in (uncovered, over, cross, under):
        count, cost = divmod(cost, level)
        found.append(count)
    return found[0], found[1], found[2], found[3], cost
