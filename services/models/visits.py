"""Visits and what is planned of them: the log, services that are due, the pace of a household, remarks."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from grids import access
from grids.access import ScopedQuerySet
from grids.choices import Kind
from grids.models import Node, Person
from services.visits.choices import Disposal, Mode, Need, Occasion, Pace, Satisfaction
from services.visits.rules import MOST_WORDS, PLAIN
from township.models import Attached, Township, Tracked

if TYPE_CHECKING:
    from services.models.matters import Matter
    from township.models import User

_NARROW = (Kind.HUB, Kind.MEMBER)  # who stands there sees households below, not the whole grid


def logged_in_sight(user: "User | Any", *, households: bool) -> Q:
    """Rows at grids one sees, of households below one, and those one wrote in one's present villages.

    Conditions on the rows' own columns, so that each has its index.
    """
    scope = access.scope_of(user)
    if scope.whole_township:
        return Q(township_id=scope.township_id)
    roots = {place.root_id for place in scope.places}
    if not roots:
        return Q(pk__in=[])
    found = Q(node_id__in=Node.objects.filter(access.within_grid(user, "")).values("pk"))
    if households and any(place.kind in _NARROW for place in scope.places):
        below = Node.objects.visible_to(user).filter(kind=Kind.HOUSEHOLD)
        found |= Q(household_id__in=below.values("pk"))
    if any(place.node_id != place.root_id for place in scope.places):
        found |= Q(written_by_id=user.pk, node__root_id__in=roots)
    return found


class LoggedQuerySet(models.QuerySet):
    """What is written down at a grid, perhaps about a household."""

    def visible_to(self, user: "User | Any") -> Self:
        """Rows the user may see."""
        households = any(field.name == "household" for field in self.model._meta.fields)
        return self.filter(logged_in_sight(user, households=households))


class Logged(models.Model):
    """Base of what is written down at a grid: where, of which household, by whom."""

    NODE_PATH = "node"

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    node = models.ForeignKey(
        Node, verbose_name="网格", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    household = models.ForeignKey(
        Node, verbose_name="农户", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = LoggedQuerySet.as_manager()

    class Meta:
        abstract = True


class Visit(Logged):
    """One visit; where something is written of it, it is an entry of the diary."""

    # One tick is a visit, not an entry: annex 1 column 34 counts these, and so do the diary and its cover.
    ENTRIES = Q(plain=False)
    FIELDS_KEPT_IN_VILLAGE = ("occasion",)  # see rules.BLENDED
    told_occasion = ""  # for the reader of a page: queries.log.with_occasion

    household = models.ForeignKey(
        Node,
        verbose_name="农户",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
        db_index=False,
    )
    happened_on = models.DateField("走访日期")
    happened_at = models.DateTimeField("走访时间", null=True, blank=True)  # by the phone's clock
    received_at = models.DateTimeField("收到时间", default=timezone.now)
    mode = models.CharField("方式", max_length=8, choices=Mode.choices, default=Mode.HOME)
    occasion = models.CharField("事由", max_length=12, choices=Occasion.choices, default=Occasion.USUAL)
    visitor = models.ForeignKey(
        Person, verbose_name="走访人", on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    companions = models.ManyToManyField(
        Person, verbose_name="同行人员", blank=True, through="VisitCompanion", related_name="+"
    )
    plain = models.BooleanField("走访正常，无需办理事项", default=False)
    content = models.TextField("民情内容", max_length=MOST_WORDS, blank=True)
    need = models.CharField("诉求类别", max_length=12, choices=Need.choices, blank=True)
    disposal = models.CharField("处置", max_length=10, choices=Disposal.choices, blank=True)
    due_on = models.DateField("办理期限", null=True, blank=True)
    outcome = models.CharField("办理结果", max_length=300, blank=True)
    called_back_on = models.DateField("回访日期", null=True, blank=True)
    called_back_by = models.ForeignKey(
        Person, verbose_name="回访人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    satisfaction = models.CharField("满意度", max_length=6, choices=Satisfaction.choices, blank=True)
    matter = models.ForeignKey(
        "Matter",
        verbose_name="意见建议",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
    )
    client_id = models.CharField("离线编号", max_length=40, blank=True, editable=False)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "走访记录"
        ordering = ["-happened_on", "-pk"]
        indexes = [
            models.Index(fields=["township", "-happened_on", "-id"], name="visit_by_township"),
            models.Index(fields=["node", "happened_on"], name="visit_by_grid"),
            models.Index(fields=["household", "happened_on"], name="visit_by_household"),
            models.Index(fields=["visitor", "happened_on"], name="visit_by_visitor"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="visit_sent_once",
                fields=["written_by", "client_id"],
                condition=~Q(client_id=""),
                violation_error_message="这一次走访已经登记过。",
            ),
            models.CheckConstraint(
                name="visit_says_something",
                condition=Q(plain=True) | ~Q(content=""),
                violation_error_message="请写民情内容，或勾选“走访正常，无需办理事项”。",
            ),
            models.CheckConstraint(
                name="visit_called_back_whole",
                condition=Q(called_back_on__isnull=True, called_back_by__isnull=True, satisfaction="")
                | (Q(called_back_on__isnull=False, called_back_by__isnull=False) & ~Q(satisfaction="")),
                violation_error_message="回访要写明日期、回访人和满意度。",
            ),
            models.CheckConstraint(
                name="visit_called_back_after",
                condition=Q(called_back_on__isnull=True) | Q(called_back_on__gte=F("happened_on")),
                violation_error_message="回访日期不能早于走访日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on:%Y-%m-%d} {self.household or self.node}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:visit", args=[self.pk])

    @property
    def words(self) -> str:
        """What the diary says."""
        return self.content or PLAIN

    @property
    def is_entry(self) -> bool:
        """Whether it is one of ENTRIES."""
        return not self.plain

    @property
    def asked_back(self) -> "Visit | Matter | None":
        """Where its call back stands: with the matter it became, so that one question has one answer."""
        return next((row for row in (self.matter, self) if row is not None and row.called_back_on), None)


class VisitCompanion(models.Model):
    """Somebody who went along; a table of its own, so that it has a history."""

    NODE_PATH = "visit__node"

    visit = models.ForeignKey(
        Visit, verbose_name="走访记录", on_delete=models.PROTECT, related_name="companion_rows"
    )
    person = models.ForeignKey(Person, verbose_name="同行人员", on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "走访同行人员"
        ordering = ["visit", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="visit_companion_once",
                fields=["visit", "person"],
                violation_error_message="同行人员里已有这个人。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit} {self.person}"


class PhotoQuerySet(models.QuerySet):
    """Photos go with their visit."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those of visits in sight."""
        return self.filter(visit__in=Visit.objects.visible_to(user).order_by())


class VisitPhoto(Attached):
    """What was seen on a visit: a place or a thing, never somebody; at most three, none is asked for."""

    NODE_PATH = "visit__node"

    visit = models.ForeignKey(Visit, verbose_name="走访记录", on_delete=models.PROTECT, related_name="photos")
    client_id = models.CharField("离线编号", max_length=40, blank=True, editable=False)

    objects = PhotoQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "走访照片"
        ordering = ["visit", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="visit_photo_sent_once",
                fields=["visit", "client_id"],
                condition=~Q(client_id=""),
                violation_error_message="这张照片已经传过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit} 照片"


class PlanQuerySet(models.QuerySet):
    """Plans: rows for those who go there; the office counts them only (domain 10)."""

    def visible_to(self, user: "User | Any") -> Self:
        """Plans of households in the user's scope; none for office seats."""
        if access.scope_of(user).whole_township:
            return self.none()
        return self.filter(access.within(user, "household"))


class VisitPlan(models.Model):
    """A service that a household has agreed to be visited for; it says nothing about the people there."""

    # No NODE_PATH: pages of what was done, which the office reads, pass over it (domain 10).

    household = models.ForeignKey(
        Node, verbose_name="农户", on_delete=models.PROTECT, related_name="visit_plans"
    )
    need = models.CharField("服务需求", max_length=12, choices=Need.choices)
    consented = models.BooleanField("本户已同意登记")
    interval = models.PositiveSmallIntegerField("间隔（天）")
    next_on = models.DateField("下次走访")
    ended_on = models.DateField("结束日期", null=True, blank=True)

    objects = PlanQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "必访计划"
        ordering = ["next_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="visit_plan_consented",
                condition=Q(consented=True),
                violation_error_message="本户同意以后才能登记。",
            ),
            models.CheckConstraint(
                name="visit_plan_interval",
                condition=Q(interval__gte=1, interval__lte=366),
                violation_error_message="间隔应在 1 到 366 天之间。",
            ),
            models.UniqueConstraint(
                name="visit_plan_once",
                fields=["household", "need"],
                condition=Q(ended_on__isnull=True),
                violation_error_message="这一户已有同样的必访计划。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.get_need_display()}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:plan", args=[self.pk])


class VisitPace(models.Model):
    """How often one household is visited, where that differs from all others."""

    NODE_PATH = "household"

    household = models.OneToOneField(
        Node, verbose_name="农户", on_delete=models.PROTECT, related_name="visit_pace"
    )
    pace = models.CharField("走访间隔", max_length=3, choices=Pace.choices)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "走访间隔"

    def __str__(self) -> str:
        return f"{self.household} {self.get_pace_display()}"


class RemarkQuerySet(models.QuerySet):
    """Remarks by the village they were made in."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those at grids in sight, and those on the own diary."""
        scope = access.scope_of(user)
        own = Q(person_id=scope.person_id, node__root_id__in={place.root_id for place in scope.places})
        return self.filter(access.within_grid(user, "node") | own)


class DiaryRemark(models.Model):
    """What the secretary says to a month's diary of a person or (person None) of a grid: words, no grade."""

    NODE_PATH = "node"

    node = models.ForeignKey(
        Node, verbose_name="网格或村", on_delete=models.PROTECT, related_name="diary_remarks"
    )
    person = models.ForeignKey(
        Person, verbose_name="走访人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    month = models.DateField("月份")  # its first day
    text = models.CharField("阅评", max_length=200)

    objects = RemarkQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "民情日记阅评"
        ordering = ["month", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="diary_remark_once",
                fields=["node", "person", "month"],
                violation_error_message="这个月已有阅评。",
            ),
            models.UniqueConstraint(
                name="diary_remark_once_of_grid",
                fields=["node", "month"],
                condition=Q(person__isnull=True),
                violation_error_message="这个网格本月已有阅评。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.node} {self.month:%Y-%m}"
