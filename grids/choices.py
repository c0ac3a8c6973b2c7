"""Fixed choices of the tree, its people and their posts."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a place in the tree is (工作方案 二(一)): 支部 → 网格 → 党小组 → 中心户 → 党员 → 农户."""

    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    GRID = "grid", "网格"
    GROUP = "group", "党小组"
    HUB = "hub", "中心户（示范岗）"
    MEMBER = "member", "党员"
    HOUSEHOLD = "household", "农户"


class BranchSetting(TextChoices):
    """Where a Party organisation stands; village ones have households, the others do not."""

    VILLAGE = "village", "行政村"
    OFFICE = "office", "机关"
    ENTERPRISE = "enterprise", "企业"
    SCHOOL = "school", "学校"


class GridShape(TextChoices):
    """A grid covers villager groups, or an industry (二(一) 行业协会、专业合作社、产业链)."""

    GEOGRAPHIC = "geographic", "地域网格"
    INDUSTRY = "industry", "行业产业网格"


class HubKind(TextChoices):
    """党员中心户 at a member's home, or 党员示范岗 at a place of work."""

    CENTRAL = "central", "中心户"
    DEMO_POST = "demo_post", "示范岗"


class Standing(TextChoices):
    """A member's Party standing."""

    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"


class AbsenceReason(TextChoices):
    """Why a member takes no households; no health data is kept (decisions 1)."""

    AWAY = "away", "外出"
    OTHER = "other", "其他"


class BandCode(TextChoices):
    """The six ratios of the document: one of density (二(二)) and five of the liaison ladder (二(四)1)."""

    DENSITY = "R19", "户均中心户"
    GENERAL_BRANCH = "E1", "总支班子→网格党支部"
    COMMITTEE = "E2", "支部委员→党小组"
    LEADER = "E3", "党小组长→中心户（示范岗）"
    HUB = "E4", "中心户（示范岗）→党员"
    MEMBER = "E5", "党员→农户"


class BandMode(TextChoices):
    """What being outside a ratio means: something to explain, a note, or nothing."""

    CHECK = "check", "检查（超出须说明）"
    ADVISORY = "advisory", "提示"
    OFF = "off", "不用"


class BandScope(TextChoices):
    """How far a proposed link may reach."""

    GRID = "grid", "本网格内"
    VILLAGE = "village", "全村（可跨网格）"


class PersonalReason(TextChoices):
    """Why somebody has a range of their own; no health data is kept (decisions 1)."""

    AGE = "age", "年满七十"
    POSTS = "posts", "一人多职"
    OTHER = "other", "其他"


class CloseReason(TextChoices):
    """Why a place in the tree was closed; nothing is ever deleted."""

    TRANSFERRED = "transferred", "组织关系转出"
    DECEASED = "deceased", "去世"
    EXPELLED = "expelled", "出党"
    MOVED_AWAY = "moved_away", "整户迁出"
    MERGED = "merged", "合并"
    DISSOLVED = "dissolved", "撤销"
    REMOVED_FROM_ROSTER = "removed_from_roster", "花名册删行"
    MISTAKE = "mistake", "录入有误"


class Role(TextChoices):
    """A post somebody holds (二(二) 一格多员、一人多职、一岗多责)."""

    SECRETARY = "secretary", "书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    ORGANISATION = "organisation", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    YOUTH = "youth", "青年委员"
    COMMITTEE = "committee", "委员"
    GROUP_LEADER = "group_leader", "党小组长"
    GRID_STAFF = "grid_staff", "网格工作人员"
    HUB_HEAD = "hub_head", "中心户（示范岗）负责人"
    INSTRUCTOR = "instructor", "党建指导员"
    TOWN_LEADER = "town_leader", "乡领导"


class PostSource(TextChoices):
    """How a secretary was found (二(二) 能人中选、村官中配、干部中派), or a leader (six sources)."""

    CAPABLE = "capable", "能人中选"
    VILLAGE_OFFICER = "village_officer", "村官中配"
    CADRE = "cadre", "干部中派"
    PROSPERITY = "prosperity", "致富带头人"
    FARMING = "farming", "种养殖大户"
    VETERAN = "veteran", "复员退伍军人"
    BACKBONE = "backbone", "村组骨干"
    EXCELLENT_MEMBER = "excellent_member", "优秀党员"
    RETURNED_YOUTH = "returned_youth", "返乡创业青年"


COMMITTEE_ROLES = (
    Role.SECRETARY,
    Role.DEPUTY_SECRETARY,
    Role.ORGANISATION,
    Role.PUBLICITY,
    Role.DISCIPLINE,
    Role.YOUTH,
    Role.COMMITTEE,
)
ROOT_KINDS = (Kind.GENERAL_BRANCH, Kind.BRANCH)
