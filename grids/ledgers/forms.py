"""The bar over a ledger, and the question whose row a new one is."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from grids.forms.filters import Filter
from grids.ledgers.ledger import Asked, Ledger
from grids.models import Node

YEARS_SHOWN = 5


class LedgerFilter(Filter):
    """Village, year, state and words, as far as the ledger knows them."""

    year = forms.ChoiceField(label="年度", required=False)
    state = forms.ChoiceField(label="状态", required=False)
    q = forms.CharField(
        label="包含的字", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )
    field_order = ("village", "year", "state", "q")

    def __init__(self, data: Any, *, user: Any, ledger: Ledger, this_year: int) -> None:
        self.ledger, self.this_year = ledger, this_year
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Put the choices in before they are checked."""
        years: Any = self.fields.get("year")
        if self.ledger.dated and years is not None:
            shown = range(self.this_year, self.this_year - YEARS_SHOWN, -1)
            years.choices = [("", "全部"), *((str(year), str(year)) for year in shown)]
        else:
            self.fields.pop("year", None)
        state: Any = self.fields.get("state")
        if self.ledger.states and state is not None:
            state.choices = list(self.ledger.states)
        else:
            self.fields.pop("state", None)
        super().full_clean()

    def asked(self) -> Asked:
        """What the query is asked."""
        year = self.text("year")
        return Asked(self.pk("village"), int(year) if year else None, self.text("state"), self.text("q"))


class PlaceForm(forms.Form):
    """Of which village (or own branch below a 党总支) the new row is; a GET form."""

    village: forms.ModelChoiceField = forms.ModelChoiceField(None, label="村（党组织）", empty_label="请选择")

    def __init__(self, *args: Any, places: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["village"]
        field.queryset = places
