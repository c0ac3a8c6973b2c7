"""How a place stands against the advised bands; a mark advises and never refuses."""

from collections.abc import Mapping
from dataclasses import dataclass

from grids.choices import BandCode, Kind
from grids.queries.bands import Accepted, Yardstick
from grids.queries.counts import Counts
from grids.rules import Band

SIGNS = {"ok": "✔", "under": "▼", "over": "▲"}


@dataclass(frozen=True)
class Mark:
    """A number beside its band: value, verdict, and the words for both."""

    band: Band
    value: float
    shown: str
    accepted: Accepted | None = None  # lying outside has been accepted

    @property
    def state(self) -> str:
        """'under', 'ok' or 'over'; what has been accepted is in order."""
        return "ok" if self.accepted else self.band.verdict(self.value)

    @property
    def sign(self) -> str:
        """The sign that says the verdict without colour."""
        return SIGNS[self.state]

    @property
    def words(self) -> str:
        """The verdict in two or three characters and a number."""
        if self.accepted:
            return "例外"
        return {"ok": "符合", "under": f"少于{self.band.low}", "over": f"超过{self.band.high}"}[self.state]

    @property
    def gap(self) -> str:
        """How far it lies outside: 超 1, 少 2.5 or 符合."""
        if self.accepted:
            return "例外"
        if self.state == "ok":
            return "符合"
        gap = self.band.low - self.value if self.state == "under" else self.value - self.band.high
        return f"{'少' if self.state == 'under' else '超'} {f'{gap:.1f}'.removesuffix('.0')}"

    @property
    def note(self) -> str:
        """A whole sentence for the node's page."""
        unit = self.band.unit
        span = f"{self.shown.removesuffix('.0')}{unit}，一般为{self.band.low}–{self.band.high}{unit}"
        if self.accepted:
            return f"{span}，{self.accepted.words}"
        return f"{span}，{self.gap}" if self.state == "ok" else f"{span}，{self.gap.replace(' ', '')}{unit}"


@dataclass(frozen=True)
class _Measure:
    """One place held against the yardstick; a ratio that is off gives no mark."""

    yardstick: Yardstick
    pk: int | None

    def count(self, code: str, n: int) -> Mark | None:
        """A number of rows."""
        band = self.yardstick.band(code, self.pk)
        return Mark(band, n, str(n), self.yardstick.accepted(code, self.pk)) if band.is_on else None

    def ratio(self, code: str, above: int, below: int) -> Mark | None:
        """An average over several holders; ranges of single ones say nothing about it."""
        band = self.yardstick.band(code)
        value = round(above / below, 1)
        accepted = self.yardstick.accepted(code, self.pk)
        return Mark(band, value, f"{value:.1f}", accepted) if band.is_on else None


def marks_for(
    kind: str,
    counts: Counts,
    yardstick: Yardstick,
    *,
    pk: int | None = None,
    served: int | None = None,
    takes_part: bool = True,
    in_village: bool = True,
) -> Mapping[str, Mark]:
    """Marks by column: hubs, households, per_hub (户/中心户) and members_per_hub (党员/中心户)."""
    of = _Measure(yardstick, pk)
    marks: dict[str, Mark | None] = {}
    if kind in (Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GRID, Kind.GROUP):
        if counts.hubs and in_village:
            marks["per_hub"] = of.ratio(BandCode.DENSITY, counts.households, counts.hubs)
        if counts.hubs:
            marks["members_per_hub"] = of.ratio(BandCode.HUB, counts.members, counts.hubs)
        if kind == Kind.GROUP:
            marks["hubs"] = of.count(BandCode.LEADER, counts.hubs)
    elif kind == Kind.HUB:
        if served is not None:
            marks["per_hub"] = of.count(BandCode.DENSITY, served)
        marks["members_per_hub"] = of.count(BandCode.HUB, counts.members)
    elif kind == Kind.MEMBER and takes_part and in_village:
        marks["households"] = of.count(BandCode.MEMBER, counts.households)
    return {name: mark for name, mark in marks.items() if mark is not None}
