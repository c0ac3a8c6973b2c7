"""What all cards share: a line of facts, the word for a post nobody holds, and how hidden digits are set."""

from typing import NamedTuple

from grids.queries.phones import HIDDEN

VACANT = "暂缺"


class Fact(NamedTuple):
    """A line over the table: what, which, who answers for it, and the number."""

    title: str
    text: str
    phone: str = ""


def on_paper(phone: str) -> str:
    """138****5678, as the rosters print it: the screen's dots are as wide as a character in print faces."""
    return phone.replace(HIDDEN, "*")
