"""Why an allocation could not do better, in sentences a clerk can act on (allocation §5)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from liaison.allocation.closed import ClosedSet, closed_sets
from liaison.allocation.instance import Band, Holder, Instance, Scope, Target
from liaison.allocation.wording import HOUSEHOLDS, Nouns, in_order, listed

__all__ = ["Explanation", "Kind", "Nouns", "enough", "explain", "shortages"]

Links = Mapping[str, str | None]


class Kind(StrEnum):
    """What an explanation is about."""

    PIN = "pin"  # links fixed by a person that no rule would give
    SHORT = "short"  # too few able holders for so many targets
    HUB = "hub"  # too few members for even one hub
    CROSS = "cross"  # a grid too small for its targets, helped by others
    SURPLUS = "surplus"  # more able holders than targets to give each the advised least


@dataclass(frozen=True)
class Explanation:
    """One reason. `short` counts targets; grids and holders are names and codes, sorted."""

    kind: Kind
    grids: tuple[str, ...]
    holders: tuple[str, ...]
    short: int
    text: str


def explain(instance: Instance, links: Links, nouns: Nouns | None = None) -> list[Explanation]:
    """All reasons why targets are open or cross grids, and holders are beyond their band; heaviest first."""
    words = nouns or HOUSEHOLDS
    hubs = list(_hubs(instance, words))
    small = {grid for why in hubs for grid in why.grids}
    return [
        *_pins(instance, links, words),
        *(
            why
            for why, _ in shortages(instance, links, words)
            if why.holders or not small.issuperset(why.grids)
        ),
        *hubs,
        *_crossings(instance, links, words),
        *_surpluses(instance, links, words, small),
    ]


# --- pins -------------------------------------------------------------------------------------------


def _pins(instance: Instance, links: Links, words: Nouns) -> Iterator[Explanation]:
    pinned: dict[str, list[Target]] = defaultdict(list)
    for target in instance.targets:
        if target.pin is not None:
            pinned[target.pin].append(target)
    for code, targets in sorted(pinned.items()):
        holder = instance.holder_of[code]
        for short, text in _told_of_pins(instance, links, holder, targets, words):
            yield Explanation(Kind.PIN, (holder.grid,), (code,), short, f"固定指定造成：{text}")


def _told_of_pins(
    instance: Instance, links: Links, holder: Holder, targets: Sequence[Target], words: Nouns
) -> Iterator[tuple[int, str]]:
    code, band = holder.code, instance.band_of(holder)
    if not holder.able:
        count = len(targets)
        yield count, f"{code}现在不能履职，指定给他的{words.units(count)}列为待落实，请改指定。"
        return
    fit = [target for target in targets if instance.may_link(target, holder)]
    if avoided := len(targets) - len(fit):
        yield avoided, f"指定给{code}的{words.units(avoided)}又列为回避，现为待落实，请取消其一。"
    left = sum(links.get(target.code) is None for target in fit)
    if (beyond := len(fit) - band.room) > 0:
        text = f"{code}被指定{words.units(len(fit))}，超上限{words.units(beyond)}（取消任意{beyond}条即可）。"
        if left:
            text += f"其中{words.units(left)}超过绝对上限{band.hard}，列为待落实。"
        yield beyond, text
    elif left:
        text = f"{code}已到绝对上限{words.units(band.hard)}，指定给他的{words.units(left)}列为待落实。"
        yield left, text


# --- too few ----------------------------------------------------------------------------------------


def shortages(instance: Instance, links: Links, words: Nouns) -> Iterator[tuple[Explanation, ClosedSet]]:
    """What is said about each closed set."""
    for found in closed_sets(instance, links):
        yield _shortage(instance, found, words), found


def _shortage(instance: Instance, found: ClosedSet, words: Nouns) -> Explanation:
    holders, short, usual = found.holders, found.short, instance.band.room
    parts = [
        f"{words.place(instance, found.grids)}：{words.targets(found.count)}",
        words.holders(len(holders)),
    ]
    if holders:
        parts += [
            words.at_most([instance.band_of(holder) for holder in holders]),
            f"只能落实{words.units(found.room)}",
        ]
    text = "，".join([*parts, f"还差{words.units(short)}"])
    if usual:
        more = -(-short // (usual + (words.inner and not holders)))  # whoever opens a hub needs none himself
        text += f"（再有{more}{words.counter}{words.holder}即可）"
    codes = tuple(holder.code for holder in holders)
    return Explanation(Kind.SHORT, found.grids, codes, short, f"{text}。")


def _hubs(instance: Instance, words: Nouns) -> Iterator[Explanation]:
    """Grids too small for a hub of their own, whether one was named there or not."""
    band = instance.band
    if not words.inner:
        return
    homes = Counter(target.grid for target in instance.targets)
    for grid in in_order(homes):
        count = homes[grid]
        if count <= band.low:
            text = (
                f"{grid}：{words.targets(count)}，不足以设置中心户（每户须联系{band.low}–{band.high}"
                f"{words.unit}且不含本人），建议与邻组合并网格或设示范岗。"
            )
            codes = tuple(holder.code for holder in instance.able if holder.grid == grid)
            yield Explanation(Kind.HUB, (grid,), codes, band.low + 1 - count, text)


def _crossings(instance: Instance, links: Links, words: Nouns) -> Iterator[Explanation]:
    """Grids whose targets others look after, unless a person fixed it so."""
    if instance.scope == Scope.GRID:
        return
    takers: dict[str, Counter[str]] = defaultdict(Counter)
    own: Counter[str] = Counter()
    for target in instance.targets:
        code = links.get(target.code)
        if code is not None:
            grid = instance.holder_of[code].grid
            own[target.grid] += grid == target.grid
            if grid != target.grid and target.pin is None:
                takers[target.grid][grid] += 1
    homes = Counter(target.grid for target in instance.targets)
    for grid in in_order(takers):
        others = takers[grid]
        here = [holder for holder in instance.able if holder.grid == grid]
        parts = [f"{grid}：{words.targets(homes[grid])}", words.holders(len(here))]
        if here:
            bands = [instance.band_of(holder) for holder in here]
            parts += [words.at_most(bands), f"本网格落实{words.units(own[grid])}"]
        shares = [f"{name}（{words.units(count)}）" for name, count in others.items()]
        helped = listed(shares if len(shares) > 1 else [*others])
        parts.append(f"{words.units(others.total())}由{helped}跨网格承担")
        codes = tuple(holder.code for holder in here)
        yield Explanation(Kind.CROSS, (grid,), codes, others.total(), "，".join(parts) + "。")


# --- too many ---------------------------------------------------------------------------------------


def _surpluses(instance: Instance, links: Links, words: Nouns, small: set[str]) -> Iterator[Explanation]:
    held: dict[str, list[Target]] = defaultdict(list)
    for target in instance.targets:
        held[links.get(target.code) or ""].append(target)
    able: dict[str, list[Holder]] = defaultdict(list)
    for holder in instance.able:
        able[holder.grid].append(holder)
    for grid in in_order(able.keys() - small):
        lacking = {h.code: instance.band_of(h).low - len(held[h.code]) for h in able[grid]}
        below = {code: lack for code, lack in lacking.items() if lack > 0}
        if below:
            bands = [instance.band_of(holder) for holder in able[grid]]
            here = [target for code in lacking for target in held[code]]
            short = sum(below.values())
            text = f"{_enough_or_not(grid, bands, here, words)}，"
            if short != sum(lacking.values()):  # others there have more than their least, and cannot give it
                text += f"{words.people(len(below))}不足下限，共"
            text += f"少{words.units(short)}"
            if few := enough(bands, len(here)):
                text += f"（{few}{words.counter}{words.holder}即可各联系{words.units(bands[0].low)}）"
            yield Explanation(Kind.SURPLUS, (grid,), tuple(below), short, f"{text}。")


def _enough_or_not(grid: str, bands: Sequence[Band], here: Sequence[Target], words: Nouns) -> str:
    """三组：农户180户，能履职党员30名，每人至少10户需300户."""
    far = sum(target.grid != grid for target in here)
    beyond = f"（含其他网格{words.units(far)}）" if far else ""
    needed = words.units(sum(band.low for band in bands))
    return (
        f"{grid}：{words.targets(len(here))}{beyond}，{words.holders(len(bands))}，"
        f"{words.at_least(bands)}需{needed}"
    )


def enough(bands: Sequence[Band], count: int) -> int:
    """How many of the holders could have the advised least each; 0 where that says nothing."""
    lows = {band.low for band in bands}
    few = count // lows.pop() if len(lows) == 1 else 0
    return few if few < len(bands) else 0
