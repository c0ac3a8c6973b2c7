"""What each edge of the ladder joins, in words, and in which four ways it can be out of order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grids.choices import BandCode, Kind
from liaison.choices import Edge, Level

GAP, CROSS, SELF, LEFT = "gap", "cross", "self", "left"


@dataclass(frozen=True)
class Problem:
    """One way to be out of order at one edge; without a unit it cannot occur there, and `note` says why."""

    code: str
    title: str
    unit: str = ""
    repair: str = ""
    note: str = ""

    @property
    def can_occur(self) -> bool:
        """False where the tree or the rule leaves no room for it."""
        return bool(self.unit)


TITLES = {GAP: "没有联系人的", CROSS: "跨网格", SELF: "自己联系自己", LEFT: "联系人已离开"}


def _problem(code: str, unit: str = "", repair: str = "", note: str = "") -> Problem:
    return Problem(code, TITLES[code], unit, repair, note)


@dataclass(frozen=True)
class EdgeInfo:
    """One edge: who looks after what, at most how many, and where that stands."""

    edge: Edge
    short: str  # for a tab
    holder: str  # 党员
    target: str  # 农户
    unit: str  # of targets
    people: str  # what one holder is counted as: 名, 个
    code: BandCode | None = None
    holder_kind: Kind | None = None  # of the edges that are the tree
    target_kind: Kind | None = None
    level: Level | None = None  # of the edges that are contacts
    row: str = ""  # what a row is called where it is not the holder: 党小组
    heads: str = ""  # who answers for a row: 组长
    problems: Mapping[str, Problem] = field(default_factory=dict)

    @property
    def row_title(self) -> str:
        """党小组 of its leaders, else the holders themselves."""
        return self.row or self.holder

    @property
    def title(self) -> str:
        """党员→农户."""
        return str(self.edge.label)


def _of(*problems: Problem) -> dict[str, Problem]:
    return {problem.code: problem for problem in problems}


_NO_GRIDS = "按党组织包挂，不分网格。"
EDGES: Mapping[str, EdgeInfo] = {
    info.edge.value: info
    for info in (
        EdgeInfo(
            Edge.TOWN_LEADER,
            "乡领导→党组织",
            "乡领导",
            "党组织",
            "个",
            "名",
            level=Level.TOWN_LEADER,
            problems=_of(
                _problem(GAP, "个", "登记包挂", "没有乡领导包挂的党组织"),
                _problem(CROSS, note=f"乡领导{_NO_GRIDS}"),
                _problem(SELF, "条", "结束包挂", "包挂的是自己任委员的党组织"),
                _problem(LEFT, "条", "结束包挂", "包挂人已经不是乡领导"),
            ),
        ),
        EdgeInfo(
            Edge.GENERAL_BRANCH,
            "总支班子→支部",
            "总支班子成员",
            "党支部",
            "个",
            "名",
            BandCode.GENERAL_BRANCH,
            level=Level.GENERAL_BRANCH,
            problems=_of(
                _problem(GAP, "个", "登记包挂", "总支下面没有班子成员联系的党支部"),
                _problem(CROSS, note=f"总支班子{_NO_GRIDS}"),
                _problem(SELF, "条", "结束包挂", "联系的是自己任委员的党支部"),
                _problem(LEFT, "条", "结束包挂", "联系人已经不在这个总支的班子里"),
            ),
        ),
        EdgeInfo(
            Edge.COMMITTEE,
            "委员→党小组",
            "支部委员",
            "党小组",
            "个",
            "名",
            BandCode.COMMITTEE,
            level=Level.COMMITTEE,
            problems=_of(
                _problem(GAP, "个", "登记包挂", "没有委员包挂的党小组"),
                _problem(CROSS, note=f"委员{_NO_GRIDS}"),
                _problem(SELF, "条", "结束包挂", "委员自己就是所包挂党小组的组长"),
                _problem(LEFT, "条", "结束包挂", "包挂人已经不是这个党组织的委员"),
            ),
        ),
        EdgeInfo(
            Edge.LEADER,
            "组长→中心户",
            "党小组长",
            "中心户（示范岗）",
            "个",
            "个",
            BandCode.LEADER,
            Kind.GROUP,
            Kind.HUB,
            row="党小组",
            heads="组长",
            problems=_of(
                _problem(GAP, "个", "登记组长", "所在党小组没有组长的中心户（示范岗）"),
                _problem(CROSS, note="中心户（示范岗）都挂在自己的党小组下面，不会跨网格。"),
                _problem(SELF, "个", "登记任职", "负责人就是本党小组的组长"),
                _problem(LEFT, "个", "登记组长", "组长已注销、流动在外或不参加联户的党小组"),
            ),
        ),
        EdgeInfo(
            Edge.HUB,
            "中心户→党员",
            "中心户（示范岗）",
            "党员",
            "名",
            "个",
            BandCode.HUB,
            Kind.HUB,
            Kind.MEMBER,
            heads="负责人",
            problems=_of(
                _problem(GAP, "名", "编入中心户", "没有编入中心户（示范岗）的党员"),
                _problem(CROSS, note="党员编在本党小组的中心户（示范岗）里，不会跨网格。"),
                _problem(SELF, note="负责人本人编在自己的中心户里是通常做法，不列出。"),
                _problem(LEFT, "个", "登记负责人", "没有负责人，或负责人已注销、流动在外、不参加联户"),
            ),
        ),
        EdgeInfo(
            Edge.MEMBER,
            "党员→农户",
            "党员",
            "农户",
            "户",
            "名",
            BandCode.MEMBER,
            Kind.MEMBER,
            Kind.HOUSEHOLD,
            problems=_of(
                _problem(GAP, "户", "联户", "没有联系党员的农户"),
                _problem(CROSS, "户", "调整", "住在别的网格覆盖的村民小组，由本网格党员联系"),
                _problem(SELF, "户", "调整", "户主与联系党员同名，可能是党员自家"),
                _problem(LEFT, "名", "调整农户", "已注销、流动在外或不参加联户，名下仍有农户的党员"),
            ),
        ),
    )
}
