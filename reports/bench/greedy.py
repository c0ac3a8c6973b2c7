"""How a careful clerk allocates by hand, as a baseline: keep what is valid, then the nearest with room."""

from collections import Counter

from liaison.allocation.instance import Holder, Instance, Scope, Target, steps_between


def greedy_keep(instance: Instance) -> dict[str, str | None]:
    """Links made one by one: pins, valid current ones, then the nearest in the grid, then beyond."""
    loads: Counter[str] = Counter()
    links: dict[str, str | None] = {}
    for target in instance.targets:
        holder = _kept(instance, target, loads)
        if holder is not None:
            links[target.code] = holder.code
            loads[holder.code] += 1
    for target in instance.targets:
        if target.code not in links:
            found = _nearest(instance, target, loads)
            links[target.code] = found.code if found else None
            if found:
                loads[found.code] += 1
    return links


def _kept(instance: Instance, target: Target, loads: Counter[str]) -> Holder | None:
    code = target.pin or target.current
    holder = instance.holder_of.get(code or "")
    if holder is None or not instance.may_link(target, holder):
        return None
    band = instance.band_of(holder)
    room = band.hard if target.pin else band.high
    own_grid = target.pin is not None or holder.grid == target.grid
    return holder if own_grid and loads[holder.code] < room else None


def _nearest(instance: Instance, target: Target, loads: Counter[str]) -> Holder | None:
    able = [holder for holder in instance.able if instance.may_link(target, holder)]
    here = [holder for holder in able if holder.grid == target.grid]
    for group in (here, able if instance.scope == Scope.VILLAGE else []):
        free = [holder for holder in group if loads[holder.code] < instance.band_of(holder).high]
        if free:
            return min(free, key=lambda holder: (steps_between(target, holder), holder.code))
    free = [holder for holder in here or able if loads[holder.code] < instance.band_of(holder).hard]
    return min(free, key=lambda h: (loads[h.code], steps_between(target, h), h.code), default=None)
