"""What each village has and what is missing in it, counted and row by row."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from grids.choices import ROOT_KINDS, BranchSetting, Kind, Role
from grids.models import MemberProfile, Node, Post, VillagerGroup
from grids.queries.ability import unable
from grids.queries.counts import (
    MISSING,
    Counts,
    counts_for,
    has_child,
    has_holder,
    with_signs,
)

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
    rows = _gridless(VillagerGroup.objects.filter(root_id__in=list(root_ids)))
    return _by_root(rows, "root_id")


def _gridless(lanes: QuerySet[VillagerGroup]) -> QuerySet[VillagerGroup]:
    return lanes.exclude(grids__node__closed_on=None, grids__isnull=False)


def _by_root(rows: QuerySet[Any], path: str) -> dict[int, int]:
    """How many of the rows each village has."""
    return {row[path]: row["n"] for row in rows.order_by().values(path).annotate(n=Count("pk"))}


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


# --- every gap with its rows ------------------------------------------------------------------------


@dataclass(frozen=True)
class GapKind:
    """One way in which coverage may be incomplete: words, unit, and the words on the button that mends it."""

    code: str
    title: str
    short: str
    unit: str
    repair: str
    clause: str = ""


GAP_KINDS: tuple[GapKind, ...] = (
    GapKind(
        "gridless",
        "村民小组没有划入网格",
        "未划网格",
        "个",
        "划入网格",
        "二(一) 以村民小组为基本单位划分网格",
    ),
    GapKind("groupless", "网格没有建党小组", "未建小组", "个", "建党小组", "二(一) 每个网格建立一个党小组"),
    GapKind("secretaryless", "党组织缺书记", "缺书记", "个", "登记书记", "二(二) 选优配强党组织书记"),
    GapKind("leaderless", "党小组缺组长", "缺组长", "个", "登记组长", "二(二) 选配党小组长"),
    GapKind(
        "staffless", "网格没有工作人员", "缺网格人员", "个", "登记人员", "二(二) 一格多员、一人多职、一岗多责"
    ),
    GapKind("hubless", "党小组没有中心户", "缺中心户", "个", "新增中心户", "二(一) 确定党员中心户"),
    GapKind("headless", "中心户缺负责人", "缺负责人", "个", "登记负责人", "二(二) 确定党员中心户"),
    GapKind("memberless", "中心户没有党员", "空中心户", "个", "编入党员", "二(四)1 每个中心户联系5-10名党员"),
    GapKind("unplaced", "党员没有编入中心户", "未编入", "名", "编入中心户", "二(四)1 中心户联系党员"),
    GapKind("idle", "能联户的党员没有农户", "无农户", "名", "联系农户", "二(四)1 每名党员联系10-15户群众"),
    GapKind("unlinked", "农户没有联系党员", "未联户", "户", "联户", "二(四)1 党员联系群众全覆盖"),
    GapKind("past_term", "任期已满没有换届", "任期已满", "项", "登记换届", "二(二) 选优配强工作力量"),
)
# Beside those of counts.py; idle members are asked for as the members' list asks.
_MORE: Mapping[str, Q] = {
    "secretaryless": Q(kind__in=ROOT_KINDS, has_secretary=False),
    "staffless": Q(kind=Kind.GRID, has_staff=False),
    "headless": Q(kind=Kind.HUB, has_head=False),
    "idle": Q(kind=Kind.MEMBER, has_household=False, in_village=True, is_unable=False),
}


@dataclass(frozen=True)
class GapRow:
    """One thing missing: where, and what its repair needs to know."""

    pk: int
    name: str
    village: str
    root_id: int
    place: str
    note: str = ""
    kind: str = ""
    node_id: int | None = None  # the place that mends it, where that is not the row itself


def _signed(user: "User | Any", on: date) -> QuerySet[Node]:
    nodes = Node.objects.visible_to(user).filter(closed_on=None)
    return with_signs(nodes, on).annotate(
        has_secretary=has_holder(Role.SECRETARY, on),
        has_staff=has_holder(Role.GRID_STAFF, on),
        has_head=has_holder(Role.HUB_HEAD, on),
        has_household=has_child(Kind.HOUSEHOLD),
        is_unable=Exists(MemberProfile.objects.filter(unable(on, ""), node_id=OuterRef("pk"))),
    )


def _past_term(user: "User | Any", on: date) -> QuerySet[Post]:
    """Posts still held although their term is over; the township's own stand under no village."""
    return Post.objects.visible_to(user).current(on).in_term("past", on).filter(node__closed_on=None)


def gap_counts(user: "User | Any", *, on: date) -> dict[str, dict[int, int]]:
    """How many of each gap each village has, in three queries."""
    conditions = {**MISSING, **_MORE}
    sums = {code: Count("pk", filter=condition) for code, condition in conditions.items()}
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for row in _signed(user, on).order_by().values("root_id").annotate(**sums):
        for code in conditions:
            if row[code]:
                found[code][row["root_id"]] = row[code]
    found["gridless"] = _by_root(_gridless(VillagerGroup.objects.visible_to(user)), "root_id")
    past = _past_term(user, on).filter(node__isnull=False)
    found["past_term"] = _by_root(past, "node__root_id")
    return found


def gaps_of_villages(user: "User | Any", *, on: date) -> Mapping[int, int]:
    """All of them as one number for each village."""
    found: Counter[int] = Counter()
    for by_root in gap_counts(user, on=on).values():
        found.update(by_root)
    return found


def gap_rows(user: "User | Any", code: str, *, village: int | None, on: date) -> QuerySet[Any]:
    """The rows of one gap, village by village, ready to be paged; `as_rows` reads them."""
    rows: QuerySet[Any]
    if code == "gridless":
        rows = _gridless(VillagerGroup.objects.visible_to(user))
        if village is not None:
            rows = rows.filter(root_id=village)
        return rows.order_by("root__position", "root_id", "position", "pk")
    if code == "past_term":
        rows = _past_term(user, on).filter(node__isnull=False)
        if village is not None:
            rows = rows.filter(node__root_id=village)
        return rows.order_by("node__root__position", "node__root_id", "term_until", "pk")
    rows = _signed(user, on).filter({**MISSING, **_MORE}[code])
    if village is not None:
        rows = rows.filter(root_id=village)
    return rows.order_by("root__position", "root_id", "grid__position", "grid_id", "lft")


def as_rows(code: str, rows: QuerySet[Any]) -> list[GapRow]:
    """One page of `gap_rows` as plain values."""
    if code == "gridless":
        return [
            GapRow(row["pk"], row["name"], row["village"], row["root_id"], row["village"])
            for row in rows.values("pk", "name", "root_id", village=F("root__name"))
        ]
    if code == "past_term":
        return _post_rows(rows)
    names = ("pk", "name", "kind", "root_id", "parent_id", "group_id", "grid_id", "branch_id")
    return [_node_row(code, row) for row in rows.values(
        *names, village=F("root__name"), in_branch=F("branch__name"), in_grid=F("grid__name"),
        in_group=F("group__name"), in_hub=F("hub__name"),
    )]  # fmt: skip


def _node_row(code: str, row: Mapping[str, Any]) -> GapRow:
    branch = row["in_branch"] if row["branch_id"] != row["root_id"] else None
    above: Sequence[str] = [name for name in (branch, row["in_grid"], row["in_group"], row["in_hub"]) if name]
    mended_at = row["group_id"] or row["grid_id"] or row["parent_id"]
    return GapRow(
        row["pk"],
        row["name"],
        row["village"],
        row["root_id"],
        " › ".join(above) or row["village"],
        kind=row["kind"],
        node_id=mended_at if code in ("memberless", "idle") else row["pk"],
    )


def _post_rows(rows: QuerySet[Any]) -> list[GapRow]:
    found = rows.values(
        "pk", "role", "term_until", "node_id", who=F("person__name"), place=F("node__name"),
        root=F("node__root_id"), village=F("node__root__name"),
    )  # fmt: skip
    return [
        GapRow(
            row["pk"],
            row["who"],
            row["village"],
            row["root"],
            f"{row['place']} {Role(row['role']).label}",
            note=f"{row['term_until']:%Y-%m-%d} 届满",
            node_id=row["node_id"],
        )
        for row in found
    ]
