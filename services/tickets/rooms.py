"""The room of errands: its pages as tabs."""

from typing import Any

from services.ledgers.rooms import Room

TICKETS = Room(
    "tickets",
    "代办事项",
    (
        ("收件箱", "services:tickets", "inbox"),
        ("时限预警", "services:ticket_deadlines", "deadlines"),
        ("登记册", "services:ticket_register", "register"),
        ("归档", "services:ticket_archive", "archive"),
        ("满意度和时间", "services:ticket_statistics", "statistics"),
        ("事项清单", "services:catalogue", "catalogue"),
        ("工作日历", "services:calendar", "calendar"),
        ("设置", "services:ticket_settings", "settings"),
    ),
)


def frame(current: str) -> dict[str, Any]:
    """What every page of the room needs of its frame."""
    return {"room": TICKETS, "tabs": TICKETS.tabs, "current": current}
