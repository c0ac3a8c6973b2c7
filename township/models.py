"""Townships, accounts and the audit log."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from township.acting import current_action_id
from township.choices import Deed, JobState, OfficeRole, TextSize

SILENCE = timedelta(minutes=3)  # no sign of life from a job for so long: its process is gone


class Job(models.Model):
    """Base of work that outlasts a request: queued, done by a process of its own, looked at meanwhile."""

    state = models.CharField("状态", max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    error = models.CharField("原因", max_length=200, blank=True)
    created_at = models.DateTimeField("申请时间", auto_now_add=True)
    seen_at = models.DateTimeField("最近进展", default=timezone.now)

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        """True when nothing more will happen to it."""
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    def is_silent(self, now: datetime) -> bool:
        """True when it should be going on but its process has shown no sign of life for too long."""
        return not self.is_finished and now - self.seen_at > SILENCE


class Tracked(models.Model):
    """Base of every history row: which action wrote it. Rows older than this column have none."""

    action = models.ForeignKey(
        "township.Action",
        verbose_name="所属操作",
        null=True,
        blank=True,
        default=current_action_id,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        abstract = True


class Attached(models.Model):
    """Base of rows that a file may prove (township/attachments): which file it is, not where it lies."""

    file_name = models.CharField("附件", max_length=100, blank=True)
    kept_name = models.CharField("存放名", max_length=60, blank=True, editable=False)
    file_size = models.PositiveIntegerField("附件大小", null=True, blank=True, editable=False)
    file_sha256 = models.CharField("附件指纹", max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    # What an action writes when it saves the row with `fields=`.
    FILE_FIELDS = ("file_name", "kept_name", "file_size", "file_sha256")


class Township(models.Model):
    """One 乡(镇): the boundary of every row, so that a district can run many in one database."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=30, unique=True)
    phones_keep = models.BooleanField("手机可离线暂存走访", default=True)
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "乡镇"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A sign-in; one person one account, no default account."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = None  # type: ignore[assignment]
    full_name = models.CharField("姓名", max_length=20)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    township = models.ForeignKey(
        Township, verbose_name="乡镇", null=True, blank=True, on_delete=models.PROTECT, related_name="users"
    )
    office_role = models.CharField(
        "岗位", max_length=20, choices=OfficeRole.choices, default=OfficeRole.BY_POST
    )
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    text_size = models.CharField("字号", max_length=10, choices=TextSize.choices, default=TextSize.NORMAL)
    high_contrast = models.BooleanField("高对比", default=False)
    history = HistoricalRecords(
        bases=[Tracked], excluded_fields=["password", "last_login", "text_size", "high_contrast"]
    )

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="user_township_needed",
                condition=Q(office_role=OfficeRole.SYSTEM_ADMIN)
                | Q(is_superuser=True)
                | Q(township__isnull=False),
                violation_error_message="除系统管理员外，每个账号都要属于一个乡镇。",
            ),
            models.UniqueConstraint(
                name="user_phone_once",
                fields=["phone"],
                condition=~Q(phone=""),
                violation_error_message="这个电话已经登记在另一个账号上（一人一号）。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}（{self.username}）"

    def get_full_name(self) -> str:
        """The name shown in the top bar and in logs."""
        return self.full_name

    def get_short_name(self) -> str:
        """The same name; Chinese names are short already."""
        return self.full_name


class Action(models.Model):
    """One thing somebody did, with all rows it changed: what a timeline groups by and an undo takes back."""

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    by = models.ForeignKey(User, verbose_name="账号", null=True, on_delete=models.PROTECT, related_name="+")
    township = models.ForeignKey(
        Township, verbose_name="乡镇", null=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField("操作", max_length=60, blank=True)
    reason = models.CharField("说明", max_length=200, blank=True)
    undoes = models.ForeignKey(
        "self", verbose_name="撤销的操作", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    class Meta:
        verbose_name = verbose_name_plural = "操作"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["township", "-at"], name="action_by_township")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.title}"


class PasswordRecord(models.Model):
    """An earlier password's hash, so that the last five are not used again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_records")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "历史密码"
        ordering = ["-set_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


class AuditEvent(models.Model):
    """Who did what, when and from where; the database refuses to change or delete a row."""

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    user = models.ForeignKey(User, verbose_name="账号", null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField("操作人", max_length=180)
    township = models.ForeignKey(
        Township, verbose_name="乡镇", null=True, on_delete=models.PROTECT, related_name="+"
    )
    address = models.GenericIPAddressField("来源地址", null=True)
    deed = models.CharField("操作", max_length=20, choices=Deed.choices)
    target = models.CharField("对象", max_length=200, blank=True)
    rows = models.PositiveIntegerField("行数", null=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["township", "-at"], name="audit_by_township")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.get_deed_display()} {self.target}"
