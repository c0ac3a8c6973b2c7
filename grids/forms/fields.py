"""Fields that read what clerks type and paste: dates in many forms, phones, names, remarks, free text."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from grids.imports.reading.names import clean_name
from grids.imports.reading.values import Unclear, clean_text, parse_date, parse_phone, strike_private


def _refused(why: Unclear) -> ValidationError:
    """The import leaves an unclear cell empty and says so; a form asks again."""
    return ValidationError(str(why).replace("，已留空", ""))


class DayField(forms.CharField):
    """A day as 2026-09-01, 2026.9.1, 2026年9月 or 202609; a month alone means its first day."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "如 2026-09-01、2026.9.1、2026年9月")
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored day in the one form of the tables."""
        return f"{value:%Y-%m-%d}" if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        """The day, or a sentence about what is wrong."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_date(text)
        except Unclear as why:
            raise _refused(why) from why


class PhoneField(forms.CharField):
    """A mobile or land line number, always text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.widget.attrs.update(inputmode="tel", autocomplete="off")

    def clean(self, value: Any) -> str:
        """The digits."""
        text = clean_text(super().clean(value) or "")
        if not text:
            return ""
        try:
            phone, _ = parse_phone(text)
        except Unclear as why:
            raise _refused(why) from why
        return phone


class NameField(forms.CharField):
    """A person's name without padding (李　平 → 李平)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 20, **kwargs})
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> str:
        """The name."""
        text = super().clean(value) or ""
        if strike_private(clean_text(text))[1]:
            raise ValidationError("姓名里好像有身份证号。系统不收集这些号码，请删去后再保存。")
        try:
            name = clean_name(text) if text else ""
        except Unclear as why:
            raise _refused(why) from why
        if text and not name:
            raise ValidationError("请填写姓名。")
        return name


class RemarkField(forms.CharField):
    """Free text that keeps no ID card and no bank card number (decisions 1)."""

    def clean(self, value: Any) -> str:
        """The text, or a refusal."""
        text = clean_text(super().clean(value) or "")
        if strike_private(text)[1]:
            raise ValidationError("这里好像有身份证号或银行卡号。系统不收集这些号码，请删去后再保存。")
        return text


class ProseField(forms.CharField):
    """Free text with its own punctuation, without ID card and bank card numbers."""

    def clean(self, value: Any) -> str:
        """The text, or a refusal."""
        text = (super().clean(value) or "").replace("\r\n", "\n")
        if strike_private(clean_text(text))[1]:
            raise ValidationError("这里好像有身份证号或银行卡号。系统不收集这些号码，请删去后再保存。")
        return text


def prose(label: str, most: int, *, rows: int = 0, **kwargs: Any) -> ProseField:
    """A line of free text, or a box of so many rows."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return ProseField(label=label, max_length=most, widget=widget, **kwargs)


def offer(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Let a field of the form choose among these rows."""
    field: Any = form.fields[name]
    field.queryset = rows
