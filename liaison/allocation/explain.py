"""Why an allocation could not do better, in sentences a clerk can act on.

Shortage is told by closed sets: holders who are full and whose targets nobody outside the set may take.
There `short` = targets − what the set may hold within the band, and that many more places would mend it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from liaison.allocation.engine import Links
from liaison.allocation.instance import Holder, Instance, Scope, Target

MOST_NAMED = 5


class Kind(StrEnum):
    """What an explanation is about."""

    SHORT = "short"  # too few able holders for so many targets
    SURPLUS = "surplus"  # more able holders than targets to give each the advised least
    PIN = "pin"  # links fixed by a person that no rule would give


@dataclass(frozen=True)
class Nouns:
    """The words of one edge of the ladder."""

    target: str = "农户"
    unit: str = "户"
    holder: str = "能履职党员"


@dataclass(frozen=True)
class Explanation:
    """One reason. `short` counts targets; grids and holders are names and codes, sorted."""

    kind: Kind
    grids: tuple[str, ...]
    holders: tuple[str, ...]
    short: int
    text: str


def explain(instance: Instance, links: Links, nouns: Nouns | None = None) -> list[Explanation]:
    """All reasons why targets are open, holders above or below their band, in the order of their weight."""
    words = nouns or Nouns()
    return [
        *_pins(instance, links, words),
        *_shortages(instance, links, words),
        *_surpluses(instance, links, words),
    ]


# --- pins -------------------------------------------------------------------------------------------


def _pins(instance: Instance, links: Links, words: Nouns) -> Iterator[Explanation]:
    pinned: dict[str, list[Target]] = defaultdict(list)
    for target in instance.targets:
        if target.pin is not None:
            pinned[target.pin].append(target)
    for code, targets in sorted(pinned.items()):
        holder = instance.holder_of[code]
        band = instance.band_of(holder)
        count, here = len(targets), (holder.grid,)
        if not holder.able:
            text = f"固定指定造成：{code} 现在不能履职，指定给他的{count}{words.unit}列为待落实，请改指定。"
            yield Explanation(Kind.PIN, here, (code,), count, text)
        elif count > band.high:
            beyond = count - band.high
            text = (
                f"固定指定造成：{code} 被指定{count}{words.unit}，超上限{beyond}{words.unit}"
                f"（取消任意{beyond}条即可）。"
            )
            open_ones = sum(links.get(target.code) is None for target in targets)
            if open_ones:
                text += f"其中{open_ones}{words.unit}超过绝对上限{band.hard}，列为待落实。"
            yield Explanation(Kind.PIN, here, (code,), beyond, text)


# --- too few ----------------------------------------------------------------------------------------


def _shortages(instance: Instance, links: Links, words: Nouns) -> Iterator[Explanation]:
    loads = Counter(code for code in links.values() if code is not None)
    reach = _Reach(instance, links)
    open_targets = [
        t for t in instance.targets if links.get(t.code) is None and not _told_as_pin(instance, t)
    ]
    seeds = [
        {holder.code}
        for holder in instance.able
        if loads[holder.code] > max(instance.band_of(holder).high, reach.pinned[holder.code])
    ]
    seeds += [reach.takers(target) for target in open_targets]
    for members in _merged([reach.closed(seed) for seed in seeds if seed]):
        holders = [instance.holder_of[code] for code in sorted(members)]
        left_open = [t for t in open_targets if (takers := reach.takers(t)) and takers <= members]
        held = [t for t in instance.targets if links.get(t.code) in members]
        yield _shortage(instance, [*held, *left_open], holders, words)
    lone: dict[str, list[Target]] = defaultdict(list)
    for target in open_targets:
        if not reach.takers(target):
            lone["" if instance.scope == Scope.VILLAGE else target.grid].append(target)
    for _, targets in sorted(lone.items()):
        yield _shortage(instance, targets, [], words)


def _told_as_pin(instance: Instance, target: Target) -> bool:
    return target.pin is not None


def _shortage(
    instance: Instance, targets: Sequence[Target], holders: Sequence[Holder], words: Nouns
) -> Explanation:
    room = sum(instance.band_of(holder).high for holder in holders)
    short = len(targets) - room
    grids = tuple(sorted({t.grid for t in targets} | {h.grid for h in holders}))
    more = -(-short // instance.band.high) if instance.band.high else 0
    text = f"{'、'.join(grids)}：{words.target}{len(targets)}{words.unit}，{words.holder}{len(holders)}名，"
    if holders:
        text += f"按上限只能落实{room}{words.unit}，"
    text += f"还差{short}{words.unit}"
    text += f"（再有{more}名{words.holder}即可）。" if more else "。"
    return Explanation(Kind.SHORT, grids, tuple(holder.code for holder in holders), short, text)


class _Reach:
    """Who could take over from whom: holders joined by a target of one that the other may have too."""

    def __init__(self, instance: Instance, links: Links) -> None:
        self.instance = instance
        self.held: dict[str, list[Target]] = defaultdict(list)
        self.pinned: Counter[str] = Counter()
        for target in instance.targets:
            code = links.get(target.code)
            if code is not None:
                self.held[code].append(target)
                self.pinned[code] += target.pin == code
        self._alike: dict[tuple[str, str | None], set[str]] = {}

    def takers(self, target: Target) -> set[str]:
        """Everybody who may have this target."""
        banned = any(pair[0] == target.code for pair in self.instance.forbidden)
        key = (target.grid, target.pin)
        if banned or key not in self._alike:
            found = {h.code for h in self.instance.able if self.instance.may_link(target, h)}
            if banned:
                return found
            self._alike[key] = found
        return self._alike[key]

    def closed(self, seed: Iterable[str]) -> set[str]:
        """The seed and everybody its targets could go to, again and again."""
        found, waiting = set(seed), list(seed)
        while waiting:
            for target in self.held[waiting.pop()]:
                new = self.takers(target) - found
                found |= new
                waiting += new
        return found


def _merged(sets: Iterable[set[str]]) -> list[set[str]]:
    """Sets joined where they overlap, in the order of their first code."""
    parts: list[set[str]] = []
    for one in sets:
        apart = [part for part in parts if not part & one]
        parts = [*apart, one.union(*(part for part in parts if part & one))]
    return sorted(parts, key=min)


# --- too many ---------------------------------------------------------------------------------------


def _surpluses(instance: Instance, links: Links, words: Nouns) -> Iterator[Explanation]:
    loads = Counter(code for code in links.values() if code is not None)
    below: Mapping[str, list[Holder]] = defaultdict(list)
    for holder in instance.able:
        if loads[holder.code] < instance.band_of(holder).low:
            below[holder.grid].append(holder)
    for grid, holders in sorted(below.items()):
        able = [holder for holder in instance.able if holder.grid == grid]
        count = sum(loads[holder.code] for holder in able)
        needed = sum(instance.band_of(holder).low for holder in able)
        short = sum(instance.band_of(h).low - loads[h.code] for h in holders)
        text = (
            f"{grid}：{words.holder}{len(able)}名共联系{count}{words.unit}，按下限需{needed}{words.unit}，"
            f"{len(holders)}名不足下限，共少{short}{words.unit}。"
        )
        low = instance.band.low
        if low and count // low < len(able):
            text += f"安排{count // low}名即可各联系{low}{words.unit}。"
        codes = tuple(sorted(holder.code for holder in holders))
        yield Explanation(Kind.SURPLUS, (grid,), codes, short, text)
