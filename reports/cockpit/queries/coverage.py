"""Numbers and gaps of each place one answers for, in a fixed number of queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from grids.access import scope_of
from grids.choices import BandCode, BranchSetting, Kind
from grids.imports.choices import UploadState
from grids.models import Node, RosterUpload
from grids.queries.ability import able
from grids.queries.bands import yardstick
from grids.queries.counts import NOTHING, Counts, counts_for
from grids.queries.gaps import gridless_villager_groups

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Gap:
    """A kind of thing that may be missing: its words, and the list that shows which ones."""

    code: str
    title: str
    short: str
    unit: str
    kind: str
    state: str
    advice: bool = False  # a ratio out of its band: worth a look, nothing missing


GAPS = (
    Gap("unlinked", "农户还没有联系党员", "未联户", "户", Kind.HOUSEHOLD, "unlinked"),
    Gap("unplaced", "党员还没有编入中心户", "未编入党员", "名", Kind.MEMBER, "unplaced"),
    Gap("leaderless", "党小组缺组长", "缺组长", "个", Kind.GROUP, "leaderless"),
    Gap("hubless", "党小组还没有中心户", "缺中心户", "个", Kind.GROUP, "hubless"),
    Gap("memberless", "中心户还没有党员", "空中心户", "个", Kind.HUB, "empty"),
    Gap("groupless", "网格还没有建党小组", "未建小组", "个", Kind.GRID, "groupless"),
    Gap("gridless", "村民小组还没有划入网格", "未划网格", "个", "", ""),
    Gap("hubs_off", "中心户联系的党员不在规定范围", "中心户", "个", Kind.HUB, "off_band", advice=True),
    Gap("members_off", "党员联系的农户不在规定范围", "党员", "名", Kind.MEMBER, "off_band", advice=True),
)


@dataclass(frozen=True)
class GapCount:
    """How many of one gap a place has."""

    gap: Gap
    n: int


@dataclass(frozen=True)
class Line:
    """One place of the home page with its numbers."""

    node: Node
    counts: Counts
    found: dict[str, int]

    @property
    def coverage(self) -> int | None:
        """Share of households linked, in whole percent; None while there are none."""
        return self.counts.linked * 100 // self.counts.households if self.counts.households else None

    @property
    def gaps(self) -> list[GapCount]:
        """Every gap in the order of GAPS, zeros too: a table needs its cells."""
        return [GapCount(gap, self.found[gap.code]) for gap in GAPS]

    @property
    def missing(self) -> int:
        """How many things are missing, without the advised ratios."""
        return sum(self.found[gap.code] for gap in GAPS if not gap.advice)

    @property
    def todo(self) -> list[GapCount]:
        """What there is to do here."""
        return [line for line in self.gaps if line.n]


def home_lines(user: "User | Any", *, on: date) -> list[Line]:
    """The top organisations of an office seat, or the places a village person answers for."""
    places = list(_places(user))
    counts = counts_for(places, on=on)
    gridless = gridless_villager_groups(place.pk for place in places if place.parent_id is None)
    hubs, members = _off_bands(user, places, on)
    return [
        Line(
            place,
            counts[place.pk],
            {
                **{gap.code: getattr(counts[place.pk], gap.code, 0) for gap in GAPS},
                "gridless": gridless.get(place.pk, 0),
                "hubs_off": hubs[place.pk],
                "members_off": members[place.pk],
            },
        )
        for place in places
    ]


def out_of_band(user: "User | Any", *, on: date) -> dict[str, int]:
    """How many hubs and members lie outside their ratios, over all places one answers for."""
    hubs, members = _off_bands(user, list(_places(user)), on)
    return {"hubs_off": hubs.total(), "members_off": members.total()}


def _off_bands(user: "User | Any", places: list[Node], on: date) -> tuple[Counter[int], Counter[int]]:
    """Hubs by their members and members by their households, counted for each place."""
    measure = yardstick(scope_of(user).township_id, on=on)
    members_on = able(on) & Q(root__branch_profile__setting=BranchSetting.VILLAGE)
    return (
        _off_band(places, Kind.HUB, Kind.MEMBER, measure.outside(BandCode.HUB, "n")),
        _off_band(places, Kind.MEMBER, Kind.HOUSEHOLD, members_on & measure.outside(BandCode.MEMBER, "n")),
    )


def waiting_uploads(user: "User | Any", most: int = 5) -> QuerySet[RosterUpload]:
    """Files read and not yet confirmed, the newest first."""
    return (
        RosterUpload.objects.visible_to(user).filter(state=UploadState.WAITING).only("pk", "file_name")[:most]
    )


def total(lines: Iterable[Line]) -> Counts:
    """The numbers of all lines together; places never overlap."""
    found = NOTHING
    for line in lines:
        found = found.plus(line.counts)
    return found


def _places(user: "User | Any") -> QuerySet[Node]:
    """Topmost places of the user's scope: a secretary who is also a member answers once for the village."""
    rows = Node.objects.visible_to(user).filter(closed_on=None).select_related("parent", "root")
    scope = scope_of(user)
    if scope.whole_township:
        return rows.filter(parent=None).order_by("position", "pk")
    ids = {place.node_id for place in scope.places}
    above = Q(root_id__in=ids) & ~Q(parent=None)
    for key in ("branch_id", "grid_id", "group_id", "hub_id", "parent_id"):
        above |= Q(**{f"{key}__in": ids})
    return rows.filter(pk__in=ids).exclude(above).order_by("root", "pk")


def _off_band(places: list[Node], kind: str, below: str, outside: Q) -> Counter[int]:
    """How many open nodes of `kind` have a number of children outside the band, by place."""
    children = (
        Node.objects.filter(parent_id=OuterRef("pk"), kind=below, closed_on=None)
        .order_by()
        .values("parent_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = Node.objects.filter(root_id__in={place.root_id for place in places}, kind=kind, closed_on=None)
    off = (
        rows.annotate(n=Coalesce(Subquery(children), Value(0), output_field=IntegerField()))
        .filter(outside)
        .order_by()
        .values_list("root_id", "branch_id", "grid_id", "group_id", "hub_id")
    )
    wanted = {place.pk for place in places}
    return Counter(key for keys in off for key in set(keys) & wanted)
