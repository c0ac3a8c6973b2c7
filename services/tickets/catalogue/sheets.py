"""The catalogue as a workbook to take out and bring in again, and as a table for the wall."""

from collections.abc import Iterable

from services.models import ItemVersion
from services.tickets.catalogue.facts import TITLES, promise
from services.tickets.catalogue.queries import facts_of
from services.tickets.catalogue.reading import CODE, CODE_TITLE
from township.sheets import Column, Sheet, Values

TITLE = "代办事项清单"
_WIDTHS = {
    "name": 40, "category": 20, "default_kind": 16, "office": 32, "basis": 50, "flow_note": 70,
    "papers": 70, "legal_days": 16, "promised_days": 16, "fee_note": 20,
}  # fmt: skip
_LEFT = {"name", "basis", "flow_note", "papers"}


def _column(key: str) -> Column:
    kind = "int" if key.endswith("_days") else "text"
    align = "left" if key in _LEFT else "center"
    return Column(key, TITLES[key], width=_WIDTHS[key], align=align, kind=kind)  # type: ignore[arg-type]


def workbook(rows: Iterable[ItemVersion], *, unit: str, as_of: str) -> Sheet:
    """All facts, one item a line; the import reads the same titles."""
    found = list(rows)

    def lines() -> Iterable[Values]:
        for row in found:
            facts = facts_of(row)
            numbers = {key: getattr(facts, key) for key in TITLES if key.endswith("_days")}
            words = {**facts.words(), **numbers}
            yield (row.item.code, *(words[key] for key in TITLES), _remark(row))

    columns = (
        Column(CODE, CODE_TITLE, width=16),
        *map(_column, TITLES),
        Column("remark", "备注", width=24, align="left"),
    )
    return Sheet(title=TITLE, columns=columns, rows=lines, unit=unit, as_of=as_of)


def _remark(row: ItemVersion) -> str:
    if row.item.closed_on:
        return f"{row.item.closed_on:%Y-%m-%d}停办：{row.item.closed_why}"
    return "示例" if row.is_example else ""


def wall(rows: Iterable[ItemVersion], *, unit: str, as_of: str) -> Sheet:
    """What residents look for, narrow enough for paper."""
    found = list(rows)

    def lines() -> Iterable[Values]:
        for number, row in enumerate(found, 1):
            facts = facts_of(row)
            words = facts.words()
            yield (
                number, f"{row.name}{'（示例）' if row.is_example else ''}", words["category"],
                words["default_kind"], promise(row.promised_days, row.default_kind), row.office,
                words["papers"], row.fee_note,
            )  # fmt: skip

    columns = (
        Column("seq", "序号", width=10, kind="int"),
        Column("name", TITLES["name"], width=44, align="left"),
        Column("category", TITLES["category"], width=20),
        Column("kind", TITLES["default_kind"], width=16),
        Column("promise", "承诺时限", width=20),
        Column("office", TITLES["office"], width=30),
        Column("papers", TITLES["papers"], width=90, align="left"),
        Column("fee", TITLES["fee_note"], width=20),
    )
    return Sheet(title=TITLE, columns=columns, rows=lines, unit=unit, as_of=as_of)
