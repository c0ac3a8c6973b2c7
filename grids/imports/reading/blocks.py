"""Header words that repeat to the right: two halves of a printed page, or many households on one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TypeVar

from grids.imports.reading.headers import (
    ANCHORS,
    NOT_STORED,
    OTHER,
    PRIVATE,
    WEAK_HOUSEHOLD,
    WEAK_MEMBER,
    Column,
    normal,
    settle,
)
from grids.imports.reading.tables import BodyRow, Table, kind_of_row

SAMPLE_ROWS = 400
BLOCK_ANCHORS = ANCHORS | {WEAK_HOUSEHOLD, WEAK_MEMBER}
OF_HOUSEHOLD = {"household", "household_size", "household_phone", "address", "door", "villager_group"}
OF_NOBODY = {"seq", "remark", "household_count", PRIVATE, OTHER, ""}
OF_ALL = {"branch", "general_branch", "group", "grid", "group_leader", "group_leader_phone"}
NUMBERING = re.compile(r"第?(?:[一二三四五六七八九十]{1,3}|\d{1,2}|[①-⑳])(?=户|$)|(?<=户)\d{1,2}")
MOST_COLUMNS = 120
Place = TypeVar("Place", str, int)


@dataclass
class Block:
    """Where the fields of one household on a line stand; most tables have one block."""

    index: dict[str, int]
    titles: dict[str, str]
    where: dict[str, str]
    at: dict[str, int]

    @classmethod
    def of(cls, columns: list[Column]) -> Block:
        index = {column.field: column.index for column in reversed(columns) if column.field}
        titles = {column.field: column.title for column in reversed(columns) if column.field}
        return cls(index, titles, where_of(titles), where_of(index))

    def complete(self, first: Block) -> None:
        """Everything but the household itself is that of the whole line."""
        shared = [name for name in first.index if name not in OF_HOUSEHOLD]
        self.index |= {name: first.index[name] for name in shared}
        self.titles |= {name: first.titles[name] for name in shared}
        self.where, self.at = where_of(self.titles), where_of(self.index)


def where_of(titles: dict[str, Place]) -> dict[str, Place]:
    """Field → title (or column) for the fields a row has, so that later checks can point at cells too."""
    where = {name: title for name, title in titles.items() if name not in {"private", "other", "seq"}}
    for name in ("villager_group", "door"):
        if name not in where and "address" in where:
            where[name] = where["address"]
    if "grid" not in where and "group" in where:
        where["grid"] = where["group"]
    return where


def part_tables(table: Table) -> tuple[list[Table], list[str]]:
    """The table, or one for each half of it, with every column settled; and the rows left out on the way."""
    table.columns = [column for column in table.columns if not column.spread or has_values(column, table)]
    found = repetition(table.columns)
    if found is None:
        settle(table.columns, [body.texts for body in table.body[:SAMPLE_ROWS]])
        return [table], []
    start, period, times = found
    runs = [table.columns[start + period * n : start + period * (n + 1)] for n in range(times)]
    before, after = table.columns[:start], table.columns[start + period * times :]
    settle_together(before, runs, after, table)
    if any(is_copy(runs[0], run, table) for run in runs[1:]):
        return [table], []
    runs = [runs[0], *(run for run in runs[1:] if any(has_values(column, table) for column in run))]
    if all(column.field in OF_HOUSEHOLD | OF_NOBODY for column in runs[0]):
        table.columns = [*before, *runs[0], *after]
        table.blocks = [[column for column in run if column.field in OF_HOUSEHOLD] for run in runs[1:]]
        table.foreign = {column.index for run in runs for column in run}
        return [table], []
    around = {column.field for column in [*before, *after]}
    if len(runs) == 1 or around & OF_HOUSEHOLD:
        table.columns = [*before, *(column for run in runs for column in run), *after]
        return [table], []
    return halves(table, before, runs, after)


def has_values(column: Column, table: Table) -> bool:
    return any(body.texts[column.index] for body in table.body)


def is_copy(first: list[Column], run: list[Column], table: Table) -> bool:
    """The same names once more are a column pasted twice; to read them again would double every household."""
    names = [
        (one.index, two.index) for one, two in zip(first, run, strict=True) if one.field in BLOCK_ANCHORS
    ]
    pairs = [(body.texts[one], body.texts[two]) for body in table.body for one, two in names]
    return any(one for one, _ in pairs) and all(one == two for one, two in pairs)


def repetition(columns: list[Column]) -> tuple[int, int, int] | None:
    """(start, period, times) of the longest run of the same words in which a person's name stands."""
    words = [NUMBERING.sub("", normal(column.title)) for column in columns]
    named = [word for word, column in zip(words, columns, strict=True) if column.field in BLOCK_ANCHORS]
    if len(named) == len(set(named)) or len(columns) > MOST_COLUMNS:
        return None
    best: tuple[int, int, int] | None = None
    for start in range(len(columns)):
        for period in range(1, (len(columns) - start) // 2 + 1):
            first = words[start : start + period]
            times = 1
            while words[start + period * times : start + period * (times + 1)] == first:
                times += 1
            anchored = any(column.field in BLOCK_ANCHORS for column in columns[start : start + period])
            if times > 1 and anchored and (best is None or period * times > best[1] * best[2]):
                best = start, period, times
    return best


def settle_together(
    before: list[Column], runs: list[list[Column]], after: list[Column], table: Table
) -> None:
    """The words mean in every run what they mean in the first; all runs' cells help to find that out."""
    samples = [body.texts for body in table.body[:SAMPLE_ROWS]]
    for run in runs[1:]:
        for body in table.body[:SAMPLE_ROWS]:
            texts = body.texts[:]
            for column, first in zip(run, runs[0], strict=True):
                texts[first.index] = body.texts[column.index]
            samples.append(texts)
    settle([*before, *runs[0], *after], samples)
    for run in runs[1:]:
        for column, first in zip(run, runs[0], strict=True):
            column.field = first.field


def halves(
    table: Table, before: list[Column], runs: list[list[Column]], after: list[Column]
) -> tuple[list[Table], list[str]]:
    """One table a run; what stands left of the runs or places them belongs to each, the rest to the last."""
    left_out = []
    parts = []
    for number, run in enumerate(runs):
        last = number + 1 == len(runs)
        beside = [column for column in after if last or column.field in OF_ALL]
        columns = [replace(column) for column in before] + run + [replace(column) for column in beside]
        part = Table(table.header_row, table.header_rows, columns, table.context)
        others = {column.index for other in runs if other is not run for column in other}
        part.foreign = others | {column.index for column in after}
        for body in table.body:
            if not (filled(body, run) or (number == 0 and not any(filled(body, other) for other in runs))):
                continue
            texts = ["" if index in others else text for index, text in enumerate(body.texts)]
            reason = kind_of_row(texts) if any(texts) else ""
            if reason:
                left_out.append(f"第 {body.number} 行（第 {number + 1} 栏）：{reason}")
            else:
                part.body.append(BodyRow(body.number, texts, body.raw))
        parts.append(part)
    return parts, left_out


def filled(body: BodyRow, run: list[Column]) -> bool:
    """Whether a row says anything in a run of columns; a number printed beforehand says nothing."""
    return any(body.texts[column.index] for column in run if column.field not in NOT_STORED)
