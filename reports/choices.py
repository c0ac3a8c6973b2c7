"""Fixed choices of exports, campaigns and filings."""

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


# Submitted and not sent back; and what the office has accepted.
FILED_STATES = (FilingState.SUBMITTED, FilingState.ACCEPTED, FilingState.ARCHIVED)
ACCEPTED_STATES = (FilingState.ACCEPTED, FilingState.ARCHIVED)


class FileFormat(TextChoices):
    """What a file that leaves is."""

    XLSX = "xlsx", "Excel"
    PDF = "pdf", "PDF"
    CSV = "csv", "CSV"
    DOCX = "docx", "Word"
    ZIP = "zip", "ZIP 压缩包"


class Acceptance(TextChoices):
    """Whether the office has accepted what a table shows; blank: a table that nobody files."""

    DRAFT = "draft", "草稿（未接收）"
    ACCEPTED = "accepted", "已接收"


class HandoverSource(TextChoices):
    """Which rows a receiver gets."""

    HOUSEHOLD = "household", "农户"
    MEMBER = "member", "党员"
    HUB = "hub", "中心户（示范岗）"
    GROUP = "group", "党小组"
    GRID = "grid", "网格"
    ORGANISATION = "1", "党组织（附件1的各项数字）"
    ANNEX2 = "2", "附件2 支部委员包挂党小组"
    ANNEX3 = "3", "附件3 中心户联系党员"
    ANNEX4 = "4", "附件4 党员联系群众"


class HandoverFormat(TextChoices):
    """The file a receiver's system reads."""

    CSV_UTF8 = "csv_utf8", "CSV（UTF-8）"
    CSV_GBK = "csv_gbk", "CSV（GBK）"
    XLSX = "xlsx", "Excel"


class DateForm(TextChoices):
    """How a day is written; the values are what strftime takes."""

    DASHES = "%Y-%m-%d", "2026-09-16"
    DOTS = "%Y.%m.%d", "2026.09.16"
    SLASHES = "%Y/%m/%d", "2026/09/16"
    PLAIN = "%Y%m%d", "20260916"
    WORDS = "%Y年%m月%d日", "2026年09月16日"


class RecordKind(TextChoices):
    """What is put on record with the office (三3 备案)."""

    DIVIDING = "dividing", "网格划分"
    FOUNDING = "founding", "党小组组建"
    RUNNING = "running", "运行情况"
    RAISING = "raising", "升格为党总支"


class LeadingDuty(TextChoices):
    """A seat in the leading group, the highest first."""

    HEAD = "head", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"
    OFFICE_HEAD = "office_head", "办公室主任"
    OFFICE = "office", "办公室成员"


class ReportLevel(TextChoices):
    """Whose written report a template is for (三3 书面材料)."""

    VILLAGE = "village", "村"
    TOWNSHIP = "township", "乡"
