"""One form for many rows: bound anew for each row, its choices read once, so that no row costs a query."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from grids.forms import twins
from grids.registers.columns import YES, RegisterColumn
from grids.registers.desk import Desk
from grids.registers.rows import Line


class KnownChoiceField(forms.Field):
    """A choice among rows read already."""

    def __init__(self, rows: Iterable[Model], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = {str(row.pk): row for row in rows}

    def to_python(self, value: Any) -> Model | None:
        """The row."""
        if value in self.empty_values:
            return None
        if str(value) not in self.known:
            raise ValidationError("请从列表里选。")
        return self.known[str(value)]


def fit(form: forms.Form) -> forms.Form:
    """The form with its choices of rows read once, and without what only the page asks."""
    for name, field in list(form.fields.items()):
        if isinstance(field, forms.ModelChoiceField) and not isinstance(
            field, forms.ModelMultipleChoiceField
        ):
            form.fields[name] = KnownChoiceField(
                field.queryset or (), label=field.label, required=field.required
            )
    for name in ("seen", "reason", twins.NAME):  # namesakes are looked for in all rows at once, and noted
        form.fields.pop(name, None)
    return form


def judged(
    form: forms.Form,
    columns: Sequence[RegisterColumn],
    desk: Desk,
    lines: Iterable[Line],
) -> None:
    """Read each line's cells into values through the form."""
    for line in lines:
        read_cells(columns, desk, line)
        run(form, columns, line)


def read_cells(columns: Sequence[RegisterColumn], desk: Desk, line: Line) -> None:
    """Choices, flags and texts of a line as values, before the form has seen them."""
    for column in columns:
        _read_cell(column, desk, line)


def _read_cell(column: RegisterColumn, desk: Desk, line: Line) -> None:
    if line.held is not None and column.key not in line.touched:
        return  # as stored: a masked phone or a choice no longer offered stays what it is
    text = line.cells.get(column.key, "")
    if not text:
        line.values[column.key] = column.default
        if column.required and column.default is None:
            line.refuse(column.key, f"请填写{column.title}。")
        return
    if refusal := column.refusal(text, desk):
        line.refuse(column.key, refusal)
    elif column.choices is not None:
        line.values[column.key] = desk.options(column).find(text)[0].value
    elif column.kind == "bool":
        line.values[column.key] = text == YES
    else:
        line.values[column.key] = text


def _as_typed(value: Any) -> str:
    """A value as a form field takes it."""
    if value is None:
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def run(
    form: forms.Form,
    columns: Sequence[RegisterColumn],
    line: Line,
    also: Mapping[str, str] | None = None,
    called: Mapping[str, str] | None = None,
) -> None:
    """The form's reading of one line into its values; cells refused already are not refused twice.

    Only cells typed in are taken from the form: it narrows punctuation, which would change the others too.
    `also` gives the form what it asks under a name that no column has; `called` says which column is meant.
    """
    wrong = {key for key, _ in line.errors}
    bound: Any = form
    bound.data = {
        **{column.key: _as_typed(line.values.get(column.key)) for column in columns},
        **(also or {}),
    }
    bound.is_bound, bound._errors, bound.cleaned_data = True, None, {}
    known = {column.key: column.title for column in columns}
    for name, found in form.errors.as_data().items():
        column = (called or {}).get(name, name)
        column = column if column in known else ""
        if column not in wrong:
            for error in found:
                blank = error.code == "required" and column
                line.refuse(column, f"请填写{known[column]}。" if blank else "".join(error.messages))
    for column in known.keys() & form.cleaned_data.keys():
        if line.is_new or column in line.touched:
            line.values[column] = _stored(form.cleaned_data[column])


def _stored(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
