"""Fixed choices of exports."""

from django.db.models import TextChoices


class PrintMode(TextChoices):
    """The two ways a table is printed (GB/T 9704 or the office's plain habit)."""

    PLAIN = "plain", "普通表格式"
    OFFICIAL = "official", "公文附件式"


class Paper(TextChoices):
    """How annex 1 is printed."""

    A3 = "A3", "A3 一张"
    A4 = "A4", "A4 三张"
