"""Who does service together, where, and which households show how it is done."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from grids.access import ScopedQuerySet, readable, within, within_township
from grids.models import Node
from services.models.ledgers import LedgerRow
from services.teams.choices import Campaign, HelpKind, TeamBasis, TeamKind
from township.models import Township, Tracked

if TYPE_CHECKING:
    from township.models import User


def _village(**kwargs: Any) -> models.ForeignKey:
    return models.ForeignKey(
        Node, verbose_name="村（党组织）", on_delete=models.PROTECT, related_name="+", **kwargs
    )


def _ends_after(name: str, end: str, begin: str, words: str) -> models.CheckConstraint:
    after = Q(**{f"{end}__isnull": True}) | Q(**{f"{begin}__isnull": True}) | Q(**{f"{end}__gte": F(begin)})
    return models.CheckConstraint(name=name, condition=after, violation_error_message=words)


class ServiceTeam(LedgerRow):
    """A service team of a village (二(三)2 因需、因趣)."""

    NODE_PATH, LEDGER = "root", ("teams", "teams")

    root = _village()
    name = models.CharField("队名", max_length=30)
    kind = models.CharField("类型", max_length=12, choices=TeamKind.choices)
    basis = models.CharField("组建依据", max_length=8, choices=TeamBasis.choices)
    leader = models.CharField("队长", max_length=20)
    founded_on = models.DateField("组建日期", null=True, blank=True)
    service = models.CharField("服务内容", max_length=100, blank=True)
    ended_on = models.DateField("解散日期", null=True, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "服务队"
        ordering = ["root", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="team_name_once",
                fields=["root", "name"],
                condition=Q(ended_on__isnull=True),
                violation_error_message="本村已有同名的服务队。",
            ),
            _ends_after("team_ends_after_start", "ended_on", "founded_on", "解散日期不能早于组建日期。"),
        ]

    def __str__(self) -> str:
        return self.name


class Volunteer(LedgerRow):
    """Somebody who offered to help, in the Party or not; skills are theirs to name and to take back."""

    NODE_PATH, LEDGER = "root", ("teams", "volunteers")

    root = _village()
    name = models.CharField("姓名", max_length=20)
    is_member = models.BooleanField("党员", default=False)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    skills = models.CharField("特长（本人自愿）", max_length=60, blank=True)
    team = models.ForeignKey(
        ServiceTeam,
        verbose_name="服务队",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="volunteers",
    )
    joined_on = models.DateField("加入日期", null=True, blank=True)
    left_on = models.DateField("退出日期", null=True, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "志愿者"
        ordering = ["root", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="volunteer_once",
                fields=["root", "name", "phone"],
                condition=Q(left_on__isnull=True),
                violation_error_message="本村已有同名同号码的志愿者。",
            ),
            _ends_after("volunteer_leaves_after_joining", "left_on", "joined_on", "退出不能早于加入。"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamActivity(LedgerRow):
    """One activity: what, where, with how many; a campaign's name stands here and nowhere else."""

    NODE_PATH, LEDGER = "root", ("teams", "activities")

    root = _village()
    day = models.DateField("日期")
    title = models.CharField("主题", max_length=60)
    place = models.CharField("地点", max_length=40, blank=True)
    team = models.ForeignKey(
        ServiceTeam,
        verbose_name="服务队",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    participants = models.PositiveSmallIntegerField("参加人数", null=True, blank=True)
    campaign = models.CharField("主题行动", max_length=12, choices=Campaign.choices, blank=True)
    note = models.CharField("简要情况", max_length=200, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "服务活动"
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.title


class PointQuerySet(ScopedQuerySet):
    """Stations by their village; the township's centre for everybody who acts in it."""

    def visible_to(self, user: "User | Any") -> Self:
        """Stations of one's villages, and for the office the centre."""
        if not readable(user, self.model):
            return self.none()
        return self.filter(within(user, "root") | (Q(root=None) & within_township(user)))


class VolunteerPoint(LedgerRow):
    """The volunteer station of a village, or (root None) the township's one centre."""

    NODE_PATH, LEDGER = "root", ("teams", "stations")

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    root = _village(null=True, blank=True)
    name = models.CharField("名称", max_length=40)
    place = models.CharField("地点", max_length=40, blank=True)
    coordinator = models.CharField("负责人", max_length=20, blank=True)
    opened_on = models.DateField("建成日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=100, blank=True)

    objects: ClassVar[Any] = PointQuerySet.as_manager()  # with the centre
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "志愿服务中心（站）"
        ordering = ["root", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_station_per_village",
                fields=["root"],
                condition=Q(root__isnull=False),
                violation_error_message="这个村的志愿服务站已经登记过。",
            ),
            models.UniqueConstraint(
                name="one_centre_per_township",
                fields=["township"],
                condition=Q(root__isnull=True),
                violation_error_message="全乡只有一个志愿服务中心，已经登记过。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DemoHousehold(LedgerRow):
    """党员示范户: a member whose household shows the way."""

    NODE_PATH, LEDGER = "member", ("teams", "demo")

    member = models.ForeignKey(Node, verbose_name="党员", on_delete=models.PROTECT, related_name="+")
    industry = models.CharField("示范产业", max_length=30)
    since = models.DateField("认定日期", null=True, blank=True)
    ended_on = models.DateField("退出日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=100, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "党员示范户"
        ordering = ["member", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="demo_household_once",
                fields=["member"],
                condition=Q(ended_on__isnull=True),
                violation_error_message="这名党员已是示范户。",
            ),
            _ends_after("demo_ends_after_start", "ended_on", "since", "退出日期不能早于认定日期。"),
        ]

    def __str__(self) -> str:
        return str(self.member)


class HelpRecord(LedgerRow):
    """One help given by a demonstration household: which of the three kinds, to how many households."""

    NODE_PATH, LEDGER = "demo__member", ("teams", "help")

    demo = models.ForeignKey(
        DemoHousehold, verbose_name="示范户", on_delete=models.PROTECT, related_name="help"
    )
    day = models.DateField("日期")
    kind = models.CharField("帮带内容", max_length=12, choices=HelpKind.choices)
    households = models.PositiveSmallIntegerField("受助户数", null=True, blank=True)
    note = models.CharField("简要情况", max_length=100, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "帮带记录"
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="help_record_once",
                fields=["demo", "day", "kind"],
                violation_error_message="当天这一类帮带已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.demo} {self.day:%Y-%m-%d} {self.get_kind_display()}"


class Venue(LedgerRow):
    """党群活动场所 with its four functions (二(三)1)."""

    NODE_PATH, LEDGER = "root", ("teams", "venues")

    root = _village()
    name = models.CharField("名称", max_length=40)
    address = models.CharField("地址", max_length=40, blank=True)
    learning = models.BooleanField("学习教育", default=False)
    service = models.BooleanField("便民服务", default=False)
    activity = models.BooleanField("党群活动", default=False)
    culture = models.BooleanField("文体娱乐", default=False)
    opened_on = models.DateField("启用日期", null=True, blank=True)
    ended_on = models.DateField("停用日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=100, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "活动场所"
        ordering = ["root", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="venue_name_once",
                fields=["root", "name"],
                condition=Q(ended_on__isnull=True),
                violation_error_message="本村已有同名的活动场所。",
            ),
            _ends_after("venue_ends_after_start", "ended_on", "opened_on", "停用不能早于启用。"),
        ]

    def __str__(self) -> str:
        return self.name
