"""What would mend a shortage: the same question with one thing changed, solved again, with its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from liaison.allocation.engine import Allocation, Effort, Objective, allocate
from liaison.allocation.explain import Explanation, Kind, Nouns, explain
from liaison.allocation.instance import Band, Holder, Instance, Scope

SPARE = "＋"  # begins the codes of holders who do not exist yet


@dataclass(frozen=True)
class Option:
    """One way out and what it would give."""

    text: str
    objective: Objective


@dataclass(frozen=True)
class Candidate:
    """Somebody who could become a holder (a member whose home could be a hub), and what that would give."""

    code: str
    objective: Objective


def options(instance: Instance, found: Allocation, nouns: Nouns | None = None) -> list[Option]:
    """Two or three ways out of a shortage, none if there is none; each is one more solve."""
    words = nouns or Nouns()
    short = [why for why in explain(instance, found.links, words) if why.kind == Kind.SHORT]
    if not short:
        return []
    return [Option(text, allocate(changed).objective) for text, changed in _changed(instance, short, words)]


def _changed(instance: Instance, short: list[Explanation], words: Nouns) -> Iterator[tuple[str, Instance]]:
    if instance.scope == Scope.GRID and len({row.grid for row in instance.able}) > 1:
        yield "允许跨网格联系", replace(instance, scope=Scope.VILLAGE)
    more = _more(instance, short)
    if more:
        text = f"{'、'.join(sorted({h.grid for h in more}))}再有{len(more)}名{words.holder}"
        yield text, replace(instance, holders=(*instance.holders, *more))
    band = instance.band
    wider = Band(band.low, band.high + 1, max(band.hard, band.high + 1))
    yield f"每名上限由{band.high}{words.unit}放宽到{wider.high}{words.unit}", replace(instance, band=wider)


def _more(instance: Instance, short: list[Explanation]) -> tuple[Holder, ...]:
    """As many holders as the shortages need, one block a shortage, in the middle of its targets."""
    if not instance.band.high:
        return ()
    new = []
    for why in short:
        here = [target for target in instance.targets if target.grid == why.grids[0]]
        x, y = (sum(getattr(t, axis) for t in here) // max(1, len(here)) for axis in ("x", "y"))
        count = -(-why.short // instance.band.high)
        new += [Holder(f"{SPARE}{why.grids[0]}-{i + 1:03}", why.grids[0], x, y) for i in range(count)]
    return tuple({holder.code: holder for holder in new}.values())


def candidates(
    instance: Instance, may_become: tuple[Holder, ...], effort: Effort | None = None
) -> list[Candidate]:
    """Who would help most as one more holder, best first; a suggestion, never a choice."""
    tried = [
        Candidate(
            holder.code, allocate(replace(instance, holders=(*instance.holders, holder)), effort).objective
        )
        for holder in may_become
        if holder.able and holder.code not in instance.holder_of
    ]
    return sorted(tried, key=lambda one: (one.objective, one.code))
