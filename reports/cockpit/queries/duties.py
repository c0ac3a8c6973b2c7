"""The year's duties as cards: what villages file is one card, which stays until every village is in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.campaign.queries import DutyLine, duty_lines
from reports.campaign.rules import BY_FILING
from reports.filing.queries import FilingLine
from reports.models import Campaign
from services.notices.queries.register import Hung

MOST_CARDS = 3
LATELY = timedelta(days=30)  # older ones are only counted; the list of deadlines has them all
FILED_WORDS = "统计表、花名册、书面材料"


@dataclass(frozen=True)
class Card:
    """One duty, or what villages file on one day."""

    due_on: date
    title: str
    state: str  # late, soon, open
    words: str
    done: int
    total: int
    page: str  # where one sees which villages are meant
    verb: str

    @property
    def counted(self) -> bool:
        """True when villages are counted towards it."""
        return self.total > 0


@dataclass(frozen=True)
class Due:
    """The next cards, and how many overdue duties stand on none of them."""

    campaign: Campaign
    cards: Sequence[Card]
    more_late: int


def due(
    campaign: Campaign,
    villages: Sequence[FilingLine],
    *,
    on: date,
    owners: Collection[str],
    hung: Hung | None = None,
) -> Due:
    """What is not done: the filing while a village is missing, then the other duties by their days."""
    lines = [
        line
        for line in duty_lines(campaign, villages, on=on, hung=hung)
        if line.state != "done" and line.deadline.owner in owners
    ]
    filed = [line for line in lines if line.deadline.code in BY_FILING]
    others = [line for line in lines if line.deadline.code not in BY_FILING]
    lately = [line for line in others if line.deadline.due_on >= on - LATELY]
    cards = [_card(filed[0], FILED_WORDS)] if filed else []
    room = MOST_CARDS - len(cards)
    cards += [_card(line, line.deadline.title) for line in lately[:room]]
    shown = lately[:room]
    return Due(campaign, cards, sum(line.state == "late" for line in others if line not in shown))


def _card(line: DutyLine, title: str) -> Card:
    return Card(
        line.deadline.due_on, title, line.state, line.words, line.done, line.total, line.page, line.verb
    )
