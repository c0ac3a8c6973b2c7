"""What the ratios ask of each village and of all together, beside what there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from grids.choices import BandCode, Kind
from grids.models import Node
from grids.queries.ability import able
from grids.rules import Bands
from liaison.bands.queries.holders import LEVEL_AT, LEVELS, VILLAGES, committee_seats
from liaison.bands.rules import Sum
from liaison.choices import Level

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class VillageSums:
    """One village's sums by ratio."""

    pk: int
    name: str
    sums: Mapping[str, Sum]

    @property
    def members(self) -> Sum:
        """The one that decides: members who can serve against households."""
        return self.sums[BandCode.MEMBER]

    @property
    def hubs_around(self) -> Sum:
        """Hubs by the households around them."""
        return self.sums[BandCode.DENSITY]

    @property
    def hubs_below(self) -> Sum:
        """Hubs by the members they look after."""
        return self.sums[BandCode.HUB]


Counted = dict[str, dict[int, int]]  # by what is counted, by root
SERVING = "serving"
# Targets and holders of each ratio, as `counted` names them.
PAIRS = {
    BandCode.MEMBER: (Kind.HOUSEHOLD, SERVING),
    BandCode.DENSITY: (Kind.HOUSEHOLD, Kind.HUB),
    BandCode.HUB: (Kind.MEMBER, Kind.HUB),
    BandCode.LEADER: (Kind.HUB, Kind.GROUP),
    BandCode.COMMITTEE: (Kind.GROUP, Level.COMMITTEE),
    BandCode.GENERAL_BRANCH: (Kind.BRANCH, Level.GENERAL_BRANCH),
}


def counted(user: "User | Any", *, on: date) -> Counted:
    """Open places of each kind in villages, members who can serve and committee members: two queries."""
    nodes = Node.objects.visible_to(user).filter(VILLAGES, closed_on=None)
    kinds = (Kind.GROUP, Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD)
    wanted = Q(kind__in=kinds) | Q(kind=Kind.BRANCH, parent__isnull=False)
    found: Counted = {str(kind): {} for kind in (*kinds, Kind.BRANCH)}
    found |= {SERVING: {}, **{str(level): {} for level in LEVELS.values()}}
    rows = nodes.filter(wanted).order_by().values_list("root_id", "kind")
    for root, kind, n, serving in rows.annotate(n=Count("pk"), serving=Count("pk", filter=able(on))):
        found[kind][root] = n
        if kind == Kind.MEMBER:
            found[SERVING][root] = serving
    seats = committee_seats(user, on).order_by().values_list("node__root_id", "node__kind")
    for root, kind, n in seats.annotate(n=Count("person_id", distinct=True)):
        found[LEVELS[LEVEL_AT[kind]]][root] = n
    return found


def total_sums(numbers: Counted, bands: Bands) -> list[Sum]:
    """All villages together, ratio by ratio; ratios that are off or have nothing to count are left out."""
    found = [
        Sum(bands[code], sum(numbers[target].values()), sum(numbers[holder].values()))
        for code, (target, holder) in PAIRS.items()
    ]
    return [one for one in found if one.band.is_on and one.targets]


def village_sums(numbers: Counted, bands: Bands) -> list[VillageSums]:
    """Every village, those farthest from enough members first."""
    roots = Node.objects.filter(pk__in={root for rows in numbers.values() for root in rows})
    found = [
        VillageSums(
            pk,
            name,
            {
                code: Sum(bands[code], numbers[target].get(pk, 0), numbers[holder].get(pk, 0))
                for code, (target, holder) in PAIRS.items()
            },
        )
        for pk, name in roots.order_by("position", "pk").values_list("pk", "name")
    ]
    return sorted(found, key=lambda row: (-row.members.short, -row.members.spare))
