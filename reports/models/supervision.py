"""Supervision: duties, meetings, findings, inspections, yearly reviews, support, targets, cases."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import TownQuerySet, scope_of, within, within_township
from grids.models import Node, Person
from reports.models.campaign import Campaign
from reports.supervision.choices import FindingState, Grade, SupportKind
from reports.supervision.rules import MEETINGS
from township.models import Attached, Township, Tracked

if TYPE_CHECKING:
    from township.models import User


class RecordQuerySet(models.QuerySet):
    """What belongs to a village, or (root None) to the township itself."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those of villages the user sees; the township's own for office seats."""
        return self.filter(within(user, "root") | (Q(root=None) & within_township(user)))


class VillageRecord(models.Model):
    """Base of what the office and the villages keep of one village or of the township."""

    NODE_PATH = "root"
    BOOK = ""  # its book in reports/supervision/books.py

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    root = models.ForeignKey(
        Node, verbose_name="村（党组织）", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("reports:supervision_row", args=[self.BOOK, self.pk])

    @property
    def place(self) -> str:
        """The village, or 全乡."""
        return self.root.name if self.root else "全乡"


class DutyItem(VillageRecord):
    """One line of the list of responsibilities (二(四)5); whether it is overdue is computed."""

    BOOK = "duties"

    year = models.PositiveSmallIntegerField("年度")
    matter = models.CharField("事项", max_length=100)
    owner = models.CharField("责任人", max_length=20)
    due_on = models.DateField("完成时限")
    clause = models.CharField("依据条款", max_length=40, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("完成情况", max_length=200, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "责任事项"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["township", "year"], name="duty_by_year")]

    def __str__(self) -> str:
        return self.matter


class MeetingQuerySet(TownQuerySet):
    """Meetings by the township of their campaign."""

    PATH = "campaign__township_id"


class ReviewMeeting(Attached):
    """One of a year's six meetings; `numbers` are the villages' on its day, for the next one to compare."""

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度任务", on_delete=models.PROTECT, related_name="meetings"
    )
    seq = models.PositiveSmallIntegerField("次序")
    day = models.DateField("会议日期")
    held = models.BooleanField("已经召开", default=False)
    venue = models.CharField("地点", max_length=60, blank=True)
    agenda = models.CharField("议题", max_length=400, blank=True)
    attendees = models.PositiveSmallIntegerField("参会人数", null=True, blank=True)
    numbers = models.JSONField("当日各村数", default=dict, blank=True)

    objects = MeetingQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked], excluded_fields=["numbers"])

    class Meta:
        verbose_name = verbose_name_plural = "推进例会"
        ordering = ["campaign", "seq"]
        constraints = [
            models.UniqueConstraint(
                name="meeting_once",
                fields=["campaign", "seq"],
                violation_error_message="这一次例会已经登记过。",
            ),
            models.CheckConstraint(
                name="meeting_seq_of_year",
                condition=Q(seq__gte=1, seq__lte=MEETINGS),
                violation_error_message="一年六次例会，次序是 1 到 6。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}第{self.seq}次推进例会"

    def get_absolute_url(self) -> str:
        """Its pack."""
        return reverse("reports:meeting", args=[self.pk])


class Inspection(VillageRecord):
    """One visit of inspection (三2): who looked at what, and what was found."""

    BOOK = "inspections"

    day = models.DateField("督查日期")
    inspectors = models.CharField("督查人员", max_length=60)
    looked_at = models.CharField("督查内容", max_length=200)
    found = models.CharField("发现情况", max_length=500, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "督查记录"
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.looked_at}"


class ReviewFinding(VillageRecord):
    """A problem to be put right by a day, raised at a meeting or from an inspection."""

    BOOK = "findings"

    meeting = models.ForeignKey(
        ReviewMeeting,
        verbose_name="例会",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
    )
    inspection = models.ForeignKey(
        Inspection,
        verbose_name="督查",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
    )
    project = models.CharField("项目", max_length=20)
    problem = models.CharField("问题", max_length=500)
    owner = models.CharField("责任人", max_length=20)
    raised_on = models.DateField("提出日期")
    due_on = models.DateField("整改时限")
    state = models.CharField("状态", max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    rectified = models.CharField("整改情况", max_length=300, blank=True)
    rectified_on = models.DateField("整改日期", null=True, blank=True)
    recheck = models.CharField("复查意见", max_length=300, blank=True)
    rechecked_on = models.DateField("复查日期", null=True, blank=True)
    reopened = models.PositiveSmallIntegerField("退回次数", default=0)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "整改问题"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="finding_of_village",
                condition=Q(root__isnull=False),
                violation_error_message="请选择村（党组织）。",
            ),
            models.CheckConstraint(
                name="finding_days_in_order",
                condition=Q(due_on__gte=F("raised_on")),
                violation_error_message="整改时限不能早于提出日期。",
            ),
            models.CheckConstraint(
                name="finding_closed_when_rechecked",
                condition=~Q(state=FindingState.CLOSED) | Q(rechecked_on__isnull=False),
                violation_error_message="销号要有复查日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.problem


class ReviewQuerySet(models.QuerySet):
    """Yearly reviews: all for office seats, to a secretary the own ones only."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those of the township, or those about the user's own person."""
        scope = scope_of(user)
        if scope.whole_township:
            return self.filter(township_id=scope.township_id)
        if scope.person_id is None:
            return self.none()
        own = Q(secretary_id=scope.person_id) | Q(secretary__merged_into_id=scope.person_id)
        return self.filter(own, township_id=scope.township_id)


class DutyReview(models.Model):
    """The result of a secretary's yearly report, as the township Party committee gave it."""

    BOOK = "reviews"

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    root = models.ForeignKey(Node, verbose_name="村（党组织）", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    secretary = models.ForeignKey(
        Person, verbose_name="书记", on_delete=models.PROTECT, related_name="duty_reviews"
    )
    grade = models.CharField("等次", max_length=12, choices=Grade.choices)
    day = models.DateField("考评日期")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ReviewQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "述职考评"
        ordering = ["-year", "root"]
        constraints = [
            models.UniqueConstraint(
                name="duty_review_once",
                fields=["root", "year"],
                violation_error_message="这个村本年度的述职考评已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年度 {self.root}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("reports:supervision_row", args=[self.BOOK, self.pk])

    @property
    def place(self) -> str:
        """The village."""
        return str(self.root.name)


class SupportRecord(VillageRecord):
    """People, funds or goods given to a village or kept for the township (三2)."""

    BOOK = "support"

    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("类别", max_length=8, choices=SupportKind.choices)
    content = models.CharField("内容", max_length=200)
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2, null=True, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "保障记录"
        ordering = ["-year", "pk"]
        constraints = [
            models.CheckConstraint(
                name="support_amount_of_funds",
                condition=Q(amount__isnull=True) | Q(kind=SupportKind.FUNDS, amount__gte=0),
                violation_error_message="只有“财”填金额，金额不能小于零。",
            )
        ]

    def __str__(self) -> str:
        return self.content


class PlanTarget(VillageRecord):
    """One number of the own work plan (三1 量化目标): of an indicator of annex 1, or named in words."""

    BOOK = "targets"

    year = models.PositiveSmallIntegerField("年度")
    code = models.CharField("附件1指标", max_length=40, blank=True)
    name = models.CharField("自定目标", max_length=60, blank=True)
    number = models.DecimalField("目标数", max_digits=12, decimal_places=2)
    reached = models.DecimalField("目前完成", max_digits=12, decimal_places=2, null=True, blank=True)
    measure = models.CharField("措施", max_length=200, blank=True)
    owner = models.CharField("责任人", max_length=20, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "工作目标"
        ordering = ["-year", "root", "pk"]
        constraints = [
            models.CheckConstraint(
                name="target_named_once",
                condition=Q(code="", name__gt="") | Q(code__gt="", name=""),
                violation_error_message="指标和自定目标填一样。",
            ),
            models.CheckConstraint(
                name="target_above_zero",
                condition=Q(number__gt=0),
                violation_error_message="目标数要大于零。",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class CaseEntry(Attached, VillageRecord):
    """One piece of experience worth telling (三3 总结经验)."""

    BOOK = "cases"

    day = models.DateField("日期")
    title = models.CharField("标题", max_length=60)
    text = models.TextField("正文", max_length=8000)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "经验材料"
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.title
