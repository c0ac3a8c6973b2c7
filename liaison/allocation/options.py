"""Ways out of a shortage or a surplus: the same question with one thing changed, solved again, in numbers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from liaison.allocation.closed import ClosedSet
from liaison.allocation.engine import Allocation, Effort, Objective, allocate
from liaison.allocation.explain import Explanation, Kind, enough, explain, shortages
from liaison.allocation.instance import Band, Holder, Instance, Scope
from liaison.allocation.wording import HOUSEHOLDS, Nouns, listed


@dataclass(frozen=True)
class Option:
    """One way out, and what everything comes to if it is taken wherever the same is wrong.

    `about` says of which explanation, by its place among them.
    """

    text: str
    objective: Objective
    about: int


@dataclass(frozen=True)
class Candidate:
    """Somebody who could become a holder (a member whose home could be a hub), and what that would give."""

    code: str
    objective: Objective


def options(
    instance: Instance, found: Allocation, nouns: Nouns | None = None, effort: Effort | None = None
) -> list[Option]:
    """Two or three ways out of each shortage and surplus; each is one more solve that all of them share.

    What cannot be solved within the effort is left out.
    """
    words = nouns or HOUSEHOLDS
    reasons = explain(instance, found.links, words)
    short = {why: few for why, few in shortages(instance, found.links, words) if why in reasons}
    surplus = [why for why in reasons if why.kind == Kind.SURPLUS]
    changed = _Changed(instance, found, [*short.values()], surplus, effort)
    ways = [(why, _out_of_shortage(changed, few, words)) for why, few in short.items()]
    ways += [(why, _out_of_surplus(changed, why, words)) for why in surplus]
    return [
        Option(text, answer.found.objective, reasons.index(why))
        for why, found in ways
        for text, answer in found
    ]


# --- the question with one thing changed --------------------------------------------------------------


@dataclass(frozen=True)
class _Answer:
    instance: Instance
    found: Allocation

    @cached_property
    def loads(self) -> Counter[str | None]:
        return Counter(self.found.links.values())

    def over(self, few: ClosedSet) -> list[int]:
        """Loads beyond the upper limit, of those who were too few."""
        bands = ((self.loads[holder.code], self.instance.band_of(holder)) for holder in few.holders)
        return [load for load, band in bands if load > band.high]

    def open(self, few: ClosedSet) -> int:
        """How many of their targets nobody has."""
        return sum(self.found.links[target.code] is None for target in few.targets)

    def helped(self, few: ClosedSet) -> Counter[str]:
        """Their targets that others look after, by the others' grid."""
        own = {None, *(holder.code for holder in few.holders)}
        codes = (self.found.links[target.code] for target in few.targets)
        return Counter(self.instance.holder_of[str(code)].grid for code in codes if code not in own)

    def helping(self, grids: tuple[str, ...]) -> Counter[str]:
        """Targets from elsewhere that holders of these grids look after, by the targets' grid."""
        own = {holder.code for holder in self.instance.able if holder.grid in grids}
        targets = (target for target in self.instance.targets if self.found.links[target.code] in own)
        return Counter(t.grid for t in targets if t.grid not in grids and t.pin is None)

    def under(self, grids: tuple[str, ...]) -> int:
        """What their holders lack to their least."""
        here = [holder for holder in self.instance.able if holder.grid in grids]
        return sum(max(0, self.instance.band_of(h).low - self.loads[h.code]) for h in here)


class _Changed:
    """Questions that differ in one thing, solved when somebody wants to know; None: not worth it."""

    def __init__(
        self,
        instance: Instance,
        found: Allocation,
        short: list[ClosedSet],
        surplus: list[Explanation],
        effort: Effort | None,
    ) -> None:
        self.now, self.short, self.surplus, self.effort = _Answer(instance, found), short, surplus, effort

    def _solved(self, changed: Instance) -> _Answer | None:
        found = allocate(changed, self.effort)
        return _Answer(changed, found) if found.proved else None

    @cached_property
    def across(self) -> _Answer | None:
        """Links may cross grids.

        Not where one grid is the whole question: what others could take over is then not known.
        """
        instance = self.now.instance
        if instance.scope == Scope.VILLAGE or len({target.grid for target in instance.targets}) == 1:
            return None
        return self._solved(replace(instance, scope=Scope.VILLAGE))

    @cached_property
    def wider(self) -> _Answer | None:
        """Everybody without a personal band may have so many more that every shortage has room."""
        instance = self.now.instance
        high = instance.band.high
        for few in self.short:
            usual = sum(holder.band is None for holder in few.holders)
            if not usual:
                return None
            high = max(high, instance.band.high - (-few.short // usual))
        if high > instance.band.hard:
            return None
        return self._solved(replace(instance, band=replace(instance.band, high=high)))

    @cached_property
    def strict(self) -> _Answer | None:
        """Nobody has more than his upper limit; None where that is so already."""
        instance = self.now.instance
        if not self.now.found.objective.over:
            return None
        holders = tuple(_without_excess(holder) for holder in instance.holders)
        return self._solved(
            replace(instance, holders=holders, band=replace(instance.band, hard=instance.band.room))
        )

    def idle(self, why: Explanation) -> list[Holder]:
        """Holders of a grid with too many who could go without; where bands are alike, as few as will do."""
        instance, loads = self.now.instance, self.now.loads
        able = [holder for holder in instance.able if holder.grid in why.grids]
        few = enough([instance.band_of(h) for h in able], sum(loads[h.code] for h in able))
        if few:
            return sorted(able, key=lambda holder: (loads[holder.code], holder.code))[: len(able) - few]
        return [instance.holder_of[code] for code in why.holders]

    @cached_property
    def relieved(self) -> _Answer | None:
        """Those who could go without need not have any."""
        instance = self.now.instance
        free = {holder.code for why in self.surplus for holder in self.idle(why)}
        holders = tuple(
            _without_least(holder, instance.band) if holder.code in free else holder
            for holder in instance.holders
        )
        return self._solved(replace(instance, holders=holders))


def _without_excess(holder: Holder) -> Holder:
    band = holder.band
    return holder if band is None else replace(holder, band=replace(band, hard=band.room))


def _without_least(holder: Holder, usual: Band) -> Holder:
    return replace(holder, band=replace(holder.band or usual, low=0))


# --- in words -----------------------------------------------------------------------------------------

Ways = Iterator[tuple[str, _Answer]]


def _out_of_shortage(changed: _Changed, few: ClosedSet, words: Nouns) -> Ways:
    now, across, wider, strict = changed.now, changed.across, changed.wider, changed.strict
    if across and (helped := across.helped(few)):
        text = f"由{listed([*helped])}跨网格承担{words.units(helped.total())}"
        yield text + _rest(across, few, words), across
    elif wider:
        limits = (words.units(answer.instance.band.high) for answer in (now, wider))
        text = f"上限由{next(limits)}放宽到{next(limits)}"
        yield text + (_rest(wider, few, words) or "，即可全部落实"), wider
    if text := _overload(now, few, words):
        yield text, now
    if strict and (left := strict.open(few)):
        yield f"{words.units(left)}暂列“待落实”", strict


def _rest(answer: _Answer, few: ClosedSet, words: Nouns) -> str:
    """What a way out leaves to be wished."""
    beyond = sum(answer.over(few)) - sum(
        answer.instance.band_of(holder).high
        for holder in few.holders
        if answer.loads[holder.code] > answer.instance.band_of(holder).high
    )
    text = f"，仍超上限{words.units(beyond)}" if beyond else ""
    return text + _still_open(answer, few, words)


def _still_open(answer: _Answer, few: ClosedSet, words: Nouns) -> str:
    left = answer.open(few)
    return f"，仍有{words.units(left)}待落实" if left else ""


def _overload(now: _Answer, few: ClosedSet, words: Nouns) -> str:
    """本网格9人超额，每人约24户（个别25户）; nothing if nobody is."""
    loads = now.over(few)
    if not loads:
        return ""
    usual = round(sum(loads) / len(loads))
    where = "本网格" if len(few.grids) == 1 else words.place(now.instance, few.grids)
    text = f"{where}{words.people(len(loads))}超额，{words.each}约{words.units(usual)}"
    if max(loads) > usual:
        text += f"（个别{words.units(max(loads))}）"
    return text + _still_open(now, few, words)


def _out_of_surplus(changed: _Changed, why: Explanation, words: Nouns) -> Ways:
    relieved, across = changed.relieved, changed.across
    if relieved:
        text = f"{len(changed.idle(why))}{words.counter}不安排或下调其下限"
        yield text + _lacking(relieved.under(why.grids), words), relieved
    if across and (helping := across.helping(why.grids)):
        text = f"承担{listed([*helping])}{words.units(helping.total())}"
        yield text + _lacking(across.under(why.grids), words), across


def _lacking(under: int, words: Nouns) -> str:
    return f"，仍少{words.units(under)}" if under else ""


# --- who could become a holder ------------------------------------------------------------------------


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
