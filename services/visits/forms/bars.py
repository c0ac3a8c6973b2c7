"""The bars over the lists of visits; a senseless choice counts as none."""

from collections.abc import Sequence
from typing import Any

from django import forms

from grids.forms.fields import DayField, offer
from grids.forms.filters import Filter
from services.visits.queries import places
from services.visits.queries.log import Asked
from services.visits.rules import PERIODS
from township.addresses import row_number


class GridField(forms.ModelChoiceField):
    """Grids with their village."""

    def label_from_instance(self, obj: Any) -> str:
        """甲村党支部 第1网格."""
        return f"{obj.root.name} {obj.name}" if obj.root and obj.root != obj else str(obj.name)


def _words(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )


class BarDay(DayField):
    """A day in a filter."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, help_text="", **kwargs)
        self.widget.attrs["placeholder"] = "年-月-日"


class GridBar(Filter):
    """A bar with grids: of one village, which who sees a whole township names first."""

    def __init__(self, data: Any, *, user: Any) -> None:
        self.user = user
        super().__init__(data, user=user)

    def village_asked(self) -> int | None:
        """The village asked for, where there is a choice."""
        return row_number(str(self.data.get("village") or "")) if self.whole_township else None

    def waits(self) -> bool:
        """True until the village is known: grids of a whole township would be hundreds."""
        return self.whole_township and self.village_asked() is None

    def offer_grids(self) -> None:
        """Its grids, or no such field yet."""
        if self.waits():
            self.fields.pop("grid", None)
        elif "grid" in self.fields:
            offer(self, "grid", places.grids_in_sight(self.user, self.village_asked()))


class Bar(GridBar):
    """The bar over a register: village, grid of it, state, days, words."""

    grid: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="网格", required=False, empty_label="全部"
    )
    state = forms.ChoiceField(label="状态", required=False)
    visitor = _words("走访人")
    since = BarDay(label="从")
    until = BarDay(label="到")
    q = _words("包含的字")
    household = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        user: Any,
        states: Sequence[tuple[str, str]] = (),
        state_label: str = "状态",
        without: Sequence[str] = (),
    ) -> None:
        self.states, self.state_label, self.without = states, state_label, without
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Put the choices in before they are checked."""
        for name in self.without:
            self.fields.pop(name, None)
        self.offer_grids()
        state: Any = self.fields.get("state")
        if state is not None and self.states:
            state.label, state.choices = self.state_label, [("", "全部"), *self.states]
        else:
            self.fields.pop("state", None)
        super().full_clean()

    def asked(self) -> Asked:
        """What the query is asked."""
        data = self.cleaned_data
        return Asked(
            village=self.pk("village"),
            grid=self.pk("grid"),
            state=self.text("state"),
            text=self.text("q"),
            visitor=self.text("visitor"),
            since=data.get("since"),
            until=data.get("until"),
            household=data.get("household"),
        )


class PickBar(GridBar):
    """Where to log: a village, then a grid of it, or a household found by name."""

    grid: forms.ModelChoiceField = GridField(None, label="网格", required=False, empty_label="请选择")
    q = _words("或找农户：姓名、拼音首字母、门牌")

    def full_clean(self) -> None:
        """Grids once the village is known."""
        rows, village = places.loggable(self.user), self.village_asked()
        if self.waits():
            self.fields.pop("grid", None)
        elif "grid" in self.fields:
            offer(self, "grid", rows if village is None else rows.filter(root_id=village))
        super().full_clean()


class CoverageBar(Filter):
    """The bar over coverage: village and period."""

    period = forms.ChoiceField(label="时间", required=False, choices=list(PERIODS.items()))


class RoundBar(GridBar):
    """Which grid to walk, and how many households."""

    grid: forms.ModelChoiceField = GridField(None, label="网格", required=False, empty_label="请选择")
    n = forms.IntegerField(label="户数", required=False, min_value=1, max_value=100)

    def full_clean(self) -> None:
        """Grids once the village is known."""
        self.offer_grids()
        super().full_clean()


class DiaryBar(GridBar):
    """Whose diary, and of which month or year."""

    year = forms.IntegerField(label="年", required=False, min_value=2000, max_value=2100)
    month = forms.TypedChoiceField(
        label="月", required=False, coerce=int, empty_value=None,
        choices=[("", "全年"), *((str(n), f"{n}月") for n in range(1, 13))],
    )  # fmt: skip
    grid: forms.ModelChoiceField = GridField(None, label="网格", required=False, empty_label="不限")
    person: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="走访人", required=False, empty_label="不限（按网格）"
    )

    def full_clean(self) -> None:
        """People and grids once the village is known."""
        self.offer_grids()
        if self.waits():
            self.fields.pop("person", None)
        elif "person" in self.fields:
            offer(self, "person", places.diarists(self.user, self.village_asked()))
        super().full_clean()
