"""Forms of what happens in a grid: 必到必报, 四清, services planned, the pace of a household."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from grids.forms.fields import DayField, prose
from grids.imports.reading.values import within_reason
from services.visits.choices import (
    ATTENDED,
    REPORTED,
    EventKind,
    Need,
    Pace,
    ReportTo,
)
from services.visits.forms.entries import NONE, PlacedForm
from services.visits.interval import usual
from services.visits.rules import MOST_WORDS, every
from township.days import not_after


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
            within_reason(found.year, found.month, found.day)
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
        return not_after(self.cleaned_data["checked_on"], self.today)


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
        data["interval"] = data["interval"] or every(data["need"], usual(self.user, on=self.today))
        return data


class PaceForm(forms.Form):
    """How often one household is visited."""

    pace = forms.ChoiceField(
        choices=[("", "一般间隔"), *Pace.choices],
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
