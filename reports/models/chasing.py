"""What the office's desk keeps beside the filings: who was chased when, the last count of cross-checks."""

from django.conf import settings
from django.db import models

from grids.access import ScopedQuerySet, TownQuerySet
from grids.models import Node
from reports.models.campaign import Campaign
from township.models import Township


class Chase(models.Model):
    """One reminder to a village: a message to its secretaries until it has filed, and a line of the log.

    At most one a day for each village, whoever sends it.
    """

    NODE_PATH = "root"

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度任务", on_delete=models.PROTECT, related_name="chases"
    )
    root = models.ForeignKey(
        Node, verbose_name="村（党组织）", on_delete=models.PROTECT, related_name="chases"
    )
    on = models.DateField("催办日期")
    owes = models.CharField("当时欠报", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="催办人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("催办时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催办"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="chase_once_a_day",
                fields=["campaign", "root", "on"],
                violation_error_message="今天已经催办过这个村。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.on:%Y-%m-%d}"


class CheckTally(models.Model):
    """The cross-checks of a township as last counted, so that its desk need not run them to be shown.

    `seen` is the newest action that was counted in: a newer one, or another day, makes the numbers old.
    """

    township = models.OneToOneField(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="check_tally"
    )
    counts = models.JSONField("各村问题数", default=dict)  # root → [rule, annex, ✖, !] of each rule broken
    on = models.DateField("核对日期")
    seen = models.BigIntegerField("核对到的操作", default=0)
    at = models.DateTimeField("核对时间", auto_now=True)

    objects = TownQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "勾稽检查计数"
        ordering = ["township"]

    def __str__(self) -> str:
        return f"{self.township} {self.on:%Y-%m-%d}"
