"""The bar over the inbox."""

from django import forms

from services.tickets.choices import TicketKind
from services.tickets.queries import lists
from services.tickets.queries.lists import Asked
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
        )
