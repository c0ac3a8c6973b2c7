"""Forms of a report, of the township's report, and of a template."""

from django import forms

from grids.forms.fields import RemarkField

LONGEST = 8000


def _text(label: str, *, required: bool) -> forms.CharField:
    return ReportField(
        label=label, max_length=LONGEST, required=required, widget=forms.Textarea(attrs={"rows": 20})
    )


class ReportField(RemarkField):
    """Many lines; numbers of ID and bank cards are refused here too."""

    def clean(self, value: object) -> str:
        """The text as it was typed, lines and all."""
        super().clean(value)
        return str(forms.CharField.clean(self, value) or "")


class ReportForm(forms.Form):
    """The written report (R75)."""

    text = _text("正文", required=False)


class TownReportForm(ReportForm):
    """The office's own."""

    with_group = forms.BooleanField(label="后面附领导小组名单", required=False)


class TemplateForm(forms.Form):
    """What a report begins with."""

    text = _text("模板", required=True)
