"""How a place stands against the advised bands; a mark advises and never refuses."""

from collections.abc import Mapping
from dataclasses import dataclass

from grids import rules
from grids.choices import Kind
from grids.queries.counts import Counts
from grids.rules import Band

SIGNS = {"ok": "✔", "under": "▼", "over": "▲"}


@dataclass(frozen=True)
class Mark:
    """A number beside its band: value, verdict, and the words for both."""

    band: Band
    value: float
    shown: str

    @property
    def state(self) -> str:
        """'under', 'ok' or 'over'."""
        return "under" if self.value < self.band.low else "over" if self.value > self.band.high else "ok"

    @property
    def sign(self) -> str:
        """The sign that says the verdict without colour."""
        return SIGNS[self.state]

    @property
    def words(self) -> str:
        """The verdict in two or three characters and a number."""
        return {"ok": "符合", "under": f"少于{self.band.low}", "over": f"超过{self.band.high}"}[self.state]

    @property
    def gap(self) -> str:
        """How far it lies outside: 超 1, 少 2.5 or 符合."""
        if self.state == "ok":
            return "符合"
        gap = self.band.low - self.value if self.state == "under" else self.value - self.band.high
        return f"{'少' if self.state == 'under' else '超'} {f'{gap:.1f}'.removesuffix('.0')}"

    @property
    def note(self) -> str:
        """A whole sentence for the node's page."""
        unit = self.band.unit
        span = f"{self.shown.removesuffix('.0')}{unit}，一般为{self.band.low}–{self.band.high}{unit}"
        return f"{span}，{self.gap}" if self.state == "ok" else f"{span}，{self.gap.replace(' ', '')}{unit}"


def _count(band: Band, n: int) -> Mark:
    return Mark(band, n, str(n))


def _ratio(band: Band, above: int, below: int) -> Mark:
    value = round(above / below, 1)
    return Mark(band, value, f"{value:.1f}")


def marks_for(
    kind: str, counts: Counts, *, served: int | None = None, takes_part: bool = True, in_village: bool = True
) -> Mapping[str, Mark]:
    """Marks by column: hubs, households, per_hub (户/中心户) and members_per_hub (党员/中心户)."""
    marks: dict[str, Mark] = {}
    if kind in (Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GRID, Kind.GROUP):
        if counts.hubs and in_village:
            marks["per_hub"] = _ratio(rules.HOUSEHOLDS_PER_HUB, counts.households, counts.hubs)
        if counts.hubs:
            marks["members_per_hub"] = _ratio(rules.HUB_TO_MEMBERS, counts.members, counts.hubs)
        if kind == Kind.GROUP:
            marks["hubs"] = _count(rules.LEADER_TO_HUBS, counts.hubs)
    elif kind == Kind.HUB:
        if served is not None:
            marks["per_hub"] = _count(rules.HOUSEHOLDS_PER_HUB, served)
        marks["members_per_hub"] = _count(rules.HUB_TO_MEMBERS, counts.members)
    elif kind == Kind.MEMBER and takes_part and in_village:
        marks["households"] = _count(rules.MEMBER_TO_HOUSEHOLDS, counts.households)
    return marks
