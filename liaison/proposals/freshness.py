"""需调整: grids whose rosters no longer fit what has happened (deaths, moves, going out, new people).

Nothing is stored: the state itself says it, so no event can be missed and nothing lingers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from grids.access import scope_of
from grids.choices import BandCode, BranchSetting, Kind
from grids.models import GridCover, MemberProfile, Node
from grids.queries.ability import unable
from grids.queries.bands import Yardstick, yardstick
from grids.queries.counts import has_child, outside_villages
from liaison.choices import Edge

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Cause:
    """One way in which a grid's roster has come out of step, and the edge whose proposal mends it."""

    code: str
    text: str  # with {n}
    edge: str


CAUSES = (
    Cause("orphaned", "{n}户的联系人外出、流动或不能履职", Edge.MEMBER),
    Cause("unlinked", "{n}户没有联系人（新增、原联系人去世或转出）", Edge.MEMBER),
    Cause("crossing", "{n}户跨网格联系", Edge.MEMBER),
    Cause("crowded", "{n}名党员联系户超上限", Edge.MEMBER),
    Cause("idle", "{n}名能履职党员还没有联系户", Edge.MEMBER),
    Cause("unplaced", "{n}名党员没有编入中心户", Edge.HUB),
)


@dataclass(frozen=True)
class Due:
    """One grid on the list."""

    pk: int
    name: str
    village: str
    village_id: int
    found: Mapping[str, int] = field(default_factory=dict)

    @property
    def causes(self) -> list[tuple[Cause, int, str]]:
        """What happened, with numbers and in words."""
        return [
            (cause, n, cause.text.format(n=n)) for cause in CAUSES if (n := self.found.get(cause.code, 0))
        ]

    @property
    def edges(self) -> list[Edge]:
        """The proposals that would mend it, each once."""
        return [Edge(edge) for edge in dict.fromkeys(cause.edge for cause, _, _ in self.causes)]

    @property
    def weight(self) -> int:
        """Most pressing first: households without a working contact count before everything else."""
        first = self.found.get("orphaned", 0) + self.found.get("unlinked", 0)
        return first * 1000 + sum(self.found.values())


def due_grids(user: "User | Any", *, on: date, village: int | None = None) -> list[Due]:
    """Grids in scope that need adjusting, the most pressing first; a fixed number of queries."""
    nodes = Node.objects.visible_to(user).filter(closed_on=None)
    if village is not None:
        nodes = nodes.filter(root_id=village)
    measure = yardstick(scope_of(user).township_id, on=on)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for code, rows in _rows(nodes, measure, on).items():
        for grid, n in rows.order_by().values_list("grid_id").annotate(n=Count("pk", distinct=True)):
            if grid is not None:
                found[grid][code] = n
    grids = Node.objects.filter(pk__in=found).order_by("root__position", "root_id", "lft")
    lines = [
        Due(pk, name, root, root_id, found[pk])
        for pk, name, root, root_id in grids.values_list("pk", "name", "root__name", "root_id")
    ]
    return sorted(lines, key=lambda line: -line.weight)


def _rows(nodes: QuerySet[Node], measure: Yardstick, on: date) -> Mapping[str, QuerySet[Node]]:
    """The rows behind each cause."""
    households = nodes.filter(kind=Kind.HOUSEHOLD)
    gone = unable(on, "parent__member_profile") | Q(parent__member_profile__is_floating=True)
    members = nodes.filter(kind=Kind.MEMBER, root__branch_profile__setting=BranchSetting.VILLAGE)
    able = members.exclude(
        Exists(MemberProfile.objects.filter(unable(on, "") | Q(is_floating=True), node_id=OuterRef("pk")))
    )
    loads = members.annotate(n=Count("children", filter=Q(children__closed_on=None)))
    around = Node.objects.filter(grid_id=OuterRef("grid_id"), kind=Kind.HOUSEHOLD, closed_on=None)
    band = measure.bands[BandCode.MEMBER]
    too_many = measure.outside(BandCode.MEMBER, "n") & Q(n__gt=band.high)
    return {
        "orphaned": households.filter(gone, parent__kind=Kind.MEMBER),
        "unlinked": households.exclude(parent__kind=Kind.MEMBER),
        "crossing": _crossing(households),
        "crowded": Node.objects.filter(pk__in=loads.filter(too_many).values("pk")),
        # In a grid without households (an industry's) there is nothing to give.
        "idle": able.filter(~has_child(Kind.HOUSEHOLD), Exists(around), hub__isnull=False),
        "unplaced": members.filter(~outside_villages(), hub=None),
    }


def _crossing(households: QuerySet[Node]) -> QuerySet[Node]:
    """Linked households whose villager group lies in other grids than their contact's."""
    covers = GridCover.objects.filter(
        villager_group_id=OuterRef("household_profile__villager_group_id"),
        profile__node__closed_on=None,
    )
    return households.filter(
        Exists(covers), ~Exists(covers.filter(profile__node_id=OuterRef("grid_id"))), parent__kind=Kind.MEMBER
    )


def editable_among(user: "User | Any", node_ids: Iterable[int]) -> set[int]:
    """Which of these places the user may change."""
    rows = Node.objects.editable_by(user).filter(pk__in=list(node_ids))
    return set(rows.values_list("pk", flat=True))
