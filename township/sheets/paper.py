"""Paper sizes and margins of the two print modes, 普通表格式 and 公文附件式 (GB/T 9704-2012)."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Literal

from township.sheets import Sheet

Mode = Literal["plain", "official"]
Margins = tuple[float, float, float, float]  # top, right, bottom, left in millimetres

_SIZES = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}
_CELL_EDGES = 2.0  # millimetres of padding and ruling beside a cell's text
SMALLEST_TYPE = 6.5  # points; smaller is not legible on paper
_PLAIN: Margins = (15, 15, 15, 15)
_BOUND: Margins = (15, 12, 15, 28)
# 天头 37, 订口 28, and what the 156 x 225 type area leaves on the other two sides.
_UPRIGHT: tuple[Margins, Margins] = ((37, 26, 35, 28), (37, 28, 35, 26))
# A4 laid crosswise: its head lies on the binding edge of odd and on the cut edge of even pages.
_CROSSWISE: tuple[Margins, Margins] = ((28, 37, 26, 35), (26, 37, 28, 35))


@dataclass(frozen=True)
class Paper:
    """A sheet of paper and its margins on odd (recto) and even (verso) pages."""

    width: float
    height: float
    recto: Margins
    verso: Margins
    mode: Mode
    turned: bool  # the page number stands where an upright page has it, so it is turned by a quarter

    @property
    def inner_width(self) -> float:
        return self.width - self.recto[1] - self.recto[3]

    @property
    def inner_height(self) -> float:
        return self.height - self.recto[0] - self.recto[2]


def paper(sheet: Sheet, mode: Mode) -> Paper:
    short, long = _SIZES[sheet.paper]
    width, height = (long, short) if sheet.landscape else (short, long)
    if mode == "plain":
        margins = _BOUND if sheet.bound else _PLAIN
        return Paper(width, height, margins, margins, mode, turned=False)
    # A folded A3 keeps the upright page's head and binding edge; only a crosswise A4 is turned.
    turned = sheet.landscape and sheet.paper == "A4"
    recto, verso = _CROSSWISE if turned else _UPRIGHT
    return Paper(width, height, recto, verso, mode, turned)


def text_size(sheet: Sheet, available: float) -> float:
    """The sheet's type size in points, made smaller in step when its columns are squeezed to the page."""
    total = sum(column.width for column in sheet.visible)
    if total <= available:
        return sheet.text_size
    # Cell padding does not shrink, so what is left for text shrinks more; 20 mm stands for a usual column.
    room = (20 * available / total - _CELL_EDGES) / (20 - _CELL_EDGES)
    return max(min(sheet.text_size, SMALLEST_TYPE), floor(sheet.text_size * room * 4) / 4)


def widths(sheet: Sheet, available: float) -> list[float]:
    """Widths of all columns in millimetres, stretched or squeezed to the page; hidden ones are 0."""
    total = sum(column.width for column in sheet.visible) or 1.0
    return [0.0 if column.hidden else column.width / total * available for column in sheet.columns]
