"""What can become of an uploaded file, and of each of its rows."""

from django.db.models import TextChoices


class UploadState(TextChoices):
    """From the upload to its end; only a waiting one and one done in part still hold rows."""

    WAITING = "waiting", "待确认"
    PARTIAL = "partial", "部分导入"
    APPLIED = "applied", "已导入"
    UNCHANGED = "unchanged", "没有变化"
    REFUSED = "refused", "不能读取"
    DISCARDED = "discarded", "已放弃"
    UNDONE = "undone", "已撤销"


OPEN = (UploadState.WAITING, UploadState.PARTIAL)


class RowState(TextChoices):
    """What one row of a file would do."""

    NEW = "new", "新增"
    CHANGED = "changed", "修改"
    SAME = "same", "不变"
    ERROR = "error", "错误"
    SUSPECT = "suspect", "疑似重复"
    SKIPPED = "skipped", "跳过"
