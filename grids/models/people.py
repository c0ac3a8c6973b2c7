"""People and the posts they hold; a person is not a place in the tree (一格多员、一人多职、一岗多责)."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids import access, duties
from grids.choices import PostSource, Role
from grids.models.node import Node
from grids.spelling import SpelledField
from township.models import Township, Tracked

if TYPE_CHECKING:
    from township.models import User


class PersonQuerySet(models.QuerySet):
    """People by scope."""

    def standing(self) -> Self:
        """People whose record was not emptied by a merge; the emptied ones keep their history only."""
        return self.filter(merged_into__isnull=True)

    def visible_to(self, user: "User | Any", *, merged: bool = False) -> Self:
        """People of one's villages, members and post-holders of one's grids, and for the office all.

        Records emptied by a merge are left out, unless `merged` asks for them too.
        """
        scope = access.scope_of(user)
        if not merged:
            return self.standing().visible_to(user, merged=True)
        if scope.whole_township:
            return self.filter(township_id=scope.township_id)
        roots = [place.root_id for place in scope.places if place.node_id == place.root_id]
        posted = Post.objects.filter(access.within(user, "node")).values("person_id")
        members = Node.objects.filter(access.within(user, "")).values("member_profile__person_id")
        seen = Q(root_id__in=roots) | Q(pk=scope.person_id) | Q(pk__in=posted) | Q(pk__in=members)
        return self.filter(seen, township_id=scope.township_id)


class Person(models.Model):
    """Somebody with a part in the network: a member or the holder of a post. Households' heads are names."""

    NODE_PATH = "root"

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="people"
    )
    root = models.ForeignKey(
        Node,
        verbose_name="所属党组织",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    name = models.CharField("姓名", max_length=20)
    initials = SpelledField("拼音首字母")
    pinyin_order = SpelledField("拼音序")
    stroke_order = SpelledField("笔画序")
    phone = models.CharField("联系电话", max_length=20, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
    )
    merged_into = models.ForeignKey(
        "self",
        verbose_name="并入",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="merged_records",
    )

    objects = PersonQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["root", "name", "pk"]
        indexes = [models.Index(fields=["township", "name"], name="person_by_name")]
        constraints = [
            models.UniqueConstraint(
                name="person_once",
                fields=["township", "name", "phone"],
                condition=~Q(phone="") & Q(merged_into__isnull=True),
                violation_error_message="本乡镇已有同名同号码的人员。",
            ),
            models.CheckConstraint(
                name="person_named", condition=~Q(name=""), violation_error_message="姓名不能为空。"
            ),
            models.CheckConstraint(
                name="person_emptied_has_no_account",
                condition=Q(merged_into__isnull=True) | Q(user__isnull=True),
                violation_error_message="已并入他人的记录不能关联账号。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The person's page."""
        return reverse("grids:person", args=[self.pk])


def in_term(state: str, on: date) -> Q:
    """Posts whose term is 'past' that day, ends 'soon' (within 60 days), or is 'unknown'."""
    if state == "past":
        return Q(term_until__lte=on)
    if state == "soon":
        return Q(term_until__gt=on, term_until__lte=on + timedelta(days=duties.WARNING_DAYS))
    return Q(term_until__isnull=True, role__in=duties.ELECTED)


class PostQuerySet(models.QuerySet):
    """Posts by date and scope."""

    def current(self, on: date) -> Self:
        """Posts held on that day."""
        return self.filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gt=on))

    def in_term(self, state: str, on: date) -> Self:
        """Posts by how their term stands that day: see `in_term`."""
        return self.filter(in_term(state, on))

    def visible_to(self, user: "User | Any") -> Self:
        """Posts at nodes one sees; 乡领导 posts for the office."""
        return self.filter(
            access.within(user, "node") | (Q(node__isnull=True) & access.within_township(user))
        )


class Post(models.Model):
    """A person in a role at a node, from one day until another."""

    NODE_PATH = "node"

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="posts"
    )
    person = models.ForeignKey(Person, verbose_name="人员", on_delete=models.PROTECT, related_name="posts")
    node = models.ForeignKey(
        Node, verbose_name="单位", null=True, blank=True, on_delete=models.PROTECT, related_name="posts"
    )
    role = models.CharField("岗位", max_length=24, choices=Role.choices)
    source = models.CharField("来源", max_length=24, choices=PostSource.choices, blank=True)
    since = models.DateField("任职日期", null=True, blank=True)
    until = models.DateField("离任日期", null=True, blank=True)
    term_until = models.DateField("任期届满", null=True, blank=True)
    duties = models.CharField("职责", max_length=200, blank=True)

    objects = PostQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["node", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="post_once",
                fields=["person", "node", "role"],
                condition=Q(until__isnull=True),
                violation_error_message="此人已担任这个岗位。",
            ),
            models.CheckConstraint(
                name="post_has_place",
                condition=Q(role=Role.TOWN_LEADER, node__isnull=True)
                | (~Q(role=Role.TOWN_LEADER) & Q(node__isnull=False)),
                violation_error_message="除乡领导外，任职要写明所在单位。",
            ),
            models.CheckConstraint(
                name="post_dates_in_order",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=models.F("since")),
                violation_error_message="离任日期不能早于任职日期。",
            ),
            models.CheckConstraint(
                name="post_term_ends_after_start",
                condition=Q(since__isnull=True)
                | Q(term_until__isnull=True)
                | Q(term_until__gt=models.F("since")),
                violation_error_message="任期届满日期要晚于任职日期。",
            ),
        ]

    def __str__(self) -> str:
        place = self.node.name if self.node else self.township.name
        return f"{place} {self.get_role_display()} {self.person.name}"

    @property
    def duty_text(self) -> str:
        """What the holder has to do: this post's own words, else those of every such post."""
        return self.duties or duties.DUTIES.get(self.role, "")

    def term_state(self, on: date) -> str:
        """'past', 'soon' or ''; see duties.term_state."""
        return duties.term_state(self.term_until, on)
