"""后备干部: who may follow in a village's posts. No timeline, no public print (domain 10)."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import Right, may, within
from grids.models.node import Node
from grids.reserve.choices import Nomination, ReserveState, TargetPost
from township.models import Township, Tracked

if TYPE_CHECKING:
    from township.models import User


class ReserveQuerySet(models.QuerySet):
    """Rows for the office's clerk and for the village's secretary, and for nobody else."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those of one's scope, with the right."""
        return self.filter(within(user, "root")) if may(user, Right.READ_RESERVE) else self.none()


class ReserveCadre(models.Model):
    """One person in the reserve; hangs on no node's timeline, so only its own pages show it."""

    UNDO_PATH = "root"  # a load can be taken back, though no page of actions tells of it
    READ_RIGHT = Right.READ_RESERVE

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    root = models.ForeignKey(Node, verbose_name="村（党组织）", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=20)
    current_post = models.CharField("现任职务", max_length=40, blank=True)
    nomination = models.CharField("推荐方式", max_length=12, choices=Nomination.choices)
    nominated_on = models.DateField("推荐日期")
    target_post = models.CharField("培养方向", max_length=16, choices=TargetPost.choices)
    mentor = models.CharField("培养联系人", max_length=20, blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=ReserveState.choices, default=ReserveState.RECOMMENDED
    )
    state_on = models.DateField("状态日期")
    said = models.CharField("最近意见", max_length=200, blank=True)

    objects = ReserveQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "后备干部"
        ordering = ["root", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="reserve_once",
                fields=["root", "name"],
                condition=Q(state__in=[ReserveState.RECOMMENDED, ReserveState.TRAINING]),
                violation_error_message="此人已在后备干部库里。",
            ),
            models.CheckConstraint(
                name="reserve_reviewed_with_words",
                condition=Q(state=ReserveState.RECOMMENDED) | ~Q(said=""),
                violation_error_message="审查、使用、出库要写明意见。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("grids:reserve_row", args=[self.pk])
