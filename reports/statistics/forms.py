"""Forms of the statistics: a corrected number, typed columns, and the columns of the year's form."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from reports.statistics.indicators import REMARK
from reports.statistics.layout import FormColumn, Layout, next_key

MOST = 9_999_999
WIDEST, NARROWEST = 60, 6


class CorrectionForm(forms.Form):
    """Another number, and why."""

    number = forms.IntegerField(label="更正为", min_value=0, max_value=MOST)
    reason = forms.CharField(label="理由", max_length=100, help_text="印在表下面，如：名册还差两户没有录完。")


class WordsForm(forms.Form):
    """Why a number moved so far."""

    text = forms.CharField(label="说明", max_length=100)


class TypedForm(forms.Form):
    """One box for each typed column of the form."""

    def __init__(self, *args: Any, columns: Sequence[FormColumn], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in columns:
            label = f"{column.group}·{column.title}" if column.group else column.title
            if column.typed == "int":
                field: forms.Field = forms.IntegerField(
                    label=label, min_value=0, max_value=MOST, required=False
                )
            else:
                field = forms.CharField(label=label, max_length=100, required=False)
            self.fields[column.key] = field


class ColumnForm(forms.Form):
    """One column of the form: its place, words, width, and whether it is printed."""

    place = forms.IntegerField(label="位次", min_value=1, max_value=999, help_text="不算序号、名称。")
    title = forms.CharField(label="名称", max_length=30)
    group = forms.CharField(label="组", max_length=30, required=False, help_text="相邻同组共用表头。")
    width = forms.FloatField(label="宽度（毫米）", min_value=NARROWEST, max_value=WIDEST)
    shown = forms.BooleanField(label="印在表上", required=False)

    def columns(self, layout: Layout, key: str) -> tuple[FormColumn, ...]:
        """All columns with this one changed and put in its place."""
        chosen = {**self.cleaned_data}
        place = chosen.pop("place")
        rest = [column for column in layout.columns if column.key != key]
        (own,) = (column for column in layout.columns if column.key == key)
        rest.insert(place - 1, replace(own, **chosen))
        return tuple(rest)


class NewColumnForm(forms.Form):
    """One more column, typed in by the villages."""

    title = forms.CharField(label="名称", max_length=30)
    group = forms.CharField(label="组", max_length=30, required=False)
    typed = forms.ChoiceField(label="填什么", choices=[("int", "整数"), ("text", "文字")])

    def columns(self, layout: Layout) -> tuple[FormColumn, ...]:
        """All columns with the new one before 备注, or at the end."""
        made = FormColumn(next_key(layout.columns), width=12, **self.cleaned_data)
        found = list(layout.columns)
        last = [column.key for column in found]
        found.insert(last.index(REMARK) if REMARK in last else len(found), made)
        return tuple(found)


def moved(layout: Layout, key: str, by: int) -> tuple[FormColumn, ...]:
    """One column some places to the front (-1) or to the back (1)."""
    found = list(layout.columns)
    at = next((i for i, column in enumerate(found) if column.key == key), None)
    if at is not None and 0 <= at + by < len(found):
        found[at], found[at + by] = found[at + by], found[at]
    return tuple(found)
