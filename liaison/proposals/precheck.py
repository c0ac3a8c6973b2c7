"""What can be known before solving: sums per grid in closed form, and the presets tried on one grid."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from liaison.allocation.changes import Step, changes
from liaison.allocation.engine import allocate
from liaison.allocation.wording import Nouns
from liaison.choices import Preset
from liaison.proposals.reading import Asked, Reading
from liaison.proposals.rules import GONE_WORDS, NOUNS, WEIGHTS
from liaison.proposals.sources import read


@dataclass(frozen=True)
class GridSum:
    """One grid's targets and able holders against the band."""

    name: str
    targets: int
    able: int
    least: int  # holders needed so that nobody is over
    most: int  # holders beyond which somebody is under
    words: str
    short: bool


@dataclass(frozen=True)
class PresetTried:
    """What one preset would give."""

    preset: str
    label: str
    changed: int
    distance: int
    uncovered: int
    over: int


@dataclass(frozen=True)
class Precheck:
    """All that the run page shows of a place before anybody asks for a proposal."""

    sums: Sequence[GridSum]
    unable: Sequence[tuple[str, int]]  # why, how many
    presets: Sequence[PresetTried]


def precheck(asked: Asked, *, on: date) -> Precheck:
    """Sums, those who cannot serve with reasons, and for a single grid the three presets."""
    reading = read(asked, on=on)
    gone = Counter(row.gone for row in reading.holders.values() if row.gone)
    return Precheck(
        _sums(reading, NOUNS[asked.edge]),
        [(GONE_WORDS.get(code, code).removeprefix("原联系人"), n) for code, n in gone.most_common()],
        _presets(reading) if asked.by_grid else (),
    )


def _sums(reading: Reading, nouns: Nouns) -> list[GridSum]:
    instance = reading.instance
    targets = Counter(target.grid for target in instance.targets)
    able = Counter(holder.grid for holder in instance.able)
    low, high = instance.band.low, instance.band.high
    found = []
    for grid in dict.fromkeys([*reading.grids, *targets]):
        n, have = targets[grid], able[grid]
        if not n and not have:
            continue
        least, most = -(-n // high) if high else 0, n // low if low else have
        found.append(GridSum(grid, n, have, least, most, _words(n, have, least, most, nouns), have < least))
    return sorted(found, key=lambda line: not line.short)


def _words(n: int, have: int, least: int, most: int, nouns: Nouns) -> str:
    if have < least:
        return f"缺{least - have}{nouns.counter}{nouns.holder}，会有超额或待落实"
    if have > most:
        return f"多{have - most}{nouns.counter}，会有不足下限的"
    return "够用"


def _presets(reading: Reading) -> list[PresetTried]:
    found = []
    for preset in Preset:
        instance = replace(reading.instance, weights=WEIGHTS[preset])
        answer = allocate(instance)
        compared = changes(instance, answer.links)
        found.append(
            PresetTried(
                preset,
                preset.label,
                sum(change.step not in (Step.KEPT, Step.OPEN) for change in compared),
                sum(change.distance or 0 for change in compared),
                answer.objective.uncovered,
                answer.objective.over,
            )
        )
    return found
