"""The pyramid as a picture: steps of trapezoids whose words and numbers say all that their widths do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from grids.rules import Band
from liaison.bars import SIGNS
from liaison.state.rules import EdgeInfo

# Of the picture, in its own units: at 360 px it stands about one to one, so that its words stay readable.
WIDTH, NARROWEST = 320, 92
STEP, STRIP, SLANT = 32, 26, 7


@dataclass(frozen=True)
class Step:
    """One edge: its holders, what hangs on them, and what hangs on nobody."""

    info: EdgeInfo
    holders: int
    links: int
    targets: int
    uncovered: int
    band: Band | None = None
    people: int | None = None  # all of whom `holders` can serve

    @property
    def all_holders(self) -> int:
        """Those who cannot serve with them."""
        return self.holders if self.people is None else self.people

    @property
    def average(self) -> float | None:
        """Links per holder; None without holders."""
        return round(self.links / self.holders, 1) if self.holders else None

    @property
    def shown(self) -> str:
        """The average without a needless nought."""
        return "" if self.average is None else f"{self.average:g}"

    @property
    def state(self) -> str:
        """'under', 'ok' or 'over'; without a ratio or holders nothing is said."""
        return self.band.verdict(self.average) if self.band and self.average is not None else "ok"

    @property
    def sign(self) -> str:
        """The verdict without colour."""
        return SIGNS[self.state] if self.band and self.average is not None else ""

    @property
    def tone(self) -> str:
        """The verdict as a colour; 'none' where there is no verdict."""
        return self.state if self.sign else "none"

    @property
    def words(self) -> str:
        """符合5–10, 少于5, 超过15."""
        if not self.sign or self.band is None:
            return ""
        return {"ok": "符合", "under": f"少于{self.band.low}", "over": f"超过{self.band.high}"}[self.state]

    @property
    def span(self) -> str:
        """10–15户, for the table."""
        return f"{self.band.low}–{self.band.high}{self.info.unit}" if self.band else "不设"

    @property
    def sentence(self) -> str:
        """Under the step in the picture."""
        if self.average is None:
            return f"没有{self.info.holder}"
        return f"平均{self.shown}{self.info.unit}"


@dataclass(frozen=True)
class Layer:
    """One step as it is drawn: a trapezoid as wide as its number, on a scale of logarithms."""

    title: str
    n: int
    unit: str
    y: int
    width: int
    step: Step | None = None  # None for the households at the foot

    @property
    def points(self) -> str:
        """The corners of the trapezoid."""
        left, right = (WIDTH - self.width) / 2, (WIDTH + self.width) / 2
        foot = self.y + STEP
        return f"{left + SLANT:g},{self.y} {right - SLANT:g},{self.y} {right:g},{foot} {left:g},{foot}"

    @property
    def text_y(self) -> int:
        """Where its words stand."""
        return self.y + STEP // 2 + 5

    @property
    def strip_y(self) -> int:
        """Where the words under it stand."""
        return self.y + STEP + 17


@dataclass(frozen=True)
class Pyramid:
    """All steps of a place, top first."""

    steps: Sequence[Step]
    households: int

    @cached_property
    def layers(self) -> list[Layer]:
        """The picture's trapezoids."""
        numbers = [step.all_holders for step in self.steps]
        most = max([*numbers, self.households, 1])
        found = []
        for at, step in enumerate(self.steps):
            n, y = step.all_holders, at * (STEP + STRIP)
            found.append(Layer(step.info.row_title, n, step.info.people, y + 1, _width(n, most), step))
        foot = len(self.steps) * (STEP + STRIP)
        return [*found, Layer("农户", self.households, "户", foot, _width(self.households, most))]

    @property
    def height(self) -> int:
        """Of the picture."""
        return len(self.steps) * (STEP + STRIP) + STEP + 1  # and the last line

    @property
    def width(self) -> int:
        """Of the picture."""
        return WIDTH

    @property
    def middle(self) -> int:
        """Where words are centred."""
        return WIDTH // 2


def _width(n: int, most: int) -> int:
    """3 and 3,100 both show: the width grows with the logarithm."""
    return NARROWEST + round((WIDTH - NARROWEST) * math.log1p(n) / math.log1p(most))
