"""The ratios in force: the township's of the year, else of the latest year before, else the document's."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from grids.choices import BandCode
from grids.models import BandException, BandRule, PersonalBand
from grids.rules import PRESET, Band, Bands, personal


def bands_in_force(township_id: int | None, *, year: int) -> Bands:
    """All six ratios of a year, in one query."""
    rows = BandRule.objects.filter(township_id=township_id or 0, year__lte=year).order_by("year")
    return PRESET | {row.code: as_band(row) for row in rows}  # later years lie over earlier ones


def as_band(row: BandRule) -> Band:
    """A stored ratio with the words of the document's."""
    preset = PRESET[row.code]
    return Band(
        row.code,
        preset.title,
        row.low,
        row.high,
        preset.unit,
        row.clause or preset.clause,
        hard=row.hard,
        quote=row.quote or preset.quote,
        mode=row.mode,
        scope=row.scope,
    )


@dataclass(frozen=True)
class Accepted:
    """An exception that stands."""

    reason: str
    until: date

    @property
    def words(self) -> str:
        """已认可至2026-12-31：山大沟深."""
        return f"已认可至{self.until:%Y-%m-%d}：{self.reason}"


@dataclass(frozen=True)
class Yardstick:
    """What places are held against: the ratios, ranges of single holders, and accepted exceptions."""

    bands: Bands = field(default_factory=lambda: PRESET)
    personal: Mapping[int, tuple[int, int]] = field(default_factory=dict)  # node → low, high
    exceptions: Mapping[tuple[int, str], Accepted] = field(default_factory=dict)  # (node, code)

    def band(self, code: str, node_id: int | None = None) -> Band:
        """The ratio, as it holds for this place."""
        own = self.personal.get(node_id or 0)
        return personal(self.bands[code], *own) if own and code != BandCode.DENSITY else self.bands[code]

    def accepted(self, code: str, node_id: int | None) -> Accepted | None:
        """The exception that stands for this place."""
        return self.exceptions.get((node_id or 0, code))

    def outside(self, code: str, number: str) -> Q:
        """Rows of places whose annotated `number` lies outside the ratio and is not accepted so."""
        band = self.bands[code]
        if not band.is_on:
            return Q(pk__in=[])
        alike: dict[tuple[int, int], list[int]] = defaultdict(list)
        for node_id, ends in self.personal.items():
            alike[ends].append(node_id)
        off = ~Q(**{f"{number}__range": (band.low, band.high)}) & ~Q(pk__in=list(self.personal))
        for ends, node_ids in alike.items():
            off |= Q(pk__in=node_ids) & ~Q(**{f"{number}__range": ends})
        return off & ~Q(pk__in=[node_id for node_id, accepted in self.exceptions if accepted == code])


def yardstick(township_id: int | None, *, on: date) -> Yardstick:
    """Everything that holds in a township on a day, in three queries; exceptions are few."""
    own = PersonalBand.objects.current(on).filter(node__township_id=township_id or 0).order_by("pk")
    standing = BandException.objects.standing(on).filter(node__township_id=township_id or 0).order_by("until")
    return Yardstick(
        bands_in_force(township_id, year=on.year),
        {row[0]: (row[1], row[2]) for row in own.values_list("node_id", "low", "high")},
        {
            (node_id, code): Accepted(reason, until)
            for node_id, code, reason, until in standing.values_list("node_id", "code", "reason", "until")
        },
    )
