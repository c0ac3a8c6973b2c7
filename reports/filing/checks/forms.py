"""The bar over 勾稽检查: a village, a rule, and how heavy."""

from django import forms

from grids.forms.filters import Filter
from reports.filing.checks.rules import BLOCK, CHECKS, HINT, SEVERITIES, WARN

TO_DO, ALL = "", "all"
SHOWS = (
    (TO_DO, "须改正和要说明的"),
    (BLOCK, "✖ 须改正"),
    (WARN, "! 要说明"),
    (HINT, "· 提示"),
    (ALL, "全部"),
)
SHOWN = {TO_DO: (BLOCK, WARN), ALL: tuple(SEVERITIES)}


class CheckFilter(Filter):
    """What of the findings is listed."""

    rule = forms.ChoiceField(
        label="规则",
        required=False,
        choices=[("", "全部"), *((check.code, f"{check.number} {check.title}") for check in CHECKS)],
    )
    show = forms.ChoiceField(label="显示", required=False, choices=SHOWS)

    def severities(self) -> tuple[str, ...]:
        """Those asked for."""
        show = self.text("show")
        return SHOWN.get(show, (show,))
