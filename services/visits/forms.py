"""Forms of visits and matters, of events, checks and plans, and the bars over the lists."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from grids import access
from grids.forms.fields import DayField, prose
from grids.forms.filters import Filter
from grids.models import Node, Person
from services.visits.choices import (
    ATTENDED,
    REPORTED,
    Disposal,
    EventKind,
    MatterSource,
    Mode,
    Need,
    Occasion,
    Pace,
    ReportTo,
    Satisfaction,
)
from services.visits.queries import places
from services.visits.queries.log import Asked
from services.visits.rules import MATTER, MOST_WORDS, PERIODS, QUICK, every
from township.addresses import row_number

NONE = [("", "—")]
NO_NAMES = "只写事情和需要，不写身份证号、银行卡号、病情、收入；孩子不写姓名。"


def _past(day: date | None, today: date) -> date | None:
    if day is not None and day > today:
        raise ValidationError("这一天还没有到。")
    return day


class HomeField(forms.ModelChoiceField):
    """Households with their door: 一社 3号 王某."""

    def label_from_instance(self, obj: Any) -> str:
        """In the order somebody walks."""
        profile = getattr(obj, "household_profile", None)
        lane = profile.villager_group.name if profile and profile.villager_group else ""
        return " ".join(part for part in (lane, profile.door if profile else "", obj.name) if part)


class GridField(forms.ModelChoiceField):
    """Grids with their village."""

    def label_from_instance(self, obj: Any) -> str:
        """甲村党支部 第1网格."""
        return f"{obj.root.name} {obj.name}" if obj.root and obj.root != obj else str(obj.name)


class PlacedForm(forms.Form):
    """A form about one grid: its households, and the people who work there."""

    household: forms.ModelChoiceField = HomeField(
        None, label="农户", required=False, empty_label="不针对某一户"
    )

    def __init__(self, *args: Any, user: Any, node: Node, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.node, self.today = user, node, today
        if "household" in self.fields:
            self.fields["household"].queryset = places.households_at(user, node)  # type: ignore[attr-defined]
        self.fit()

    def fit(self) -> None:
        """What a form sets up beyond its fields."""

    def facts(self) -> Mapping[str, Any]:
        """What the action is given."""
        return {**self.cleaned_data, "node": self.node}


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

    def fit(self) -> None:
        """Whoever writes for nobody else is the visitor."""
        on = self.today
        self.fields["companions"].queryset = places.posted(self.user, self.node, on=on)  # type: ignore[attr-defined]
        self.initial.setdefault("happened_on", on)
        for name, value in QUICK.items():
            self.initial.setdefault(name, value)
        if places.is_editor(self.user):
            self.fields["visitor"].queryset = places.visitors(self.user, self.node, on=on)  # type: ignore[attr-defined]
            self.initial.setdefault("visitor", access.scope_of(self.user).person_id)
        else:
            del self.fields["visitor"]

    def clean_happened_on(self) -> date | None:
        """Nobody has gone tomorrow."""
        return _past(self.cleaned_data["happened_on"], self.today)

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
            data["visitor"] = Person.objects.visible_to(self.user).get(user_id=self.user.pk)
        return data


class CallBackForm(forms.Form):
    """A call back on a visit."""

    day = DayField(label="回访日期", help_text="")
    satisfaction = forms.ChoiceField(label="满意度", choices=[("", "请选择"), *Satisfaction.choices])


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
        return _past(self.cleaned_data["raised_on"], self.today)


class StepForm(forms.Form):
    """One step of a matter: which facts it needs the table says."""

    step = forms.ChoiceField(choices=[(step.code, step.title) for step in MATTER.steps])
    text = prose("说明", 300, required=False)
    handler = prose("承办人（单位）", 40, required=False)
    due_on = DayField(label="办理期限", required=False)
    day = DayField(label="日期", required=False)
    satisfaction = forms.ChoiceField(choices=NONE + Satisfaction.choices, required=False)


# --- what happens in a grid -------------------------------------------------------------------------


class MomentField(forms.CharField):
    """A day and a time as 2026-09-16 08:30; the browser's own control where there is one."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(max_length=25, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored time as the office's clock had it."""
        return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value

    def clean(self, value: Any) -> datetime | None:
        """The moment, or a sentence about what is wrong."""
        text = super().clean(value)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text.strip().replace("/", "-"))
            return found if found.tzinfo else timezone.make_aware(found)
        except (ValueError, OverflowError):
            raise ValidationError("请填日期和时间，如 2026-09-16 08:30。") from None


class EventForm(PlacedForm):
    """One 必到 or 必报: what and where, nobody's name."""

    household = None  # type: ignore[assignment]
    kind = forms.ChoiceField(label="类型")
    found_at = MomentField(label="发现时间")
    place = prose("地点", 60)
    matter = prose("事项", MOST_WORDS, rows=3, help_text="写事情和地点，不写人名。")
    count = forms.IntegerField(label="人数（处数）", required=False, min_value=0, max_value=9999)
    arrived_at = MomentField(label="到场时间", required=False)
    reported_to = forms.ChoiceField(label="上报对象", choices=NONE + ReportTo.choices, required=False)
    reported_at = MomentField(label="上报时间", required=False)
    handling = prose("处置情况", 300, rows=2, required=False)
    closed_on = DayField(label="办结日期", required=False)

    def __init__(self, *args: Any, attended: bool, **kwargs: Any) -> None:
        self.attended = attended
        super().__init__(*args, **kwargs)

    def fit(self) -> None:
        """必到 asks when somebody came, 必报 to whom it went."""
        kinds = ATTENDED if self.attended else REPORTED
        self.fields["kind"].choices = [(str(k), EventKind(k).label) for k in kinds]  # type: ignore[attr-defined]
        for name in ("arrived_at",) if self.attended else ("reported_to", "reported_at"):
            self.fields[name].required = True
        if not self.attended:
            del self.fields["arrived_at"]
        self.initial.setdefault("found_at", timezone.now())


class CheckForm(PlacedForm):
    """One 四清 of a grid: ticks, with a number where there is one; no list of people."""

    household = None  # type: ignore[assignment]
    checked_on = DayField(label="核对日期")
    note = prose("说明", 200, rows=2, required=False, help_text="写数量和变化，不写人名。")

    def fit(self) -> None:
        """Each of the four with its number."""
        for code, title, unit in (
            ("people", "人员清", "人员数"),
            ("facility", "设施清", "设施数"),
            ("housing", "居住情况清", "居住户数"),
            ("hazard", "隐患矛盾清", "隐患矛盾数"),
        ):
            self.fields[f"{code}_ok"] = forms.BooleanField(label=title, required=False)
            self.fields[f"{code}_count"] = forms.IntegerField(
                label=unit, required=False, min_value=0, max_value=99999
            )
        ticks = [name for name in self.fields if name not in ("checked_on", "note")]
        self.order_fields([*ticks, "checked_on", "note"])  # each tick beside its number
        self.initial.setdefault("checked_on", self.today)

    def clean_checked_on(self) -> date | None:
        """Nothing was checked tomorrow."""
        return _past(self.cleaned_data["checked_on"], self.today)


class PlanForm(PlacedForm):
    """A service that a household agreed to."""

    need = forms.ChoiceField(label="服务需求", choices=[("", "请选择"), *Need.choices])
    interval = forms.IntegerField(
        label="间隔（天）",
        required=False,
        min_value=1,
        max_value=366,
        help_text="空着就用这类服务的一般间隔。",
    )
    next_on = DayField(label="下次走访")
    consented = forms.BooleanField(
        label="本户已同意登记", error_messages={"required": "本户同意以后才能登记。"},
        help_text="只登记服务需求，不登记人员类别、病情和收入。",
    )  # fmt: skip

    def fit(self) -> None:
        """A household, always; once planned it stays as it is."""
        self.fields["household"].required = True
        self.fields["household"].empty_label = "请选择"  # type: ignore[attr-defined]

    def facts(self) -> Mapping[str, Any]:
        """With the usual interval where none was typed."""
        data = dict(super().facts())
        data["interval"] = data["interval"] or every(data["need"])
        return data


class PaceForm(forms.Form):
    """How often one household is visited."""

    pace = forms.ChoiceField(
        choices=[("", "一般间隔"), *Pace.choices],
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )


# --- bars -------------------------------------------------------------------------------------------


def _words(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )


class BarDay(DayField):
    """A day in a filter."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, help_text="", **kwargs)
        self.widget.attrs["placeholder"] = "年-月-日"


class Bar(Filter):
    """The bar over a register: village, grid of it, state, days, words."""

    grid: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="网格", required=False, empty_label="全部"
    )
    state = forms.ChoiceField(label="状态", required=False)
    visitor = _words("走访人")
    since = BarDay(label="从")
    until = BarDay(label="到")
    q = _words("包含的字")
    household = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        user: Any,
        states: Sequence[tuple[str, str]] = (),
        state_label: str = "状态",
        without: Sequence[str] = (),
    ) -> None:
        self.user, self.states, self.state_label, self.without = user, states, state_label, without
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Put the choices in before they are checked; grids of a whole township would be hundreds."""
        for name in self.without:
            self.fields.pop(name, None)
        village = self._village()
        if village is None and self.whole_township:
            self.fields.pop("grid", None)
        if "grid" in self.fields:
            self.fields["grid"].queryset = places.grids_in_sight(self.user, village)  # type: ignore[attr-defined]
        state: Any = self.fields.get("state")
        if state is not None and self.states:
            state.label, state.choices = self.state_label, [("", "全部"), *self.states]
        else:
            self.fields.pop("state", None)
        super().full_clean()

    def _village(self) -> int | None:
        return row_number(str(self.data.get("village") or "")) if self.whole_township else None

    def asked(self) -> Asked:
        """What the query is asked."""
        data = self.cleaned_data
        return Asked(
            village=self.pk("village"),
            grid=self.pk("grid"),
            state=self.text("state"),
            text=self.text("q"),
            visitor=self.text("visitor"),
            since=data.get("since"),
            until=data.get("until"),
            household=data.get("household"),
        )


class PickBar(Filter):
    """Where to log: a village, then a grid of it, or a household found by name."""

    grid: forms.ModelChoiceField = GridField(None, label="网格", required=False, empty_label="请选择")
    q = _words("或找农户：姓名、拼音首字母、门牌")

    def __init__(self, data: Any, *, user: Any) -> None:
        self.user = user
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Grids once the village is known."""
        rows = places.loggable(self.user)
        if self.whole_township:
            village = row_number(str(self.data.get("village") or ""))
            rows = rows.filter(root_id=village) if village else rows.none()
            if village is None:
                self.fields.pop("grid", None)
        if "grid" in self.fields:
            self.fields["grid"].queryset = rows  # type: ignore[attr-defined]
        super().full_clean()


class CoverageBar(Filter):
    """The bar over coverage: village and period."""

    period = forms.ChoiceField(label="时间", required=False, choices=list(PERIODS.items()))


class RoundBar(Filter):
    """Which grid to walk, and how many households."""

    grid: forms.ModelChoiceField = GridField(None, label="网格", required=False, empty_label="请选择")
    n = forms.IntegerField(label="户数", required=False, min_value=1, max_value=100)

    def __init__(self, data: Any, *, user: Any) -> None:
        self.user = user
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Grids once the village is known."""
        village = row_number(str(self.data.get("village") or "")) if self.whole_township else None
        if village is None and self.whole_township:
            self.fields.pop("grid", None)
        else:
            self.fields["grid"].queryset = places.grids_in_sight(self.user, village)  # type: ignore[attr-defined]
        super().full_clean()


class DiaryBar(Filter):
    """Whose diary, and of which month or year."""

    year = forms.IntegerField(label="年", required=False, min_value=2000, max_value=2100)
    month = forms.TypedChoiceField(
        label="月", required=False, coerce=int, empty_value=None,
        choices=[("", "全年"), *((str(n), f"{n}月") for n in range(1, 13))],
    )  # fmt: skip
    grid: forms.ModelChoiceField = GridField(None, label="网格", required=False, empty_label="不限")
    person: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="走访人", required=False, empty_label="不限（按网格）"
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        self.user = user
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """People and grids once the village is known."""
        village = row_number(str(self.data.get("village") or "")) if self.whole_township else None
        if village is None and self.whole_township:
            self.fields.pop("grid", None)
            self.fields.pop("person", None)
        else:
            self.fields["grid"].queryset = places.grids_in_sight(self.user, village)  # type: ignore[attr-defined]
            self.fields["person"].queryset = places.diarists(self.user, village)  # type: ignore[attr-defined]
        super().full_clean()


class RemarkForm(forms.Form):
    """The secretary's words to a month."""

    text = prose("阅评", 200, required=False)
