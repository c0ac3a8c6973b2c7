"""One year's round: its days, its notice, and every deadline of the document as data."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import TownQuerySet
from reports.choices import DutyOwner
from services.visits.rules import EVERY
from township.models import Township, Tracked


class DeadlineQuerySet(TownQuerySet):
    """Deadlines by the township of their campaign."""

    PATH = "campaign__township_id"


class Campaign(models.Model):
    """A township's year (decisions 7): deadlines are (month, day) of it, never literals in pages."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="campaigns"
    )
    year = models.PositiveSmallIntegerField("年度")
    title_name = models.CharField("表头上的乡名", max_length=30)
    cut_off = models.DateField("统计截止日期")
    due_on = models.DateField("上报截止日期")
    visit_every = models.PositiveSmallIntegerField("走访间隔（天）", default=EVERY)
    notice_no = models.CharField("县通知文号", max_length=40, blank=True)
    notice_on = models.DateField("县通知日期", null=True, blank=True)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "年度任务"
        ordering = ["township", "-year"]
        constraints = [
            models.UniqueConstraint(
                name="campaign_once_a_year",
                fields=["township", "year"],
                violation_error_message="这个年度的任务已经建过。",
            ),
            models.CheckConstraint(
                name="campaign_days_in_order",
                condition=Q(cut_off__lte=F("due_on")),
                violation_error_message="统计截止日期不能晚于上报截止日期。",
            ),
            models.CheckConstraint(
                name="campaign_visit_every",
                condition=Q(visit_every__gte=7, visit_every__lte=366),
                violation_error_message="走访间隔应在 7 到 366 天之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度"

    def get_absolute_url(self) -> str:
        """Its page with all deadlines."""
        return reverse("reports:campaign", args=[self.pk])


class Deadline(models.Model):
    """One duty with its day; what a register proves needs no tick, the rest is ticked by the office."""

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度任务", on_delete=models.PROTECT, related_name="deadlines"
    )
    code = models.CharField("代码", max_length=20)
    title = models.CharField("事项", max_length=60)
    clause = models.CharField("条款", max_length=20)
    owner = models.CharField("责任人", max_length=12, choices=DutyOwner.choices)
    due_on = models.DateField("截止日期")
    done_on = models.DateField("完成日期", null=True, blank=True)
    note = models.CharField("备注", max_length=100, blank=True)

    objects = DeadlineQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        ordering = ["campaign", "due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="deadline_once",
                fields=["campaign", "code"],
                violation_error_message="这个年度已有这一项。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.due_on:%m-%d}"
