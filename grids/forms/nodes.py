"""Forms of one place of the tree: its facts by kind, moving it, closing it."""

from typing import Any

from django import forms
from django.db import models
from django.forms.models import fields_for_model

from grids.choices import CloseReason, Kind
from grids.forms import twins
from grids.forms.fields import DayField, NameField, PhoneField, RemarkField
from grids.kinds import KINDS
from grids.models import Node, Person, VillagerGroup
from grids.models.profiles import Profile
from grids.queries.ability import NO_ABSENCE, ONLY_ABSENT, WRONG_ORDER

HELP = {
    "served_households": "标识牌上写的周边农户数",
    "population": "只填总数，不登记个人",
    "absence_reason": "不参加联户时选填",
    "absent_since": "不参加联户时选填；写将来的日期，到那天起才算不参加",
    "absent_until": "恢复联户的第一天，到那天自动恢复；还说不定就空着",
    "takes_part": "不参加的党员照样是党员、照样编入中心户，只是不安排农户，也不提示户数不在规定范围",
    "size": "1 到 50",
    "extent": "东、南、西、北各到哪里",
}


def _form_field(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """Our own fields for phones and free text, Django's for the rest."""
    made: forms.Field | None
    if field.name == "phone":
        made = PhoneField(label=field.verbose_name, required=False)
    elif isinstance(field, models.DateField):
        made = DayField(label=field.verbose_name, required=not field.blank)
    elif field.name in ("remark", "extent"):
        made = RemarkField(
            label=field.verbose_name,
            required=False,
            max_length=field.max_length,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    else:
        made = field.formfield(**kwargs)
    if isinstance(made, forms.TypedChoiceField):
        made.choices = [("", "—") if pair[0] == "" else pair for pair in field.get_choices()]
    if isinstance(made, forms.ModelChoiceField):
        made.empty_label = "—"
    if made is not None:
        made.help_text = HELP.get(field.name, made.help_text)
    return made


class NodeForm(forms.Form):
    """Name, since and the profile of one kind; `seen` remembers what the form was opened with."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = RemarkField(label="说明", required=False, max_length=60, help_text="为什么改，会记入变更记录")

    def __init__(
        self,
        *args: Any,
        kind: str,
        user: Any,
        root_id: int | None,
        node: Node | None = None,
        profile: Profile | None = None,
        **kwargs: Any,
    ) -> None:
        self.info, self.node = KINDS[kind], node
        kwargs["initial"] = {**_initial(node, profile, self.info.fields), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        own = fields_for_model(self.info.profile, self.info.fields, formfield_callback=_form_field)
        first = self._first_fields(kind, node, user, root_id)
        self.fields = {**first, **own, "reason": self.fields["reason"], "seen": self.fields["seen"]}
        if node is None:
            self.fields["reason"].help_text = "为什么新增，会记入变更记录"
        self.user, self.root_id = user, root_id
        if twins.NAME in self.fields:
            twins.prepare(self, root_id=root_id, offers=True)
        for name in ("villager_group", "villager_groups"):
            if name in self.fields:
                self._limit_villager_groups(name, user, root_id)

    def _first_fields(
        self, kind: str, node: Node | None, user: Any, root_id: int | None
    ) -> dict[str, forms.Field]:
        by_person = kind in (Kind.MEMBER, Kind.HOUSEHOLD)
        name: forms.CharField = (
            NameField(label=self.info.name_label)
            if by_person
            else RemarkField(label=self.info.name_label, max_length=40)
        )
        since = DayField(label="联系起始" if kind == Kind.HOUSEHOLD else "起始时间", required=False)
        if kind == Kind.MEMBER and node is None:
            free = Person.objects.visible_to(user).filter(root_id=root_id, membership=None)
            person = forms.ModelChoiceField(
                free.order_by("pinyin_order"),
                label="已登记的人员",
                required=False,
                empty_label="（不在名单里，另填姓名）",
            )
            name.required = False
            return {
                "person": person,
                "name": name,
                "phone": PhoneField(label="联系电话", required=False),
                twins.NAME: twins.TwinsField(),
                "since": since,
            }
        return {"name": name, "since": since}

    def _limit_villager_groups(self, name: str, user: Any, root_id: int | None) -> None:
        field = self.fields[name]
        field.queryset = VillagerGroup.objects.visible_to(user).filter(root_id=root_id)  # type: ignore[attr-defined]
        if name == "villager_groups":
            choices = [pair for pair in field.choices if pair[0] != ""]  # type: ignore[attr-defined]
            field.widget = forms.CheckboxSelectMultiple(choices=choices)
            field.help_text = ""

    def clean(self) -> dict[str, Any]:
        """A new member is somebody chosen or somebody named."""
        data = super().clean() or {}
        if (
            "person" in self.fields
            and not data.get("person")
            and not data.get("name")
            and "name" not in self.errors
        ):
            self.add_error("name", "请选择已登记的人员，或填写姓名。")
        elif "person" in self.fields and not data.get("person"):
            twins.check(self, user=self.user, root_id=self.root_id)
        if "takes_part" in self.fields:
            self._settle_absence(data)
        return data

    def _settle_absence(self, data: dict[str, Any]) -> None:
        """参加联户 ticked ends an absence with its reason and days; typed anew beside it they are refused."""
        if data.get("takes_part"):
            for name, nothing in NO_ABSENCE.items():
                left = self.initial.get("takes_part") is False and data.get(name) == self.initial.get(name)
                if data.get(name) and not left:
                    self.add_error(name, f"{ONLY_ABSENT}。")
                elif name in data:
                    data[name] = nothing
        elif (since := data.get("absent_since")) and (until := data.get("absent_until")) and until <= since:
            self.add_error("absent_until", f"{WRONG_ORDER}。")

    def facts(self) -> dict[str, Any]:
        """What the action is given: everything but the form's own two fields."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("seen", "reason", twins.NAME)
        }


def _initial(node: Node | None, profile: Profile | None, names: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": node.name, "since": node.since} if node else {}
    if profile is not None:
        for name in names:
            many = profile._meta.get_field(name).many_to_many
            found[name] = list(getattr(profile, name).all()) if many else getattr(profile, name)
            if isinstance(found[name], models.Model):
                found[name] = found[name].pk
    return found


class MoveForm(forms.Form):
    """The confirmed move: where to, from when, why."""

    to = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    on = DayField(label="从哪天起")
    reason = RemarkField(label="原因", required=False, max_length=60, help_text="会记入变更记录，以后查得到")


class CloseForm(forms.Form):
    """Closing: day, reason, and what becomes of the open rows below."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    on = DayField(label="注销日期")
    close_reason = forms.ChoiceField(label="注销原因")
    below = forms.ChoiceField(label="下级怎么办", widget=forms.RadioSelect)
    reason = RemarkField(label="说明", required=False, max_length=60)

    def __init__(
        self, *args: Any, kind: str, open_below: int, released_to: Node | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        reasons = [(code, CloseReason(code).label) for code in KINDS[kind].close_reasons]
        self.fields["close_reason"].choices = [("", "请选择"), *reasons]  # type: ignore[attr-defined]
        if not open_below:
            del self.fields["below"]
            return
        choices = [("close", f"下级 {open_below} 项一并注销")]
        if released_to is not None:
            label = Kind(released_to.kind).label
            choices.insert(0, ("release", f"保留下级，改挂到{label}“{released_to.name}”，等待重新安排"))
        self.fields["below"].choices = choices  # type: ignore[attr-defined]
        self.fields["below"].initial = choices[0][0] if released_to is not None else None
