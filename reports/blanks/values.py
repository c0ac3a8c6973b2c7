"""What goes into the marked cells of a blank for one village, or for the township."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grids.models import Node
from liaison.sheets import NONE
from reports.annexes.registry import ANNEXES, Order
from reports.blanks.codes import AS_OF, ORGANISATIONS, TODAY, TOWN, UNIT, YEAR, numbers
from reports.blanks.page import Page
from reports.models import BlankMark
from reports.statistics.queries import Counts, Organisation, total

PERCENT = "coverage_rate"
GENERAL_ONLY = "e1_"  # asked of a 党总支 only


@dataclass(frozen=True)
class Sources:
    """All that cells are filled from; rosters are built when a mark asks for one."""

    order: Order
    organisations: Sequence[Organisation]

    @property
    def counts(self) -> Counts:
        """Of the one village, or of all together."""
        return self.organisations[0].counts if len(self.organisations) == 1 else total(self.organisations)


def order_of(
    pages: Sequence[Page], marks: Sequence[BlankMark], sources: Sources, target: str
) -> dict[str, Any]:
    """The child's order for one file."""
    counts = sources.counts
    cells = []
    for mark in marks:
        if mark.roster is None:
            value = _cell(mark.code, counts, sources.order)
            if value is not None:
                after = pages[mark.sheet].is_open_label((mark.row, mark.column))
                cells.append([mark.sheet, mark.row, mark.column, value, after])
    return {"target": target, "cells": cells, "tables": _tables(pages, marks, sources)}


def _cell(code: str, counts: Counts, order: Order) -> Any:
    facts = {
        UNIT: order.frame().unit,
        TOWN: order.township.name,
        YEAR: order.year,
        AS_OF: {"date": order.today.isoformat()},
        TODAY: {"date": order.today.isoformat()},
    }
    return facts[code] if code in facts else number(code, counts)


def number(code: str, counts: Counts) -> Any:
    """One number of annex 1 by itself; None where its register is still to come or nothing is known."""
    known = numbers().get(code)
    if known is None or known.waits:
        return None
    if code == PERCENT:
        return None if counts.coverage is None else {"percent": counts.coverage}
    if code == "remark":
        return counts.remark or None
    if code.startswith(GENERAL_ONLY) and not counts.general:
        return NONE
    return counts.value(code)


def _tables(pages: Sequence[Page], marks: Sequence[BlankMark], sources: Sources) -> list[dict[str, Any]]:
    """Growing tables: the marks that stand on one row of one sheet."""
    starts: dict[tuple[int, int, int], list[BlankMark]] = {}
    for mark in marks:
        if mark.roster is not None:
            starts.setdefault((mark.sheet, mark.row, mark.roster), []).append(mark)
    built: dict[int, tuple[list[str], list[Sequence[Any]]]] = {}
    found = []
    for (sheet, row, roster), columns in starts.items():
        if roster not in built:
            built[roster] = _roster(roster, sources)
        keys, rows = built[roster]
        at = [keys.index(mark.code) if mark.code in keys else None for mark in columns]
        where = [mark.column for mark in columns]
        found.append(
            {
                "sheet": sheet,
                "row": row,
                "room": pages[sheet].room(row, where),
                "columns": where,
                "rows": [[None if i is None else _sent(values[i]) for i in at] for values in rows],
            }
        )
    return found


def _roster(roster: int, sources: Sources) -> tuple[list[str], list[Sequence[Any]]]:
    """Keys of the columns, and the rows."""
    if roster == ORGANISATIONS:
        codes = list(numbers())
        rows: list[Sequence[Any]] = [
            [seq, one.name, *(number(code, one.counts) for code in codes)]
            for seq, one in enumerate(sources.organisations, 1)
        ]
        return ["seq", "org_name", *codes], rows
    sheet = ANNEXES[roster].build(sources.order).sheets[0]
    return [column.key for column in sheet.columns], list(sheet.read())


def _sent(value: Any) -> Any:
    return {"date": value.isoformat()} if isinstance(value, date) else value


def sources_for(order: Order, organisations: Sequence[Organisation], place: Node | None) -> Sources:
    """Only the village's own numbers when one is named."""
    chosen = [one for one in organisations if place is None or one.pk == place.pk]
    return Sources(order, chosen)
