"""What a clerk has mended in a session, as data: cells typed, rows skipped, doubts settled, rows done."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from grids.imports.planning.word import PlaceKey, RowKey
from grids.imports.reading.book import Address
from grids.imports.reading.files import RawSheet
from grids.imports.reading.values import text_of


@dataclass
class Mends:
    """Everything decided on the preview page of one session; rows count from 1, cells from 0."""

    cells: dict[Address, str] = field(default_factory=dict)
    skips: dict[RowKey, str] = field(default_factory=dict)  # with the reason
    same: dict[PlaceKey, int] = field(default_factory=dict)
    new_groups: set[str] = field(default_factory=set)
    done: dict[RowKey, int] = field(default_factory=dict)  # loaded by which run, from 1

    def as_data(self) -> dict[str, Any]:
        """The mends as JSON."""
        return {
            "cells": [[*where, value] for where, value in self.cells.items()],
            "skips": [[*where, reason] for where, reason in self.skips.items()],
            "same": [[*where, pk] for where, pk in self.same.items()],
            "new_groups": sorted(self.new_groups),
            "done": [[*where, run] for where, run in self.done.items()],
        }

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> "Mends":
        """The other half of `as_data`."""
        return cls(
            cells={(sheet, row, column): value for sheet, row, column, value in data.get("cells", ())},
            skips={(sheet, row): reason for sheet, row, reason in data.get("skips", ())},
            same={(sheet, row, kind): pk for sheet, row, kind, pk in data.get("same", ())},
            new_groups=set(data.get("new_groups", ())),
            done={(sheet, row): run for sheet, row, run in data.get("done", ())},
        )

    @property
    def left_out(self) -> frozenset[RowKey]:
        """Rows no further run looks at."""
        return frozenset(self.done.keys() | self.skips.keys())


def carried(mends: Mends, before: list[RawSheet], after: list[RawSheet]) -> Mends:
    """The mends of a session whose file has come back: rows are known again by what they say.

    Typed cells stand in the new file already; a row that says something else now is looked at afresh.
    """
    moved = _moved(before, after, mends.done.keys() | mends.skips.keys() | {(s, r) for s, r, _ in mends.same})
    return Mends(
        skips={moved[key]: reason for key, reason in mends.skips.items() if key in moved},
        same={(*moved[s, r], kind): pk for (s, r, kind), pk in mends.same.items() if (s, r) in moved},
        new_groups=mends.new_groups,
        done={moved[key]: run for key, run in mends.done.items() if key in moved},
    )


def _moved(before: list[RawSheet], after: list[RawSheet], keys: Iterable[RowKey]) -> dict[RowKey, RowKey]:
    """Where each row stands now; rows that say the same are taken in order."""
    old = {sheet.name: sheet for sheet in before}
    places: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for sheet in after:
        for number, row in enumerate(sheet.cells, 1):
            places[sheet.name, _said(row)].append(number)
    found: dict[RowKey, RowKey] = {}
    for name, number in sorted(keys):
        known = old.get(name)
        if known is None or number > len(known.cells):
            continue
        numbers = places[name, _said(known.cells[number - 1])]
        if number in numbers:
            numbers.remove(number)
            found[name, number] = name, number
        elif numbers:
            found[name, number] = name, numbers.pop(0)
    return found


def _said(row: list[Any]) -> tuple[str, ...]:
    texts = [text_of(value) for value in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
