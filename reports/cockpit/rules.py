"""Words of the desk that need no database: whose turn a filing is, and when something happened."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from reports.choices import FilingState

# Whose turn it is, in words, and the badge of each state.
TURNS: Mapping[str, tuple[str, str]] = {
    FilingState.DRAFT: ("村里在填", "state-draft"),
    FilingState.REVIEWED: ("书记已审，待上报", "state-changed"),
    FilingState.SUBMITTED: ("待乡里审核", "state-pending"),
    FilingState.RETURNED: ("已退回，村里在改", "state-returned"),
    FilingState.ACCEPTED: ("已接收", "state-done"),
    FilingState.ARCHIVED: ("已归档", "state-done"),
}
NOT_BEGUN = ("未开始", "state-draft")
MINE = "待我审核"
RECENT = timedelta(days=7)


def told_when(moment: datetime | None, now: datetime) -> str:
    """今天 09:12, 昨天, 3 天前, 9月1日; nothing for what never happened. Both in local time."""
    if moment is None:
        return ""
    days = (now.date() - moment.date()).days
    if days <= 0:
        return f"今天 {moment:%H:%M}"
    if days == 1:
        return "昨天"
    if timedelta(days=days) <= RECENT:
        return f"{days} 天前"
    return day_words(moment.date(), now.date())


def day_words(day: date, today: date) -> str:
    """9月1日, with its year where that is another one."""
    words = f"{day.month}月{day.day}日"
    return words if day.year == today.year else f"{day.year}年{words}"
