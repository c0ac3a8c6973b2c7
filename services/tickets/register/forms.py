"""The bar over the register and over its boxes."""

from datetime import date
from typing import Any

from django import forms

from grids.forms.filters import Filter
from services.tickets.catalogue.choices import ItemCategory
from services.tickets.choices import TicketKind, TicketState
from services.tickets.register.queries import Asked, years_of

ALL = ("", "全部")


class YearBar(Filter):
    """A year and a village; a year nobody has is this one."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    box = forms.IntegerField(required=False, min_value=1, max_value=32_767, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, user: Any, on: date) -> None:
        self.on, self.years = on, years_of(user, on)
        typed = data.copy()
        if typed.get("year") not in map(str, self.years):
            typed["year"] = str(on.year)
        super().__init__(typed, user=user)

    def full_clean(self) -> None:
        """Put the years in before they are checked, and the year first."""
        self.fields["year"].choices = [(str(one), f"{one}年") for one in self.years]  # type: ignore[attr-defined]
        self.order_fields(["year", "village"])
        super().full_clean()

    @property
    def year_asked(self) -> int:
        """The year."""
        return int(self.cleaned_data.get("year") or self.on.year)

    def asked(self) -> Asked:
        """What the query is asked."""
        box = self.cleaned_data.get("box")
        return Asked(year=self.year_asked, village=self.pk("village"), box=box)


class RegisterBar(YearBar):
    """The register's: also month, kind, state and category."""

    box = None  # type: ignore[assignment]  # the form then has no such field
    month = forms.TypedChoiceField(
        label="月份", required=False, coerce=int, empty_value=None,
        choices=[("", "全年"), *((str(n), f"{n}月") for n in range(1, 13))],
    )  # fmt: skip
    kind = forms.ChoiceField(label="现件型", required=False, choices=[ALL, *TicketKind.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[ALL, *TicketState.choices])
    category = forms.ChoiceField(label="事项类别", required=False, choices=[ALL, *ItemCategory.choices])

    def asked(self) -> Asked:
        """What the query is asked."""
        return Asked(
            year=self.year_asked,
            village=self.pk("village"),
            month=self.cleaned_data.get("month"),
            kind=self.text("kind"),
            state=self.text("state"),
            category=self.text("category"),
        )
