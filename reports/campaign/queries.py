"""Where every deadline of a campaign stands: computed from filings, or ticked by the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from reports.campaign.rules import BY_FILING
from reports.filing.queries import FilingLine
from reports.filing.rules import days_left
from reports.models import Campaign, Deadline

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class DutyLine:
    """One deadline with its state: done, open or overdue, and how far it has come where that is counted."""

    deadline: Deadline
    done: int
    total: int
    state: str  # done, late, soon, open
    words: str

    @property
    def counted(self) -> bool:
        """True when villages are counted towards it."""
        return self.total > 0


def duty_lines(campaign: Campaign, villages: Sequence[FilingLine], *, on: date) -> list[DutyLine]:
    """All deadlines in the order of their days; one query."""
    return [_line(row, villages, on) for row in campaign.deadlines.order_by("due_on", "pk")]


def _line(row: Deadline, villages: Sequence[FilingLine], on: date) -> DutyLine:
    counted = row.code in BY_FILING
    total = len(villages) if counted else 0
    done = sum(line.is_in for line in villages) if counted else int(row.done_on is not None)
    finished = done == total if counted else bool(row.done_on)
    left = (row.due_on - on).days
    if finished:
        told = "已完成" if not row.done_on else f"{row.done_on:%m月%d日}完成"
        return DutyLine(row, done, total, "done", told)
    state = "late" if left < 0 else "soon" if left <= SOON else "open"
    return DutyLine(row, done, total, state, days_left(row.due_on, on))


SOON = 30  # domain §7: days left are shown from 30 days before


def campaigns(user: "User | Any") -> Any:
    """All rounds, the latest first."""
    return Campaign.objects.visible_to(user).order_by("-year")
