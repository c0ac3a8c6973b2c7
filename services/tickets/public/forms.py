"""The look-up's form."""

from django import forms
from django.core.exceptions import ValidationError

from services.tickets.public.rules import clean_number, clean_secret


class LookupForm(forms.Form):
    """A number as it stands on the receipt, and one of the two secrets."""

    no = forms.CharField(
        label="受理编号",
        max_length=30,
        help_text="回执右上角，如 2026-07-0012",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    secret = forms.CharField(
        label="查询码或手机号后四位",
        max_length=30,
        help_text="查询码印在回执上；也可以填申办时留的手机号后四位。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_no(self) -> str:
        """The number, or how one looks."""
        no = clean_number(self.cleaned_data["no"])
        if not no:
            raise ValidationError("受理编号应像 2026-07-0012 这样，由年份、村序号和流水号组成。")
        return no

    def clean_secret(self) -> str:
        """As it is kept."""
        return clean_secret(self.cleaned_data["secret"])
