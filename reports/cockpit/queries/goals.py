"""The numbers behind the four goals, of all the user sees, in a fixed number of queries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from grids.choices import ROOT_KINDS, BranchSetting, Kind
from grids.models import Node, Post, VillagerGroup
from grids.queries.ability import able, unable
from grids.queries.gaps import GAP_KINDS, gap_counts
from reports.cockpit.goals import GOALS, Goal, Measure, address
from reports.cockpit.queries.coverage import home_lines
from reports.filing.queries import FilingLine

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Bar:
    """One measure with its numbers and the lists behind them."""

    measure: Measure
    total: int
    missing: int

    @property
    def done(self) -> int:
        """What is as it should be."""
        return self.total - self.missing

    @property
    def percent(self) -> int:
        """In whole percent, never 100 while something is missing."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def rows(self) -> str:
        """The list of all, where there is one."""
        return address(self.measure.rows) if self.measure.rows else ""

    @property
    def lacking(self) -> str:
        """The list of what is missing."""
        return address(self.measure.lacking)


@dataclass(frozen=True)
class Reached:
    """One goal with its bars."""

    goal: Goal
    bars: Sequence[Bar]


def goals(user: "User | Any", villages: Sequence[FilingLine], *, on: date) -> list[Reached]:
    """All four; without a campaign `villages` is empty and what they file is left out."""
    numbers = {**_counted(user, on), **_filed(villages)}

    def bars(goal: Goal) -> list[Bar]:
        known = [one for one in goal.measures if one.total in numbers]
        return [Bar(one, numbers[one.total], numbers[one.missing]) for one in known]

    return [Reached(goal, bars(goal)) for goal in GOALS]


OF_TREE = ("grids", "groups", "hubs", "members", "households")
OF_BANDS = ("hubs_off", "members_off")


def _counted(user: "User | Any", on: date) -> Mapping[str, int]:
    lines = home_lines(user, on=on)
    found: Counter[str] = Counter({kind.code: 0 for kind in GAP_KINDS})
    for code, by_root in gap_counts(user, on=on).items():
        found[code] = sum(by_root.values())
    for line in lines:
        found.update({name: getattr(line.counts, name) for name in OF_TREE})
        found.update({code: line.found[code] for code in OF_BANDS})
    nodes = Node.objects.visible_to(user).filter(closed_on=None)
    members = nodes.filter(kind=Kind.MEMBER)
    posts = Post.objects.visible_to(user).current(on)
    return {
        **found,
        "lanes": VillagerGroup.objects.visible_to(user).count(),
        "organisations": nodes.filter(kind__in=ROOT_KINDS).count(),
        "posts": posts.filter(node__closed_on=None, node__isnull=False).count(),
        "able": members.filter(able(on), root__branch_profile__setting=BranchSetting.VILLAGE).count(),
        "absent": members.filter(unable(on)).count(),
    }


def _filed(villages: Sequence[FilingLine]) -> Mapping[str, int]:
    if not villages:
        return {}
    return {
        "villages": len(villages),
        "unfiled": sum(not line.is_in for line in villages),
        "late": sum(not line.is_in or line.late for line in villages),
    }
