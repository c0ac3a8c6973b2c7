"""The steps of a filing (domain §7) and what makes it late, on plain values."""

from collections.abc import Iterable
from datetime import date

from reports.choices import ACCEPTED_STATES, FilingState
from township.lifecycle import Lifecycle, Step

CLERK, SECRETARY = "clerk", "secretary"
BOTH = frozenset({CLERK, SECRETARY})
NOTE = {"note": "理由"}
EDITABLE = (FilingState.DRAFT, FilingState.RETURNED)  # comments and explanations are written here

FILING = Lifecycle(
    {str(value): label for value, label in FilingState.choices},
    (
        Step("review", "书记审核", {FilingState.DRAFT, FilingState.RETURNED}, FilingState.REVIEWED, BOTH),
        Step("revise", "退回修改", {FilingState.REVIEWED}, FilingState.DRAFT, BOTH),
        Step("submit", "上报", {FilingState.REVIEWED}, FilingState.SUBMITTED, BOTH),
        Step("withdraw", "撤回", {FilingState.SUBMITTED}, FilingState.REVIEWED, {SECRETARY}, NOTE),
        Step("return", "退回", {FilingState.SUBMITTED}, FilingState.RETURNED, {CLERK}, NOTE),
        Step("accept", "接收", {FilingState.SUBMITTED}, FilingState.ACCEPTED, {CLERK}),
        Step(
            "reopen",
            "重新打开",
            set(ACCEPTED_STATES),
            FilingState.RETURNED,
            {CLERK},
            NOTE,
        ),
        Step("archive", "归档", {FilingState.ACCEPTED}, FilingState.ARCHIVED, {CLERK}),
    ),
)
WORKED_ON = (*EDITABLE, FilingState.REVIEWED)
BEFORE_THE_DAY = frozenset({"review", "submit"})  # what a village cannot do once the day is over
# What a reviewer often says; a click puts it into the box.
RETURN_PHRASES = (
    "花名册人数与统计表不一致，请核对。",
    "有农户没有联系党员，请落实或说明。",
    "党小组长、中心户负责人缺电话。",
    "书面材料缺少问题和下一步打算。",
    "超出比例的没有写说明。",
)


def last_day(due_on: date, extensions: Iterable[date]) -> date:
    """Until when a village may submit: the campaign's day, or a later one the office has granted."""
    return max([due_on, *extensions])


def is_late(due_on: date, submitted_on: date | None, today: date) -> bool:
    """Late is computed: submitted after the campaign's day, or not yet submitted when it is over."""
    return (submitted_on or today) > due_on


def days_left(due_on: date, today: date) -> str:
    """还剩 5 天, 今天截止, 已逾期 3 天."""
    left = (due_on - today).days
    if left > 0:
        return f"还剩 {left} 天"
    return "今天截止" if left == 0 else f"已逾期 {-left} 天"
