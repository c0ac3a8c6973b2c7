"""The shape of the tree and the bands of its lower edges, on plain values, with their clauses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grids.choices import COMMITTEE_ROLES, BandCode, BandMode, BandScope, Kind, Role

# Decisions 4. None stands for "top of a tree". Not yet placed and not yet linked are real values.
ALLOWED_PARENTS: Mapping[str, tuple[str | None, ...]] = {
    Kind.GENERAL_BRANCH: (None,),
    Kind.BRANCH: (None, Kind.GENERAL_BRANCH),
    Kind.GRID: (Kind.BRANCH, Kind.GENERAL_BRANCH),
    Kind.GROUP: (Kind.GRID,),
    Kind.HUB: (Kind.GROUP,),
    Kind.MEMBER: (Kind.HUB, Kind.GROUP, Kind.BRANCH, Kind.GENERAL_BRANCH),
    Kind.HOUSEHOLD: (Kind.MEMBER, Kind.GROUP, Kind.GRID),
}
# The ancestors whose key a node stores, top first; the root is stored apart.
KEY_KINDS = (Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB)

_AT_BRANCH = (Kind.BRANCH, Kind.GENERAL_BRANCH)
# Where each post can be held; 乡领导 stand above every tree.
POST_PLACES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*COMMITTEE_ROLES, Role.INSTRUCTOR), _AT_BRANCH),
    Role.GROUP_LEADER: (Kind.GROUP,),
    Role.GRID_STAFF: (Kind.GRID,),
    Role.HUB_HEAD: (Kind.HUB,),
    Role.TOWN_LEADER: (),
}


def may_hang(kind: str, parent_kind: str | None) -> bool:
    """True when a node of `kind` may stand under a node of `parent_kind` (None: at the top)."""
    return parent_kind in ALLOWED_PARENTS[kind]


def children_of(kind: str) -> tuple[str, ...]:
    """Kinds that may be added under `kind`, in the order of the document."""
    return tuple(child for child in ALLOWED_PARENTS if may_hang(child, kind))


def why_not_under(kind: str, parent_kind: str | None) -> str:
    """The sentence shown when a node is put in a wrong place."""
    places = "、".join(Kind(k).label if k else "最上级" for k in ALLOWED_PARENTS[kind])
    where = Kind(parent_kind).label if parent_kind else "最上级"
    return f"{Kind(kind).label}不能放在{where}下面，只能放在：{places}。"


@dataclass(frozen=True)
class Band:
    """A ratio range; it advises and never refuses (decisions 5).

    `hard` is the load nobody is proposed beyond; `scope` says how far a proposed link may reach.
    """

    code: str
    title: str
    low: int
    high: int
    unit: str
    clause: str
    hard: int = 0
    quote: str = ""
    mode: str = BandMode.ADVISORY
    scope: str = BandScope.VILLAGE

    @property
    def is_on(self) -> bool:
        """False when the township does not look at this ratio."""
        return self.mode != BandMode.OFF

    def verdict(self, n: float) -> str:
        """'under', 'ok' or 'over'; a band that is off finds everything in order."""
        if not self.is_on:
            return "ok"
        return "under" if n < self.low else "over" if n > self.high else "ok"

    def note(self, n: float) -> str:
        """Words for a count, e.g. '16户，应为10–15户，超1户'."""
        span = f"{n:g}{self.unit}，应为{self.low}–{self.high}{self.unit}"
        verdict = self.verdict(n)
        if verdict == "ok":
            return f"{span}，符合"
        gap = self.low - n if verdict == "under" else n - self.high
        return f"{span}，{'少' if verdict == 'under' else '超'}{round(gap, 1):g}{self.unit}"


Bands = dict[str, Band]

# The six ratios as the document states them; a township may set others for a year (models.BandRule).
PRESET: Bands = {
    band.code: band
    for band in (
        Band(
            BandCode.DENSITY,
            "每个中心户的周边农户",
            10,
            15,
            "户",
            "二(二)",
            hard=30,
            quote="一般应在10-15户农户中确定一名党员中心户",
            scope=BandScope.GRID,
        ),
        Band(
            BandCode.GENERAL_BRANCH,
            "总支班子联系网格党支部",
            1,
            2,
            "个",
            "二(四)1",
            hard=5,
            quote="村党总支班子成员每人联系包挂1-2个网格党支部",
        ),
        Band(
            BandCode.COMMITTEE,
            "支部委员包挂党小组",
            1,
            2,
            "个",
            "二(四)1",
            hard=5,
            quote="网格党支部委员每人包挂1-2个党小组",
        ),
        Band(
            BandCode.LEADER,
            "党小组长联系中心户（示范岗）",
            2,
            5,
            "个",
            "二(四)1",
            hard=10,
            quote="党小组长每人联系包挂2-5名党员中心户或党员示范岗",
            scope=BandScope.GRID,
        ),
        Band(
            BandCode.HUB,
            "中心户（示范岗）联系党员",
            5,
            10,
            "名",
            "二(四)1",
            hard=20,
            quote="每个党员中心户或党员示范岗联系5-10名党员",
            scope=BandScope.GRID,
        ),
        Band(
            BandCode.MEMBER,
            "党员联系群众",
            10,
            15,
            "户",
            "二(四)1",
            hard=30,
            quote="每名党员联系10-15户群众",
        ),
    )
}
# Which ratio the load of a place itself is held against (its hubs, members or households).
OWN_BAND: Mapping[str, str] = {
    Kind.GROUP: BandCode.LEADER,
    Kind.HUB: BandCode.HUB,
    Kind.MEMBER: BandCode.MEMBER,
}


def personal(band: Band, low: int, high: int) -> Band:
    """The band of one holder who can take fewer or more; nobody is proposed more than his own most."""
    return replace(band, low=low, high=high, hard=high)
