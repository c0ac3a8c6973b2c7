"""办事指南: what a resident takes home, one item on one A4, with nobody's name on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.models import ItemVersion
from services.tickets.catalogue.choices import PaperKind
from services.tickets.catalogue.facts import Facts, Paper, promise
from services.tickets.catalogue.queries import facts_of


@dataclass(frozen=True)
class Guide:
    """One item as it is printed."""

    unit: str
    code: str
    number: int
    facts: Facts
    is_example: bool
    closed_on: date | None
    on: date

    @property
    def words(self) -> dict[str, str]:
        """Each fact as people read it."""
        return self.facts.words()

    @property
    def promise(self) -> str:
        """How long it takes."""
        return promise(self.facts.promised_days, self.facts.default_kind)

    @property
    def papers(self) -> list[tuple[Paper, str]]:
        """Materials with their form in words."""
        return [(paper, PaperKind(paper.kind).label) for paper in self.facts.papers]


def guides_of(versions: Iterable[ItemVersion], unit: str, *, on: date) -> list[Guide]:
    """What is to be printed."""
    return [
        Guide(unit, row.item.code, row.number, facts_of(row), row.is_example, row.item.closed_on, on)
        for row in versions
    ]


def write_guides(guides: Sequence[Guide]) -> bytes:
    """One after the other as PDF."""
    from services.press import Press  # slow import: WeasyPrint

    return Press("css/guide-print.css").pdf("services/tickets/print/guide.html", {"guides": guides})
