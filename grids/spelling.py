"""How a name is found and sorted: three columns that follow it, written with it wherever it is written.

Sorting by code point puts 丁 far from 第 and is of no use to a reader. The two sort keys have a fixed width
per character and hold only digits and small letters, so that every database's collation agrees on them.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import models

from grids.pinyin import initials, syllables

SPELLED = ("initials", "pinyin_order", "stroke_order")
SORTED_CHARS = 13  # of a name; what follows decides nothing any more
UNKNOWN_STROKES = 99


@lru_cache(maxsize=1)
def _strokes() -> tuple[dict[str, str], dict[str, int]]:
    """Stroke classes in order (十 12), and bare counts where the order is not known."""
    orders: dict[str, str] = {}
    counts: dict[str, int] = {}
    for line in Path(__file__).with_name("strokes.txt").read_text(encoding="utf-8").splitlines():
        head, _, rest = line.partition(" ")
        if head.startswith("="):
            counts.update(dict.fromkeys(rest, int(head[1:])))
        elif not head.startswith("#"):
            orders[head] = rest
    return orders, counts


def strokes(char: str) -> int:
    """Number of strokes; 0 for what is no Chinese character, 99 for a character nobody counted."""
    orders, counts = _strokes()
    if char in orders:
        return len(orders[char])
    return counts.get(char, UNKNOWN_STROKES if char >= "㐀" else 0)


@lru_cache(maxsize=50_000)
def pinyin_order(name: str) -> str:
    """Sound, tone, strokes, character: 张 all together and before 章, as a dictionary has them."""
    pairs = zip(name[:SORTED_CHARS], syllables(name), strict=False)
    return "".join(
        f"{sound[:-1]:0<6}{sound[-1:] or '0'}{strokes(char):02d}{ord(char):05x}" for char, sound in pairs
    )


@lru_cache(maxsize=50_000)
def stroke_order(name: str) -> str:
    """Strokes, then their kinds one after another (横竖撇点折), as names are listed 按姓氏笔画."""
    orders, _ = _strokes()
    return "".join(
        f"{strokes(char):02d}{orders.get(char, '')[:8]:0<8}{ord(char):05x}" for char in name[:SORTED_CHARS]
    )


SPELLERS: dict[str, Callable[[str], str]] = {
    "initials": initials,
    "pinyin_order": pinyin_order,
    "stroke_order": stroke_order,
}


def respell(row: Any) -> None:
    """Bring the columns after the name; for bulk updates, which ask no field before they save."""
    for column, speller in SPELLERS.items():
        setattr(row, column, speller(row.name))


class SpelledField(models.CharField):
    """A column of SPELLED: whoever saves or inserts the row gets it from the name, whatever stood there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 200, "blank": True, "editable": False, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The name's spelling as of now."""
        spelled = SPELLERS[str(self.name)](getattr(model_instance, "name", ""))
        setattr(model_instance, self.attname, spelled)
        return spelled

    def deconstruct(self) -> Any:
        """To migrations a plain text column, so that they stand when this class goes."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
