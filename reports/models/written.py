"""The written report (R75): a township's own template for a year, and the township's summary report."""

from django.db import models
from simple_history.models import HistoricalRecords

from grids.access import TownQuerySet
from reports.choices import ReportLevel
from reports.models.campaign import Campaign, DeadlineQuerySet
from township.models import Township, Tracked


class ReportTemplate(models.Model):
    """Text with words in braces where numbers go; a year without one takes the latest year's before it."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="report_templates"
    )
    year = models.PositiveSmallIntegerField("年度")
    level = models.CharField("哪一级", max_length=10, choices=ReportLevel.choices)
    text = models.TextField("模板", max_length=8000)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "书面材料模板"
        ordering = ["township", "-year", "level"]
        constraints = [
            models.UniqueConstraint(
                name="report_template_once",
                fields=["township", "year", "level"],
                violation_error_message="这个年度的模板已经有了。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_level_display()}书面材料模板"


class TownReport(models.Model):
    """The office's own report of a campaign; its numbers come from accepted filings."""

    campaign = models.OneToOneField(
        Campaign, verbose_name="年度任务", on_delete=models.PROTECT, related_name="town_report"
    )
    text = models.TextField("书面材料", max_length=8000, blank=True)
    numbers = models.JSONField("正文里的数", default=dict, blank=True)  # word → as shown when last saved
    with_group = models.BooleanField("附领导小组名单", default=False)

    objects = DeadlineQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "乡书面材料"
        ordering = ["campaign"]

    def __str__(self) -> str:
        return f"{self.campaign}书面材料"
