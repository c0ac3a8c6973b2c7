"""What can be handed over: the columns of each source, and its rows as the lists and annexes have them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from grids.kinds import KINDS
from grids.models import Node
from grids.queries.lists import ListQuery, listed, rows_of
from grids.queries.marks import Mark
from reports.annexes.registry import ANNEXES, Order
from reports.filing.frozen import PHONE_COLUMNS
from township.models import Township
from township.sheets import Column, Sheet
from township.sheets.layout import text as in_words

Row = Mapping[str, Any]
HIDDEN = re.compile(r"\S*[*•]\S*")  # a masked number is of no use to another system


@dataclass(frozen=True)
class Field:
    """One column that a source has."""

    code: str
    title: str


@dataclass(frozen=True)
class Wanted:
    """For whom, of which place, on which day."""

    user: Any
    township: Township
    today: date
    organisation: Node | None = None
    most: int | None = None  # a preview needs a few only


@dataclass(frozen=True)
class Source:
    """The columns to choose from, none of them anything that is not collected, and the rows."""

    fields: tuple[Field, ...]
    rows: Iterable[Row]


def source_of(code: str, wanted: Wanted) -> Source:
    """A list by its kind, an annex by its number."""
    return _of_list(code, wanted) if code in KINDS else _of_annex(int(code), wanted)


def _of_list(kind: str, wanted: Wanted) -> Source:
    info = KINDS[kind]
    at = wanted.organisation
    query = ListQuery(village=at.root_id if at else None)
    nodes = listed(wanted.user, info, query, on=wanted.today)
    if at is not None and at.parent_id is not None:  # a branch under a 党总支
        nodes = nodes.filter(branch_id=at.pk)
    if wanted.most is not None:
        nodes = nodes[: wanted.most]
    phones = {column.key for column in info.columns if column.show == "phone"}
    rows = (_plain(row, phones) for row in rows_of(wanted.user, info, nodes, on=wanted.today))
    return Source(tuple(Field(column.key, column.title) for column in info.columns), rows)


def _of_annex(number: int, wanted: Wanted) -> Source:
    order = Order(
        township=wanted.township,
        year=wanted.today.year,
        today=wanted.today,
        organisation=wanted.organisation,
        user=wanted.user,
        household_phone=True,
    )
    sheet = ANNEXES[number].build(order).sheets[0]
    shown = [column for column in sheet.visible if not column.note]  # 待建: nothing to hand over yet
    rows = islice(_annex_rows(sheet), wanted.most)
    return Source(tuple(Field(column.key, _title(column)) for column in shown), rows)


def _annex_rows(sheet: Sheet) -> Iterator[Row]:
    columns = {column.key: column for column in sheet.columns}
    for values in sheet.read():
        row = dict(zip(columns, values, strict=True))
        for key, column in columns.items():
            if column.kind == "percent":
                row[key] = in_words(row[key], column)
        yield _plain(row, PHONE_COLUMNS)


def _title(column: Column) -> str:
    return f"{column.group} {column.title}" if column.group else column.title


def _plain(row: Row, phones: Iterable[str]) -> Row:
    """Numbers instead of marks, and no number that is masked."""
    plain: dict[str, Any] = {
        key: value.value if isinstance(value, Mark) else value for key, value in row.items()
    }
    for key in phones:
        if isinstance(plain.get(key), str):
            plain[key] = HIDDEN.sub("", plain[key]).strip()
    return plain
