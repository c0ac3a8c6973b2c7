"""What a node is, by kind: one small table each, so that no column stands empty for other kinds."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from grids.access import ScopedQuerySet
from grids.choices import AbsenceReason, BranchSetting, GridShape, HubKind, Standing
from grids.models.node import Node, VillagerGroup
from grids.models.people import Person
from township.models import Tracked


class Profile(models.Model):
    """Shared by all: the node it describes, and a remark."""

    NODE_PATH = "node"

    remark = models.CharField("备注", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.node)  # type: ignore[attr-defined]


class BranchProfile(Profile):
    """党总支 or 党支部: where it stands; population is a typed total, never a list of people."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="branch_profile")
    setting = models.CharField(
        "类别", max_length=12, choices=BranchSetting.choices, default=BranchSetting.VILLAGE
    )
    village = models.CharField("行政村", max_length=20, blank=True)
    population = models.PositiveIntegerField("人口数", null=True, blank=True)
    approval_no = models.CharField("升格批准文号", max_length=40, blank=True)
    approved_on = models.DateField("升格批准日期", null=True, blank=True)
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "党组织资料"


class GridProfile(Profile):
    """网格: what it covers (二(一))."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="grid_profile")
    code = models.CharField("网格编号", max_length=12, blank=True)
    shape = models.CharField("类别", max_length=12, choices=GridShape.choices, default=GridShape.GEOGRAPHIC)
    extent = models.CharField("四至范围", max_length=200, blank=True)
    area_mu = models.PositiveIntegerField("面积（亩）", null=True, blank=True)
    villager_groups = models.ManyToManyField(
        VillagerGroup,
        verbose_name="覆盖村民小组",
        blank=True,
        through="GridCover",
        related_name="grids",
    )
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "网格资料"


class GridCover(models.Model):
    """One villager group in one grid; a table of its own, so that its coming and going has a history."""

    NODE_PATH = "profile__node"

    profile = models.ForeignKey(
        GridProfile,
        verbose_name="网格",
        db_column="gridprofile_id",
        on_delete=models.PROTECT,
        related_name="covers",
    )
    villager_group = models.ForeignKey(
        VillagerGroup,
        verbose_name="村民小组",
        db_column="villagergroup_id",
        on_delete=models.PROTECT,
        related_name="covers",
    )

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "网格覆盖的村民小组"
        db_table = "grids_gridprofile_villager_groups"  # it began as Django's own table between the two
        unique_together = [("profile", "villager_group")]

    def __str__(self) -> str:
        return f"{self.profile} {self.villager_group}"


class GroupProfile(Profile):
    """党小组: one per grid; the industry group names its trade."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="group_profile")
    industry = models.CharField("行业产业", max_length=30, blank=True)
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "党小组资料"


class HubProfile(Profile):
    """党员中心户或党员示范岗; its head is a post."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="hub_profile")
    hub_kind = models.CharField("类别", max_length=12, choices=HubKind.choices, default=HubKind.CENTRAL)
    plate_no = models.CharField("标识牌编号", max_length=20, blank=True)
    served_households = models.PositiveIntegerField("周边农户数", null=True, blank=True)
    address = models.CharField("地址", max_length=40, blank=True)
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "中心户资料"


class MemberProfile(Profile):
    """党员: the person in this place, and whether they take part in liaison."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="member_profile")
    person = models.OneToOneField(
        Person, verbose_name="人员", on_delete=models.PROTECT, related_name="membership"
    )
    standing = models.CharField("党员类别", max_length=12, choices=Standing.choices, default=Standing.FULL)
    is_floating = models.BooleanField("是否流动", default=False)
    takes_part = models.BooleanField("参加联户", default=True)
    absence_reason = models.CharField("未参加原因", max_length=12, choices=AbsenceReason.choices, blank=True)
    absent_since = models.DateField("未参加起始", null=True, blank=True)
    absent_until = models.DateField("预计恢复", null=True, blank=True)  # the first day of serving again
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "党员资料"
        constraints = [
            models.CheckConstraint(
                name="member_absence_only_when_absent",
                condition=Q(takes_part=False) | Q(absence_reason=""),
                violation_error_message="参加联户的党员不用写未参加原因。",
            ),
            models.CheckConstraint(
                name="member_absence_dates",
                condition=(
                    Q(absent_since__isnull=True, absent_until__isnull=True)
                    | Q(takes_part=False, absent_since__isnull=True)
                    | Q(takes_part=False, absent_until__isnull=True)
                    | Q(takes_part=False, absent_until__gt=F("absent_since"))
                ),
                violation_error_message="未参加的起止日期只在不参加联户时写，恢复要晚于起始。",
            ),
        ]

    def can_serve(self, on: date) -> bool:
        """Whether households can be given to the member that day; being a member is another matter."""
        begun = self.absent_since is None or self.absent_since <= on
        over = self.absent_until is not None and self.absent_until <= on
        return self.takes_part or not begun or over


class HouseholdProfile(Profile):
    """农户: residence and, where the office wants them, size and phone; no member by name, no more."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="household_profile")
    villager_group = models.ForeignKey(
        VillagerGroup,
        verbose_name="村民小组",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="households",
    )
    door = models.CharField("门牌", max_length=40, blank=True)
    size = models.PositiveSmallIntegerField("家庭人口数", null=True, blank=True)
    phone = models.CharField("户联系电话", max_length=20, blank=True)
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "农户资料"
        constraints = [
            models.CheckConstraint(
                name="household_size_sensible",
                condition=Q(size__isnull=True) | Q(size__gte=1, size__lte=50),
                violation_error_message="家庭人口数应在 1 到 50 之间。",
            )
        ]
