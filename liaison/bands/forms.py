"""Forms of the ratios: six of a year at once, a range of one holder, an exception and the word on it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from grids.choices import BandCode, BandMode, BandScope, PersonalReason
from grids.forms.fields import DayField, RemarkField
from grids.forms.filters import Filter
from grids.models import Node
from grids.rules import PRESET, Band, Bands
from liaison.bands.actions import FIELDS, acceptable
from liaison.bands.queries.listed import STATES
from liaison.bands.rules import NO_HEALTH, tells_health

MOST = 999
# Only links that a proposal may make reach anywhere.
SCOPED = (BandCode.LEADER, BandCode.HUB, BandCode.MEMBER)


def _number(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, max_value=MOST, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs
    )


class BandForm(forms.Form):
    """One ratio."""

    low = _number("下限", min_value=0)
    high = _number("上限", min_value=1)
    hard = _number("编排时最多", min_value=1)
    mode = forms.ChoiceField(label="用法", choices=BandMode.choices)
    scope = forms.ChoiceField(label="编排范围", choices=BandScope.choices)
    clause = RemarkField(label="条款", max_length=40)
    quote = RemarkField(label="依据原文", max_length=120)

    def __init__(self, data: Any, *, band: Band) -> None:
        self.band = band
        initial = {name: getattr(band, name) for name in FIELDS}
        super().__init__(data, prefix=band.code, initial=initial)
        if band.code not in SCOPED:
            del self.fields["scope"]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "input"
            field.widget.attrs["aria-label"] = f"{band.title}：{field.label}"
            if name in ("low", "high", "hard"):
                field.error_messages |= {"required": "请填数字。", "invalid": "请填整数。"}

    def clean(self) -> dict[str, Any]:
        """From low over high to the most."""
        data = super().clean() or {}
        low, high, hard = (data.get(name) for name in ("low", "high", "hard"))
        if low is not None and high is not None and low > high:
            self.add_error("high", f"上限不能小于下限 {low}。")
        elif high is not None and hard is not None and high > hard:
            self.add_error("hard", f"编排时最多不能小于上限 {high}。")
        return data

    def value(self) -> Band:
        """The ratio as filled in."""
        return replace(self.band, **self.cleaned_data)


class BandsForm:
    """The six ratios of a year in one form: `shown` stand in it until something is sent."""

    def __init__(self, data: Any, *, shown: Bands) -> None:
        self.forms = [BandForm(data, band=band) for band in shown.values()]

    def __iter__(self) -> Iterator[BandForm]:
        return iter(self.forms)

    def is_valid(self) -> bool:
        """True when all six are; each is asked, so that all errors show at once."""
        return not [form for form in self.forms if not form.is_valid()]

    @property
    def faults(self) -> int:
        """How many fields are to be mended."""
        return sum(len(form.errors) for form in self.forms)

    def values(self) -> Bands:
        """What was filled in."""
        return {str(form.band.code): form.value() for form in self.forms}


class ReasonField(RemarkField):
    """A reason in words that tells nobody's health."""

    def clean(self, value: Any) -> str:
        """The text, or a refusal."""
        text = super().clean(value)
        if tells_health(text):
            raise forms.ValidationError(NO_HEALTH)
        return text


class OwnBandForm(forms.Form):
    """A range of its own for one holder."""

    low = _number("下限", min_value=0)
    high = _number("上限", min_value=0)
    reason = forms.ChoiceField(label="原因", choices=[("", "请选择"), *PersonalReason.choices])
    note = ReasonField(label="说明", max_length=60, required=False, help_text="不写健康情况，系统不登记")
    since = DayField(label="起始日期", required=False)
    until = DayField(label="结束日期", required=False, help_text="从这天起恢复规定的区间；还说不定就空着")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Both pairs in order."""
        data = super().clean() or {}
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", f"上限不能小于下限 {low}。")
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期不能早于起始日期。")
        return data

    def facts(self) -> Mapping[str, Any]:
        """What the action is given."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class OwnBandEndForm(forms.Form):
    """The first day on which the township's ratio holds again."""

    until = DayField(label="从哪天起恢复规定的区间")


class OwnBandFilter(Filter):
    """The bar over ranges of single holders."""

    q = forms.CharField(
        label="姓名、名称或首字母", required=False, max_length=40, widget=forms.TextInput({"type": "search"})
    )
    ended = forms.BooleanField(label="含已结束的", required=False)
    field_order = ("village", "q", "ended")


class ExceptionForm(forms.Form):
    """Asking that a place may lie outside a ratio until a day."""

    code = forms.ChoiceField(label="哪项比例", widget=forms.RadioSelect)
    reason = ReasonField(
        label="理由",
        max_length=100,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如：山大沟深、住得分散；不写健康情况，系统不登记",
    )
    until = DayField(label="有效至", help_text="到这天为止都算有效，之后自动恢复提示。如 2026-12-31")

    def __init__(self, *args: Any, node: Node, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.code, one.words) for one in acceptable(node, on=on)]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]
        if choices and self.initial.get("code") not in dict(choices):
            self.initial["code"] = choices[0][0]


class DeclineForm(forms.Form):
    """Why an exception is not accepted."""

    why = RemarkField(label="不认可的理由", max_length=100, help_text="申请人会看到")


class ExceptionFilter(Filter):
    """The bar over exceptions."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES])
    code = forms.ChoiceField(
        label="比例",
        required=False,
        choices=[("", "全部"), *((code, band.title) for code, band in PRESET.items())],
    )
    field_order = ("state", "code", "village")
