"""Proposals: who might look after whom. They stand beside the tree until a person accepts rows of them."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import ScopedQuerySet, scope_of, within
from grids.choices import BandScope
from grids.models import Node
from liaison.choices import Decision, Edge, Preset, Step, WishKind
from township.models import Action, Job, Township, Tracked

if TYPE_CHECKING:
    from township.models import User


def _holder(kind: str, label: str, name: str) -> models.ForeignKey:
    """One end of a link: a place of the tree (E3–E5), or a person (E0–E2)."""
    return models.ForeignKey(
        kind, verbose_name=label, null=True, blank=True, on_delete=models.PROTECT, related_name=name
    )


class Wish(models.Model):
    """A link that is fixed, or not wanted, by a person's word; proposals obey it until it ends."""

    NODE_PATH = "target"

    target = models.ForeignKey(Node, verbose_name="对象", on_delete=models.PROTECT, related_name="wishes")
    holder_node = _holder("grids.Node", "联系人", "+")
    holder_person = _holder("grids.Person", "包挂人", "+")
    kind = models.CharField("要求", max_length=6, choices=WishKind.choices)
    reason = models.CharField("理由", max_length=60, blank=True)
    since = models.DateField("起始日期")
    until = models.DateField("结束日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "固定与回避"
        ordering = ["target", "pk"]
        constraints = [
            models.CheckConstraint(
                name="wish_names_one_holder",
                condition=Q(holder_node__isnull=True) ^ Q(holder_person__isnull=True),
                violation_error_message="固定或回避要写明一个联系人。",
            ),
            models.UniqueConstraint(
                name="wish_one_pin",
                fields=["target"],
                condition=Q(kind=WishKind.PIN, until__isnull=True, holder_node__isnull=False),
                violation_error_message="这一项已经固定给别人，请先取消。",
            ),
            models.UniqueConstraint(
                name="wish_once",
                fields=["target", "holder_node", "kind"],
                condition=Q(until__isnull=True, holder_node__isnull=False),
                violation_error_message="已经有同样的要求。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.get_kind_display()} {self.holder_node or self.holder_person}"


class PlacedQuerySet(models.QuerySet):
    """What belongs to a place of the tree, or (place None) to the township as a whole."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those of places the user sees; the township's own for office seats."""
        scope = scope_of(user)
        own = Q(place__isnull=True, township_id=scope.township_id) if scope.whole_township else Q(pk__in=[])
        return self.filter(within(user, "place") | own)


class Batch(models.Model):
    """One order for proposals: of a grid, a village, or every village of the township."""

    township = models.ForeignKey(Township, on_delete=models.PROTECT, related_name="proposal_batches")
    place = _holder("grids.Node", "范围", "+")  # None: the whole township
    edge = models.CharField("层级", max_length=4, choices=Edge.choices)
    preset = models.CharField("侧重", max_length=8, choices=Preset.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="编排人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("编排时间", auto_now_add=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "编排批次"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.place or self.township} {self.get_edge_display()}"

    def get_absolute_url(self) -> str:
        """Its villages with how far each has come."""
        return reverse("liaison:batch", args=[self.pk])


class Proposal(Job):
    """The proposal for one village, one grid, or (E0) the 乡 leaders: a job first, then rows to decide on.

    `before` and `after` are objectives (uncovered, over, cross, under, soft); `counts` rows by step.
    """

    township = models.ForeignKey(Township, on_delete=models.PROTECT, related_name="proposals")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="proposals")
    place = _holder("grids.Node", "范围", "+")
    edge = models.CharField("层级", max_length=4, choices=Edge.choices)
    preset = models.CharField("侧重", max_length=8, choices=Preset.choices)
    scope = models.CharField("编排范围", max_length=10, choices=BandScope.choices)
    own_households = models.BooleanField("党员自家也编入", default=True)
    year = models.PositiveSmallIntegerField("比例年度")
    band = models.JSONField("比例区间", default=dict)
    weights = models.JSONField("权重", default=dict)
    engine = models.CharField("引擎版本", max_length=12, blank=True)
    input_hash = models.CharField("输入指纹", max_length=64, blank=True)
    before = models.JSONField("编排前", default=dict)
    after = models.JSONField("编排后", default=dict)
    counts = models.JSONField("各类行数", default=dict)
    explanations = models.JSONField("说明", default=list)
    candidates = models.JSONField("可推荐为中心户的党员", default=list)
    proved = models.BooleanField("已证明最优", default=False)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    cancelled = models.BooleanField("要求取消", default=False)
    solved_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "编排建议"
        ordering = ["batch", "pk"]
        indexes = [models.Index(fields=["state", "id"], name="proposal_by_state")]

    def __str__(self) -> str:
        return f"{self.place or self.township} {self.get_edge_display()}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("liaison:proposal", args=[self.pk])


class ProposalRow(models.Model):
    """One target whose link the proposal would change, or cannot give to anybody."""

    NODE_PATH = "target"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="rows")
    target = models.ForeignKey(Node, verbose_name="对象", on_delete=models.PROTECT, related_name="+")
    old_node = _holder("grids.Node", "原联系人", "+")
    old_person = _holder("grids.Person", "原包挂人", "+")
    new_node = _holder("grids.Node", "建议联系人", "+")
    new_person = _holder("grids.Person", "建议包挂人", "+")
    grid = _holder("grids.Node", "网格", "+")  # where the target is at home
    step = models.CharField("变化", max_length=10, choices=Step.choices)
    reason = models.CharField("原因", max_length=20, blank=True)  # a value of changes.Reason
    distance = models.PositiveIntegerField("距离", null=True, blank=True)  # steps of ten metres
    crosses = models.BooleanField("跨网格", default=False)
    refused = models.JSONField("已拒绝的人选", default=list)  # holders a person refused for this target
    decision = models.CharField("处理", max_length=10, choices=Decision.choices, default=Decision.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="处理人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    action = models.ForeignKey(
        Action, verbose_name="采纳的操作", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "编排建议行"
        ordering = ["proposal", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="proposal_row_once",
                fields=["proposal", "target"],
                violation_error_message="同一个对象在一份建议里只有一行。",
            ),
        ]

    def __str__(self) -> str:
        old, new = self.old_node or self.old_person, self.new_node or self.new_person
        return f"{self.target} {old or '无'} → {new or '待落实'}"
