"""A form about one grid, and what is written down of it: a visit, a call back, a matter and its steps."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from grids import access
from grids.forms.fields import DayField, offer, prose
from grids.models import Node, Person
from services.models import Visit
from services.visits.choices import (
    Disposal,
    MatterSource,
    Mode,
    Need,
    Occasion,
    Satisfaction,
)
from services.visits.queries import places
from services.visits.rules import MATTER, MOST_WORDS, QUICK, occasions
from township.attachments.pictures import PictureField, photo
from township.days import not_after

NONE = [("", "—")]
CLIENT_ID = RegexValidator(r"\A[0-9a-f]{32}\Z", "编号不对，请重新登记这一次走访。")  # made by the phone
NO_NAMES = "只写事情和需要，不写身份证号、银行卡号、病情、收入；孩子不写姓名。"


class HomeField(forms.ModelChoiceField):
    """Households with their door: 一社 3号 王某."""

    def label_from_instance(self, obj: Any) -> str:
        """In the order somebody walks."""
        profile = getattr(obj, "household_profile", None)
        lane = profile.villager_group.name if profile and profile.villager_group else ""
        return " ".join(part for part in (lane, profile.door if profile else "", obj.name) if part)


class PlacedForm(forms.Form):
    """A form about one grid: its households, and the people who work there."""

    household: forms.ModelChoiceField = HomeField(
        None, label="农户", required=False, empty_label="不针对某一户"
    )

    def __init__(self, *args: Any, user: Any, node: Node, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.node, self.today = user, node, today
        if "household" in self.fields:
            offer(self, "household", places.households_at(user, node))
        self.fit()

    def fit(self) -> None:
        """What a form sets up beyond its fields."""

    def facts(self) -> Mapping[str, Any]:
        """What the action is given."""
        return {**self.cleaned_data, "node": self.node}


def days_shown_and_typed(form: forms.Form, name: str) -> set[date]:
    """The day the form was opened with, and the one that was typed: people of both may be chosen."""
    days = {form.initial[name]}
    with suppress(ValidationError):
        days.add(form.fields[name].clean(form.data.get(form.add_prefix(name))))
    return days - {None}


class VisitForm(PlacedForm):
    """One visit; one tick is enough where there was nothing to do."""

    happened_on = DayField(label="走访日期", help_text="")
    mode = forms.ChoiceField(label="方式", choices=Mode.choices)
    occasion = forms.ChoiceField(
        label="事由", choices=Occasion.choices, help_text="选“必访”的，本户必访计划自动顺延到下一次。"
    )
    visitor: forms.ModelChoiceField = forms.ModelChoiceField(None, label="走访人", empty_label="请选择")
    companions: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        None, label="同行人员", required=False, widget=forms.CheckboxSelectMultiple
    )
    plain = forms.BooleanField(label="走访正常，无需办理事项", required=False)
    content = prose("民情内容", MOST_WORDS, rows=4, required=False, help_text=NO_NAMES)
    need = forms.ChoiceField(label="诉求类别", choices=NONE + Need.choices, required=False)
    disposal = forms.ChoiceField(
        label="处置",
        choices=NONE + Disposal.choices,
        required=False,
        help_text="除“当场答复”外，自动登记为意见建议，办结后要反馈回访。",
    )
    due_on = DayField(label="办理期限", required=False, help_text="")
    outcome = prose("办理结果", 300, rows=2, required=False)
    opens_matter = forms.BooleanField(label="登记为意见建议", required=False)
    client_id = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    field_order = (
        "household", "happened_on", "mode", "occasion", "visitor", "plain", "content", "need", "disposal",
        "due_on", "opens_matter", "outcome", "companions",
    )  # fmt: skip

    def __init__(self, *args: Any, visit: Visit | None = None, **kwargs: Any) -> None:
        self.visit = visit
        super().__init__(*args, **kwargs)

    def fit(self) -> None:
        """Whoever writes for nobody else is the visitor."""
        self.initial.setdefault("happened_on", self.today)
        for name, value in QUICK.items():
            self.initial.setdefault(name, value)
        days = days_shown_and_typed(self, "happened_on")
        along = self.initial.get("companions", ())
        offer(self, "companions", places.posted(self.user, self.node, days=days, standing=along))
        sees_plans = places.may_see_plans(self.user)
        self.fields["occasion"].choices = occasions(sees_plans=sees_plans)  # type: ignore[attr-defined]
        if not sees_plans:
            self.fields["occasion"].help_text = ""
        if places.is_editor(self.user):
            standing = [self.visit.visitor_id] if self.visit else []
            offer(self, "visitor", places.visitors(self.user, self.node, days=days, standing=standing))
            self.initial.setdefault("visitor", access.scope_of(self.user).person_id)
        else:
            del self.fields["visitor"]

    def clean_occasion(self) -> str:
        """A 必访 stays one when somebody saves it who does not read it as one."""
        typed = str(self.cleaned_data["occasion"])
        before = self.visit.occasion if self.visit else typed
        unread = before not in dict(self.fields["occasion"].choices)  # type: ignore[attr-defined]
        return before if unread and typed == Occasion.USUAL else typed

    def clean_happened_on(self) -> date | None:
        """Nobody has gone tomorrow."""
        return not_after(self.cleaned_data["happened_on"], self.today)

    def clean(self) -> dict[str, Any]:
        """Words or the tick; who deals with something says what."""
        data = super().clean() or {}
        if not data.get("plain") and not data.get("content") and "content" not in self.errors:
            self.add_error("content", "请写民情内容，或勾选“走访正常，无需办理事项”。")
        asks = data.get("disposal") or data.get("opens_matter")
        if asks and not data.get("content") and "content" not in self.errors:
            self.add_error("content", "有需要办理的事项，请写明内容。")
        return data

    def people(self) -> Sequence[Person]:
        """Who went along."""
        return list(self.cleaned_data["companions"])

    def facts(self) -> Mapping[str, Any]:
        """With the writer as the visitor where nobody was chosen."""
        data = dict(super().facts())
        if "visitor" not in self.fields:
            data["visitor"] = self.visit.visitor if self.visit else own_person(self.user)
        return data


class PhotoForm(forms.Form):
    """One photo; from a phone with its own id."""

    photo = PictureField(
        photo,
        label="照片",
        required=True,
        help_text="拍现场和问题，不拍人、不拍证件。.jpg 或 .png，自动缩小，并去掉照片里的拍摄地点等信息。",
    )
    client_id = forms.CharField(
        required=False, max_length=40, validators=[CLIENT_ID], widget=forms.HiddenInput
    )


def own_person(user: Any) -> Person:
    """Whoever is signed in, as one of the people."""
    return Person.objects.visible_to(user).get(user_id=user.pk)


class CallBackForm(PlacedForm):
    """A call back on a visit: clerks and secretaries say who asked, others have asked themselves."""

    household = None  # type: ignore[assignment]
    day = DayField(label="回访日期", help_text="")
    person: forms.ModelChoiceField = forms.ModelChoiceField(None, label="回访人", empty_label="请选择")
    satisfaction = forms.ChoiceField(label="满意度", choices=[("", "请选择"), *Satisfaction.choices])

    def fit(self) -> None:
        """Today, by oneself, unless said otherwise."""
        self.initial.setdefault("day", self.today)
        if places.is_editor(self.user):
            days = days_shown_and_typed(self, "day")
            offer(self, "person", places.visitors(self.user, self.node, days=days))
            self.initial.setdefault("person", access.scope_of(self.user).person_id)
        else:
            del self.fields["person"]

    def who_asked(self) -> Person:
        """One chosen, else whoever writes."""
        return self.cleaned_data.get("person") or own_person(self.user)


class MatterForm(PlacedForm):
    """An opinion or a request that came otherwise than by a visit, or a correction."""

    raised_on = DayField(label="收集日期")
    source = forms.ChoiceField(label="来源", choices=MatterSource.choices, initial=MatterSource.CALLER)
    need = forms.ChoiceField(label="诉求类别", choices=[("", "请选择"), *Need.choices])
    content = prose("内容", MOST_WORDS, rows=4, help_text=NO_NAMES)
    due_on = DayField(label="办理期限", required=False)
    callback_due = forms.BooleanField(
        label="办结后要反馈回访", required=False, help_text="匿名的、泛泛的建议可以不勾。"
    )

    def fit(self) -> None:
        """Heard today, unless said otherwise."""
        self.initial.setdefault("raised_on", self.today)
        self.initial.setdefault("callback_due", True)

    def clean_raised_on(self) -> date | None:
        """Nothing was heard tomorrow."""
        return not_after(self.cleaned_data["raised_on"], self.today)


class StepForm(forms.Form):
    """One step of a matter: which facts it needs the table says."""

    step = forms.ChoiceField(choices=[(step.code, step.title) for step in MATTER.steps])
    text = prose("说明", 300, required=False)
    handler = prose("承办人（单位）", 40, required=False)
    due_on = DayField(label="办理期限", required=False)
    day = DayField(label="日期", required=False)
    satisfaction = forms.ChoiceField(choices=NONE + Satisfaction.choices, required=False)


class RemarkForm(forms.Form):
    """The secretary's words to a month."""

    text = prose("阅评", 200, required=False)
