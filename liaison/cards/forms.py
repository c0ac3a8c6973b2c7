"""The bar of the cards page, and what is chosen of a file."""

from typing import Any

from django import forms

from grids.choices import Kind
from grids.models import Node
from liaison.cards import queries
from liaison.cards.choices import CARDS, CardPaper
from township.addresses import row_number


class CardFilter(forms.Form):
    """Which cards: a kind, a village and a grid of it. A senseless choice counts as none."""

    kind = forms.ChoiceField(
        label="卡片", required=False, choices=[(c.kind, c.title) for c in CARDS.values()]
    )
    village: Any = forms.ModelChoiceField(None, label="村（党组织）", required=False, empty_label="全部")
    grid: Any = forms.ModelChoiceField(None, label="网格", required=False, empty_label="全部")

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        found = queries.organisations(user)
        self.only = self._only(list(found[:2]))
        self.fields["village"].queryset = found  # type: ignore[attr-defined]
        typed = row_number(str(data.get("village") or ""))
        chosen = self.only or (found.filter(pk=typed).first() if typed else None)
        self.fields["grid"].queryset = queries.grids(user, chosen)  # type: ignore[attr-defined]
        if self.only is not None:
            del self.fields["village"]
        if chosen is None:  # choosing among the grids of a whole township would be a list of hundreds
            del self.fields["grid"]
        self.full_clean()

    @staticmethod
    def _only(found: list[Node]) -> Node | None:
        return found[0] if len(found) == 1 else None

    @property
    def card_kind(self) -> str:
        """The kind asked for, else the cards of members."""
        return str(self.cleaned_data.get("kind") or Kind.MEMBER)

    @property
    def place(self) -> Node | None:
        """What the cards are printed for: the grid, else the village; None while none is chosen."""
        found: Node | None = self.cleaned_data.get("grid") or self.cleaned_data.get("village") or self.only
        return found


class CardFileForm(forms.Form):
    """How the cards lie on paper, whether they show households' numbers, and what they are for."""

    paper = forms.ChoiceField(label="纸张", choices=CardPaper.choices, required=False)
    numbers = forms.BooleanField(label="印农户电话", required=False)
    purpose = forms.CharField(label="用途", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].widget.attrs.update(placeholder="选填，如：发给党员", size=20)
