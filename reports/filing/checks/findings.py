"""What a run finds: one place where a rule does not hold, in a sentence, and the page that mends it."""

from dataclasses import dataclass

from reports.filing.checks.rules import BY_CODE, SEVERITIES, Check, Severity

NAMED = 5  # names in one sentence; the page behind it has them all


@dataclass(frozen=True)
class Spot:
    """Where something is out of order: the village, a stable key, the place in words, and its repair."""

    root_id: int | None  # None: the township as a whole
    root_name: str
    subject: str  # the same from run to run, so that an explanation stays with it: node:123, col:grid_count
    url: str
    repair: str  # the words on its button
    node_id: int | None = None
    where: str = ""  # 第一网格 › 第一党小组


@dataclass(frozen=True)
class Finding:
    """One thing a rule found; `note` is what the roster prints of it in 备注, where it is a ratio."""

    check: Check
    severity: str
    spot: Spot
    text: str
    note: str = ""

    @property
    def root_id(self) -> int | None:
        """The village; None for the township as a whole."""
        return self.spot.root_id

    @property
    def root_name(self) -> str:
        """The village's name."""
        return self.spot.root_name

    @property
    def subject(self) -> str:
        """The stable key of what is out of order."""
        return self.spot.subject

    @property
    def url(self) -> str:
        """The page that mends it."""
        return self.spot.url

    @property
    def weight(self) -> Severity:
        """Its severity with sign and words."""
        return SEVERITIES[self.severity]


def broken(
    code: str, case: str, spot: Spot, *, severity: str = "", note: str = "", **words: str | int
) -> Finding:
    """A finding of a rule in the words declared for this way to break it."""
    check = BY_CODE[code]
    found = check.cases[case]
    return Finding(check, severity or found.severity, spot, found.message.format(**words), note)


def some(names: list[str], unit: str = "个") -> str:
    """张某、李某等7名: the first names, and how many there are when these are not all."""
    shown = "、".join(names[:NAMED])
    return f"{shown}等{len(names)}{unit}" if len(names) > NAMED else shown
