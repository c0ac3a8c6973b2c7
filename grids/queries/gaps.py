"""What each village has and what is missing in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils import timezone

from grids.choices import BranchSetting
from grids.models import Node, VillagerGroup
from grids.queries.counts import Counts, counts_for

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class VillageGaps:
    """One line of the home page: what a village has, and what is missing in it."""

    root_id: int
    name: str
    setting: str
    counts: Counts
    households: int
    linked: int
    members: int
    groups: int
    hubs: int
    leaderless_groups: int
    hubless_groups: int
    groupless_grids: int
    memberless_hubs: int
    unplaced_members: int
    unlinked_households: int
    gridless_villager_groups: int

    @property
    def coverage(self) -> int | None:
        """Share of households linked, in whole percent; None while there are none."""
        return self.linked * 100 // self.households if self.households else None

    @property
    def gaps(self) -> int:
        """All that is missing, as one number."""
        return self.counts.gaps + self.gridless_villager_groups


def gaps_by_root(user: "User | Any", *, on: date | None = None) -> list[VillageGaps]:
    """One line for each top organisation in scope, in a fixed number of queries."""
    roots = list(
        Node.objects.visible_to(user)
        .filter(parent=None, closed_on=None)
        .order_by("position", "pk")
        .select_related("branch_profile")
    )
    counts = counts_for(roots, on=on or timezone.localdate())
    gridless = gridless_villager_groups([root.pk for root in roots])
    return [_line(root, counts[root.pk], gridless.get(root.pk, 0)) for root in roots]


def gaps(user: "User | Any", root: Node, *, on: date | None = None) -> VillageGaps:
    """The same for one top organisation."""
    counts = counts_for([root], on=on or timezone.localdate())
    return _line(root, counts[root.pk], gridless_villager_groups([root.pk]).get(root.pk, 0))


def gridless_villager_groups(root_ids: Iterable[int]) -> dict[int, int]:
    """Villager groups that no open grid covers, counted by village."""
    rows = (
        VillagerGroup.objects.filter(root_id__in=list(root_ids))
        .exclude(grids__node__closed_on=None, grids__isnull=False)
        .order_by()
        .values("root_id")
        .annotate(n=Count("pk"))
    )
    return {row["root_id"]: row["n"] for row in rows}


def _line(root: Node, counts: Counts, gridless: int) -> VillageGaps:
    profile = getattr(root, "branch_profile", None)
    return VillageGaps(
        root_id=root.pk,
        name=root.name,
        setting=profile.setting if profile else BranchSetting.VILLAGE,
        counts=counts,
        households=counts.households,
        linked=counts.linked,
        members=counts.members,
        groups=counts.groups,
        hubs=counts.hubs,
        leaderless_groups=counts.leaderless,
        hubless_groups=counts.hubless,
        groupless_grids=counts.groupless,
        memberless_hubs=counts.memberless,
        unplaced_members=counts.unplaced,
        unlinked_households=counts.unlinked,
        gridless_villager_groups=gridless,
    )
