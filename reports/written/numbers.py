"""What the words stand for: read from annex 1 as it was frozen, or as it would be frozen now."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from reports.filing.frozen import Frozen, rows_by
from reports.models import Campaign, Snapshot
from reports.statistics.frozen_rows import counts_of
from reports.statistics.indicators import INDICATORS, REMARK
from reports.statistics.queries import Organisation, total
from reports.written.words import CUT_OFF, TOWN, UNIT, YEAR, codes
from township import days
from township.sheets import MARK

NOTHING = "—"
RATE = "coverage_rate"


def cells_of(annex1: Frozen) -> dict[str, Any]:
    """Code → value of the first row: of a village's annex 1, its only one."""
    row = next(rows_by(annex1), {})
    found: dict[str, Any] = {}
    for indicator in INDICATORS:
        value = row.get(indicator.key)
        if len(indicator.codes) == 1:
            found[indicator.key] = _corrected(value)
            continue
        parts = str(value or "").split("/")
        if len(parts) == len(indicator.codes):
            found.update(zip(indicator.codes, map(_number, parts), strict=True))
    return found


def _number(part: str) -> int | None:
    bare = part.removesuffix(MARK)
    return int(bare) if bare.isascii() and bare.isdecimal() else None


def _corrected(value: Any) -> Any:
    """43 out of 43※, a number that somebody said instead of the computed one."""
    if isinstance(value, str) and value.endswith(MARK):
        return _number(value)
    return value


def of_all(snapshots: Sequence[Snapshot]) -> dict[str, Any]:
    """Numbers of several villages together, as 合计 counts them: a person in two villages once."""
    if not snapshots:
        return {}
    counts = total([Organisation(one.filing.root_id, "", counts_of(one)) for one in snapshots])
    cells = [cells_of(one.sheets["1"]) for one in snapshots]
    told = {code for row in cells for code, value in row.items() if value is not None}
    return {**{code: counts.value(code) for code in told - {RATE, REMARK}}, RATE: counts.coverage}


def values(cells: Mapping[str, Any], *, campaign: Campaign, unit: str) -> dict[str, str]:
    """Word → what is printed for it."""
    facts = {
        UNIT: unit,
        TOWN: campaign.title_name,
        YEAR: str(campaign.year),
        CUT_OFF: days.in_words(campaign.cut_off),
    }
    return {**facts, **{word: _shown(cells.get(code), code) for word, code in codes().items()}}


def of_village(annex1: Frozen, *, campaign: Campaign, unit: str) -> dict[str, str]:
    """The values for a village's report."""
    return values(cells_of(annex1), campaign=campaign, unit=unit)


def of_township(snapshots: Sequence[Snapshot], *, campaign: Campaign) -> dict[str, str]:
    """The values for the township's report: its accepted filings together."""
    return values(of_all(snapshots), campaign=campaign, unit=campaign.title_name)


def _shown(value: Any, code: str) -> str:
    if value is None or value == "":
        return NOTHING
    if code == RATE and isinstance(value, int | float | Decimal):
        return f"{float(value):.1%}"
    return str(value)
