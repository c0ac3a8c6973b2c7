"""What the office keeps on record: villages' 备案, and who sits in the township's leading group."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from grids.access import TownQuerySet, within, within_township
from grids.models import Node, Person
from reports.choices import LeadingDuty, RecordKind
from township.models import Attached, Township, Tracked

if TYPE_CHECKING:
    from township.models import User


class RecordQuerySet(models.QuerySet):
    """A village's own by its place; the township's own (root None) for office seats."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those the user may see."""
        return self.filter(within(user, "root") | (Q(root__isnull=True) & within_township(user)))


class RecordFiling(Attached):
    """One 备案 (三3): how grids were divided, groups founded, how it runs, or a raising to 党总支."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="record_filings"
    )
    root = models.ForeignKey(
        Node,
        verbose_name="村（党组织）",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="record_filings",
    )
    kind = models.CharField("备案事项", max_length=10, choices=RecordKind.choices)
    number = models.CharField("备案号", max_length=40)
    filed_on = models.DateField("备案日期")
    title = models.CharField("标题", max_length=100)
    note = models.CharField("备注", max_length=200, blank=True)
    withdrawn_on = models.DateField("撤销日期", null=True, blank=True)
    withdrawn_why = models.CharField("撤销理由", max_length=100, blank=True)

    objects = RecordQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "备案"
        ordering = ["-filed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="record_number_once",
                fields=["township", "number"],
                condition=Q(withdrawn_on__isnull=True),
                violation_error_message="这个备案号已经登记过。",
            ),
            models.CheckConstraint(
                name="record_withdrawn_with_reason",
                condition=Q(withdrawn_on__isnull=True, withdrawn_why="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why="")),
                violation_error_message="撤销备案要写日期和理由。",
            ),
        ]
        indexes = [models.Index(fields=["root", "kind"], name="record_by_root")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class LeadingMember(models.Model):
    """One seat in a year's leading group (R77); a person of the rosters where there is one, else a name."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="leading_members"
    )
    year = models.PositiveSmallIntegerField("年度")
    duty = models.CharField("领导小组职务", max_length=12, choices=LeadingDuty.choices)
    name = models.CharField("姓名", max_length=40)
    unit_post = models.CharField("单位及职务", max_length=60, blank=True)
    person = models.ForeignKey(
        Person,
        verbose_name="人员",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leading_seats",
    )
    position = models.PositiveSmallIntegerField("排序", default=0)
    left_on = models.DateField("调出日期", null=True, blank=True)
    left_why = models.CharField("调出原因", max_length=60, blank=True)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "领导小组成员"
        ordering = ["township", "-year", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="leading_member_once",
                fields=["township", "year", "duty", "name", "unit_post"],
                condition=Q(left_on__isnull=True),
                violation_error_message="名单里已有这个人。",
            ),
            models.CheckConstraint(
                name="leading_member_left_with_reason",
                condition=Q(left_on__isnull=True, left_why="") | (Q(left_on__isnull=False) & ~Q(left_why="")),
                violation_error_message="调出要写日期和原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_duty_display()} {self.name}"
