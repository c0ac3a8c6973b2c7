"""The six kinds of an errand (二(四)4)."""

from django.db.models import TextChoices


class TicketKind(TextChoices):
    """六种件: how an errand goes its way."""

    INSTANT = "instant", "即办件"
    PROMISED = "promised", "承诺件"
    SUPPLEMENT = "supplement", "补办件"
    JOINT = "joint", "联办件"
    FORWARDED = "forwarded", "上报件"
    DECLINED = "declined", "不予办理"
