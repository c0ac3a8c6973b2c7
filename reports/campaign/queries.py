"""Where every deadline of a campaign stands: computed from filings, or ticked by the office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Subquery
from django.db.models.functions import Coalesce

from reports.campaign.rules import BY_FILING, BY_RECORD, BY_SIGN
from reports.filing.queries import FilingLine, this_year_first
from reports.filing.rules import days_left
from reports.models import Campaign, Deadline
from reports.records.queries import roots_on_record
from reports.supervision.proofs import REVIEW, with_proofs
from services.notices.choices import Notice
from services.notices.queries.register import Hung, progress

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

    @property
    def page(self) -> str:
        """Where one sees which villages are meant."""
        if self.deadline.code in BY_SIGN:
            return "services:notices"
        return "reports:records" if self.deadline.code in BY_RECORD else "reports:filings"

    @property
    def verb(self) -> str:
        """What the counted villages have done."""
        if self.deadline.code in BY_SIGN:
            return "已全部挂好"
        if self.deadline.code in BY_RECORD:
            return "已备案"
        return "已考评" if self.deadline.code == REVIEW else "已报"


Counted = tuple[int, int]  # villages that have done it, and those that have to


def duty_lines(
    campaign: Campaign, villages: Sequence[FilingLine], *, on: date, hung: Hung | None = None
) -> list[DutyLine]:
    """All deadlines in the order of their days; one query, and one for what hangs unless it is known."""
    roots = [line.root.pk for line in villages]
    through = roots_on_record(roots, year=campaign.year).order_by()
    count = Subquery(through.values("township").annotate(n=Count("pk")).values("n"))
    rows = with_proofs(campaign, roots).annotate(recorded=Coalesce(count, 0))
    signs = _signs(hung or progress(roots, on=on))
    return [_line(row, _counted(row, villages, signs), on) for row in rows.order_by("due_on", "pk")]


SIGNS = {"R21": Notice.PLATE, "R55": Notice.BOARD}


def _signs(hung: Hung) -> dict[str, Counted | None]:
    """Villages where all that are due hang, of those where any is due."""
    found = {code: hung[notice].values() for code, notice in SIGNS.items()}
    return {
        code: (sum(one.hung >= one.due for one in rows), len(rows)) if rows else None
        for code, rows in found.items()
    }


def _counted(row: Any, villages: Sequence[FilingLine], signs: Mapping[str, Counted | None]) -> Counted | None:
    """How many villages have done it, where registers tell; None for what is ticked or proved whole."""
    n = len(villages)
    if row.code in BY_SIGN:
        return signs[row.code]
    if row.code in BY_FILING:
        return sum(line.is_in for line in villages), n
    if row.code in BY_RECORD:
        return row.recorded, n
    return (row.reviewed, n) if row.code == REVIEW else None


def _line(row: Any, counted: Counted | None, on: date) -> DutyLine:
    """`row` is a deadline with its proofs."""
    done_on = row.done_on or row.held_on
    done, total = counted or (int(done_on is not None), 0)
    finished = bool(done_on) or (counted is not None and done == total)
    left = (row.due_on - on).days
    if finished:
        told = "已完成" if not done_on else f"{done_on:%m月%d日}完成"
        return DutyLine(row, done, total, "done", told)
    state = "late" if left < 0 else "soon" if left <= SOON else "open"
    return DutyLine(row, done, total, state, days_left(row.due_on, on))


SOON = 30  # domain §7: days left are shown from 30 days before


def visit_every(township: int, on: date) -> int | None:
    """Days between two visits to a household by this year's campaign, else the latest; None without one."""
    rows = Campaign.objects.filter(township_id=township).order_by(*this_year_first(on))
    return rows.values_list("visit_every", flat=True).first()


def campaigns(user: "User | Any") -> Any:
    """All rounds, the latest first."""
    return Campaign.objects.visible_to(user).order_by("-year")
