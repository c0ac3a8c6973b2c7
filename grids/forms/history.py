"""The filter bar of the actions, and the reason of an undo."""

from typing import Any

from django import forms

from grids.forms.fields import DayField
from grids.queries.timeline import ActionQuery, actors

STATES = (("", "全部"), ("undone", "被撤销过"), ("undo", "只看撤销"))


class ActionFilter(forms.Form):
    """Who, when and what; a senseless choice counts as none."""

    by = forms.TypedChoiceField(label="操作人", required=False, coerce=int, empty_value=None)
    since = DayField(label="从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")
    state = forms.ChoiceField(label="撤销情况", required=False, choices=STATES)
    q = forms.CharField(
        label="操作或说明", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self.fields["by"].choices = [("", "全部"), *actors(user)]  # type: ignore[attr-defined]
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})
        self.full_clean()

    def query(self) -> ActionQuery:
        """What the query is asked."""
        chosen = self.cleaned_data
        return ActionQuery(
            by=chosen.get("by"),
            since=chosen.get("since"),
            until=chosen.get("until"),
            text=str(chosen.get("q") or "").strip(),
            state=chosen.get("state") or "",
        )


class UndoForm(forms.Form):
    """Why an action is taken back."""

    reason = forms.CharField(label="撤销原因", required=False, max_length=100, help_text="选填，记在历史里。")
