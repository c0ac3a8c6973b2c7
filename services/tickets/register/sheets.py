"""The register as a bound table, the boxes as covers with their indexes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from grids.ledgers import tables as ledgers
from services.models import Ticket
from services.tickets.register import tables
from services.tickets.register.queries import Asked, Box
from township import days
from township.sheets import Sheet

if TYPE_CHECKING:
    from township.models import User

TITLE, INDEX_TITLE = "代办登记册", "代办归档目录"


def register(
    user: "User | Any",
    rows: Sequence[Ticket],
    asked: Asked,
    *,
    place: str,
    on: date,
    paper: Literal["A3", "A4"],
) -> Sheet:
    """Bound on the left, so with a gutter there."""
    reader = tables.register(user)
    return ledgers.sheet(
        f"{asked.year}年度{TITLE}",
        tables.REGISTER,
        [reader(row) for row in rows],
        unit=f"单位：{place}",
        as_of=f"截止日期：{days.in_words(on)}",
        foot=("审核人", "登记人", "装订日期"),
        name=TITLE,
        paper=paper,
        bound=True,
    )


def index(rows: Sequence[Ticket], asked: Asked, *, place: str, on: date) -> Sheet:
    """All boxes as one table."""
    return ledgers.sheet(
        f"{asked.year}年度{INDEX_TITLE}",
        tables.INDEX,
        [tables.index(row) for row in rows],
        unit=f"单位：{place}",
        as_of=f"截止日期：{days.in_words(on)}",
        foot=("整理人", "检查人", "整理日期"),
        name=INDEX_TITLE,
        bound=True,
    )


@dataclass(frozen=True)
class Volume:
    """A box with what lies in it."""

    box: Box
    rows: Sequence[Ticket]


def volumes(volumes: Sequence[Volume], *, township: str, stamp: str) -> bytes:
    """For each box a cover with its label to cut out, and the index that lies on top inside."""
    from services.press import Press  # slow import: WeasyPrint

    about = {"volumes": volumes, "township": township, "stamp": stamp}
    return Press("css/tickets-print.css").pdf("services/tickets/print/boxes.html", about)
