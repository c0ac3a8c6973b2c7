"""Fixed choices of exports."""

from django.db.models import TextChoices


class PrintMode(TextChoices):
    """The two ways a table is printed (GB/T 9704 or the office's plain habit)."""

    PLAIN = "plain", "普通表格式"
    OFFICIAL = "official", "公文附件式"


# Rosters of the edges the document has no annex for; their numbers are 10 and the edge's own.
SUPPLEMENTS = {10: "补表1", 11: "补表2", 13: "补表3"}


def annex_label(number: int) -> str:
    """附件4, or 补表1 for a roster beside the annexes."""
    return SUPPLEMENTS.get(number, f"附件{number}")


class Paper(TextChoices):
    """How annex 1 is printed."""

    A3 = "A3", "A3 一张"
    A4 = "A4", "A4 三张"


class DutyOwner(TextChoices):
    """Who answers for a deadline."""

    VILLAGE = "village", "各党（总）支部"
    OFFICE = "office", "乡党政办"
    COMMITTEE = "committee", "乡党委"


class FilingState(TextChoices):
    """How far a village's filing has come (domain §7)."""

    DRAFT = "draft", "填报中"
    REVIEWED = "reviewed", "书记已审"
    SUBMITTED = "submitted", "已上报"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已接收"
    ARCHIVED = "archived", "已归档"
