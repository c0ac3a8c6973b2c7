"""Annex 1 as a sheet: one row for each top Party organisation, 合计 first."""

from collections.abc import Sequence
from typing import Literal

from liaison.sheets import NONE, Frame
from reports.statistics.indicators import INDICATORS, Indicator, columns
from reports.statistics.queries import Counts, Organisation, total
from township.sheets import Cell, Sheet, Values, split_columns

CUTS = (19, 32)  # domain 5: three A4 sheets 1–19, 20–32, 33–44, columns 1–2 on each
TITLE = "基层党组织网格化管理服务工作情况统计表"


def cell(indicator: Indicator, counts: Counts) -> Cell:
    """What one organisation's cell prints."""
    if indicator.waits:
        return None
    if indicator.form == "percent":
        return counts.coverage
    if indicator.form == "text":
        return counts.remark
    if indicator.form == "pair":
        if indicator.key == "e1_holders" and not counts.general:
            return NONE
        return "/".join(str(counts.value(code)) for code in indicator.codes)
    return counts.value(indicator.key)


def _values(seq: Cell, name: str, counts: Counts) -> Values:
    return (seq, name, *(cell(indicator, counts) for indicator in INDICATORS))


def annex1(organisations: Sequence[Organisation], frame: Frame) -> Sheet:
    """The whole table on A3."""
    return Sheet(
        columns=columns(),
        rows=tuple(_values(seq, row.name, row.counts) for seq, row in enumerate(organisations, 1)),
        totals=(_values(None, "合计", total(organisations)),) if organisations else (),
        total_first=True,
        paper="A3",
        text_size=9,
        **frame.around(annex=1, title=TITLE, measure="个、人、户、件"),
    )


def sheets(
    organisations: Sequence[Organisation], frame: Frame, *, paper: Literal["A4", "A3"] = "A3"
) -> list[Sheet]:
    """One A3 sheet, or three of A4."""
    sheet = annex1(organisations, frame)
    return split_columns(sheet, repeat=2, cuts=CUTS, paper="A4") if paper == "A4" else [sheet]
