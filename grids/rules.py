"""The shape of the tree and the bands of its lower edges, on plain values, with their clauses."""

from collections.abc import Mapping
from dataclasses import dataclass

from grids.choices import COMMITTEE_ROLES, Kind, Role

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
    """A ratio range of the document; it advises and never refuses (decisions 5)."""

    code: str
    title: str
    low: int
    high: int
    unit: str
    clause: str

    def verdict(self, n: int) -> str:
        """'under', 'ok' or 'over'."""
        return "under" if n < self.low else "over" if n > self.high else "ok"

    def note(self, n: int) -> str:
        """Words for a count, e.g. '16户，应为10–15户，超1户'."""
        span = f"{n}{self.unit}，应为{self.low}–{self.high}{self.unit}"
        verdict = self.verdict(n)
        if verdict == "ok":
            return f"{span}，符合"
        gap = self.low - n if verdict == "under" else n - self.high
        return f"{span}，{'少' if verdict == 'under' else '超'}{gap}{self.unit}"


HOUSEHOLDS_PER_HUB = Band(
    "R19", "每个中心户的周边农户", 10, 15, "户", "二(二) 一般应在10-15户农户中确定一名党员中心户"
)
LEADER_TO_HUBS = Band(
    "E3",
    "党小组长联系中心户（示范岗）",
    2,
    5,
    "个",
    "二(四)1 党小组长每人联系包挂2-5名党员中心户或党员示范岗",
)
HUB_TO_MEMBERS = Band(
    "E4", "中心户（示范岗）联系党员", 5, 10, "名", "二(四)1 每个党员中心户或党员示范岗联系5-10名党员"
)
MEMBER_TO_HOUSEHOLDS = Band("E5", "党员联系群众", 10, 15, "户", "二(四)1 每名党员联系10-15户群众")
