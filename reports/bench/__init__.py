"""Measuring ourselves against a named baseline in the same run; the figures are ratios, not seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    households: int
    pdf_rows: int


SIZES = {
    "tiny": Size(households=200, pdf_rows=2_000),
    "town": Size(households=3_100, pdf_rows=2_000),
    "big_town": Size(households=11_000, pdf_rows=4_000),
}


@dataclass(frozen=True)
class Figure:
    """One ratio: `value` is ours to the baseline (or the other way round, as `title` says)."""

    code: str
    title: str
    ours: float
    baseline: float
    unit: str
    bound: str
    value: float
    holds: bool

    def line(self) -> str:
        """The figure as one line of the printed table."""
        mark = "✔" if self.holds else "✖"
        return (
            f"{mark} {self.title}：{self.value:.2f} 倍（要求 {self.bound}；"
            f"本系统 {self.ours:.2f}{self.unit}，对照 {self.baseline:.2f}{self.unit}）"
        )
