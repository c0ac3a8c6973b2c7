"""The form of a line of the reserve, of one step, and the bar over the list."""

from datetime import date
from typing import Any

from django import forms

from grids.forms.fields import DayField, NameField, offer, prose
from grids.forms.filters import Filter
from grids.reserve.choices import Nomination, ReserveState, TargetPost
from grids.reserve.queries import villages
from grids.reserve.rules import RESERVE
from township.days import not_after

STATES = (("", "在库"), *ReserveState.choices, ("all", "全部"))


class CadreForm(forms.Form):
    """One line; the village is chosen once."""

    root: forms.ModelChoiceField = forms.ModelChoiceField(None, label="村（党组织）", empty_label="请选择")
    name = NameField(label="姓名")
    current_post = prose("现任职务", 40, required=False)
    nomination = forms.ChoiceField(label="推荐方式", choices=[("", "请选择"), *Nomination.choices])
    nominated_on = DayField(label="推荐日期")
    target_post = forms.ChoiceField(label="培养方向", choices=[("", "请选择"), *TargetPost.choices])
    mentor = NameField(label="培养联系人", required=False)

    def __init__(self, *args: Any, user: Any, today: date, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        rows = villages(user)
        offer(self, "root", rows)
        if not is_new:
            del self.fields["root"]
        elif rows.count() == 1:
            self.initial.setdefault("root", rows.get().pk)

    def clean_nominated_on(self) -> date | None:
        """Nobody was recommended in the future."""
        return not_after(self.cleaned_data["nominated_on"], self.today)


class ReserveStepForm(forms.Form):
    """One step."""

    step = forms.ChoiceField(choices=[(step.code, step.title) for step in RESERVE.steps])
    text = prose("说明", 200)
    day = DayField(label="日期")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date | None:
        """Nothing was done in the future."""
        return not_after(self.cleaned_data["day"], self.today)


class ReserveFilter(Filter):
    """The bar over the list."""

    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    q = forms.CharField(
        label="姓名、职务", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )
    field_order = ("village", "state", "q")
