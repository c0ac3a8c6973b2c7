"""What residents can ask for, in the words of each version; the township's working days and limits."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import TownQuerySet
from services.tickets.calendar.choices import DayKind
from services.tickets.catalogue.choices import ItemCategory, PaperKind
from services.tickets.choices import TicketKind
from township.models import Township, Tracked

CUT_OFF = time(17)
# An errand begins as one of these; 补办 and 不予办理 are what becomes of it.
DEFAULT_KINDS = (TicketKind.INSTANT, TicketKind.PROMISED, TicketKind.JOINT, TicketKind.FORWARDED)


class VersionQuerySet(TownQuerySet):
    """Versions by the township of their item."""

    PATH = "item__township_id"


class MaterialQuerySet(TownQuerySet):
    """Materials by the township of their item."""

    PATH = "version__item__township_id"


class ServiceItem(models.Model):
    """代办事项: the identity that stays while its words change."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="service_items"
    )
    code = models.CharField("事项编号", max_length=20)
    closed_on = models.DateField("停办日期", null=True, blank=True)
    closed_why = models.CharField("停办原因", max_length=100, blank=True)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "代办事项"
        ordering = ["township", "code"]
        constraints = [
            models.UniqueConstraint(
                name="service_item_code_once",
                fields=["township", "code"],
                violation_error_message="这个事项编号已经用过。",
            ),
            models.CheckConstraint(
                name="service_item_closed_with_reason",
                condition=Q(closed_on__isnull=True, closed_why="")
                | Q(Q(closed_on__isnull=False) & ~Q(closed_why="")),
                violation_error_message="停办要写明日期和原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"事项{self.code}"

    def get_absolute_url(self) -> str:
        """Its page with all versions."""
        return reverse("services:item", args=[self.pk])


class ItemVersion(models.Model):
    """What an item said from a day on; never changed, so that a ticket keeps what it was taken in under."""

    item = models.ForeignKey(
        ServiceItem, verbose_name="代办事项", on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveSmallIntegerField("版次")
    current = models.BooleanField("现行", default=True)
    since = models.DateField("启用日期")
    name = models.CharField("名称", max_length=60)
    category = models.CharField("类别", max_length=10, choices=ItemCategory.choices)
    basis = models.CharField("办理依据", max_length=300, blank=True)
    legal_days = models.PositiveSmallIntegerField("法定时限（工作日）", null=True, blank=True)
    promised_days = models.PositiveSmallIntegerField("承诺时限（工作日）", null=True, blank=True)
    fee_note = models.CharField("收费", max_length=60, default="不收费")
    office = models.CharField("承办单位", max_length=40)
    default_kind = models.CharField(
        "件型", max_length=10, choices=[(one.value, one.label) for one in DEFAULT_KINDS]
    )
    flow_note = models.CharField("办理条件和流程", max_length=500, blank=True)
    is_example = models.BooleanField("示例", default=False)

    objects = VersionQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "事项版次"
        ordering = ["item", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="item_version_number_once",
                fields=["item", "number"],
                violation_error_message="这个事项的这一版已经有了，请刷新后再改。",
            ),
            models.UniqueConstraint(
                name="item_version_current_once",
                fields=["item"],
                condition=Q(current=True),
                violation_error_message="一个事项只能有一个现行版。",
            ),
            models.CheckConstraint(
                name="item_version_kind",
                condition=Q(default_kind__in=[one.value for one in DEFAULT_KINDS]),
                violation_error_message="件型只能是即办件、承诺件、联办件或上报件。",
            ),
            models.CheckConstraint(
                name="item_version_promise_has_days",
                condition=~Q(default_kind=TicketKind.PROMISED)
                | Q(promised_days__isnull=False, promised_days__gte=1),
                violation_error_message="承诺件要写明承诺时限（至少 1 个工作日）。",
            ),
            models.CheckConstraint(
                name="item_version_promise_within_law",
                condition=Q(legal_days__isnull=True)
                | Q(promised_days__isnull=True)
                | Q(promised_days__lte=F("legal_days")),
                violation_error_message="承诺时限不能长于法定时限。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ItemMaterial(models.Model):
    """One paper a version asks for."""

    version = models.ForeignKey(
        ItemVersion, verbose_name="事项版次", on_delete=models.PROTECT, related_name="materials"
    )
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("材料名称", max_length=60)
    copies = models.PositiveSmallIntegerField("份数", default=1)
    issuer = models.CharField("出具单位", max_length=40, blank=True)
    kind = models.CharField("形式", max_length=10, choices=PaperKind.choices, default=PaperKind.ORIGINAL)

    objects = MaterialQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "申办材料"
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                name="item_material_position_once",
                fields=["version", "position"],
                violation_error_message="同一版里材料的序号不能重复。",
            ),
            models.CheckConstraint(
                name="item_material_copies",
                condition=Q(copies__gte=1, copies__lte=99),
                violation_error_message="份数应在 1 到 99 之间。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarYear(models.Model):
    """A year whose working days the office has entered itself, from which document."""

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    source = models.CharField("依据文件", max_length=60)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "日历年度"
        ordering = ["township", "year"]
        constraints = [
            models.UniqueConstraint(
                name="calendar_year_once",
                fields=["township", "year"],
                violation_error_message="这一年的日历已经有了。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年日历"


class CalendarDay(models.Model):
    """A day the office has set itself; it goes before what the published year says."""

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("日期")
    kind = models.CharField("安排", max_length=10, choices=DayKind.choices)
    note = models.CharField("名称或原因", max_length=30)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "日历调整"
        ordering = ["township", "day"]
        constraints = [
            models.UniqueConstraint(
                name="calendar_day_once",
                fields=["township", "day"],
                violation_error_message="这一天已经设置过，请刷新后再改。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"


class TicketSettings(models.Model):
    """How the township counts and reminds; a township without a row has the defaults."""

    township = models.OneToOneField(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="ticket_settings"
    )
    cut_off = models.TimeField("当日受理截止时刻", default=CUT_OFF)
    soon_days = models.PositiveSmallIntegerField("临期提醒（工作日）", default=2)
    public_lookup = models.BooleanField("开放办件进度查询", default=True)
    chase_every_days = models.PositiveSmallIntegerField("催办间隔（天）", default=1)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "代办设置"
        constraints = [
            models.CheckConstraint(
                name="ticket_settings_in_range",
                condition=Q(soon_days__lte=30, chase_every_days__gte=1, chase_every_days__lte=30),
                violation_error_message="临期提醒应在 0 到 30 个工作日之间，催办间隔应在 1 到 30 天之间。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.township}代办设置"
