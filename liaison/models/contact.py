"""包挂联系 above the tree: a person looks after a node from one day until another."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from grids.access import ScopedQuerySet
from grids.models import Node, Person
from liaison.choices import Level
from township.models import Township, Tracked


class Contact(models.Model):
    """One line of an upper roster: who looks after which branch or Party group, at which level."""

    NODE_PATH = "target"

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="contacts"
    )
    level = models.CharField("层级", max_length=4, choices=Level.choices)
    holder = models.ForeignKey(
        Person, verbose_name="包挂人", on_delete=models.PROTECT, related_name="contacts"
    )
    target = models.ForeignKey(
        Node, verbose_name="包挂对象", on_delete=models.PROTECT, related_name="contacts"
    )
    since = models.DateField("包挂起始时间", null=True, blank=True)
    until = models.DateField("结束时间", null=True, blank=True)
    remark = models.CharField("备注", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "包挂联系"
        ordering = ["level", "target", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="contact_once",
                fields=["level", "holder", "target"],
                condition=Q(until__isnull=True),
                violation_error_message="此人已包挂这个对象。",
            ),
            models.CheckConstraint(
                name="contact_dates_in_order",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=models.F("since")),
                violation_error_message="结束时间不能早于起始时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.get_level_display()} {self.target}"
