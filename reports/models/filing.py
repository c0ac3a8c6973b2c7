"""What a village files in a campaign: its state, frozen snapshots, who did what, comments, explanations."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import ScopedQuerySet
from grids.models import Node
from reports.choices import FilingState
from reports.models.campaign import Campaign
from township.models import Tracked


def _user(label: str, *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=null,
        blank=null,
        on_delete=models.PROTECT,
        related_name="+",
    )


class Filing(models.Model):
    """One village's annexes 1 to 4 and written report for a campaign; whether it is late is computed."""

    NODE_PATH = "root"

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度任务", on_delete=models.PROTECT, related_name="filings"
    )
    root = models.ForeignKey(Node, verbose_name="填报单位", on_delete=models.PROTECT, related_name="filings")
    state = models.CharField("状态", max_length=10, choices=FilingState.choices, default=FilingState.DRAFT)
    submitted_on = models.DateField("上报日期", null=True, blank=True)
    report_text = models.TextField("书面材料", max_length=8000, blank=True)  # with words in braces
    report_numbers = models.JSONField("正文里的数", default=dict, blank=True)  # word → as last seen

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "上报"
        ordering = ["campaign", "root"]
        constraints = [
            models.UniqueConstraint(
                name="filing_once",
                fields=["campaign", "root"],
                violation_error_message="这个村本年度的上报已经建过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.root}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("reports:filing", args=[self.pk])


class Snapshot(models.Model):
    """The tables as they were submitted: every later export of them gives the same content."""

    NODE_PATH = "filing__root"

    filing = models.ForeignKey(
        Filing, verbose_name="上报", on_delete=models.PROTECT, related_name="snapshots"
    )
    number = models.PositiveSmallIntegerField("第几次")
    taken_at = models.DateTimeField("定格时间", auto_now_add=True)
    by = _user("上报人")
    sheets = models.JSONField("各表")  # annex number → frozen sheet
    checks = models.JSONField("勾稽结果", default=list)
    details = models.JSONField("附件1各数的明细", default=dict)  # statistics/frozen_rows.py
    report_text = models.TextField("书面材料", blank=True)
    sha256 = models.CharField("内容指纹", max_length=64)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上报快照"
        ordering = ["filing", "number"]
        constraints = [
            models.UniqueConstraint(
                name="snapshot_once",
                fields=["filing", "number"],
                violation_error_message="这一次上报已经定格。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing} 第{self.number}次"


class FilingEvent(models.Model):
    """One step of a filing: who, when, from where to where, with what words."""

    NODE_PATH = "filing__root"

    filing = models.ForeignKey(Filing, verbose_name="上报", on_delete=models.PROTECT, related_name="events")
    step = models.CharField("步骤", max_length=12)
    source = models.CharField("原状态", max_length=10, choices=FilingState.choices)
    target = models.CharField("新状态", max_length=10, choices=FilingState.choices)
    by = _user("经办人")
    at = models.DateTimeField("时间", auto_now_add=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上报经过"
        ordering = ["filing", "pk"]

    def __str__(self) -> str:
        return f"{self.filing} {self.step}"


class FilingComment(models.Model):
    """A reviewer's remark pinned to a cell or a row of one annex; '' pins to the filing as a whole."""

    NODE_PATH = "filing__root"

    filing = models.ForeignKey(Filing, verbose_name="上报", on_delete=models.PROTECT, related_name="comments")
    annex = models.PositiveSmallIntegerField("附件", null=True, blank=True)
    row_key = models.CharField("行", max_length=60, blank=True)
    row_name = models.CharField("行的名称", max_length=60, blank=True)
    column = models.CharField("列", max_length=40, blank=True)
    text = models.CharField("批注", max_length=200)
    by = _user("批注人")
    at = models.DateTimeField("时间", auto_now_add=True)
    settled_by = _user("改好的人", null=True)
    settled_at = models.DateTimeField("改好的时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "批注"
        ordering = ["filing", "annex", "pk"]

    def __str__(self) -> str:
        return self.text


class CheckNote(models.Model):
    """Why something out of the ordinary is right all the same: the explanation that a warning asks for."""

    NODE_PATH = "filing__root"

    filing = models.ForeignKey(
        Filing, verbose_name="上报", on_delete=models.PROTECT, related_name="check_notes"
    )
    rule = models.CharField("勾稽规则", max_length=20)
    subject = models.CharField("对象", max_length=60)
    text = models.CharField("说明", max_length=100)
    by = _user("填写人")

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "勾稽说明"
        ordering = ["filing", "rule", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="check_note_once",
                fields=["filing", "rule", "subject"],
                violation_error_message="这一处已有说明。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"


class Extension(models.Model):
    """A dated exception after the deadline for one village."""

    NODE_PATH = "filing__root"

    filing = models.ForeignKey(
        Filing, verbose_name="上报", on_delete=models.PROTECT, related_name="extensions"
    )
    until = models.DateField("延期至")
    reason = models.CharField("理由", max_length=100)
    by = _user("批准人")

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["filing", "until"]

    def __str__(self) -> str:
        return f"{self.filing} 延期至{self.until:%Y-%m-%d}"
