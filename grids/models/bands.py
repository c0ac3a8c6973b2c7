"""Ratio ranges as a township sets them: per year, for one holder, and accepted exceptions."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from grids.access import ScopedQuerySet
from grids.choices import BandCode, BandMode, BandScope, PersonalReason
from grids.models.node import Node
from township.models import Township, Tracked


def on_day(on: date) -> Q:
    """Rows with `since` and `until` that hold on a day; the end is the first day they no longer do."""
    return (Q(since__isnull=True) | Q(since__lte=on)) & (Q(until__isnull=True) | Q(until__gt=on))


class BandRule(models.Model):
    """One ratio of one year; a year without rows of its own goes by the latest year before it."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="band_rules"
    )
    year = models.PositiveSmallIntegerField("年度")
    code = models.CharField("比例", max_length=4, choices=BandCode.choices)
    low = models.PositiveSmallIntegerField("下限")
    high = models.PositiveSmallIntegerField("上限")
    hard = models.PositiveSmallIntegerField("编排时最多")
    mode = models.CharField("用法", max_length=10, choices=BandMode.choices, default=BandMode.ADVISORY)
    scope = models.CharField("编排范围", max_length=10, choices=BandScope.choices, default=BandScope.VILLAGE)
    clause = models.CharField("条款", max_length=40, blank=True)
    quote = models.CharField("依据原文", max_length=120, blank=True)
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "比例区间"
        ordering = ["township", "-year", "code"]
        constraints = [
            models.UniqueConstraint(
                name="band_rule_once_a_year",
                fields=["township", "year", "code"],
                violation_error_message="这个年度已有这项比例。",
            ),
            models.CheckConstraint(
                name="band_rule_in_order",
                condition=Q(low__lte=F("high"), high__lte=F("hard")),
                violation_error_message="下限不能大于上限，上限不能大于编排时最多。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_code_display()} {self.low}–{self.high}"


class HeldQuerySet(ScopedQuerySet):
    """Rows that hold for a time."""

    def current(self, on: date) -> Self:
        """Those that hold on a day."""
        return self.filter(on_day(on))


class PersonalBand(models.Model):
    """A range of its own for one holder: a member, a hub or a group (years of age, several posts)."""

    NODE_PATH = "node"

    node = models.ForeignKey(
        Node, verbose_name="联系人", on_delete=models.PROTECT, related_name="personal_bands"
    )
    low = models.PositiveSmallIntegerField("下限")
    high = models.PositiveSmallIntegerField("上限")
    reason = models.CharField("原因", max_length=10, choices=PersonalReason.choices)
    note = models.CharField("说明", max_length=60, blank=True)
    since = models.DateField("起始日期", null=True, blank=True)
    until = models.DateField("结束日期", null=True, blank=True)

    objects = HeldQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "个人区间"
        ordering = ["node", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="personal_band_once",
                fields=["node"],
                condition=Q(until__isnull=True),
                violation_error_message="已有正在执行的个人区间，请先结束它。",
            ),
            models.CheckConstraint(
                name="personal_band_in_order",
                condition=Q(low__lte=F("high")),
                violation_error_message="下限不能大于上限。",
            ),
            models.CheckConstraint(
                name="personal_band_dates",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message="结束日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.low}–{self.high}"


class BandExceptionQuerySet(ScopedQuerySet):
    """Exceptions by whether they stand."""

    def standing(self, on: date) -> Self:
        """Confirmed, and not over."""
        return self.filter(confirmed_on__isnull=False, until__gte=on)

    def waiting(self) -> Self:
        """Asked for and not yet confirmed."""
        return self.filter(confirmed_on__isnull=True, declined="")


class BandException(models.Model):
    """That one place lies outside a ratio is accepted until a day, for a reason; the office confirms it."""

    NODE_PATH = "node"

    node = models.ForeignKey(
        Node, verbose_name="对象", on_delete=models.PROTECT, related_name="band_exceptions"
    )
    code = models.CharField("比例", max_length=4, choices=BandCode.choices)
    reason = models.CharField("理由", max_length=100)
    until = models.DateField("有效至")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="认可人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_on = models.DateField("认可日期", null=True, blank=True)
    declined = models.CharField("不认可的理由", max_length=100, blank=True)

    objects = BandExceptionQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "比例例外"
        ordering = ["node", "code", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="band_exception_confirmed_by_somebody",
                condition=Q(confirmed_by__isnull=True, confirmed_on__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_on__isnull=False, declined=""),
                violation_error_message="认可要同时写明认可人和日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.get_code_display()} 至 {self.until:%Y-%m-%d}"
