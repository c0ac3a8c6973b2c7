"""Forms of people, posts and villager groups."""

from collections.abc import Sequence
from typing import Any

from django import forms

from grids import access, rules
from grids.choices import COMMITTEE_ROLES, Kind, PostSource, Role
from grids.duties import DUTIES, SOURCE_CLAUSES, SOURCES, why_not_from
from grids.forms import twins
from grids.forms.fields import DayField, NameField, PhoneField, RemarkField
from grids.models import Node, Person, Post
from grids.queries.duplicates import naming

TERM_HELP = "村（社区）党组织一届五年；没有任期的不填"
SOURCE_HELP = "书记和党小组长填写，其他岗位不填"


class PersonForm(forms.Form):
    """Name, phone and village of somebody with a part in the network."""

    name = NameField(label="姓名")
    phone = PhoneField(label="联系电话", required=False)
    root: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="所属党组织", required=False, empty_label="乡（镇）"
    )
    not_same = twins.TwinsField()
    reason = RemarkField(label="说明", required=False, max_length=60)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.person = user, person
        twins.prepare(self, root_id=None, but=person.pk if person else None)
        scope = access.scope_of(user)
        roots = Node.objects.visible_to(user).filter(parent=None, closed_on=None).order_by("position", "pk")
        field = self.fields["root"]
        field.queryset = roots  # type: ignore[attr-defined]
        if not scope.whole_township:
            field.required, field.empty_label = True, None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody of the same name is named first; changing other fields asks nothing."""
        data = super().clean() or {}
        if self.person is None or {"name", "phone", "root"} & set(self.changed_data):
            root = data.get("root")
            but = self.person.pk if self.person else None
            twins.check(self, user=self.user, root_id=root.pk if root else None, but=but)
        return data


class PostForm(forms.Form):
    """A post: who, what, where, since when. A person is chosen, or named and added."""

    node: forms.ModelChoiceField = forms.ModelChoiceField(None, label="单位")
    role = forms.ChoiceField(label="岗位")
    person: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="已登记的人员", required=False, empty_label="（不在名单里，另填姓名）"
    )
    name = NameField(label="姓名", required=False)
    phone = PhoneField(label="联系电话", required=False)
    not_same = twins.TwinsField()
    since = DayField(label="任职日期")
    term_until = DayField(label="任期届满", required=False, help_text=TERM_HELP)
    source = forms.ChoiceField(label="来源", required=False, help_text=SOURCE_HELP)
    duties = RemarkField(
        label="职责",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不填就按下面的通用职责",
    )
    replace = forms.BooleanField(label="接替现任（现任同日离任）", required=False)

    def __init__(
        self,
        *args: Any,
        user: Any,
        places: Any,
        people: Any,
        node: Node | None,
        root_id: int | None,
        town: bool = False,
        holders: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.root_id = user, root_id
        self.fields["node"].queryset = places  # type: ignore[attr-defined]
        self.fields["node"].label_from_instance = called  # type: ignore[attr-defined]
        self.fields["person"].queryset = people.select_related("root")  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = naming(people)  # type: ignore[attr-defined]
        self.roles = [Role(role) for role in Role.values if role != Role.TOWN_LEADER]
        if town:
            del self.fields["node"], self.fields["replace"], self.fields["term_until"]
            self.roles = [Role.TOWN_LEADER]
        elif node is not None:
            self.fields["replace"].help_text = f"现任：{'、'.join(holders)}" if holders else "现在没有人任职"
            self.roles = [role for role in self.roles if node.kind in rules.POST_PLACES[role]]
            self.fields["node"].initial = node.pk
        self.fields["role"].choices = [(role, role.label) for role in self.roles]  # type: ignore[attr-defined]
        _offer_sources(self, self.roles)
        twins.prepare(self, root_id=root_id, offers=True)

    @property
    def usual_duties(self) -> list[tuple[str, str]]:
        """The duties of each post that can be chosen here, for reading beside the form."""
        return [(str(role.label), DUTIES[role]) for role in self.roles]

    def clean(self) -> dict[str, Any]:
        """Somebody must be chosen or named, and the post must belong to such a place."""
        data = super().clean() or {}
        if not data.get("person") and not data.get("name") and "name" not in self.errors:
            self.add_error("name", "请选择已登记的人员，或填写姓名。")
        elif not data.get("person"):
            twins.check(self, user=self.user, root_id=self.root_id)
        node, role = data.get("node"), data.get("role")
        if node is not None and role and node.kind not in rules.POST_PLACES[role]:
            self.add_error("role", f"{Role(role).label}不是{Kind(node.kind).label}的岗位。")
        _check_source(self, data.get("source", ""), role or "")
        return data


class PostEditForm(forms.Form):
    """What may be corrected of a post: its days, its source, its duties."""

    since = DayField(label="任职日期", required=False)
    term_until = DayField(label="任期届满", required=False, help_text=TERM_HELP)
    whole_committee = forms.BooleanField(
        label="本支部没有填任期的书记、委员，任期届满也按此填写", required=False
    )
    source = forms.ChoiceField(label="来源", required=False, help_text=SOURCE_HELP)
    duties = RemarkField(
        label="职责", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = RemarkField(label="说明", required=False, max_length=60, help_text="为什么改，会记入变更记录")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        facts = {name: getattr(post, name) for name in ("since", "term_until", "source", "duties")}
        kwargs["initial"] = {**facts, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.post = post
        if post.role not in COMMITTEE_ROLES:
            del self.fields["whole_committee"]
        self.fields["duties"].help_text = f"不填就按通用职责：{DUTIES[post.role]}"
        _offer_sources(self, [Role(post.role)], kept=post.source)

    def clean(self) -> dict[str, Any]:
        """The source must fit the post."""
        data = super().clean() or {}
        if data.get("source") != self.post.source:
            _check_source(self, data.get("source", ""), self.post.role)
        return data


def _offer_sources(form: forms.Form, roles: Sequence[Role], kept: str = "") -> None:
    """The sources of these posts, under the post's name where there are several; none, nothing to see."""
    offered = [(role, [(found, found.label) for found in SOURCES[role]]) for role in roles if role in SOURCES]
    if not offered and not kept:
        field = form.fields["source"] = forms.ChoiceField(required=False, widget=forms.HiddenInput)
        field.choices = [("", "—"), *PostSource.choices]  # whatever is sent is refused in words
        return
    choices: list[Any] = [("", "—"), *[(str(role.label), pairs) for role, pairs in offered]]
    if len(offered) == 1:
        choices = [("", "—"), *offered[0][1]]
        form.fields["source"].help_text = SOURCE_CLAUSES[offered[0][0]]
    if kept and kept not in [value for _, pairs in offered for value, _ in pairs]:
        choices.append((kept, PostSource(kept).label))
    form.fields["source"].choices = choices  # type: ignore[attr-defined]


def _check_source(form: forms.Form, source: str, role: str) -> None:
    if role and (why := why_not_from(source, role)):
        form.add_error("source", why)


def called(node: Node) -> str:
    """A place in a choice, indented by its level."""
    return f"{'　' * node.level}{node.name}（{Kind(node.kind).label}）"


class EndPostForm(forms.Form):
    """The day a post ends."""

    until = DayField(label="离任日期")
    reason = RemarkField(label="说明", required=False, max_length=60)


class VillagerGroupForm(forms.Form):
    """A villager group of one village."""

    root: forms.ModelChoiceField = forms.ModelChoiceField(None, label="村（党组织）", empty_label=None)
    name = RemarkField(label="名称", max_length=20)

    def __init__(self, *args: Any, roots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["root"].queryset = roots  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    """Another name for a villager group."""

    name = RemarkField(label="新名称", max_length=20)
