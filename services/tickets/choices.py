"""Fixed choices of errands."""

from django.db.models import TextChoices


class TicketKind(TextChoices):
    """The six kinds of 二(四)4, in the document's order."""

    INSTANT = "instant", "即办件"
    PROMISED = "promised", "承诺件"
    SUPPLEMENT = "supplement", "补办件"
    JOINT = "joint", "联办件"
    FORWARDED = "forwarded", "上报件"
    DECLINED = "declined", "不予办理"


class TicketState(TextChoices):
    """Where an errand is; what comes next stands in the name where somebody has to do it."""

    WORKING = "working", "办理中"
    WAITING = "waiting", "待补件"
    REFUSED = "refused", "待当面说明"
    DONE = "done", "已办结待送达"
    TOLD = "told", "已告知待回访"
    HEARD = "heard", "已回访待归档"
    WITHDRAWN = "withdrawn", "已撤回待归档"
    ARCHIVED = "archived", "已归档"


class TicketResult(TextChoices):
    """How it ended; 不予办理 is counted apart, never as 办结 (cross-check 12)."""

    COMPLETED = "completed", "办结"
    DECLINED = "declined", "不予办理"
    WITHDRAWN = "withdrawn", "申办人撤回"


class ChaseKind(TextChoices):
    """What was said to whoever it waits for (联办件 协调、监督、督办; 上报件 催办)."""

    CHASE = "chase", "催办"
    COORDINATE = "coordinate", "协调"
    SUPERVISE = "supervise", "督办"
