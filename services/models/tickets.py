"""Errands of residents: the errand, its papers and pauses, other offices' parts, reminders, numbers."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids import access
from grids.access import ScopedQuerySet
from grids.models import Node, Person
from services.models.catalogue import ItemVersion
from services.models.matters import Matter
from services.models.visits import Logged, logged_in_sight
from services.tickets.choices import ChaseKind, TicketKind, TicketResult, TicketState
from services.tickets.rules import MOST_WORDS, OPEN, archive_number
from services.visits.choices import Satisfaction
from township.models import Township, Tracked

if TYPE_CHECKING:
    from township.models import User

# Papers with these numbers are in people's hands: an errand is withdrawn or reopened, never undone.
STANDS = "代办件有编号、有回执，不能撤销；请“申办人撤回”或“重新办理”。"
_TOLD = (TicketState.TOLD, TicketState.HEARD, TicketState.ARCHIVED)


class TicketQuerySet(models.QuerySet):
    """Errands at grids in sight, and those one took in or has to do."""

    def visible_to(self, user: "User | Any") -> Self:
        """Rows the user may see."""
        scope, seen = access.scope_of(user), logged_in_sight(user, households=False)
        roots = {place.root_id for place in scope.places}
        if not scope.whole_township and roots and scope.person_id:
            seen |= Q(agent_id=scope.person_id, root_id__in=roots)
        return self.filter(seen)


class Ticket(Logged):
    """One errand from its intake to the box it lies in; of the applicant a name and a phone, no more."""

    NODE_PATH, NEVER_TAKEN_BACK = "node", STANDS

    FIELDS_NEVER_TOLD = ("code",)  # opens the public look-up

    household = None  # whose errand it is says the applicant

    root = models.ForeignKey(
        Node, verbose_name="村（党组织）", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    no = models.CharField("受理编号", max_length=16)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("流水号")
    code = models.CharField("查询码", max_length=12, editable=False)
    client_id = models.CharField("提交编号", max_length=40, blank=True, editable=False)

    version = models.ForeignKey(
        ItemVersion,
        verbose_name="事项",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
    )
    subject = models.CharField("代办事项", max_length=60)
    applicant_name = models.CharField("申办人", max_length=30)
    applicant_phone = models.CharField("联系电话", max_length=20, blank=True)
    consented = models.BooleanField("申办人已签字委托代办", default=False)

    kind_at_acceptance = models.CharField("受理件型", max_length=12, choices=TicketKind.choices)
    kind = models.CharField("现件型", max_length=12, choices=TicketKind.choices)
    state = models.CharField("状态", max_length=12, choices=TicketState.choices)
    step = models.CharField("最近一步", max_length=12, blank=True, editable=False)
    said = models.CharField("最近一步的说明", max_length=MOST_WORDS, blank=True, editable=False)

    accepted_at = models.DateTimeField("受理时间")
    agent = models.ForeignKey(
        Person,
        verbose_name="代办员",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        db_index=False,
    )
    office = models.CharField("承办单位", max_length=40, blank=True)

    promised_days = models.PositiveSmallIntegerField("承诺工作日", null=True, blank=True)
    clock_from = models.DateField("计时起日", null=True, blank=True)
    due_on = models.DateField("承诺办结日", null=True, blank=True)
    notified_on = models.DateField("一次性告知日期", null=True, blank=True)

    handed_to = models.CharField("上报单位", max_length=40, blank=True)
    handed_on = models.DateField("上报日期", null=True, blank=True)
    contact = models.CharField("对方代办员", max_length=30, blank=True)
    contact_phone = models.CharField("对方电话", max_length=20, blank=True)
    outer_due = models.DateField("上级答复期限", null=True, blank=True)

    result = models.CharField("结果", max_length=10, choices=TicketResult.choices, blank=True)
    result_note = models.CharField("办理结果", max_length=MOST_WORDS, blank=True)
    basis = models.CharField("不予办理的依据", max_length=200, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    told_on = models.DateField("送达（说明）日期", null=True, blank=True)
    told_who = models.CharField("签收人（说明人）", max_length=30, blank=True)
    called_back_on = models.DateField("回访日期", null=True, blank=True)
    satisfaction = models.CharField("满意度", max_length=6, choices=Satisfaction.choices, blank=True)

    archived_on = models.DateField("归档日期", null=True, blank=True)
    archive_box = models.PositiveSmallIntegerField("盒号", null=True, blank=True)
    archive_item = models.PositiveSmallIntegerField("盒内件号", null=True, blank=True)
    village_code = models.PositiveSmallIntegerField("村序号", editable=False)

    matter = models.OneToOneField(
        Matter,
        verbose_name="意见建议",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ticket",
    )

    objects = TicketQuerySet.as_manager()  # type: ignore[misc, assignment]
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "代办件"
        ordering = ["-accepted_at", "-pk"]
        indexes = [
            models.Index(fields=["township", "state", "due_on"], name="ticket_by_state"),
            models.Index(fields=["township", "-accepted_at", "-id"], name="ticket_by_township"),
            models.Index(fields=["node", "state"], name="ticket_by_grid"),
            models.Index(fields=["agent", "state", "due_on"], name="ticket_by_agent"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="ticket_number",
                fields=["township", "no"],
                violation_error_message="这个受理编号已经用过。",
            ),
            models.UniqueConstraint(
                name="ticket_serial",
                fields=["root", "year", "serial"],
                violation_error_message="这个流水号已经用过。",
            ),
            models.UniqueConstraint(
                name="ticket_sent_once",
                fields=["written_by", "client_id"],
                condition=~Q(client_id=""),
                violation_error_message="这一件刚才已经受理过。",
            ),
            models.UniqueConstraint(
                name="ticket_archived_once",
                fields=["root", "year", "archive_box", "archive_item"],
                condition=Q(archive_item__isnull=False),
                violation_error_message="这一盒里已有这个件号。",
            ),
            models.CheckConstraint(
                name="ticket_consented",
                condition=Q(consented=True) | Q(kind_at_acceptance=TicketKind.DECLINED),
                violation_error_message="申办人签字委托以后才能代办。",
            ),
            models.CheckConstraint(
                name="ticket_closed_whole",
                condition=Q(state__in=OPEN, result="", closed_on__isnull=True)
                | (~Q(state__in=OPEN) & ~Q(result="") & Q(closed_on__isnull=False)),
                violation_error_message="办结的要写结果和日期，没有办结的不能写。",
            ),
            models.CheckConstraint(
                name="ticket_waits_for_told_papers",
                condition=~Q(state=TicketState.WAITING) | Q(notified_on__isnull=False),
                violation_error_message="待补件要先一次性告知缺哪些材料。",
            ),
            models.CheckConstraint(
                name="ticket_declined_with_reason",
                condition=~Q(result=TicketResult.DECLINED) | (~Q(result_note="") & ~Q(basis="")),
                violation_error_message="不予办理要写原因和依据。",
            ),
            models.CheckConstraint(
                name="ticket_told_before_later_steps",
                condition=~Q(state__in=_TOLD)
                | Q(result=TicketResult.WITHDRAWN)
                | (Q(told_on__isnull=False) & ~Q(told_who="")),
                violation_error_message="要先送达或当面说明，才能回访、归档。",
            ),
            models.CheckConstraint(
                name="ticket_called_back_whole",
                condition=Q(called_back_on__isnull=True, satisfaction="")
                | (Q(called_back_on__isnull=False) & ~Q(satisfaction="")),
                violation_error_message="回访要写明日期和满意度。",
            ),
            models.CheckConstraint(
                name="ticket_called_back_before_archived",
                condition=~Q(state__in=[TicketState.HEARD, TicketState.ARCHIVED])
                | Q(result=TicketResult.WITHDRAWN)
                | Q(called_back_on__isnull=False),
                violation_error_message="这一件要先回访，才能归档。",
            ),
            models.CheckConstraint(
                name="ticket_days_in_order",
                condition=(Q(told_on__isnull=True) | Q(told_on__gte=F("closed_on")))
                & (Q(called_back_on__isnull=True) | Q(called_back_on__gte=F("told_on"))),
                violation_error_message="日期的先后应为办结、送达（说明）、回访。",
            ),
            models.CheckConstraint(
                name="ticket_archived_whole",
                condition=Q(
                    state=TicketState.ARCHIVED,
                    archived_on__isnull=False,
                    archive_box__isnull=False,
                    archive_item__isnull=False,
                )
                | (
                    ~Q(state=TicketState.ARCHIVED)
                    & Q(archived_on__isnull=True, archive_box__isnull=True, archive_item__isnull=True)
                ),
                violation_error_message="归档要有日期、盒号和件号。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.no} {self.subject}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:ticket", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """True until it is done, declined or withdrawn."""
        return self.state in OPEN

    @property
    def archive_no(self) -> str:
        """归档号; blank while it is in no box."""
        if self.archive_box is None or self.archive_item is None:
            return ""
        return archive_number(self.year, self.village_code, self.archive_box, self.archive_item)

    def is_late(self, on: date) -> bool:
        """Not closed in time: still open past its day, or closed after it."""
        if self.due_on is None or self.result in (TicketResult.DECLINED, TicketResult.WITHDRAWN):
            return False
        return (self.closed_on or on) > self.due_on


class TicketPart(models.Model):
    """Base of what hangs on one errand."""

    NODE_PATH, NEVER_TAKEN_BACK = "ticket__node", STANDS

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class TicketPaper(TicketPart):
    """One paper: received at the window, or missing and told of; copied from the item, or written by hand."""

    ticket = models.ForeignKey(Ticket, verbose_name="代办件", on_delete=models.PROTECT, related_name="papers")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("材料名称", max_length=80)
    detail = models.CharField("份数、出具单位", max_length=60, blank=True)
    missing = models.BooleanField("受理后一次性告知要补", default=False)
    received_on = models.DateField("收到日期", null=True, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "代办件材料"
        ordering = ["ticket", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="ticket_paper_once",
                fields=["ticket", "name"],
                violation_error_message="这份材料已经列过。",
            ),
            models.CheckConstraint(
                name="ticket_paper_received_or_missing",
                condition=Q(missing=True) | Q(received_on__isnull=False),
                violation_error_message="没有收到的材料要列为需要补。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TicketPause(TicketPart):
    """Days the clock stands still for missing papers: after `since`, up to and with `until`."""

    ticket = models.ForeignKey(Ticket, verbose_name="代办件", on_delete=models.PROTECT, related_name="pauses")
    since = models.DateField("停办日期")
    until = models.DateField("补齐日期", null=True, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "代办件停办"
        ordering = ["ticket", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="ticket_paused_once",
                fields=["ticket"],
                condition=Q(until__isnull=True),
                violation_error_message="这一件已在等待补件。",
            ),
            models.CheckConstraint(
                name="ticket_pause_in_order",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message="补齐日期不能早于告知日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} 起停办"


class JointPart(TicketPart):
    """What one office does of a 联办件, with a day of its own."""

    ticket = models.ForeignKey(Ticket, verbose_name="代办件", on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField("顺序")
    office = models.CharField("单位", max_length=40)
    task = models.CharField("办理内容", max_length=80, blank=True)
    leads = models.BooleanField("牵头", default=False)
    due_on = models.DateField("期限")
    done_on = models.DateField("办完日期", null=True, blank=True)
    result = models.CharField("办理情况", max_length=100, blank=True)

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "联办单位"
        ordering = ["ticket", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="joint_office_once",
                fields=["ticket", "office"],
                violation_error_message="这个单位已经列过。",
            ),
            models.UniqueConstraint(
                name="joint_one_leads",
                fields=["ticket"],
                condition=Q(leads=True),
                violation_error_message="牵头单位只能有一个。",
            ),
        ]

    def __str__(self) -> str:
        return self.office


class Chase(TicketPart):
    """One word to whoever it waits for."""

    ticket = models.ForeignKey(Ticket, verbose_name="代办件", on_delete=models.PROTECT, related_name="chases")
    kind = models.CharField("方式", max_length=12, choices=ChaseKind.choices)
    day = models.DateField("日期")
    to_whom = models.CharField("向谁", max_length=40)
    words = models.CharField("内容", max_length=MOST_WORDS)
    written_by = models.ForeignKey(
        "township.User", verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "催办记录"
        ordering = ["ticket", "day", "pk"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"


class TicketBook(models.Model):
    """A village's register of one year: its number in the township, and the last numbers given out."""

    NODE_PATH, NEVER_TAKEN_BACK = "root", STANDS

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    root = models.ForeignKey(
        Node, verbose_name="村（党组织）", on_delete=models.PROTECT, related_name="ticket_books"
    )
    year = models.PositiveSmallIntegerField("年度")
    village_code = models.PositiveSmallIntegerField("村序号")
    last = models.PositiveIntegerField("已用到的流水号", default=0)
    box = models.PositiveSmallIntegerField("正在装的盒号", default=1)
    item = models.PositiveSmallIntegerField("这一盒已用到的件号", default=0)  # also of one taken out again

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "代办登记册"
        ordering = ["-year", "village_code"]
        constraints = [
            models.UniqueConstraint(
                name="ticket_book_once", fields=["root", "year"], violation_error_message="本年登记册已有。"
            ),
            models.UniqueConstraint(
                name="ticket_book_code",
                fields=["township", "year", "village_code"],
                violation_error_message="这个村序号本年已给了别的村。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.year}年"
