"""The tree's rows: one table with a kind, from the top Party organisation to the household."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import NodeManager, ScopedQuerySet
from grids.choices import CloseReason, Kind
from grids.spelling import SpelledField
from grids.tree import TreeNode
from township.models import Township, Tracked


def _key(label: str) -> models.ForeignKey:
    """A stored ancestor; set by tree.py only."""
    return models.ForeignKey(
        "self",
        verbose_name=label,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )


KEYS = ("branch", "grid", "group", "hub")


class Node(TreeNode):
    """A place in the network: a Party organisation, grid, group, hub, member or household."""

    NODE_PATH = ""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="nodes", db_index=False
    )
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    name = models.CharField("名称", max_length=40)
    initials = SpelledField("拼音首字母")
    pinyin_order = SpelledField("拼音序")
    stroke_order = SpelledField("笔画序")
    position = models.PositiveIntegerField("顺序", default=0)
    since = models.DateField("起始时间", null=True, blank=True)
    closed_on = models.DateField("注销日期", null=True, blank=True)
    close_reason = models.CharField("注销原因", max_length=24, choices=CloseReason.choices, blank=True)
    root = _key("所属党组织")
    branch = _key("党支部")
    grid = _key("网格")
    group = _key("党小组")
    hub = _key("中心户")

    objects = NodeManager()
    history = HistoricalRecords(bases=[Tracked], excluded_fields=["lft", "rght", "tree_id", "level"])

    class Meta:
        verbose_name = verbose_name_plural = "网格树"
        indexes = [
            models.Index(fields=["township", "kind", "closed_on"], name="node_by_township"),
            models.Index(fields=["root", "kind", "closed_on"], name="node_by_root"),
            models.Index(fields=["root", "grid", "id"], name="node_by_grid"),
            models.Index(fields=["root", "group", "id"], name="node_by_group"),
            # The database asks these for every row taken out: does anything still name it?
            *(models.Index(fields=[key], name=f"node_key_{key}") for key in KEYS),
        ]
        # A check that comes out as NULL lets the row pass, so each comparison of keys says that there is one.
        constraints = [
            models.CheckConstraint(
                name="node_closed_with_reason",
                condition=Q(closed_on__isnull=True, close_reason="")
                | (Q(closed_on__isnull=False) & ~Q(close_reason="")),
                violation_error_message="注销要同时写明日期和原因。",
            ),
            models.CheckConstraint(
                name="node_name_written",
                condition=~Q(name=""),
                violation_error_message="名称不能为空。",
            ),
            models.CheckConstraint(
                name="node_not_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message="不能放在自己下面。",
            ),
            models.CheckConstraint(
                name="node_top_is_branch",
                condition=Q(parent__isnull=False) | Q(kind__in=[Kind.GENERAL_BRANCH, Kind.BRANCH]),
                violation_error_message="最上级只能是党总支或党支部。",
            ),
            models.CheckConstraint(
                name="node_root_known",
                condition=Q(parent__isnull=True) | Q(root__isnull=False),
                violation_error_message="缺少所属党组织。",
            ),
            models.CheckConstraint(
                name="node_general_branch_on_top",
                condition=~Q(kind=Kind.GENERAL_BRANCH) | Q(parent__isnull=True),
                violation_error_message="党总支只能在最上级。",
            ),
            models.CheckConstraint(
                name="node_above_groups_plain",
                condition=~Q(kind__in=[Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GRID])
                | Q(grid__isnull=True, group__isnull=True, hub__isnull=True),
                violation_error_message="党组织和网格不能放在党小组或中心户下面。",
            ),
            models.CheckConstraint(
                name="node_group_in_grid",
                condition=~Q(kind=Kind.GROUP)
                | Q(grid__isnull=False, grid=F("parent"), group__isnull=True, hub__isnull=True),
                violation_error_message="党小组要放在网格下面。",
            ),
            models.CheckConstraint(
                name="node_hub_in_group",
                condition=~Q(kind=Kind.HUB) | Q(group__isnull=False, group=F("parent"), hub__isnull=True),
                violation_error_message="中心户（示范岗）要放在党小组下面。",
            ),
            models.CheckConstraint(
                name="node_member_place",
                condition=~Q(kind=Kind.MEMBER)
                | Q(hub__isnull=False, hub=F("parent"))
                | Q(hub__isnull=True, group__isnull=False, group=F("parent"))
                | Q(hub__isnull=True, group__isnull=True, grid__isnull=True),
                violation_error_message="党员要放在中心户（示范岗）、党小组或党支部下面。",
            ),
            models.UniqueConstraint(
                name="node_top_name_once",
                fields=["township", "name"],
                condition=Q(parent__isnull=True, closed_on__isnull=True),
                violation_error_message="本乡镇已有同名的党组织。",
            ),
            models.UniqueConstraint(
                name="node_name_once_under_parent",
                fields=["parent", "kind", "name"],
                condition=Q(
                    closed_on__isnull=True,
                    kind__in=[Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB],
                ),
                violation_error_message="同一上级下已有同名的。",
            ),
            models.UniqueConstraint(
                name="node_one_group_per_grid",
                fields=["parent"],
                condition=Q(kind=Kind.GROUP, closed_on__isnull=True),
                violation_error_message="每个网格只建一个党小组。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The node's page."""
        return reverse("grids:node", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """True while not closed."""
        return self.closed_on is None


class VillagerGroup(models.Model):
    """村民小组（社）: where households live; residence is not a place in the tree."""

    NODE_PATH = "root"

    root = models.ForeignKey(
        Node, verbose_name="所属党组织", on_delete=models.PROTECT, related_name="villager_groups"
    )
    name = models.CharField("名称", max_length=20)
    position = models.PositiveIntegerField("顺序", default=0)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "村民小组"
        ordering = ["root", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="villager_group_once",
                fields=["root", "name"],
                violation_error_message="本村已有同名的村民小组。",
            )
        ]

    def __str__(self) -> str:
        return self.name
