"""The steps of a finding and the state of a duty, on plain values."""

from datetime import date, timedelta

from reports.filing.rules import BOTH, CLERK, days_left
from reports.supervision.choices import FindingState
from township.lifecycle import Lifecycle, Step

MEETINGS = 6  # 二(四)5 每两个月召开一次
YEAR_FROM, YEAR_TO = 2000, 2100
COMING = timedelta(days=62)  # what falls due before the next meeting
TIME_TO_MEND = timedelta(days=30)  # proposed for a finding made from an inspection
REASON = {"text": "理由"}

FINDING = Lifecycle(
    {str(value): label for value, label in FindingState.choices},
    (
        Step("rectify", "提交整改", {FindingState.OPEN}, FindingState.RECTIFIED, BOTH, {"text": "整改情况"}),
        Step(
            "close", "复查销号", {FindingState.RECTIFIED}, FindingState.CLOSED, {CLERK}, {"text": "复查结果"}
        ),
        Step("back", "退回整改", {FindingState.RECTIFIED}, FindingState.OPEN, {CLERK}, REASON),
        Step("reopen", "重新整改", {FindingState.CLOSED}, FindingState.OPEN, {CLERK}, REASON),
    ),
)
# What a recheck often says; a click puts it into the box.
STEP_PHRASES = ("已现场查看，整改到位。", "已核对资料，整改到位。", "整改不到位，请继续整改。")


def duty_state(due_on: date, done_on: date | None, today: date) -> str:
    """done, late or open: computed, never stored."""
    if done_on is not None:
        return "done"
    return "late" if due_on < today else "open"


def duty_words(due_on: date, done_on: date | None, today: date) -> str:
    """已完成, 还剩 5 天, 已逾期 3 天."""
    return "已完成" if done_on is not None else days_left(due_on, today)


def state_on(state: str, rectified_on: date | None, rechecked_on: date | None, day: date) -> FindingState:
    """How a finding stood at the end of a day, from its last dates."""
    if state == FindingState.CLOSED and rechecked_on is not None and rechecked_on <= day:
        return FindingState.CLOSED
    if state != FindingState.OPEN and rectified_on is not None and rectified_on <= day:
        return FindingState.RECTIFIED
    return FindingState.OPEN


def year_typed(text: str) -> int | None:
    """The year in an address; None for anything else."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    return number if YEAR_FROM <= number <= YEAR_TO else None


def in_year(day: date, year: int) -> date:
    """The same month and day; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
