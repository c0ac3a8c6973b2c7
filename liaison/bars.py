"""The load bar of one holder: a scale from 0 to 20, the band shaded, the load, a tick where it was before."""

from dataclasses import dataclass
from functools import cached_property

from grids.queries.bands import Accepted
from grids.rules import Band

SCALE = 20  # longer loads run to the end of the bar and are told by the number
WIDTH = 160  # of the drawing, in its own units
SIGNS = {"ok": "✔", "under": "▼", "over": "▲"}


@dataclass(frozen=True)
class LoadBar:
    """How much one holder has (`before`: had), against the band that holds for that holder."""

    n: int
    band: Band | None
    before: int | None = None
    accepted: Accepted | None = None

    @property
    def state(self) -> str:
        """'under', 'ok' or 'over'; what the office has accepted is in order."""
        return "ok" if self.accepted or self.band is None else self.band.verdict(self.n)

    @property
    def sign(self) -> str:
        """The verdict without colour."""
        return SIGNS[self.state]

    @property
    def words(self) -> str:
        """符合, 少3户, 超1户 or 例外."""
        if self.accepted:
            return "例外"
        if self.band is None or self.state == "ok":
            return "符合" if self.band else ""
        gap = self.band.low - self.n if self.state == "under" else self.n - self.band.high
        return f"{'少' if self.state == 'under' else '超'}{gap}{self.band.unit}"

    @property
    def rank(self) -> tuple[int, int]:
        """Worst first: over before under, the farther out the earlier."""
        if self.state == "ok" or self.band is None:
            return (2, -self.n)
        if self.state == "over":
            return (0, self.band.high - self.n)
        return (1, self.n - self.band.low)

    @cached_property
    def x(self) -> int:
        """Where the load ends."""
        return self._at(self.n)

    @cached_property
    def before_x(self) -> int | None:
        """Where it ended before."""
        return None if self.before is None else self._at(self.before)

    @cached_property
    def band_x(self) -> int:
        """Where the band begins."""
        return self._at(self.band.low) if self.band else 0

    @cached_property
    def band_width(self) -> int:
        """How wide the band is."""
        return self._at(self.band.high) - self.band_x if self.band else 0

    @property
    def label(self) -> str:
        """The bar in words, for those who do not see it."""
        said = f"{self.n}" if self.band is None else f"{self.n}{self.band.unit}，{self.words}"
        return said if self.before is None else f"{said}，原{self.before}"

    def _at(self, n: int) -> int:
        return round(min(n, SCALE) * WIDTH / SCALE)
