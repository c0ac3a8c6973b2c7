"""The edges of the liaison ladder, and the choices of proposals for them."""

from django.db.models import TextChoices


class Level(TextChoices):
    """Upper edges of the four-level liaison (二(四)1); E3 to E5 are the tree."""

    TOWN_LEADER = "E0", "乡领导→党支部"
    GENERAL_BRANCH = "E1", "总支班子→网格党支部"
    COMMITTEE = "E2", "支部委员→党小组"


class Edge(TextChoices):
    """All six edges, from the 乡 down to the household."""

    TOWN_LEADER = "E0", "乡领导→党支部"
    GENERAL_BRANCH = "E1", "总支班子→网格党支部"
    COMMITTEE = "E2", "支部委员→党小组"
    LEADER = "E3", "党小组长→中心户（示范岗）"
    HUB = "E4", "中心户（示范岗）→党员"
    MEMBER = "E5", "党员→农户"


TREE_EDGES = (Edge.LEADER, Edge.HUB, Edge.MEMBER)


class Preset(TextChoices):
    """How a proposal weighs change against distance and balance."""

    LEAST = "least", "最少变动"
    EVEN = "even", "均衡"
    NEAR = "near", "就近重排"


class Step(TextChoices):
    """What a proposal does with one target; the engine's words (allocation/changes.py)."""

    KEPT = "kept", "保持"
    CHANGED = "changed", "调整"
    NEW = "new", "新增"
    RELEASED = "released", "解除"
    OPEN = "open", "待落实"


class Decision(TextChoices):
    """What a person made of one row of a proposal."""

    PENDING = "pending", "待定"
    ACCEPTED = "accepted", "已采纳"
    REJECTED = "rejected", "不采纳"


class WishKind(TextChoices):
    """What a person wants of a link whatever the engine would do."""

    PIN = "pin", "固定"
    AVOID = "avoid", "回避"
