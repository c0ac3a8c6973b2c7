"""What stands on a board, which day it must hang, how plates are numbered, the steps of a suggestion."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from grids.access import Seat
from grids.choices import COMMITTEE_ROLES, Role
from grids.duties import DUTIES
from services.notices.choices import HangState, SuggestionState
from township.lifecycle import Lifecycle, Step

DUE = (9, 30)  # 二(二)、二(四)3: 9月底前全部安装到位
# 二(四)3: members of the Party organisation and the grid's staff; heads of hubs have plates of their own.
BOARD_ROLES = (*COMMITTEE_ROLES, Role.INSTRUCTOR, Role.GROUP_LEADER, Role.GRID_STAFF)
TITLES = {Role.SECRETARY: "党组织书记", Role.DEPUTY_SECRETARY: "党组织副书记"}
PLATE_LENGTH = 20
SUGGESTION_LENGTH = 500
MOST_A_DAY = 50  # of one grid's box
# From one address: pages, pictures, and what is written into the box.
PAGES_A_MINUTE, PICTURES_A_MINUTE = 120, 1200
NOTES_IN_TEN_MINUTES = 5

KEEPERS = frozenset({Seat.CLERK, Seat.SECRETARY})
SUGGESTION = Lifecycle(
    {str(state): label for state, label in SuggestionState.choices},
    (
        Step("read", "标为已读", {SuggestionState.NEW}, SuggestionState.READ, KEEPERS),
        Step(
            "handle",
            "办结",
            {SuggestionState.NEW, SuggestionState.READ},
            SuggestionState.HANDLED,
            KEEPERS,
            {"answer": "办理情况"},
        ),
        Step("reopen", "重新办理", {SuggestionState.HANDLED}, SuggestionState.READ, KEEPERS),
    ),
)


def due_on(year: int) -> date:
    """The day by which all hang."""
    return date(year, *DUE)


def title_of(role: str) -> str:
    """A post as the board names it."""
    found = Role(role)
    return TITLES.get(found, str(found.label))


def duties_of(role: str, own: str) -> str:
    """What was written for this post, else what the document says of it."""
    return own or DUTIES.get(role, "")


def hang_state(made_on: date | None, hung_on: date | None) -> HangState:
    """Hung, made, or neither."""
    if hung_on is not None:
        return HangState.HUNG
    return HangState.MADE if made_on is not None else HangState.NONE


def next_numbers(taken: Iterable[str], count: int, *, prefix: str = "") -> list[str]:
    """The numbers after the highest with this prefix: 柳012, 柳013. Three digits, more where needed."""
    wanted = re.compile(rf"{re.escape(prefix)}(\d{{1,6}})")
    found = [int(match[1]) for number in taken if (match := wanted.fullmatch(number))]
    start = max(found, default=0) + 1
    return [f"{prefix}{number:03d}" for number in range(start, start + count)]


def pages_for(copies: Collection[int], *, a_page: int = 10) -> int:
    """How many pages so many cards take."""
    return -(-sum(copies) // a_page)
