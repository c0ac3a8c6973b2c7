"""Running the rules: read once, ask each, and tell how every rule stands."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from grids.models import Node
from reports.filing.checks import people, places, ratios, registers
from reports.filing.checks.findings import Finding
from reports.filing.checks.queries import Material, read
from reports.filing.checks.rules import BLOCK, CHECKS, SEVERITIES, WARN, Check

Rule = Callable[[Material], Iterator[Finding]]
RULES: Mapping[str, Rule] = {
    "K01": places.sums,
    "K02": places.grids_and_groups,
    "K03": places.grids_and_lanes,
    "K04": people.member_numbers,
    "K05": places.committee_groups,
    "K06": places.committees,
    "K07": places.hubs,
    "K08": people.hub_members,
    "K09": people.annexes_agree,
    "K10": people.households,
    "K11": ratios.outside,
    "K12": registers.errands,
    "K13": registers.visits,
    "K14": registers.signs,
    "K15": registers.volunteers,
    "K16": registers.on_roll,
    "K17": people.jumps,
    "K19": people.officers,
}


def run(
    township_id: int,
    root: Node | None,
    *,
    on: date,
    previous: Mapping[int, Mapping[str, int]] | None = None,
    year: int | None = None,
) -> list[Finding]:
    """All findings of one top organisation, or of the township: a fixed number of queries.

    `previous` has annex 1's numbers as last accepted, by village and code (queries.last_accepted).
    """
    return judge(read(township_id=township_id, root=root, on=on, previous=previous, year=year))


def judge(material: Material) -> list[Finding]:
    """The findings over what was read: the heaviest first, then village by village, rule by rule."""
    order = {row.pk: i for i, row in enumerate(material.organisations)}
    found = [finding for rule in RULES.values() for finding in rule(material)]
    return sorted(found, key=lambda one: (one.weight.rank, order.get(one.root_id or 0, -1), one.check.number))


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that forbid submitting."""
    return [finding for finding in findings if finding.severity == BLOCK]


def to_explain(findings: Iterable[Finding]) -> list[Finding]:
    """Those that need an explanation before submitting."""
    return [finding for finding in findings if finding.severity == WARN]


# --- how it stands ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many findings of one severity."""

    severity: str
    n: int

    @property
    def sign(self) -> str:
        """✖, ! or ·."""
        return SEVERITIES[self.severity].sign

    @property
    def badge(self) -> str:
        """The badge's class."""
        return SEVERITIES[self.severity].badge

    @property
    def words(self) -> str:
        """须改正, 要说明 or 提示."""
        return SEVERITIES[self.severity].title


@dataclass(frozen=True)
class Standing:
    """One rule with what it found, or why it finds nothing."""

    check: Check
    tallies: Sequence[Tally]
    word: str  # 通过, 待建, 由系统保证 …; '' with findings
    passed: bool = False


def tallies(findings: Iterable[Finding]) -> list[Tally]:
    """Numbers by severity, the heaviest first; those without any are left out."""
    found = Counter(finding.severity for finding in findings)
    return [Tally(code, found[code]) for code in SEVERITIES if found[code]]


def standings(findings: Iterable[Finding], *, compared: bool) -> list[Standing]:
    """All nineteen rules in their order; `compared` says whether there was an accepted submission."""
    by_rule: dict[str, list[Finding]] = {check.code: [] for check in CHECKS}
    for finding in findings:
        by_rule[finding.check.code].append(finding)
    return [_standing(check, by_rule[check.code], compared=compared) for check in CHECKS]


def _standing(check: Check, findings: Sequence[Finding], *, compared: bool) -> Standing:
    if findings:
        return Standing(check, tallies(findings), "")
    if check.code not in RULES:
        return Standing(check, (), "待建" if check.waits else "由系统保证")
    if check.code == "K17" and not compared:
        return Standing(check, (), "还没有已接收的上报")
    return Standing(check, (), "通过", passed=True)
