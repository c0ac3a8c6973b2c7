"""Village × form: where every form of every village stands, for the whole township in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime

from grids.models import Node
from grids.queries.gaps import gaps_of_villages
from reports.chasing.queries import chased_on
from reports.choices import FilingState
from reports.cockpit import cells
from reports.cockpit.cells import Cell
from reports.cockpit.rules import MINE, NOT_BEGUN, TURNS, told_when
from reports.filing.checks.tallies import Tallies, VillageTally
from reports.filing.queries import FilingLine
from reports.models import Campaign, Chase
from services.notices.choices import Notice
from services.notices.queries.register import Hung

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class MatrixLine:
    """One village with all its cells."""

    line: FilingLine
    cells: Sequence[Cell]
    problems: Sequence[Cell]
    turn: str
    look: str  # the badge's class
    mine: bool  # waits for the clerk who looks
    overdue: bool
    touched: str
    chased: Chase | None  # today's
    tally: VillageTally | None
    gaps: int

    @property
    def root(self) -> Node:
        """The village."""
        return self.line.root

    @property
    def rank(self) -> tuple[int, int, int]:
        """What waits for the office first, then who owes, the worst first, then who is done."""
        tally = self.tally or VillageTally()
        return (0 if self.mine else 2 if self.line.is_in else 1, -tally.block, -self.gaps)


@dataclass(frozen=True)
class Matrix:
    """All villages, and how fresh the cross-checks are."""

    lines: Sequence[MatrixLine]
    tallies: Tallies

    @property
    def owing(self) -> int:
        """How many villages have not filed."""
        return sum(not line.line.is_in for line in self.lines)


def matrix(
    user: "User | Any",
    campaign: Campaign,
    villages: Sequence[FilingLine],
    tallies: Tallies,
    *,
    hung: Hung,
    now: datetime,
    reviews: bool,
) -> Matrix:
    """The cells of every village; `reviews`: the user is who accepts and returns filings."""
    on = now.date()
    gaps = gaps_of_villages(user, on=on)
    plates, boards = hung[Notice.PLATE], hung[Notice.BOARD]
    chased = chased_on(campaign, on)

    def built(line: FilingLine) -> MatrixLine:
        pk, tally = line.root.pk, tallies.of(line.root.pk)
        turn, look = TURNS[FilingState(line.state)] if line.filing else NOT_BEGUN
        mine = reviews and line.state == FilingState.SUBMITTED
        row = [
            cells.structure(pk, gaps.get(pk, 0)),
            *cells.annexes(line, tally),
            cells.report(line),
            cells.plate(pk, plates.get(pk)),
            cells.board(pk, boards.get(pk)),
        ]
        return MatrixLine(
            line=line,
            cells=row,
            problems=cells.problems(pk, tally),
            turn=MINE if mine else turn,
            look=look,
            mine=mine,
            overdue=not line.is_in and on > line.last_day,
            touched=told_when(line.touched and localtime(line.touched), now),
            chased=chased.get(pk),
            tally=tally,
            gaps=gaps.get(pk, 0),
        )

    return Matrix(sorted(map(built, villages), key=lambda line: line.rank), tallies)
