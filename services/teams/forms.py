"""The township's volunteer centre."""

from datetime import date
from typing import Any

from django import forms

from grids.forms.fields import DayField, NameField, ProseField
from township.days import not_after


class CentreForm(forms.Form):
    """The one centre of the township."""

    name = ProseField(label="名称", max_length=40)
    place = ProseField(label="地点", max_length=40, required=False)
    coordinator = NameField(label="负责人", required=False)
    opened_on = DayField(label="建成日期", required=False)
    remark = ProseField(label="备注", max_length=100, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_opened_on(self) -> date | None:
        """A day that has come."""
        return not_after(self.cleaned_data["opened_on"], self.today)
