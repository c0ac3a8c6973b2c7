"""Annex 1 as a sheet: one row for each top Party organisation, 合计 first, in the form of the year."""

from collections.abc import Mapping, Sequence
from typing import Literal

from liaison.sheets import NONE, Frame
from reports.statistics.indicators import BY_CODE, Indicator, column_title
from reports.statistics.layout import DEFAULT, REPEATED, FormColumn, Layout
from reports.statistics.queries import Counts, Organisation, total
from township.sheets import MARK, Cell, Sheet, Values, split_columns

TITLE = "基层党组织网格化管理服务工作情况统计表"
VERSION = "form_version"  # in the meta values of a sheet: by which version of the form it was made


def cell(indicator: Indicator, counts: Counts) -> Cell:
    """What one organisation's cell prints; what a person says instead of the computed number is marked."""
    if indicator.waits:
        return None
    if indicator.form == "percent":
        return counts.coverage
    if indicator.form == "text":
        return counts.remark
    if indicator.form in ("pair", "triple"):
        if indicator.key == "e1_holders" and not counts.general:
            return NONE
        return "/".join(str(marked(code, counts)) for code in indicator.codes)
    return marked(indicator.key, counts)


def marked(code: str, counts: Counts) -> int | str | None:
    """43, or 43※ where it was said instead of the computed number."""
    value = counts.value(code)
    return f"{value}{MARK}" if code in counts.overrides else value


def values(seq: Cell, name: str, counts: Counts, columns: Sequence[FormColumn]) -> Values:
    """One row in the order of the form."""
    return (seq, name, *(_of(column, counts) for column in columns))


def _of(column: FormColumn, counts: Counts) -> Cell:
    return counts.extras.get(column.key) if column.typed else cell(BY_CODE[column.key], counts)


def annex1(
    organisations: Sequence[Organisation],
    frame: Frame,
    layout: Layout = DEFAULT,
    reasons: Mapping[tuple[int, str], str] | None = None,
) -> Sheet:
    """The whole table on A3; `reasons` of numbers said instead stand under it."""
    columns = layout.shown
    rows = [values(seq, one.name, one.counts, columns) for seq, one in enumerate(organisations, 1)]
    totals = (values(None, "合计", total(organisations), columns),) if organisations else ()
    return sheet_of(rows, totals, frame, layout, summary=foot(organisations, reasons or {}))


def sheet_of(
    rows: Sequence[Values], totals: tuple[Values, ...], frame: Frame, layout: Layout, *, summary: str = ""
) -> Sheet:
    """Rows in the form's order with all that stands around them."""
    around = frame.around(annex=1, title=TITLE, measure="个、人、户、件")
    if layout.version:
        around["meta"] = {**around["meta"], VERSION: str(layout.version)}
    return Sheet(
        columns=layout.sheet_columns(),
        rows=tuple(rows),
        totals=totals,
        total_first=True,
        paper="A3",
        text_size=9,
        summary=summary,
        **around,
    )


def foot(organisations: Sequence[Organisation], reasons: Mapping[tuple[int, str], str]) -> str:
    """The line under the table that lists every number said instead of the computed one."""
    told = [
        f"{one.name}“{column_title(code)}”{said}（系统计为{one.counts.computed(code)}"
        + (f"，{reasons[one.pk, code]}" if (one.pk, code) in reasons else "")
        + "）"
        for one in organisations
        for code, said in sorted(one.counts.overrides.items())
    ]
    return f"{MARK} 更正数：{'；'.join(told)}。" if told else ""


def papers(sheet: Sheet, layout: Layout, paper: Literal["A4", "A3"]) -> list[Sheet]:
    """One A3 sheet, or as many of A4 as the form needs."""
    if paper == "A3":
        return [sheet]
    return split_columns(sheet, repeat=REPEATED, cuts=layout.cuts, paper="A4")
