"""Who may hold which upper edge, and the bands of 二(四)1."""

from collections.abc import Mapping

from grids.choices import COMMITTEE_ROLES, Kind, Role
from grids.rules import Band
from liaison.choices import Level

BANDS: Mapping[str, Band | None] = {
    Level.TOWN_LEADER: None,
    Level.GENERAL_BRANCH: Band("E1", "总支班子联系网格党支部", 1, 2, "个", "二(四)1 每人包挂1-2个网格党支部"),
    Level.COMMITTEE: Band("E2", "支部委员包挂党小组", 1, 2, "个", "二(四)1 每人包挂1-2个党小组"),
}
HOLDER_ROLES: Mapping[str, tuple[str, ...]] = {
    Level.TOWN_LEADER: (Role.TOWN_LEADER,),
    Level.GENERAL_BRANCH: COMMITTEE_ROLES,
    Level.COMMITTEE: COMMITTEE_ROLES,
}
TARGET_KINDS: Mapping[str, tuple[str, ...]] = {
    Level.TOWN_LEADER: (Kind.GENERAL_BRANCH, Kind.BRANCH),
    Level.GENERAL_BRANCH: (Kind.BRANCH,),
    Level.COMMITTEE: (Kind.GROUP,),
}
