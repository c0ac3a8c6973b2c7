"""Forms of a filing: a step's words, a comment, an extension, an explanation, the written report."""

from django import forms

from grids.forms.fields import DayField
from reports.filing.rules import FILING


class StepForm(forms.Form):
    """A step with the words it may need."""

    step = forms.ChoiceField(choices=[(step.code, step.title) for step in FILING.steps])
    note = forms.CharField(label="说明", max_length=200, required=False)


class CommentForm(forms.Form):
    """A remark pinned to a cell, a row, or the whole filing."""

    annex = forms.TypedChoiceField(
        label="附件", coerce=int, empty_value=None, required=False,
        choices=[("", "整份"), *((n, f"附件{n}") for n in (1, 2, 3, 4))],
    )  # fmt: skip
    row_key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    row_name = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    column = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="批注", max_length=200)


class ExplainForm(forms.Form):
    """Why one place is right although a rule warns."""

    rule = forms.CharField(max_length=20)
    subject = forms.CharField(max_length=60)
    text = forms.CharField(label="说明", max_length=100)


class ExtensionForm(forms.Form):
    """Until when, and why."""

    until = DayField(label="延期至")
    reason = forms.CharField(label="理由", max_length=100)


class ReportForm(forms.Form):
    """The written report (R75)."""

    text = forms.CharField(
        label="书面材料", max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 18})
    )
