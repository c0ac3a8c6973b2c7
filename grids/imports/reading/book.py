"""A read workbook as data that can be kept: its sheets as plain grids, with mends laid over them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import copy
from datetime import date, datetime, time, timedelta
from typing import Any

from grids.imports.reading.files import RawSheet
from grids.imports.reading.tables import find_tables
from grids.imports.reading.values import UNSTORABLE, text_of

Address = tuple[str, int, int]  # sheet, row and column, both from 0


def dump_sheets(sheets: list[RawSheet]) -> list[dict[str, Any]]:
    """The sheets as JSON; a day is {"d": "2026-09-01"}, any other odd value its text."""
    return [
        {
            "name": sheet.name,
            "hidden": sheet.hidden,
            "cells": [[_data(value) for value in row] for row in sheet.cells],
            "merges": sheet.merges,
            "faults": [[row, column, text] for (row, column), text in sheet.faults.items()],
            "hidden_rows": sheet.hidden_rows,
            "hidden_columns": sheet.hidden_columns,
            "formulas": sheet.formulas,
        }
        for sheet in sheets
    ]


def _data(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(UNSTORABLE) or None
    if value is None or isinstance(value, bool | int | float):
        return value or (value if value in (0, False) else None)
    if isinstance(value, datetime | date):
        return {"d": value.isoformat()[:10]}
    return str(value) if isinstance(value, time | timedelta) else text_of(value)


def load_sheets(data: list[dict[str, Any]]) -> list[RawSheet]:
    """The other half of `dump_sheets`."""
    return [
        RawSheet(
            name=sheet["name"],
            hidden=sheet["hidden"],
            cells=[
                [date.fromisoformat(cell["d"]) if isinstance(cell, dict) else cell for cell in row]
                for row in sheet["cells"]
            ],
            merges=[((a[0], a[1]), (b[0], b[1])) for a, b in sheet["merges"]],
            faults={(row, column): text for row, column, text in sheet["faults"]},
            hidden_rows=sheet["hidden_rows"],
            hidden_columns=sheet["hidden_columns"],
            formulas=sheet["formulas"],
        )
        for sheet in data
    ]


def mended(sheets: list[RawSheet], values: Mapping[Address, str]) -> list[RawSheet]:
    """The sheets with what somebody typed into single cells; a merged cell is written at its corner."""
    if not values:
        return sheets
    by_name = {sheet.name: number for number, sheet in enumerate(sheets)}
    result = list(sheets)
    for number in {by_name[name] for name, _, _ in values if name in by_name}:
        result[number] = copy(sheets[number])
        result[number].cells = [row[:] for row in sheets[number].cells]
        result[number].faults = dict(sheets[number].faults)
    for (name, row, column), value in values.items():
        if name in by_name:
            _write(result[by_name[name]], *corner(result[by_name[name]], row, column), value)
    return result


def corner(sheet: RawSheet, row: int, column: int) -> tuple[int, int]:
    """The cell that holds the value of this one: the top left cell of its merge, or itself."""
    for (top, left), (bottom, right) in sheet.merges:
        if top <= row <= bottom and left <= column <= right:
            return top, left
    return row, column


def _write(sheet: RawSheet, row: int, column: int, value: str) -> None:
    if row >= len(sheet.cells):
        return
    cells = sheet.cells[row]
    cells += [None] * (column + 1 - len(cells))
    cells[column] = value
    sheet.faults.pop((row, column), None)


def fingerprint(sheet: RawSheet) -> str:
    """One number for the titles of a sheet, so that the next file of the same make is known again."""
    found = find_tables(sheet).tables
    if found:
        titles = [f"{column.index}:{column.title}" for column in found[0].columns]
    else:
        titles = [text_of(value) for row in sheet.cells[:6] for value in row if text_of(value)]
    return hashlib.sha256("|".join(titles).encode()).hexdigest()
