"""The numbers behind the four goals, of all the user sees, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from grids import access
from grids.access import Right
from grids.choices import ROOT_KINDS, BranchSetting, Kind
from grids.models import Node, Post, VillagerGroup
from grids.queries.ability import able, unable
from grids.queries.gaps import GAP_KINDS, gap_counts
from reports.cockpit.goals import GOALS, Goal, Measure, address
from reports.cockpit.queries.coverage import out_of_band
from reports.filing.queries import FilingLine
from services.notices.queries.register import DUE
from services.partylife.queries import due_list
from services.teams.queries import progress
from services.tickets.queries.lists import on_time
from services.visits.queries.due import due
from services.visits.queries.log import Asked
from services.visits.queries.matters import OPEN, matters
from services.visits.queries.places import households

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
    numbers = {**_counted(user, on), **_served(user, on), **_filed(villages)}

    def bars(goal: Goal) -> list[Bar]:
        known = [one for one in goal.measures if one.total in numbers]
        return [Bar(one, numbers[one.total], numbers[one.missing]) for one in known]

    return [Reached(goal, bars(goal)) for goal in GOALS]


KINDS = {
    "grids": Kind.GRID,
    "groups": Kind.GROUP,
    "hubs": Kind.HUB,
    "members": Kind.MEMBER,
    "households": Kind.HOUSEHOLD,
}


def _counted(user: "User | Any", on: date) -> Mapping[str, int]:
    gaps = gap_counts(user, on=on)
    posts = Post.objects.visible_to(user).current(on)
    return {
        **_totals(user, on),
        **{kind.code: sum(gaps.get(kind.code, {}).values()) for kind in GAP_KINDS},
        **out_of_band(user, on=on),
        "lanes": VillagerGroup.objects.visible_to(user).count(),
        "posts": posts.filter(node__closed_on=None, node__isnull=False).count(),
    }


def _totals(user: "User | Any", on: date) -> Mapping[str, int]:
    """Everything counted among the nodes in sight, in one query."""
    members = Q(kind=Kind.MEMBER)
    in_village = Q(root__branch_profile__setting=BranchSetting.VILLAGE)
    conditions = {name: Q(kind=kind) for name, kind in KINDS.items()} | {
        "organisations": Q(kind__in=ROOT_KINDS),
        "able": members & in_village & able(on),
        "absent": members & unable(on),
        **DUE,
    }
    nodes = Node.objects.visible_to(user).filter(closed_on=None).order_by()
    return nodes.aggregate(**{name: Count("pk", filter=where) for name, where in conditions.items()})


def _served(user: "User | Any", on: date) -> Mapping[str, int]:
    """From the registers of services; what somebody has no list of is left out."""
    found = {
        "homes": households(user).count(),
        "unseen": due(user, Asked(), on=on).count(),
        "matters": matters(user, Asked(), on=on).count(),
        "open_matters": matters(user, Asked(state=OPEN), on=on).count(),
        **on_time(user, on=on),
    }
    if access.may(user, Right.EXPORT_ROSTER):
        stations = progress(user, on=on)
        units = due_list(user, on=on, today=on)
        found |= {
            "station_villages": stations.due,
            "stationless": stations.due - stations.done,
            "units": len(units),
            "owing": sum(unit.owes for unit in units),
        }
    return found


def _filed(villages: Sequence[FilingLine]) -> Mapping[str, int]:
    if not villages:
        return {}
    return {
        "villages": len(villages),
        "unfiled": sum(not line.is_in for line in villages),
        "late": sum(not line.is_in or line.late for line in villages),
    }
