"""A ledger's columns: what a register's are, and how they look on page and paper."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from grids.choices import Kind
from grids.imports.reading.values import clean_text
from grids.ledgers.tables import Align
from grids.registers.columns import Choices, ColumnKind, RegisterColumn, plain_choices
from grids.registers.spots import by_kind, labelled, person_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import TextChoices

    from grids.registers.desk import Desk

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\ufeff]")


@dataclass(frozen=True)
class LedgerColumn(RegisterColumn):
    """One column. `key` is the model's field, `paper` its width in millimetres, `rows` a box of lines."""

    paper: float = 24
    css: str = ""
    align: Align = "left"
    rows: int = 0
    is_name: bool = False  # of a person: padding goes
    is_today: bool = False  # a new row begins with today
    is_past: bool = False  # a day to come is refused
    listed: bool = True  # False: on the row's own page and in the workbook only

    def _canonical(self, text: str, desk: "Desk") -> str:
        """Prose keeps its own punctuation."""
        if self.kind == "text" and self.is_name:
            return person_key(text)
        return super()._canonical(text, desk)

    def show(self, value: Any, desk: "Desk") -> str:
        """A stored value as its cell; the number of another row is not that of a place."""
        if self.choices is not None and value:
            return desk.options(self).label_of(value)
        return super().show(value, desk)

    def read(self, cell: str, desk: "Desk") -> str:
        """The cell in its one canonical form."""
        if self.kind == "text" and not self.is_name:
            return _UNSEEN.sub("", str(cell)).strip()
        return super().read(cell, desk)


class Look(TypedDict, total=False):
    """What can be said of a column beside its key, title and other titles."""

    kind: ColumnKind
    required: bool
    choices: "Callable[[Desk], Choices]"
    width: int
    max_length: int
    low: int
    high: int
    default: bool | int
    help: str
    example: str
    paper: float
    css: str
    align: Align
    rows: int
    is_name: bool
    is_today: bool
    is_past: bool
    listed: bool
    readonly: bool


def _column(key: str, title: str, titles: tuple[str, ...], usual: Look, more: Look) -> LedgerColumn:
    look: Look = {**usual, **more}
    return LedgerColumn(key, title, titles, **look)


def name(key: str, title: str, titles: tuple[str, ...] = (), **more: Unpack[Look]) -> LedgerColumn:
    """A person's name."""
    return _column(key, title, titles, {"max_length": 20, "width": 6, "paper": 22, "is_name": True}, more)


def prose(
    key: str, title: str, most: int, titles: tuple[str, ...] = (), **more: Unpack[Look]
) -> LedgerColumn:
    """Words with a cap."""
    return _column(key, title, titles, {"max_length": most, "width": 14, "paper": 44, "css": "wrap"}, more)


def day(key: str, title: str, titles: tuple[str, ...] = (), **more: Unpack[Look]) -> LedgerColumn:
    """A day."""
    usual: Look = {"kind": "date", "width": 7, "paper": 24, "css": "nowrap", "align": "center"}
    return _column(key, title, titles, usual, more)


def number(key: str, title: str, titles: tuple[str, ...] = (), **more: Unpack[Look]) -> LedgerColumn:
    """A count."""
    usual: Look = {"kind": "number", "width": 5, "paper": 18, "css": "num", "align": "center", "high": 9999}
    return _column(key, title, titles, usual, more)


def flag(key: str, title: str, titles: tuple[str, ...] = (), **more: Unpack[Look]) -> LedgerColumn:
    """Yes or no; blank is no."""
    usual: Look = {"kind": "bool", "width": 5, "paper": 16, "align": "center", "default": False}
    return _column(key, title, titles, usual, more)


def choice(
    key: str,
    title: str,
    options: "type[TextChoices]",
    titles: tuple[str, ...] = (),
    **more: Unpack[Look],
) -> LedgerColumn:
    """One of fixed choices."""

    def offered(_: "Desk") -> Choices:
        return plain_choices(options.choices)

    usual: Look = {"kind": "choice", "choices": offered, "width": 8, "paper": 24}
    return _column(key, title, titles, usual, more)


def members(desk: "Desk") -> Choices:
    """Members of the village."""
    return labelled(by_kind(desk.spots, Kind.MEMBER), desk.spots, person_key)


def branches(desk: "Desk") -> Choices:
    """Party branches of the village."""
    return labelled(by_kind(desk.spots, Kind.BRANCH), desk.spots, clean_text)
