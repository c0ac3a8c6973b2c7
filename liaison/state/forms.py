"""The bar over the holders of an edge, and the choice of a place for the pyramid."""

from typing import Any

from django import forms

from grids.forms.filters import Filter
from liaison.state.rules import TITLES

HOLDER_STATES = (
    ("", "全部"),
    ("over", "超过规定"),
    ("under", "少于规定"),
    ("accepted", "已认可的例外"),
    ("none", "没有对象"),
)


class EdgeFilter(Filter):
    """Village, state and name; the four problems are states too, chosen by their own links."""

    show = forms.ChoiceField(label="状态", required=False)
    q = forms.CharField(
        label="姓名、名称或拼音首字母",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def full_clean(self) -> None:
        """Put the states in before they are checked; a problem that is open stays while one searches."""
        show: Any = self.fields["show"]
        show.choices = [*HOLDER_STATES, *TITLES.items()]
        super().full_clean()
        if self.cleaned_data.get("show") in TITLES:
            show.widget = forms.HiddenInput()
        else:
            show.choices = list(HOLDER_STATES)
