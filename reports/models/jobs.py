"""Long exports: one row for each PDF that is made outside the request."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from grids.models import Node
from reports.choices import Acceptance, Paper, PrintMode, annex_label
from township.models import Job, Township

if TYPE_CHECKING:
    from township.models import User


class ExportJobQuerySet(models.QuerySet):
    """Export jobs by owner: the file is for who asked, and for nobody else."""

    def visible_to(self, user: "User | Any") -> Self:
        """The user's own jobs."""
        return self.filter(user_id=user.pk)


class ExportJob(Job):
    """A PDF somebody asked for: what to print, how far it has come, and which kept file it became."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="export_jobs"
    )
    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="export_jobs"
    )
    organisation = models.ForeignKey(
        Node, verbose_name="党组织", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    annex = models.PositiveSmallIntegerField("附件")
    year = models.PositiveSmallIntegerField("年度")
    day = models.DateField("哪一天的情况", null=True, blank=True)  # a day gone by; None: the present
    mode = models.CharField("版式", max_length=10, choices=PrintMode.choices, default=PrintMode.PLAIN)
    paper = models.CharField("纸张", max_length=2, choices=Paper.choices, default=Paper.A3)
    household_phone = models.BooleanField("含户联系电话", default=False)
    upper = models.BooleanField("含乡领导和总支班子", default=False)
    purpose = models.CharField("用途", max_length=60, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    pages_done = models.PositiveIntegerField("已完成页数", default=0)
    pages_total = models.PositiveIntegerField("总页数", default=0)
    sha256 = models.CharField("内容指纹", max_length=64, blank=True)
    acceptance = models.CharField("接收情况", max_length=10, choices=Acceptance.choices, blank=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出任务"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "id"], name="export_job_by_state")]

    def __str__(self) -> str:
        return f"{self.label} {self.organisation or self.township} {self.day or self.year}"

    @property
    def label(self) -> str:
        """附件4."""
        return annex_label(self.annex)

    def get_absolute_url(self) -> str:
        """The job's page."""
        return reverse("reports:job", args=[self.pk])
