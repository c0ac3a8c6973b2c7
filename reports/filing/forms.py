"""Forms of a filing: a step's words, a comment, an extension, an explanation, the written report."""

from collections.abc import Sequence
from typing import Any

from django import forms

from grids.forms.fields import DayField
from reports.filing.pins import Pin
from reports.filing.rules import FILING


class StepForm(forms.Form):
    """A step with the words it may need."""

    step = forms.ChoiceField(choices=[(step.code, step.title) for step in FILING.steps])
    note = forms.CharField(label="说明", max_length=200, required=False)


class CommentForm(forms.Form):
    """A remark pinned to a cell, a row, an annex, or the whole filing."""

    annex = forms.TypedChoiceField(
        label="附件", coerce=int, empty_value=None, required=False,
        choices=[("", "整份"), *((n, f"附件{n}") for n in (1, 2, 3, 4))],
    )  # fmt: skip
    row_key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    column = forms.CharField(label="哪一项", max_length=40, required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="批注", max_length=200)

    def __init__(self, *args: Any, cells: Sequence[tuple[str, str, str]] = (), **kwargs: Any) -> None:
        """`cells` (key, heading, words) of a row let one of them be chosen."""
        super().__init__(*args, **kwargs)
        if cells:
            self.fields["annex"].widget = forms.HiddenInput()
            choices = [("", "整行"), *((key, f"{title}：{words}") for key, title, words in cells)]
            self.fields["column"].widget = forms.Select(choices=choices)

    @property
    def pin(self) -> Pin:
        """What it is about."""
        chosen = self.cleaned_data
        return Pin(chosen["annex"], chosen["row_key"], chosen["column"])


class ExplainForm(forms.Form):
    """Why one place is right although a rule warns."""

    rule = forms.CharField(max_length=20)
    subject = forms.CharField(max_length=60)
    text = forms.CharField(label="说明", max_length=100)


class ExtensionForm(forms.Form):
    """Until when, and why."""

    until = DayField(label="延期至")
    reason = forms.CharField(label="理由", max_length=100)
