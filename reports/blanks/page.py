"""One sheet of a blank as it was read: what stands where, what is free, which labels lead to a cell."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

TEXT, NUMBER, FORMULA, EMPTY = "t", "n", "f", ""
Place = tuple[int, int]  # row, column; from 1, as in the workbook
MOST_LETTERS = 3
WIDE_SHARE = 0.8  # a text that spans more of the sheet is a title, not the head of a column
LONGEST_LABEL = 120
COUNTERS = frozenset("甲乙丙丁")  # numbers of columns under a head
_YEAR = re.compile(r"(19|20)\d\d")
_UNIT = re.compile(r"[（(][个人户件名支处块张篇条次、，/%％]+[）)]")
_NOISE = re.compile(r"[\s　·:：。，,、\-—_]+")
_COLON = re.compile(r"[：:]")
_OPEN = re.compile(r"[：:][\s　_＿]*$")


def plain(label: str) -> str:
    """A label without spaces, units and the year, so that next year's reads the same."""
    return _NOISE.sub("", _YEAR.sub("", _UNIT.sub("", label)))


@dataclass(frozen=True)
class Labels:
    """What stands beside and above a cell."""

    row: str = ""
    column: str = ""

    @property
    def words(self) -> str:
        """党员 总数 / 第一村."""
        return " / ".join(part for part in (self.column, self.row) if part)

    @property
    def key(self) -> tuple[str, str]:
        """Equal for labels that mean the same."""
        return plain(self.row), plain(self.column)


@dataclass(frozen=True)
class Page:
    """One sheet; `looks` is what the child process read."""

    number: int
    looks: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.looks["name"])

    @property
    def shown(self) -> bool:
        return bool(self.looks["shown"])

    @property
    def height(self) -> int:
        return int(self.looks["height"])

    @property
    def width(self) -> int:
        return int(self.looks["width"])

    @cached_property
    def cells(self) -> dict[Place, tuple[str, str, int]]:
        """Text, kind and style of what is written or formatted."""
        return {(r, c): (text, kind, style) for r, c, text, kind, style in self.looks["cells"]}

    @cached_property
    def covered(self) -> dict[Place, Place]:
        """Cells inside a merge → its first cell."""
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.looks["merges"]
            for row in range(top, min(bottom, self.height) + 1)
            for column in range(left, min(right, self.width) + 1)
            if (row, column) != (top, left)
        }

    @cached_property
    def spans(self) -> dict[Place, tuple[int, int]]:
        """First cell of a merge → rows and columns it spans."""
        return {
            (top, left): (bottom - top + 1, right - left + 1)
            for top, left, bottom, right in self.looks["merges"]
        }

    def text(self, place: Place) -> str:
        """What is written there."""
        return self.cells.get(place, ("", EMPTY, 0))[0].strip()

    def kind(self, place: Place) -> str:
        """One of TEXT, NUMBER, FORMULA, EMPTY."""
        return self.cells.get(place, ("", EMPTY, 0))[1]

    def style(self, place: Place) -> list[Any]:
        """Alignment across, wrapped, lines, bold, filled, size."""
        found = self.cells.get(place)
        return list(self.looks["styles"][found[2]]) if found else ["", False, "", False, False, ""]

    def holds(self, place: Place) -> bool:
        """True for a place inside the sheet's used part."""
        return 1 <= place[0] <= self.height and 1 <= place[1] <= self.width

    def is_blank(self, place: Place) -> bool:
        """Empty, inside the sheet, and not hidden under a merge."""
        return self.holds(place) and place not in self.covered and self.kind(place) == EMPTY

    def is_open_label(self, place: Place) -> bool:
        """填报单位（盖章）：____ takes its value behind the colon."""
        return self.kind(place) == TEXT and bool(_OPEN.search(self.text(place)))

    @cached_property
    def has_lines(self) -> bool:
        """True where cells to be filled have lines around them."""
        return any(style[2] for style in self.looks["styles"])

    def asks(self, place: Place) -> bool:
        """Whether an empty cell looks as if something belongs there: lines, a label with a colon, a head."""
        beside = self.covered.get((place[0], place[1] - 1), (place[0], place[1] - 1))
        lined = bool(self.style(place)[2])
        return not self.has_lines or lined or self.is_open_label(beside) or bool(self._column_label(place))

    # --- labels -------------------------------------------------------------------------------------

    def labels(self, place: Place) -> Labels:
        """The texts beside and above, each as near as one must go for the first."""
        if self.kind(place) == TEXT:
            return Labels(row=self.text(place)[:LONGEST_LABEL])
        return Labels(self._row_label(place)[:LONGEST_LABEL], self._column_label(place)[:LONGEST_LABEL])

    def _column_label(self, place: Place) -> str:
        found: list[str] = []
        row, column = place[0] - 1, place[1]
        while row >= 1:
            at = self.covered.get((row, column), (row, column))
            text = self.text(at) if self.kind(at) == TEXT and self.text(at) not in COUNTERS else ""
            if text and self._is_no_head(at, lined=bool(self.style(place)[2])):
                break
            if text and text not in found:
                found.insert(0, text)
            elif not text and found:
                break
            row = at[0] - 1
        return " ".join(found)

    def _is_no_head(self, place: Place, *, lined: bool) -> bool:
        """A title, the line with 填报单位 and 单位, or a text of another frame than the cell below it."""
        span = self.spans.get(place, (1, 1))[1]
        title = span >= 3 and (span >= WIDE_SHARE * self.width or self.style(place)[5] == "large")
        return title or bool(_COLON.search(self.text(place))) or bool(self.style(place)[2]) != lined

    def _row_label(self, place: Place) -> str:
        found: list[str] = []
        row, column = place[0], place[1] - 1
        while column >= 1:
            at = self.covered.get((row, column), (row, column))
            text = self.text(at) if self.kind(at) == TEXT else ""
            if text and text not in found:
                found.insert(0, text)
            elif not text and found:
                break
            column = at[1] - 1
        return " ".join(found)

    # --- tables that grow -----------------------------------------------------------------------------

    def room(self, row: int, columns: Sequence[int] = ()) -> int:
        """How many rows from here down are free for a table that grows."""
        count = 0
        lines = bool(self._lines(row))
        while row + count <= self.height and self._is_free(row + count, columns):
            if count and lines and not self._lines(row + count):
                break
            count += 1
        return count

    def _is_free(self, row: int, columns: Sequence[int]) -> bool:
        for column in range(1, self.width + 1):
            place = (row, column)
            at = self.covered.get(place, place)
            if self.kind(at) == TEXT or self.spans.get(at, (1, 1))[0] > 1:
                return False
            if column in columns and self.kind(place) == FORMULA:
                return False
        return True

    def _lines(self, row: int) -> list[int]:
        return [column for column in range(1, self.width + 1) if self.style((row, column))[2]]

    def blanks(self) -> Iterator[Place]:
        """Every empty cell of the used part in reading order."""
        for row in range(1, self.height + 1):
            for column in range(1, self.width + 1):
                if self.is_blank((row, column)):
                    yield row, column


def pages_of(looks: list[dict[str, Any]]) -> list[Page]:
    """The sheets of a blank."""
    return [Page(number, look) for number, look in enumerate(looks)]


def fingerprint(pages: Sequence[Page]) -> str:
    """Of the labels and where they stand; a new year in a title, fonts and widths make no difference."""
    digest = hashlib.sha256()
    for page in pages:
        digest.update(f"\x1d{page.number}".encode())
        for place, (text, kind, _) in sorted(page.cells.items()):
            if kind == TEXT and plain(text):
                digest.update(f"\x1e{place[0]},{place[1]},{plain(text)}".encode())
            elif kind == FORMULA:
                digest.update(f"\x1e{place[0]},{place[1]},=".encode())
    return digest.hexdigest()


def label_set(pages: Sequence[Page]) -> set[str]:
    """All labels of a blank, wherever they stand."""
    return {
        plain(text) for page in pages for text, kind, _ in page.cells.values() if kind == TEXT and plain(text)
    }


# --- addresses --------------------------------------------------------------------------------------

_ADDRESS = re.compile(rf"([A-Z]{{1,{MOST_LETTERS}}})([1-9]\d{{0,4}})")


def letters(column: int) -> str:
    """28 → AB."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def column_of(text: str) -> int:
    """AB → 28; 0 for anything else."""
    if not re.fullmatch(rf"[A-Z]{{1,{MOST_LETTERS}}}", text):
        return 0
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def address(place: Place) -> str:
    """(6, 2) → B6."""
    return f"{letters(place[1])}{place[0]}"


def place_of(text: str) -> Place | None:
    """B6 → (6, 2); None for anything else."""
    found = _ADDRESS.fullmatch(text)
    return (int(found[2]), column_of(found[1])) if found else None
