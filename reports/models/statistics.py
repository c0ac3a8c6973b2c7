"""Annex 1 of a year: its columns as data with a version, and numbers that people type or correct."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from grids.access import ScopedQuerySet, TownQuerySet
from grids.models import Node
from reports.models.campaign import Campaign
from township.models import Township, Tracked


class StatisticsForm(models.Model):
    """One version of a year's form; without any the document's own columns are printed."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="statistics_forms"
    )
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版本")
    columns = models.JSONField("各栏")  # in printing order, see statistics/layout.py
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("修改时间", auto_now=True)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "统计表样"
        ordering = ["township", "year", "version"]
        constraints = [
            models.UniqueConstraint(
                name="statistics_form_version_once",
                fields=["township", "year", "version"],
                violation_error_message="别人刚改过表样，请刷新后再改。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年度统计表第{self.version}版"


class Figure(models.Model):
    """A number that a person says: instead of a computed one, with the reason, or of a typed column."""

    NODE_PATH = "root"

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度任务", on_delete=models.PROTECT, related_name="figures"
    )
    root = models.ForeignKey(Node, verbose_name="填报单位", on_delete=models.PROTECT, related_name="figures")
    code = models.CharField("栏", max_length=40)
    number = models.IntegerField("数", null=True, blank=True, validators=[MinValueValidator(0)])
    text = models.CharField("文字", max_length=100, blank=True)
    reason = models.CharField("理由", max_length=100, blank=True)  # needed where it stands for a computed one
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填写人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("填写时间", auto_now=True)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "手填数"
        ordering = ["campaign", "root", "code"]
        constraints = [
            models.UniqueConstraint(
                name="figure_once",
                fields=["campaign", "root", "code"],
                violation_error_message="别人刚填过这个数，请刷新后再填。",
            ),
            models.CheckConstraint(
                name="figure_not_negative",
                condition=Q(number__isnull=True) | Q(number__gte=0),
                violation_error_message="数不能是负的。",
            ),
            models.CheckConstraint(
                name="figure_number_or_text",
                condition=Q(number__isnull=False, text="") | (Q(number__isnull=True) & ~Q(text="")),
                violation_error_message="请填一个整数，或填文字。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.code}"
