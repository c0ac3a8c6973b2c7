"""The rows behind annex 1 as tabs of its workbook, one for each kind of record, a column for each number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.sheets import Frame
from reports.statistics.indicators import ADDED, BY_CODE, INDICATORS, heading
from reports.statistics.queries import Organisation, Rows, collect, tell
from reports.statistics.sources import Key, Told
from township import days
from township.sheets import Cell, Column, Sheet, Values

COUNTS = "√"


@dataclass(frozen=True)
class Details:
    """The tabs, which of them each column of annex 1 opens, and how many rows they have."""

    sheets: tuple[Sheet, ...]
    leads: dict[str, str]
    rows: int


def details(organisations: Sequence[Organisation], frame: Frame, *, on: date) -> Details:
    """Every row that counts somewhere, once for each organisation it counts in; phones are not among them."""
    rows = collect([one.pk for one in organisations], on)
    counted = (key for codes in rows.keys.values() for keys in codes.values() for key in keys)
    told = tell(dict.fromkeys(counted), on=on)
    tabs: dict[str, dict[tuple[int, Key], set[str]]] = {}
    for root, codes in rows.keys.items():
        for code, keys in codes.items():
            for key in keys:
                tabs.setdefault(told[key].tab, {}).setdefault((root, key), set()).add(code)
    order = {code: place for place, code in enumerate(BY_CODE)}
    first = {tab: min(order[code] for codes in tabs[tab].values() for code in codes) for tab in tabs}
    tabs = {tab: tabs[tab] for tab in sorted(tabs, key=first.__getitem__)}
    names = {one.pk: one.name for one in organisations}
    sheets = {tab: _sheet(tab, lines, rows, told, names, frame) for tab, lines in tabs.items()}
    leads = {
        indicator.key: sheets[tab].name
        for indicator in INDICATORS
        for tab, lines in reversed(tabs.items())
        if any(code in found for found in lines.values() for code in indicator.codes)
    }
    return Details(tuple(sheets.values()), leads, sum(map(len, tabs.values())))


def _sheet(
    tab: str,
    lines: dict[tuple[int, Key], set[str]],
    rows: Rows,
    told: dict[Key, Told],
    names: dict[int, str],
    frame: Frame,
) -> Sheet:
    present = set[str]().union(*lines.values())
    codes = [code for one in INDICATORS for code in one.codes if code in present]

    def cell(code: str, key: Key, found: set[str]) -> Cell:
        if code not in found:
            return None
        return str(rows.amounts[key]) if code in ADDED else COUNTS

    def values(seq: int, root: int, key: Key, found: set[str]) -> Values:
        one = told[key]
        return (seq, names[root], one.name, one.place, *(cell(code, key, found) for code in codes))

    return Sheet(
        title=f"附件1明细：{tab}",
        name=f"{tab}明细",
        columns=(
            Column("seq", "序号", width=10, kind="int"),
            Column("org_name", "党（总）支部", width=36, align="left"),
            Column("name", tab, width=34, align="left"),
            Column("place", "所在", width=60, align="left"),
            *(Column(code, heading(code)[1], group=heading(code)[0], width=16) for code in codes),
        ),
        rows=[values(seq, root, key, found) for seq, ((root, key), found) in enumerate(lines.items(), 1)],
        unit=frame.unit,
        as_of=days.in_words(frame.as_of),
    )
