"""How wide a text is and how many lines it takes, in units of the type size, without asking a font."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WIDE = frozenset("WFA")  # ambiguous ones (— … “ ”) are full width in Chinese type
# A run of Latin letters holds together; closing marks stay with what they close, opening ones go on.
_UNIT = re.compile(r"[（《“‘「【〔(]*(?:[!-~\u00a0-\u024f]+|\s|.)[，。、；：？！）》”’」】〕…]*", re.DOTALL)
MM_PER_POINT = 25.4 / 72


@lru_cache(maxsize=20_000)
def char_width(char: str) -> float:
    """Width of one character in em, on the wide side: Chinese Song faces have digits of 0.5 to 0.56."""
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in _WIDE:
        return 1.0
    if char in "mwMW@%":
        return 1.05
    if char.isdecimal():
        return 0.56
    if char in " .,-:;!'|()[]/":
        return 0.4
    return 0.86 if char.isupper() else 0.69


def text_width(text: str) -> float:
    return sum(map(char_width, text))


@lru_cache(maxsize=50_000)
def line_count(text: str, width: float) -> int:
    """Lines a text fills in a cell `width` em wide; never less than one."""
    return len(lines(text, width)) or 1


def lines(text: str, width: float) -> list[str]:
    """The text broken into lines of at most `width` em, as a typesetter would break it."""
    result: list[str] = []
    for paragraph in text.split("\n"):
        if len(paragraph) * 1.05 <= width:  # nothing is wider than that
            result.append(paragraph)
            continue
        result.extend(_wrap(paragraph, max(width, 1.0)))
    return result


def _wrap(paragraph: str, width: float) -> list[str]:
    result: list[str] = []
    line, used = "", 0.0
    for unit in _UNIT.findall(paragraph):
        size = text_width(unit)
        if used and used + size > width:
            result.append(line)
            line, used = "", 0.0
        if size <= width:
            line, used = line + unit, used + size
            continue
        for char in unit:  # too long for any line: break it anywhere
            if used + char_width(char) > width and line:
                result.append(line)
                line, used = "", 0.0
            line, used = line + char, used + char_width(char)
    if line:
        result.append(line)
    return result
