"""Party life: what was held and who came, the yearly appraisal as counts, members who are away."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.timezone import localdate
from simple_history.models import HistoricalRecords

from grids.access import scope_of
from grids.choices import Kind, Role
from grids.models import Node, Post
from services.models.ledgers import LedgerRow
from services.partylife.choices import Absence, Channel, EducationForm, FloatingReason, MeetingKind
from township.models import Attached, Tracked

if TYPE_CHECKING:
    from township.models import User


def led_groups(user: "User | Any", *, on: date) -> set[int]:
    """Party groups the user leads on a day."""
    person = scope_of(user).person_id
    if person is None:
        return set()
    posts = Post.objects.current(on).filter(
        person_id=person, role=Role.GROUP_LEADER, node__kind=Kind.GROUP, node__closed_on=None
    )
    return set(posts.values_list("node_id", flat=True))


class MeetingQuerySet(models.QuerySet):
    """Meetings are for all of the village: what was decided there is no secret to its members."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those of the township, or of the villages one has a place in."""
        scope = scope_of(user)
        rows = self.filter(unit__township_id=scope.township_id)
        if scope.whole_township:
            return rows
        return rows.filter(unit__root_id__in={place.root_id for place in scope.places})

    def names_open_to(self, user: "User | Any") -> Self:
        """Those of which the user reads who was absent and why: the office, and who keeps the record."""
        rows = self.visible_to(user)
        if scope_of(user).whole_township:
            return rows
        led = Q(kind=MeetingKind.GROUP, unit__in=led_groups(user, on=localdate()))
        return rows.filter(led | Q(unit__in=Node.objects.editable_by(user).order_by().values("pk")))

    def counted(self) -> Self:
        """With `due` and `present`, who were to come and who came."""
        there = Count("attendance", filter=Q(attendance__absence=""))
        due = Count("attendance", filter=~Q(attendance__absence=Absence.NOT_DUE))
        return self.annotate(due=due, present=there)


class PartyMeeting(Attached):
    """One meeting of a branch or a Party group; who came stands in its attendance."""

    NODE_PATH = "unit"

    unit = models.ForeignKey(Node, verbose_name="党组织", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类型", max_length=12, choices=MeetingKind.choices)
    day = models.DateField("日期")
    venue = models.CharField("地点", max_length=40, blank=True)
    topic = models.CharField("议题（主题）", max_length=100)
    host = models.CharField("主持人（授课人）", max_length=20, blank=True)
    recorder = models.CharField("记录人", max_length=20, blank=True)
    observers = models.PositiveSmallIntegerField("列席人数", null=True, blank=True)
    decisions = models.TextField("决议（要点）", max_length=1000, blank=True)

    objects = MeetingQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "会议记录"
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["unit", "kind", "day"], name="party_meeting_of_unit")]
        constraints = [
            models.UniqueConstraint(
                name="party_meeting_once",
                fields=["unit", "kind", "day", "topic"],
                violation_error_message="同一天、同一议题的会议已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.day:%Y-%m-%d} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:party_meeting", args=[self.pk])


class AttendanceQuerySet(models.QuerySet):
    """Who came is for fewer people than what was decided."""

    def above_open_to(self, user: "User | Any") -> MeetingQuerySet:
        """Meetings whose names the user may read, those of rows that are gone too."""
        return PartyMeeting.objects.names_open_to(user)

    def visible_to(self, user: "User | Any") -> Self:
        """Rows of such meetings."""
        return self.filter(meeting__in=self.above_open_to(user).order_by().values("pk"))


class MeetingAttendance(models.Model):
    """One member at one meeting; a blank absence means present."""

    NODE_PATH = "meeting__unit"

    meeting = models.ForeignKey(
        PartyMeeting, verbose_name="会议", on_delete=models.PROTECT, related_name="attendance"
    )
    member = models.ForeignKey(Node, verbose_name="党员", on_delete=models.PROTECT, related_name="+")
    absence = models.CharField("缺席原因", max_length=8, choices=Absence.choices, blank=True)

    objects = AttendanceQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "到会情况"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="attendance_once",
                fields=["meeting", "member"],
                violation_error_message="这名党员在这次会议上已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_absence_display() or '到会'}"


class Appraisal(LedgerRow):
    """民主评议党员 of one branch and year: counts, never a verdict on somebody."""

    NODE_PATH, LEDGER = "branch", ("partylife", "appraisals")

    branch = models.ForeignKey(Node, verbose_name="党支部", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    assessed = models.PositiveSmallIntegerField("参评人数")
    excellent = models.PositiveSmallIntegerField("优秀", default=0)
    qualified = models.PositiveSmallIntegerField("合格", default=0)
    basic = models.PositiveSmallIntegerField("基本合格", default=0)
    unqualified = models.PositiveSmallIntegerField("不合格", default=0)
    remark = models.CharField("备注", max_length=100, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "民主评议汇总"
        ordering = ["-year", "branch"]
        constraints = [
            models.UniqueConstraint(
                name="appraisal_once",
                fields=["branch", "year"],
                violation_error_message="这个支部本年度的民主评议已经登记过。",
            ),
            models.CheckConstraint(
                name="appraisal_adds_up",
                condition=Q(assessed=F("excellent") + F("qualified") + F("basic") + F("unqualified")),
                violation_error_message="四个等次合计应等于参评人数。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.year}年民主评议"


class EducationEvent(LedgerRow):
    """One event of education (二(三)1 集中培训、座谈交流、上门送学)."""

    NODE_PATH, LEDGER = "root", ("partylife", "education")

    root = models.ForeignKey(Node, verbose_name="村（党组织）", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("日期")
    form = models.CharField("形式", max_length=8, choices=EducationForm.choices)
    topic = models.CharField("主题", max_length=60)
    place = models.CharField("地点", max_length=40, blank=True)
    speaker = models.CharField("授课人", max_length=20, blank=True)
    attendees = models.PositiveSmallIntegerField("参加人次", null=True, blank=True)
    floating = models.PositiveSmallIntegerField("其中流动党员", null=True, blank=True)
    note = models.CharField("简要情况", max_length=200, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "教育活动"
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="education_floating_within",
                condition=Q(floating__isnull=True) | Q(attendees__gte=F("floating")),
                violation_error_message="其中流动党员不能多于参加人次。",
            )
        ]

    def __str__(self) -> str:
        return self.topic


class FloatingMember(LedgerRow):
    """A member away for long: to which county and since when. Nobody is tracked."""

    NODE_PATH, LEDGER = "member", ("partylife", "floating")

    member = models.ForeignKey(Node, verbose_name="党员", on_delete=models.PROTECT, related_name="+")
    destination = models.CharField("去向（县级）", max_length=30)
    since = models.DateField("外出时间")
    reason = models.CharField("外出事由", max_length=8, choices=FloatingReason.choices)
    host_org = models.CharField("流入地党组织", max_length=40, blank=True)
    contact_person = models.CharField("联系人", max_length=20, blank=True)
    returned_on = models.DateField("返回日期", null=True, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "流动党员"
        ordering = ["member", "-since"]
        constraints = [
            models.UniqueConstraint(
                name="floating_once",
                fields=["member"],
                condition=Q(returned_on__isnull=True),
                violation_error_message="这名党员已在流动党员台账里。",
            ),
            models.CheckConstraint(
                name="floating_back_after_leaving",
                condition=Q(returned_on__isnull=True) | Q(returned_on__gte=F("since")),
                violation_error_message="返回日期不能早于外出时间。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.member)


class FloatingContact(LedgerRow):
    """One contact with a floating member: the day and the way, a short note."""

    NODE_PATH, LEDGER = "floating__member", ("partylife", "floating-contacts")

    floating = models.ForeignKey(
        FloatingMember, verbose_name="流动党员", on_delete=models.PROTECT, related_name="contacts"
    )
    day = models.DateField("日期")
    channel = models.CharField("方式", max_length=8, choices=Channel.choices)
    note = models.CharField("内容", max_length=100, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "流动党员联系记录"
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="floating_contact_once",
                fields=["floating", "day", "channel"],
                violation_error_message="当天用这种方式的联系已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.floating} {self.day:%Y-%m-%d} {self.get_channel_display()}"
