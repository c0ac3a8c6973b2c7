"""How something came to where it is, read from its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Mark:
    """One link of the chain: when, who, which step, where it came to, with what words."""

    at: datetime
    who: str
    step: str
    state: str
    level: str
    words: str


def trail(
    row: Any, titles: Mapping[str, str], *, first: str, turns_on: Sequence[str], level: str
) -> list[Mark]:
    """The latest first: a step that was taken back shows too. One query.

    A step of the same words twice is two; a correction is none, unless it was what moved it. `turns_on`
    are the columns that say so, `level` the choice field shown beside the state.
    """
    found: list[Mark] = []
    before: tuple[Any, ...] = ()
    for one in row.history.select_related("history_user").order_by("history_id"):
        now = tuple(getattr(one, name) for name in turns_on)
        if now != before or one.history_change_reason == titles.get(one.step):
            who = one.history_user.full_name if one.history_user else ""
            state, beside = one.get_state_display(), getattr(one, f"get_{level}_display")()
            found.append(Mark(one.history_date, who, titles.get(one.step, first), state, beside, one.said))
            before = now
    return found[::-1]
