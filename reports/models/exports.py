"""Every file that leaves with rows has a number and a line here; a zip of many is ordered as one batch."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from grids.access import Right, ScopedQuerySet, Seat, may, scope_of, within
from grids.models import Node
from reports.choices import Acceptance, FileFormat
from reports.models.filing import Snapshot
from reports.models.jobs import ExportJobQuerySet
from township.models import AuditEvent, Job, Township

if TYPE_CHECKING:
    from township.models import User


class ExportCounter(models.Model):
    """The last number given in a township's year; its row is locked while the next is taken."""

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "导出编号"
        constraints = [
            models.UniqueConstraint(
                name="export_counter_once",
                fields=["township", "year"],
                violation_error_message="这一年的编号已经开始。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.township} {self.year}：{self.last}"


class ExportBatch(Job):
    """A zip of many tables that somebody asked for: what goes in, and how far it has come."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    tables = models.JSONField("表格")  # annex numbers
    formats = models.JSONField("格式")
    places = models.JSONField("单位")  # numbers of organisations; 0 is the township's own table
    purpose = models.CharField("用途", max_length=60, blank=True)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("文件数", default=0)
    rows = models.PositiveIntegerField("行数", default=0)
    current = models.CharField("正在生成", max_length=200, blank=True)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    cancelled = models.BooleanField("要求停止", default=False)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "打包导出"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "id"], name="export_batch_by_state")]

    def __str__(self) -> str:
        return self.file_name or f"打包导出 {self.total} 份"

    @property
    def is_stoppable(self) -> bool:
        """True while it waits or runs, and nobody has asked it to stop."""
        return not (self.is_finished or self.cancelled)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("reports:batch", args=[self.pk])


class ExportRecordQuerySet(ScopedQuerySet):
    """The log of exports: the office and the auditor see the township's, a village its own, all their own."""

    def visible_to(self, user: "User | Any") -> Self:
        """Lines the user may read."""
        scope = scope_of(user)
        own = Q(user_id=user.pk)
        if may(user, Right.READ_AUDIT) or scope.whole_township:
            return self.filter(township_id=scope.township_id)
        if scope.seat == Seat.SECRETARY:
            own |= within(user, "organisation")
        return self.filter(own, township_id=scope.township_id)


class ExportRecord(models.Model):
    """One file that left: who, when, what, how many rows, what for; the database refuses to change it."""

    NODE_PATH = "organisation"

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("序号")
    serial = models.CharField("导出编号", max_length=50, unique=True)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", null=True, on_delete=models.PROTECT, related_name="+"
    )
    who = models.CharField("导出人", max_length=180)
    organisation = models.ForeignKey(
        Node, verbose_name="党组织", null=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField("范围", max_length=60)
    table = models.CharField("表格", max_length=60)
    file_name = models.CharField("文件名", max_length=200)
    format = models.CharField("格式", max_length=10, choices=FileFormat.choices)
    rows = models.PositiveIntegerField("行数")
    purpose = models.CharField("用途", max_length=60, blank=True)
    sha256 = models.CharField("文件指纹（SHA-256）", max_length=64)
    acceptance = models.CharField("接收情况", max_length=10, choices=Acceptance.choices, blank=True)
    snapshot = models.ForeignKey(
        Snapshot, verbose_name="上报快照", null=True, on_delete=models.PROTECT, related_name="+"
    )
    batch = models.ForeignKey(
        ExportBatch, verbose_name="打包导出", null=True, on_delete=models.PROTECT, related_name="records"
    )
    event = models.OneToOneField(
        AuditEvent, verbose_name="操作日志", on_delete=models.PROTECT, related_name="export_record"
    )

    objects = ExportRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出记录"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="export_number_once",
                fields=["township", "year", "number"],
                violation_error_message="这个导出编号已经用过。",
            )
        ]
        indexes = [
            models.Index(fields=["township", "-at"], name="export_by_township"),
            models.Index(fields=["sha256"], name="export_by_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.serial} {self.file_name}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("reports:export", args=[self.pk])
