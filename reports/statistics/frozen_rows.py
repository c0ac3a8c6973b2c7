"""The rows behind a submitted annex 1, frozen with it, and the township's table made of such snapshots."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from liaison.sheets import NONE, Frame
from reports.filing.checks.queries import numbers_of
from reports.filing.frozen import Frozen, rows_by
from reports.models import Filing, Snapshot
from reports.statistics import queries, sheets, sources
from reports.statistics.indicators import ADDED, COVERAGE, POPULATION, countable
from reports.statistics.layout import REPEATED, Layout
from reports.statistics.sources import Key, Told
from township.sheets import Cell, Sheet

ANNEX1 = "1"
Details = dict[str, Any]


def freeze_rows(filing: Filing, *, on: date) -> Details:
    """Every row of the village that counts somewhere, once, with the places of its codes in `codes`."""
    root = filing.root_id
    rows = queries.collect([root], on)
    found = rows.keys[root]
    codes = list(found)
    counted: dict[Key, list[int]] = {}
    for place, code in enumerate(codes):
        for key in found[code]:
            counted.setdefault(key, []).append(place)
    told = queries.tell(counted, on=on)
    (one,) = queries.read(
        township_id=filing.campaign.township_id,
        on=on,
        organisation=filing.root,
        year=filing.campaign.year,
    )
    return {
        "answered": sorted(code for code in countable() if sources.sources({code}) or code == POPULATION),
        "codes": codes,
        "rows": [
            [*key, told[key].name, told[key].place, told[key].tab, rows.amounts.get(key), places]
            for key, places in counted.items()
        ],
        "overrides": one.counts.overrides,
        "extras": one.counts.extras,
    }


def rows_of(details: Details, code: str) -> list[tuple[Key, Told, int | None]]:
    """The rows that one number of the snapshot opens, as they stood then."""
    code = "e5_targets" if code == COVERAGE else code
    return [(key, told, amount) for key, told, amount, codes in _rows(details) if code in codes]


def _rows(details: Details) -> Iterator[tuple[Key, Told, int | None, list[str]]]:
    codes = details.get("codes", [])
    for kind, pk, name, place, tab, amount, places in details.get("rows", []):
        yield (kind, pk), Told(name, place, tab=tab), amount, [codes[i] for i in places]


def counts_of(snapshot: Snapshot) -> queries.Counts:
    """A snapshot's numbers with the keys that make them; of an old one without rows the numbers alone."""
    details: Details = snapshot.details
    frozen: Frozen = snapshot.sheets[ANNEX1]
    row = next(rows_by(frozen), {})
    counts = queries.Counts(general=row.get("e1_holders") not in (None, NONE))
    if not details:
        counts.numbers.update(numbers_of(frozen))
        population = counts.numbers.pop(POPULATION, None)
        counts.population = population
        return counts
    for key, _, amount, codes in _rows(details):
        for code in codes:
            if code in ADDED and code != POPULATION:
                counts.numbers[code] += amount or 0
            else:
                counts.distinct[code].add(key)
        if POPULATION in codes:
            counts.population = (counts.population or 0) + (amount or 0)
    counts.overrides = dict(details["overrides"])
    counts.extras = dict(details["extras"])
    return counts


def township_annex1(snapshots: Sequence[Snapshot], frame: Frame, layout: Layout) -> Sheet:
    """The township's annex 1 from accepted snapshots: their rows as frozen, 合计 by the union of their keys.

    A person who serves in two villages is one person in 合计; typed columns are added up.
    """
    organisations = [
        queries.Organisation(one.filing.root_id, one.filing.root.name, counts_of(one)) for one in snapshots
    ]
    columns = layout.shown
    rows = []
    for seq, one in enumerate(snapshots, 1):
        cells = next(rows_by(one.sheets[ANNEX1]), {})
        rows.append((seq, one.filing.root.name, *(cells.get(column.key) for column in columns)))
    totals: tuple[tuple[Cell, ...], ...] = ()
    if organisations:
        whole = sheets.values(None, "合计", queries.total(organisations), columns)
        # What no village had then is not 0 now because its register has come since.
        totals = (
            tuple(
                cell if i < REPEATED or any(row[i] is not None for row in rows) else None
                for i, cell in enumerate(whole)
            ),
        )
    return sheets.sheet_of(rows, totals, frame, layout, summary=sheets.foot(organisations, {}))
