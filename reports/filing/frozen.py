"""Tables frozen as data and thawed again: what is exported from a snapshot never follows the live rosters."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

from township.sheets import Cell, Column, Sheet, SignatureLine, Values

Frozen = dict[str, Any]
# Phones stay out of the fingerprint, so that they can be blanked after their time (domain §10).
PHONE_COLUMNS = frozenset({"phone", "leader_phone", "member_phone", "household_phone", "hub_head"})
PLAIN = ("title", "annex", "unit", "as_of", "measure", "total_first", "summary", "paper", "landscape",
         "text_size", "name")  # fmt: skip


def freeze(sheet: Sheet) -> Frozen:
    """Everything a renderer asks of the sheet, as JSON."""
    return {
        **{name: getattr(sheet, name) for name in PLAIN},
        "meta": dict(sheet.meta),
        "foot": [[line.label, line.value] for line in sheet.signatures],
        "columns": [{**asdict(column), "merge_by": list(column.merge_by)} for column in sheet.columns],
        "totals": [[_out(cell) for cell in row] for row in sheet.totals],
        "rows": [[_out(cell) for cell in row] for row in sheet.read()],
    }


def thaw(frozen: Frozen) -> Sheet:
    """The sheet again, row for row."""
    columns = tuple(
        Column(**{**column, "merge_by": tuple(column["merge_by"])}) for column in frozen["columns"]
    )
    return Sheet(
        columns=columns,
        rows=tuple(values(frozen)),
        totals=tuple(tuple(_in(cell) for cell in row) for row in frozen["totals"]),
        foot=tuple(SignatureLine(*line) for line in frozen["foot"]),
        meta=frozen["meta"],
        **{name: frozen[name] for name in PLAIN},
    )


def values(frozen: Frozen) -> Iterator[Values]:
    """The rows as cells."""
    for row in frozen["rows"]:
        yield tuple(_in(cell) for cell in row)


def rows_by(frozen: Frozen) -> Iterator[dict[str, Cell]]:
    """The rows as cells by column key."""
    keys = [column["key"] for column in frozen["columns"]]
    for row in values(frozen):
        yield dict(zip(keys, row, strict=True))


def without_phones(sheet: Sheet) -> Sheet:
    """The same table with every phone blank."""
    hidden = [i for i, column in enumerate(sheet.columns) if column.key in PHONE_COLUMNS]
    rows = [tuple("" if i in hidden else cell for i, cell in enumerate(row)) for row in sheet.read()]
    return replace(sheet, rows=rows)


def fingerprint(
    sheets: Mapping[str, Frozen], report_text: str, details: Mapping[str, Any] | None = None
) -> str:
    """SHA-256 over values without phones and the rows behind annex 1: equal content, equal fingerprint."""
    told = {number: freeze(without_phones(thaw(frozen))) for number, frozen in sheets.items()}
    whole = [told, report_text, *([details] if details else [])]  # snapshots of before had no details
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _out(cell: Cell) -> Any:
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    return {"number": str(cell)} if isinstance(cell, Decimal) else cell


def _in(cell: Any) -> Cell:
    if isinstance(cell, dict):
        return date.fromisoformat(cell["day"]) if "day" in cell else Decimal(cell["number"])
    found: Cell = cell
    return found
