"""Cross-checks as numbers for each village and annex: counted from findings, read back as last counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from grids.choices import BandCode
from reports.filing.checks.findings import Finding
from reports.filing.checks.rules import BLOCK, WARN
from reports.models import CheckTally
from township.models import Action

if TYPE_CHECKING:
    from township.models import User

# Where a rule's finding is seen; every other rule is about annex 1.
ANNEX_OF_RULE: Mapping[str, int] = {"K05": 2, "K06": 2, "K07": 3, "K08": 3, "K09": 4, "K10": 4, "K19": 2}
ANNEX_OF_BAND: Mapping[str, int] = {
    BandCode.GENERAL_BRANCH: 2,
    BandCode.COMMITTEE: 2,
    BandCode.LEADER: 2,
    BandCode.HUB: 3,
    BandCode.DENSITY: 3,
    BandCode.MEMBER: 4,
}


def annex_of(finding: Finding) -> int:
    """The annex in which the finding is seen; a ratio's by the edge its subject names."""
    if finding.check.code == "K11":
        return ANNEX_OF_BAND.get(finding.subject.rpartition(":")[2], 1)
    return ANNEX_OF_RULE.get(finding.check.code, 1)


@dataclass(frozen=True)
class Broken:
    """How often one rule is broken in one annex of a village."""

    rule: str
    annex: int
    block: int
    warn: int


@dataclass(frozen=True)
class VillageTally:
    """One village's numbers; nothing broken means that it may submit."""

    broken: Sequence[Broken] = ()

    @property
    def block(self) -> int:
        """How many places forbid submitting until mended."""
        return sum(one.block for one in self.broken)

    @property
    def warn(self) -> int:
        """How many places still ask for an explanation."""
        return sum(one.warn for one in self.broken)

    def of(self, annex: int) -> "VillageTally":
        """Those seen in one annex."""
        return VillageTally([one for one in self.broken if one.annex == annex])

    def first(self) -> Broken:
        """The rule to look at first: one that forbids, else the first that asks."""
        return next((one for one in self.broken if one.block), self.broken[0])


@dataclass(frozen=True)
class Tallies:
    """All villages as last counted; `at` None: never, `stale`: something has happened since."""

    villages: Mapping[int, VillageTally] = field(default_factory=dict)
    at: datetime | None = None
    stale: bool = True

    def of(self, root: int) -> VillageTally | None:
        """A village's numbers; None while nothing has been counted."""
        return self.villages.get(root, VillageTally()) if self.at else None


def count(findings: Iterable[Finding], explained: Iterable[tuple[int, str, str]]) -> dict[int, VillageTally]:
    """Numbers by village; a warning that has its explanation (root, rule, subject) no longer counts."""
    told = set(explained)
    found: dict[int, dict[tuple[str, int], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for one in findings:
        if one.root_id is None or one.severity not in (BLOCK, WARN):
            continue
        if one.severity == WARN and (one.root_id, one.check.code, one.subject) in told:
            continue
        found[one.root_id][one.check.code, annex_of(one)][one.severity] += 1
    return {
        root: VillageTally([Broken(*key, n[BLOCK], n[WARN]) for key, n in sorted(rules.items())])
        for root, rules in found.items()
    }


def packed(villages: Mapping[int, VillageTally]) -> dict[str, list[list[Any]]]:
    """The numbers as they are kept."""
    return {
        str(root): [[one.rule, one.annex, one.block, one.warn] for one in tally.broken]
        for root, tally in villages.items()
    }


def newest_action(township_id: int) -> int:
    """The number of the last thing done in a township, or by a command in none."""
    return _actions(township_id).values_list("pk", flat=True).first() or 0


def _actions(township: "int | OuterRef") -> QuerySet[Action]:
    return Action.objects.filter(Q(township_id=township) | Q(township=None)).order_by("-pk")


def last_tallies(user: "User | Any", *, on: date) -> Tallies:
    """The numbers as last counted, and whether they still hold: one query."""
    newest = _actions(OuterRef("township_id")).values("pk")[:1]
    row = CheckTally.objects.visible_to(user).annotate(newest=Coalesce(Subquery(newest), 0)).first()
    if row is None:
        return Tallies()
    villages = {
        int(root): VillageTally([Broken(*one) for one in broken]) for root, broken in row.counts.items()
    }
    return Tallies(villages, row.at, stale=row.on != on or row.seen != row.newest)
