"""What people ask for, what happened in a grid, and the four things a grid keeps clear."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.models import Node, Person
from services.models.visits import Logged, LoggedQuerySet
from services.visits.choices import (
    ATTENDED,
    REPORTED,
    EventKind,
    MatterLevel,
    MatterSource,
    MatterState,
    Need,
    ReportTo,
    Satisfaction,
)
from services.visits.rules import MATTER, MOST_WORDS
from township.models import Township, Tracked


class Matter(Logged):
    """An opinion or a request from the day it was heard to the day the answer was told."""

    source = models.CharField("来源", max_length=8, choices=MatterSource.choices, default=MatterSource.VISIT)
    need = models.CharField("诉求类别", max_length=12, choices=Need.choices)
    content = models.TextField("内容", max_length=MOST_WORDS)
    raised_on = models.DateField("收集日期")
    owner = models.ForeignKey(
        Person, verbose_name="收集人", null=True, blank=True, on_delete=models.PROTECT, related_name="matters"
    )
    state = models.CharField(
        "状态", max_length=10, choices=MatterState.choices, default=MatterState.COLLECTED
    )
    level = models.CharField(
        "办理层级", max_length=10, choices=MatterLevel.choices, default=MatterLevel.GROUP
    )
    handler = models.CharField("承办人（单位）", max_length=40, blank=True)
    due_on = models.DateField("办理期限", null=True, blank=True)
    callback_due = models.BooleanField("办结后要反馈回访", default=True)
    answer = models.CharField("答复内容", max_length=300, blank=True)
    answered_on = models.DateField("告知日期", null=True, blank=True)
    called_back_on = models.DateField("回访日期", null=True, blank=True)
    satisfaction = models.CharField("满意度", max_length=6, choices=Satisfaction.choices, blank=True)
    archived_on = models.DateField("归档日期", null=True, blank=True)
    step = models.CharField("最近一步", max_length=10, blank=True, editable=False)
    said = models.CharField("最近一步的说明", max_length=300, blank=True, editable=False)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        ordering = ["-raised_on", "-pk"]
        indexes = [
            models.Index(fields=["township", "state", "due_on"], name="matter_by_township"),
            models.Index(fields=["node", "state"], name="matter_by_grid"),
        ]
        constraints = [
            models.CheckConstraint(
                name="matter_answered_before_archived",
                condition=~Q(state__in=[MatterState.ANSWERED, MatterState.ARCHIVED])
                | (Q(answered_on__isnull=False) & ~Q(answer="")),
                violation_error_message="要先把答复告知群众，才能反馈、归档。",
            ),
            models.CheckConstraint(
                name="matter_called_back_before_archived",
                condition=~Q(state=MatterState.ARCHIVED)
                | Q(callback_due=False)
                | Q(called_back_on__isnull=False),
                violation_error_message="这一条要先回访，才能归档。",
            ),
            models.CheckConstraint(
                name="matter_called_back_whole",
                condition=Q(called_back_on__isnull=True, satisfaction="")
                | (Q(called_back_on__isnull=False) & ~Q(satisfaction="")),
                violation_error_message="回访要写明日期和满意度。",
            ),
            models.CheckConstraint(
                name="matter_days_in_order",
                condition=(Q(answered_on__isnull=True) | Q(answered_on__gte=F("raised_on")))
                & (Q(called_back_on__isnull=True) | Q(called_back_on__gte=F("answered_on"))),
                violation_error_message="日期的先后应为收集、告知、回访。",
            ),
            models.CheckConstraint(
                name="matter_archived_with_day",
                condition=Q(state=MatterState.ARCHIVED, archived_on__isnull=False)
                | (~Q(state=MatterState.ARCHIVED) & Q(archived_on__isnull=True)),
                violation_error_message="归档要有归档日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.content[:40]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:matter", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """True until it is archived."""
        return self.state not in MATTER.final and self.state != MatterState.ARCHIVED


class GridEvent(Logged):
    """必到 with the time of arrival, 必报 with to whom and when: matter and place, never a person."""

    household = None  # of a place, not of a family

    kind = models.CharField("类型", max_length=10, choices=EventKind.choices)
    found_at = models.DateTimeField("发现时间")
    place = models.CharField("地点", max_length=60)
    matter = models.TextField("事项", max_length=MOST_WORDS)
    count = models.PositiveSmallIntegerField("人数（处数）", null=True, blank=True)
    arrived_at = models.DateTimeField("到场时间", null=True, blank=True)
    reported_to = models.CharField("上报对象", max_length=8, choices=ReportTo.choices, blank=True)
    reported_at = models.DateTimeField("上报时间", null=True, blank=True)
    handling = models.CharField("处置情况", max_length=300, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "必到必报"
        ordering = ["-found_at", "-pk"]
        indexes = [
            models.Index(fields=["township", "-found_at"], name="event_by_township"),
            models.Index(fields=["node", "-found_at"], name="event_by_grid"),
        ]
        constraints = [
            models.CheckConstraint(
                name="event_arrived",
                condition=~Q(kind__in=ATTENDED)
                | (Q(arrived_at__isnull=False) & Q(arrived_at__gte=F("found_at"))),
                violation_error_message="必到要写到场时间，不能早于发现时间。",
            ),
            models.CheckConstraint(
                name="event_reported",
                condition=~Q(kind__in=REPORTED)
                | (~Q(reported_to="") & Q(reported_at__isnull=False) & Q(reported_at__gte=F("found_at"))),
                violation_error_message="必报要写上报对象和上报时间，不能早于发现时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.place}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:event", args=[self.pk])


class FourClearCheck(models.Model):
    """One self-check of a grid (二(四)2 四清): what was looked through, with a number where there is one."""

    NODE_PATH = "node"

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    node = models.ForeignKey(Node, verbose_name="网格", on_delete=models.PROTECT, related_name="four_clear")
    checked_on = models.DateField("核对日期")
    people_ok = models.BooleanField("人员清", default=False)
    people_count = models.PositiveIntegerField("人员数", null=True, blank=True)
    facility_ok = models.BooleanField("设施清", default=False)
    facility_count = models.PositiveIntegerField("设施数", null=True, blank=True)
    housing_ok = models.BooleanField("居住情况清", default=False)
    housing_count = models.PositiveIntegerField("居住户数", null=True, blank=True)
    hazard_ok = models.BooleanField("隐患矛盾清", default=False)
    hazard_count = models.PositiveIntegerField("隐患矛盾数", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = LoggedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "四清核对"
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="four_clear_once_a_day",
                fields=["node", "checked_on"],
                violation_error_message="这个网格当天已经核对过，请修改那一次。",
            ),
            models.CheckConstraint(
                name="four_clear_something",
                condition=Q(people_ok=True) | Q(facility_ok=True) | Q(housing_ok=True) | Q(hazard_ok=True),
                violation_error_message="请至少勾选一项。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.checked_on:%Y-%m-%d}"
