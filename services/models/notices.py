"""Boards, plates and cards: hung where, printed with what, handed out to whom; the public page of a grid."""

import secrets
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import ScopedQuerySet, within, within_township
from grids.models import Node, Person
from services.notices.choices import HangState, Notice, SuggestionState
from services.notices.rules import SUGGESTION_LENGTH, hang_state
from township.models import Township, Tracked

if TYPE_CHECKING:
    from township.models import User


class HotlineQuerySet(models.QuerySet):
    """Numbers to complain to: of a village, or (root None) of the township itself."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those of villages the user sees; the township's own for the office."""
        return self.filter(within(user, "root") | (Q(root=None) & within_township(user)))


class Hotline(models.Model):
    """监督电话: the village's own, else the township's."""

    township = models.ForeignKey(Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="+")
    root = models.ForeignKey(
        Node, verbose_name="村（党组织）", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    phone = models.CharField("监督电话", max_length=20)

    objects = HotlineQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "监督电话"
        constraints = [
            models.UniqueConstraint(
                name="hotline_of_township_once",
                fields=["township"],
                condition=Q(root=None),
                violation_error_message="全乡的监督电话已经登记过。",
            ),
            models.UniqueConstraint(
                name="hotline_of_village_once",
                fields=["root"],
                condition=Q(root__isnull=False),
                violation_error_message="这个村的监督电话已经登记过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root or self.township} {self.phone}"


class StaffContactQuerySet(models.QuerySet):
    """What is shown of staff, by person: who holds a post may have no village of their own."""

    def visible_to(self, user: "User | Any") -> Self:
        """Those of people the user sees."""
        return self.filter(person__in=Person.objects.visible_to(user).values("pk"))


class StaffContact(models.Model):
    """What a board shows of somebody beside name and post: a number for work and a picture, both optional."""

    NODE_PATH = "person__root"

    person = models.OneToOneField(
        Person, verbose_name="人员", on_delete=models.PROTECT, related_name="staff_contact"
    )
    work_phone = models.CharField("对外电话", max_length=20, blank=True)
    photo = models.CharField("照片", max_length=60, blank=True, editable=False)
    photo_sha256 = models.CharField("照片指纹", max_length=64, blank=True, editable=False)

    objects = StaffContactQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "公示信息"

    def __str__(self) -> str:
        return str(self.person)


class Sign(models.Model):
    """A grid's board or a hub's plate as a thing: made when, hung when and where, who answers for it."""

    NODE_PATH = "node"

    node = models.OneToOneField(Node, verbose_name="单位", on_delete=models.PROTECT, related_name="sign")
    made_on = models.DateField("制作日期", null=True, blank=True)
    hung_on = models.DateField("挂牌日期", null=True, blank=True)
    place = models.CharField("安装位置", max_length=40, blank=True)
    keeper = models.CharField("责任人", max_length=20, blank=True)
    remark = models.CharField("备注", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "挂牌登记"
        constraints = [
            models.CheckConstraint(
                name="sign_made_before_hung",
                condition=Q(made_on__isnull=True) | Q(hung_on__isnull=True) | Q(hung_on__gte=F("made_on")),
                violation_error_message="挂牌日期不能早于制作日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.state.label}"

    @property
    def state(self) -> HangState:
        """未制作, 已制作, 已挂牌."""
        return hang_state(self.made_on, self.hung_on)


class Imprint(models.Model):
    """What a board, plate or card said when it was last printed; the reprint list compares it with now."""

    NODE_PATH = "node"

    node = models.ForeignKey(Node, verbose_name="单位", on_delete=models.PROTECT, related_name="imprints")
    notice = models.CharField("种类", max_length=6, choices=Notice.choices)
    printed_on = models.DateField("付印日期")
    content = models.JSONField("牌面内容", default=dict)  # numbers as digests only

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "付印记录"
        constraints = [
            models.UniqueConstraint(
                name="imprint_once",
                fields=["node", "notice"],
                violation_error_message="这块牌的付印记录已经有了。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.get_notice_display()} {self.printed_on:%Y-%m-%d}"


class CardIssue(models.Model):
    """Cards handed out to the households of a grid or group (发放登记)."""

    NODE_PATH = "node"

    node = models.ForeignKey(Node, verbose_name="发放范围", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("发放日期")
    cards = models.PositiveIntegerField("发放张数")
    households = models.PositiveIntegerField("发放户数", null=True, blank=True)
    handed_by = models.CharField("发放人", max_length=20)
    remark = models.CharField("备注", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "联系卡发放"
        constraints = [
            models.CheckConstraint(
                name="card_issue_counts",
                condition=Q(cards__gte=1, cards__lte=20000)
                & (Q(households__isnull=True) | Q(households__lte=F("cards"))),
                violation_error_message="发放张数在 1 到 20000 之间，发放户数不能多于张数。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.day:%Y-%m-%d} {self.cards} 张"

    def get_absolute_url(self) -> str:
        """Its form."""
        return reverse("services:card_issue", args=[self.pk])


def new_token() -> str:
    """128 random bits for an address: nobody guesses it, and it names no row."""
    return secrets.token_urlsafe(16)


class GridPage(models.Model):
    """The page of a grid that needs no sign-in: off until published, and then with the ticked fields only."""

    NODE_PATH = "node"
    FIELDS = ("names", "posts", "duties", "phones", "photos")

    node = models.OneToOneField(Node, verbose_name="网格", on_delete=models.PROTECT, related_name="grid_page")
    token = models.CharField("地址码", max_length=32, unique=True, default=new_token, editable=False)
    published_on = models.DateField("发布日期", null=True, blank=True)
    names = models.BooleanField("姓名", default=False)
    posts = models.BooleanField("职务", default=False)
    duties = models.BooleanField("工作职责", default=False)
    phones = models.BooleanField("对外电话", default=False)
    photos = models.BooleanField("照片", default=False)
    has_box = models.BooleanField("接收意见建议", default=False)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked], excluded_fields=["token"])

    class Meta:
        verbose_name = verbose_name_plural = "网格公开页"
        constraints = [
            models.CheckConstraint(
                name="grid_page_shows_something",
                condition=Q(published_on__isnull=True)
                | Q(names=True)
                | Q(posts=True)
                | Q(duties=True)
                | Q(phones=True)
                | Q(photos=True),
                violation_error_message="至少勾选一项公开的内容。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.node} 公开页"

    @classmethod
    def titles(cls) -> dict[str, str]:
        """The fields that can be shown, in words."""
        return {name: str(cls._meta.get_field(name).verbose_name) for name in cls.FIELDS}  # type: ignore[union-attr]

    @property
    def is_open(self) -> bool:
        """True while it can be opened."""
        return self.published_on is not None


class Suggestion(models.Model):
    """What somebody wrote into a grid's box; read by the office and the village's secretary only.

    Its words are left out of the history, which everybody sees who sees the grid.
    """

    NODE_PATH = "node"

    node = models.ForeignKey(Node, verbose_name="网格", on_delete=models.PROTECT, related_name="suggestions")
    text = models.CharField("内容", max_length=SUGGESTION_LENGTH)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    at = models.DateTimeField("收到时间", auto_now_add=True)
    state = models.CharField(
        "状态", max_length=8, choices=SuggestionState.choices, default=SuggestionState.NEW
    )
    answer = models.CharField("办理情况", max_length=200, blank=True)
    handled_on = models.DateField("办结日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    # Not Tracked: it belongs to no action, so that nobody takes a complaint back by undoing.
    history = HistoricalRecords(excluded_fields=["text", "phone", "answer"])

    class Meta:
        verbose_name = verbose_name_plural = "群众意见"
        indexes = [models.Index(fields=["node", "at"], name="suggestion_by_grid")]
        constraints = [
            models.CheckConstraint(
                name="suggestion_handled_with_answer",
                condition=~Q(state=SuggestionState.HANDLED) | (~Q(answer="") & Q(handled_on__isnull=False)),
                violation_error_message="办结要写办理情况。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.node} 意见 {self.pk}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:suggestion", args=[self.pk])
