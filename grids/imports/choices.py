"""What can become of an uploaded roster."""

from django.db.models import TextChoices


class UploadState(TextChoices):
    """From the upload to its end; only a waiting one still holds rows."""

    WAITING = "waiting", "待确认"
    APPLIED = "applied", "已导入"
    UNCHANGED = "unchanged", "没有变化"
    REFUSED = "refused", "有错误，未导入"
    DISCARDED = "discarded", "已放弃"
