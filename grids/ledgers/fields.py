"""The form of a ledger's row, made of its columns."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from grids.forms.fields import DayField, NameField, PhoneField, ProseField
from grids.ledgers.columns import LedgerColumn

if TYPE_CHECKING:
    from grids.registers.desk import Desk

LARGEST = 10**6


class OptionField(forms.Field):
    """One of the column's choices; `also` is what the row holds now, though it may no longer be chosen."""

    widget = forms.Select

    def __init__(self, column: LedgerColumn, desk: "Desk", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = desk.options(column).rows
        self.also: Any = None
        self.offer()

    def offer(self, now: Any = None, label: str = "") -> None:
        """Put the choices into the widget, the present value among them."""
        none = ("", "请选择" if self.required else "—")
        pairs = [none, *((str(row.value), row.label) for row in self.rows)]
        if now is not None and now != "" and str(now) not in {value for value, _ in pairs}:
            pairs.append((str(now), label or str(now)))
            self.also = now
        self.widget.choices = pairs

    def to_python(self, value: Any) -> Any:
        """The stored value."""
        if value in self.empty_values:
            return None
        for row in self.rows:
            if str(row.value) == str(value):
                return row.value
        if self.also is not None and str(self.also) == str(value):
            return self.also
        raise ValidationError("请从列表里选。")


def field_of(column: LedgerColumn, desk: "Desk") -> forms.Field:
    """A form field for a column."""
    look: dict[str, Any] = {"label": column.title, "required": column.required and column.default is None}
    if column.help:
        look["help_text"] = column.help
    if column.choices is not None:
        return OptionField(column, desk, **look)
    if column.kind == "date":
        return DayField(**look)
    if column.kind == "phone":
        return PhoneField(**look)
    if column.kind == "number":
        return forms.IntegerField(min_value=column.low or 0, max_value=column.high or LARGEST, **look)
    if column.kind == "bool":
        return forms.BooleanField(**look | {"required": False})
    if column.is_name:
        return NameField(**look, max_length=column.max_length or 20)
    widget = forms.Textarea(attrs={"rows": column.rows}) if column.rows else forms.TextInput()
    return ProseField(max_length=column.max_length, widget=widget, **look)


class RowForm(forms.Form):
    """All columns of a ledger as fields, for one row on its page and for one line of a file after another.

    `seen` is the version of the row that the page was opened with; blank for a new one.
    """

    seen = ""

    def __init__(self, columns: "tuple[LedgerColumn, ...]", desk: "Desk", *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in columns:
            self.fields[column.key] = field_of(column, desk)
