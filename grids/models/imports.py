"""Import sessions: what was read from one file, what a clerk has said about it, and what became of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse

from grids import access
from grids.imports.choices import OPEN, UploadState
from township.models import Township

if TYPE_CHECKING:
    from township.models import User


# Sessions that only holders of a right may know of, by source.
APART: Mapping[str, access.Right] = {"reserve": access.Right.READ_RESERVE}


class RosterUploadQuerySet(models.QuerySet):
    """Uploads by scope."""

    def visible_to(self, user: "User | Any") -> Self:
        """The office sees all of its township, anybody else the own ones; some ask for a right besides."""
        scope = access.scope_of(user)
        closed = [source for source, right in APART.items() if not access.may(user, right)]
        found = self.filter(township_id=scope.township_id).exclude(source__in=closed)
        return found if scope.whole_township else found.filter(by_id=user.pk)


def new_token() -> str:
    """A number nobody can guess, by which an error file finds its session again."""
    return uuid4().hex


class RosterUpload(models.Model):
    """One import session. Of the file only what is left without the columns not collected is kept."""

    NODE_PATH = ""  # an upload comes before the places it makes; its scope is who sent it

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="roster_uploads"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上传人",
        on_delete=models.PROTECT,
        related_name="roster_uploads",
    )
    at = models.DateTimeField("上传时间", auto_now_add=True)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件校验值", max_length=64)
    chosen_branch = models.CharField("所选党支部", max_length=40, blank=True)
    state = models.CharField("状态", max_length=12, choices=UploadState.choices, default=UploadState.WAITING)
    report = models.JSONField("结果", default=dict)
    rows = models.JSONField("读出的内容", null=True, blank=True)  # redacted sheets; none once it is done with
    source = models.CharField("登记种类", max_length=20, default="roster")
    token = models.CharField("导入编号", max_length=32, default=new_token, db_index=True, editable=False)
    layout = models.CharField("表头指纹", max_length=64, blank=True)
    copy_name = models.CharField("存档文件", max_length=60, blank=True)
    guides = models.JSONField("列的对应", default=dict, blank=True)
    mends = models.JSONField("改正", default=dict, blank=True)
    preview = models.JSONField("预览", default=list, blank=True)
    runs = models.JSONField("已导入的批次", default=list, blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "花名册上传"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["township", "-at"], name="upload_by_township")]
        constraints = [
            models.CheckConstraint(
                name="upload_rows_only_while_waiting",
                condition=models.Q(state__in=OPEN) | models.Q(rows__isnull=True),
                violation_error_message="处理完的上传不再保存内容。",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """Its preview."""
        return reverse("grids:import_preview", args=[self.pk])

    @property
    def log_name(self) -> str:
        """What the audit log calls the file; the name of one may hold the name of somebody."""
        return f"（编号 {self.pk}）" if self.source in APART else self.file_name

    @property
    def is_waiting(self) -> bool:
        """True while it can be confirmed."""
        return self.state == UploadState.WAITING

    @property
    def is_open(self) -> bool:
        """True while rows of it wait to be loaded."""
        return self.state in OPEN

    @property
    def is_sure(self) -> bool:
        """True when every column was understood, so that nobody need look at the mapping first."""
        return bool(self.report.get("sure"))


class ColumnMemoryQuerySet(models.QuerySet):
    """Remembered mappings by whose they are."""

    def visible_to(self, user: "User | Any") -> Self:
        """The own ones only: another clerk's habit is no rule."""
        return self.filter(township_id=access.scope_of(user).township_id, by_id=user.pk)


class ColumnMemory(models.Model):
    """What a clerk last said about the columns of a sheet with these titles."""

    NODE_PATH = ""  # a habit of an account, not a fact of a place

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.CASCADE, related_name="column_memories"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        on_delete=models.CASCADE,
        related_name="column_memories",
    )
    fingerprint = models.CharField("表头指纹", max_length=64)
    guide = models.JSONField("列的对应", default=dict)
    at = models.DateTimeField("记住时间", auto_now=True)

    objects = ColumnMemoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "记住的列对应"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "township", "fingerprint"],
                name="column_memory_once",
                violation_error_message="同样表头的对应只记一份。",
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint[:12]
