"""What each kind of place is made of: its profile, the fields people fill in, and the columns of its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from grids.choices import CloseReason, Kind, Role
from grids.models import (
    BranchProfile,
    GridProfile,
    GroupProfile,
    HouseholdProfile,
    HubProfile,
    MemberProfile,
)


@dataclass(frozen=True)
class ListColumn:
    """One column of a list: its key in a row, its title, and how it is shown."""

    key: str
    title: str
    show: Literal["text", "name", "num", "code", "phone", "mark"] = "text"
    wide_only: bool = False  # left out on a phone


@dataclass(frozen=True)
class ListState:
    """One choice of a list's state filter; the condition is in queries/lists.py under the same code."""

    code: str
    title: str


@dataclass(frozen=True)
class KindInfo:
    """Everything the one set of views needs to know of a kind."""

    kind: Kind
    profile: type[Any]  # a Profile; each has its own node, which the abstract one lacks
    profile_name: str  # the related name on Node
    fields: tuple[str, ...]  # of the profile, as in its form
    icon: str
    unit: str
    list_title: str = ""
    columns: tuple[ListColumn, ...] = ()
    states: tuple[ListState, ...] = ()
    head_role: str = ""  # the post whose holder answers for such a place
    close_reasons: tuple[str, ...] = (CloseReason.MERGED, CloseReason.DISSOLVED, CloseReason.MISTAKE)
    name_label: str = "名称"

    @property
    def title(self) -> str:
        """The kind in words."""
        return str(self.kind.label)


OPEN, CLOSED = ListState("", "在册"), ListState("closed", "已注销")
VILLAGE = ListColumn("village", "村（党组织）")
HOUSEHOLDS = ListColumn("households", "户数", "num")
MEMBERS = ListColumn("members", "党员", "num")
HUBS = ListColumn("hubs", "中心户", "num")

_BRANCH = KindInfo(
    kind=Kind.BRANCH,
    profile=BranchProfile,
    profile_name="branch_profile",
    fields=("setting", "village", "population", "remark"),
    icon="branch",
    unit="个",
    head_role=Role.SECRETARY,
)
_GENERAL_BRANCH = KindInfo(
    kind=Kind.GENERAL_BRANCH,
    profile=BranchProfile,
    profile_name="branch_profile",
    fields=("setting", "village", "population", "approval_no", "approved_on", "remark"),
    icon="branch",
    unit="个",
    head_role=Role.SECRETARY,
)
_GRID = KindInfo(
    kind=Kind.GRID,
    profile=GridProfile,
    profile_name="grid_profile",
    fields=("code", "shape", "villager_groups", "extent", "area_mu", "remark"),
    icon="grid",
    unit="个",
    list_title="网格",
    head_role=Role.GRID_STAFF,
    columns=(
        ListColumn("name", "名称", "name"),
        VILLAGE,
        ListColumn("code", "编号", "code", wide_only=True),
        ListColumn("shape", "类别"),
        ListColumn("covers", "覆盖村民小组", wide_only=True),
        HOUSEHOLDS,
        MEMBERS,
        HUBS,
        ListColumn("per_hub", "户/中心户", "mark"),
        ListColumn("heads", "网格工作人员"),
    ),
    states=(
        OPEN,
        ListState("groupless", "未建党小组"),
        ListState("industry", "行业产业网格"),
        CLOSED,
    ),
)
_GROUP = KindInfo(
    kind=Kind.GROUP,
    profile=GroupProfile,
    profile_name="group_profile",
    fields=("industry", "remark"),
    icon="group",
    unit="个",
    list_title="党小组",
    head_role=Role.GROUP_LEADER,
    columns=(
        ListColumn("name", "名称", "name"),
        VILLAGE,
        ListColumn("grid", "所在网格"),
        ListColumn("heads", "党小组长"),
        ListColumn("head_phone", "组长电话", "phone", wide_only=True),
        ListColumn("hubs", "中心户", "mark"),
        MEMBERS,
        HOUSEHOLDS,
        ListColumn("industry", "行业产业", wide_only=True),
    ),
    states=(
        OPEN,
        ListState("leaderless", "缺党小组长"),
        ListState("hubless", "没有中心户"),
        CLOSED,
    ),
)
_HUB = KindInfo(
    kind=Kind.HUB,
    profile=HubProfile,
    profile_name="hub_profile",
    fields=("hub_kind", "plate_no", "served_households", "address", "remark"),
    icon="hub",
    unit="个",
    list_title="中心户（示范岗）",
    head_role=Role.HUB_HEAD,
    columns=(
        ListColumn("name", "名称", "name"),
        ListColumn("hub_kind", "类别"),
        VILLAGE,
        ListColumn("group", "党小组"),
        ListColumn("heads", "负责人"),
        ListColumn("head_phone", "负责人电话", "phone", wide_only=True),
        ListColumn("members", "联系党员", "mark"),
        ListColumn("served", "周边农户", "mark"),
        ListColumn("households", "联系农户", "num", wide_only=True),
        ListColumn("plate_no", "标识牌编号", "code", wide_only=True),
    ),
    states=(
        OPEN,
        ListState("empty", "没有党员"),
        ListState("headless", "缺负责人"),
        ListState("off_band", "党员数不在规定范围"),
        CLOSED,
    ),
)
_MEMBER = KindInfo(
    kind=Kind.MEMBER,
    profile=MemberProfile,
    profile_name="member_profile",
    fields=(
        "standing",
        "is_floating",
        "takes_part",
        "absence_reason",
        "absent_since",
        "absent_until",
        "remark",
    ),
    icon="member",
    unit="名",
    list_title="党员",
    name_label="姓名",
    close_reasons=(
        CloseReason.TRANSFERRED,
        CloseReason.DECEASED,
        CloseReason.EXPELLED,
        CloseReason.REMOVED_FROM_ROSTER,
        CloseReason.MISTAKE,
    ),
    columns=(
        ListColumn("name", "姓名", "name"),
        VILLAGE,
        ListColumn("group", "党小组"),
        ListColumn("hub", "中心户（示范岗）"),
        ListColumn("households", "联系农户", "mark"),
        ListColumn("standing", "类别"),
        ListColumn("floating", "是否流动", wide_only=True),
        ListColumn("part", "参加联户", wide_only=True),
        ListColumn("phone", "联系电话", "phone"),
    ),
    states=(
        OPEN,
        ListState("unplaced", "未编入中心户"),
        ListState("idle", "参加联户但没有农户"),
        ListState("off_band", "联系农户不在规定范围"),
        ListState("absent", "不参加联户"),
        ListState("floating", "流动党员"),
        ListState("probationary", "预备党员"),
        CLOSED,
    ),
)
_HOUSEHOLD = KindInfo(
    kind=Kind.HOUSEHOLD,
    profile=HouseholdProfile,
    profile_name="household_profile",
    fields=("villager_group", "door", "size", "phone", "remark"),
    icon="household",
    unit="户",
    list_title="农户",
    name_label="户主姓名",
    close_reasons=(
        CloseReason.MOVED_AWAY,
        CloseReason.DECEASED,
        CloseReason.MERGED,
        CloseReason.REMOVED_FROM_ROSTER,
        CloseReason.MISTAKE,
    ),
    columns=(
        ListColumn("name", "户主", "name"),
        VILLAGE,
        ListColumn("villager_group", "村民小组"),
        ListColumn("door", "门牌", "code"),
        ListColumn("group", "党小组"),
        ListColumn("hub", "中心户（示范岗）", wide_only=True),
        ListColumn("linked_by", "联系党员"),
        ListColumn("since", "联系起始", "code", wide_only=True),
        ListColumn("size", "人口", "num"),
        ListColumn("phone", "联系电话", "phone"),
    ),
    states=(OPEN, ListState("unlinked", "未联户"), ListState("no_group", "未登记村民小组"), CLOSED),
)

KINDS: Mapping[str, KindInfo] = {
    info.kind: info for info in (_GENERAL_BRANCH, _BRANCH, _GRID, _GROUP, _HUB, _MEMBER, _HOUSEHOLD)
}
LISTED: tuple[KindInfo, ...] = (_GRID, _GROUP, _HUB, _MEMBER, _HOUSEHOLD)
