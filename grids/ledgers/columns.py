"""A ledger's columns: what a register's are, and how they look on page and paper."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grids.choices import Kind
from grids.imports.reading.values import clean_text
from grids.registers.columns import Choices, RegisterColumn, plain_choices
from grids.registers.spots import by_kind, labelled, person_key

if TYPE_CHECKING:
    from grids.registers.desk import Desk

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\ufeff]")


@dataclass(frozen=True)
class LedgerColumn(RegisterColumn):
    """One column. `key` is the model's field, `paper` its width in millimetres, `rows` a box of lines."""

    paper: float = 24
    css: str = ""
    align: str = "left"
    rows: int = 0
    is_name: bool = False  # of a person: padding goes
    is_today: bool = False  # a new row begins with today
    listed: bool = True  # False: on the row's own page and in the workbook only

    def _canonical(self, text: str, desk: "Desk") -> str:
        """Prose keeps its own punctuation."""
        if self.kind == "text" and self.is_name:
            return person_key(text)
        return super()._canonical(text, desk)

    def read(self, cell: str, desk: "Desk") -> str:
        """The cell in its one canonical form."""
        if self.kind == "text" and not self.is_name:
            return _UNSEEN.sub("", str(cell)).strip()
        return super().read(cell, desk)


def name(key: str, title: str, titles: tuple[str, ...] = (), **more: object) -> LedgerColumn:
    """A person's name."""
    look = {"max_length": 20, "width": 6, "paper": 22, "is_name": True} | more
    return LedgerColumn(key, title, titles, **look)  # type: ignore[arg-type]


def prose(key: str, title: str, most: int, titles: tuple[str, ...] = (), **more: object) -> LedgerColumn:
    """Words with a cap."""
    look = {"max_length": most, "width": 14, "paper": 44, "css": "wrap"} | more
    return LedgerColumn(key, title, titles, **look)  # type: ignore[arg-type]


def day(key: str, title: str, titles: tuple[str, ...] = (), **more: object) -> LedgerColumn:
    """A day."""
    look = {"kind": "date", "width": 7, "paper": 24, "css": "nowrap", "align": "center"} | more
    return LedgerColumn(key, title, titles, **look)  # type: ignore[arg-type]


def number(key: str, title: str, titles: tuple[str, ...] = (), **more: object) -> LedgerColumn:
    """A count."""
    look = {"kind": "number", "width": 5, "paper": 18, "css": "num", "align": "center", "high": 9999} | more
    return LedgerColumn(key, title, titles, **look)  # type: ignore[arg-type]


def flag(key: str, title: str, titles: tuple[str, ...] = (), **more: object) -> LedgerColumn:
    """Yes or no; blank is no."""
    look = {"kind": "bool", "width": 5, "paper": 16, "align": "center", "default": False} | more
    return LedgerColumn(key, title, titles, **look)  # type: ignore[arg-type]


def choice(
    key: str, title: str, choices: object, titles: tuple[str, ...] = (), **more: object
) -> LedgerColumn:
    """One of fixed choices."""

    def offered(_: "Desk") -> Choices:
        return plain_choices(choices.choices)  # type: ignore[attr-defined]

    look = {"kind": "choice", "choices": offered, "width": 8, "paper": 24} | more
    return LedgerColumn(key, title, titles, **look)  # type: ignore[arg-type]


def members(desk: "Desk") -> Choices:
    """Members of the village."""
    return labelled(by_kind(desk.spots, Kind.MEMBER), desk.spots, person_key)


def branches(desk: "Desk") -> Choices:
    """Party branches of the village."""
    return labelled(by_kind(desk.spots, Kind.BRANCH), desk.spots, clean_text)
