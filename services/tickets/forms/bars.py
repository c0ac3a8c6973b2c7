"""The bar over the inbox."""

from typing import Any

from django import forms

from grids.forms.filters import Filter
from services.tickets.choices import TicketKind
from services.tickets.queries import lists
from services.tickets.queries.lists import Asked
from services.tickets.queries.statistics import BY
from services.visits.choices import Satisfaction
from services.visits.forms.bars import BarDay, GridBar

STATES = [
    (lists.STANDING, "在办（含待补件）"),
    (lists.LATE, "逾期未办结"),
    (lists.TODAY, "今天到期"),
    (lists.SOON, "快到期"),
    (lists.ESCALATED, "逾期提醒到我"),
    (lists.WAITING, "待补件"),
    (lists.TO_TELL, "待送达（说明）"),
    (lists.TO_CALL, "待回访"),
    (lists.TO_ARCHIVE, "待归档"),
    (lists.CLOSED, "已归档"),
    (lists.OFF_TIME, "没有按期办结"),
]


class InboxBar(GridBar):
    """Whose, where, which state and kind, when taken in, words."""

    whose = forms.ChoiceField(label="谁办", required=False, choices=[("", "全部"), (lists.MINE, "我代办的")])
    grid: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="网格", required=False, empty_label="全部"
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES])
    kind = forms.ChoiceField(label="受理件型", required=False, choices=[("", "全部"), *TicketKind.choices])
    since = BarDay(label="受理从")
    until = BarDay(label="到")
    q = forms.CharField(
        label="编号、事项、申办人",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    satisfaction = forms.ChoiceField(
        label="回访", required=False, choices=[("", "全部"), *Satisfaction.choices]
    )
    agent = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)
    item = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)

    def full_clean(self) -> None:
        """Grids once the village is known."""
        self.offer_grids()
        super().full_clean()

    def asked(self) -> Asked:
        """What the query is asked."""
        data = self.cleaned_data
        return Asked(
            whose=self.text("whose"),
            village=self.pk("village"),
            grid=self.pk("grid"),
            state=self.text("state"),
            kind=self.text("kind"),
            text=self.text("q"),
            since=data.get("since"),
            until=data.get("until"),
            satisfaction=self.text("satisfaction"),
            item=data.get("item"),
            agent=data.get("agent"),
        )


class StatisticsBar(Filter):
    """Which year, by what, of which village."""

    by = forms.ChoiceField(label="按", required=False, choices=list(BY.items()))
    y = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)

    def __init__(self, data: Any, *, user: Any, this_year: int) -> None:
        self.this_year = this_year
        super().__init__(data, user=user, initial={"y": this_year})
        self.fields["y"].widget.attrs["placeholder"] = f"{this_year}"

    def year(self) -> int:
        """The one asked for, else this one."""
        return self.cleaned_data.get("y") or self.this_year
