"""Fixed choices of the reserve of cadres."""

from django.db.models import TextChoices


class ReserveState(TextChoices):
    """How far somebody in the reserve has come."""

    RECOMMENDED = "recommended", "待审查"
    TRAINING = "training", "培养中"
    USED = "used", "已使用"
    LEFT = "left", "已出库"


class Nomination(TextChoices):
    """How somebody was recommended."""

    BRANCH = "branch", "支部推荐"
    MEMBERS = "members", "党员推荐"
    VILLAGERS = "villagers", "群众推荐"
    SELF = "self", "个人自荐"


class TargetPost(TextChoices):
    """What somebody is trained for."""

    SECRETARY = "secretary", "村党组织书记"
    COMMITTEE = "committee", "支部委员"
    VILLAGE = "village", "村委会成员"
    GROUP_LEADER = "group_leader", "党小组长"
    OTHER = "other", "其他"
