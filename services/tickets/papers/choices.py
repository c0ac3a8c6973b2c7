"""The papers and their sizes."""

from django.db.models import TextChoices


class Paper(TextChoices):
    """In the order an errand meets them."""

    RECEIPT = "receipt", "受理回执"
    NOTICE = "notice", "一次性告知单"
    JOINT = "joint", "联办单"
    FORWARD = "forward", "上报催办单"
    DECLINE = "decline", "不予办理说明"
    DELIVERY = "delivery", "送达回证"


class Size(TextChoices):
    """How two halves lie: side by side on one A4 to be cut, or each on an A5."""

    A4 = "a4", "A4，左右两联"
    A5 = "a5", "A5，每联一张"
