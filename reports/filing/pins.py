"""What a reviewer's comment is pinned to: the filing, an annex, a row, or one cell of a submitted table."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.urls import reverse

from reports.filing.comparing import row_key, row_name, shown
from reports.filing.frozen import Frozen, rows_by
from reports.models import FilingComment, Snapshot
from township.sheets import Cell

GONE = "上报的表里没有这一行或这一项，可能村里已经重新上报；请从表里重新点“批注”。"


@dataclass(frozen=True)
class Pin:
    """Annex, row and column; the less is given, the more it is about."""

    annex: int | None = None
    row_key: str = ""
    column: str = ""


WHOLE = Pin()


def row_at(pin: Pin, snapshot: Snapshot | None) -> Mapping[str, Cell] | None:
    """The row as it was submitted, by column."""
    frozen = _sheet(pin, snapshot)
    if frozen is None or pin.annex is None or not pin.row_key:
        return None
    return next((row for row in rows_by(frozen) if row_key(pin.annex, row) == pin.row_key), None)


def name_of(pin: Pin, snapshot: Snapshot | None) -> str:
    """What people call the row, '' for a comment on more than a row. Raises ValidationError."""
    if not pin.row_key and not pin.column:
        return ""
    row = row_at(pin, snapshot)
    if row is None or pin.annex is None or (pin.column and pin.column not in row):
        raise ValidationError(GONE)
    return row_name(pin.annex, row)[:60]


def titles(frozen: Frozen) -> dict[str, str]:
    """Column key → heading of every column that people see; the group stands before it."""
    return {
        column["key"]: f"{column['group']} {column['title']}".strip()
        for column in frozen["columns"]
        if not column["hidden"]
    }


def values(pin: Pin, snapshot: Snapshot | None, hidden: frozenset[str]) -> list[tuple[str, str, str]]:
    """The row's cells that hold something: key, heading and words; `hidden` columns are left out."""
    frozen, row = _sheet(pin, snapshot), row_at(pin, snapshot)
    if frozen is None or row is None:
        return []
    return [
        (key, title, shown(row[key]))
        for key, title in titles(frozen).items()
        if key not in hidden and shown(row[key])
    ]


def about(comment: FilingComment, sheets: Mapping[str, Frozen]) -> str:
    """附件4 · 户主 · 门牌."""
    if comment.annex is None:
        return "整份"
    frozen = sheets.get(str(comment.annex))
    column = titles(frozen).get(comment.column, "") if frozen and comment.column else ""
    return " · ".join(part for part in (f"附件{comment.annex}", comment.row_name, column) if part)


def repair(comment: FilingComment) -> str:
    """The page where the village mends it: the person's or household's own, else the live table."""
    if comment.annex in (3, 4) and comment.row_key.isdecimal():
        return reverse("grids:node", args=[int(comment.row_key)])
    if comment.annex == 2:
        return reverse("liaison:contacts")
    if comment.annex is None:
        return ""
    return f"{reverse('reports:annex', args=[comment.annex])}?root={comment.filing.root_id}"


def _sheet(pin: Pin, snapshot: Snapshot | None) -> Frozen | None:
    return None if snapshot is None or pin.annex is None else snapshot.sheets.get(str(pin.annex))
