"""The ratios a township has set, year by year, and who changed them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from grids.models import BandRule
from grids.queries.bands import as_band
from grids.rules import PRESET, Bands
from liaison.bands.rules import differences


@dataclass(frozen=True)
class SetRules:
    """All that a township has set, of every year, the oldest first."""

    rows: tuple[BandRule, ...]

    def years(self, *, today: date) -> list[int]:
        """Years a page is offered for: earlier ones with ratios of their own, this one and the next."""
        earlier = {row.year for row in self.rows if row.year < today.year}
        return sorted({*earlier, today.year, today.year + 1})

    def own_year(self, year: int) -> int | None:
        """The year whose ratios hold in `year`; None: the document's."""
        return max((row.year for row in self.rows if row.year <= year), default=None)

    def in_force(self, year: int) -> Bands:
        """The same as `bands_in_force`, without asking again for each year."""
        return PRESET | {row.code: as_band(row) for row in self.rows if row.year <= year}


def set_rules(township_id: int | None) -> SetRules:
    """One query: six rows a year."""
    return SetRules(tuple(BandRule.objects.filter(township_id=township_id or 0).order_by("year")))


@dataclass(frozen=True)
class RuleChange:
    """What one save did to the ratios of a year."""

    at: datetime
    who: str
    words: tuple[str, ...]


def rule_changes(township_id: int | None, *, year: int, before: Bands, most: int = 10) -> list[RuleChange]:
    """Who changed the ratios of a year and how, the last first; `before` are those it began with."""
    found: dict[Any, RuleChange] = {}
    rows = BandRule.history.filter(township_id=township_id or 0, year=year).order_by("history_id")
    for row in rows.select_related("history_user"):
        band = as_band(row)
        words = differences(before[row.code], band)
        before = before | {row.code: band}
        user = row.history_user
        key = row.action_id or row.history_id
        earlier = found.get(key)
        found[key] = RuleChange(
            row.history_date,
            str(user.full_name or user.username) if user else "系统命令",
            (*(earlier.words if earlier else ()), *words),
        )
    return list(reversed(found.values()))[:most]
