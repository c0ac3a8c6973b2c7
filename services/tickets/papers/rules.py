"""Which paper fits which errand, and how it is laid: one table for pages, prints and lists."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.tickets.choices import TicketKind, TicketResult
from services.tickets.papers.choices import Paper

MOST_AT_ONCE = 100  # a receipt in two halves takes a quarter of a second: nobody waits for three hundred


@dataclass(frozen=True)
class Form:
    """One paper: in two halves of A5 (存根 and 交申办人) or an A4, and of which errands.

    `where` says which values a field of the errand must have, `filled` which fields must not be blank.
    """

    paper: Paper
    halves: bool
    where: Mapping[str, Collection[str]] = field(default_factory=dict)
    filled: Collection[str] = ()

    def fits(self, row: Any) -> bool:
        """Whether this errand has such a paper now."""
        right = all(getattr(row, name) in values for name, values in self.where.items())
        return right and all(getattr(row, name) is not None for name in self.filled)

    @property
    def lookups(self) -> dict[str, Any]:
        """The same for a query."""
        asked: dict[str, Any] = {f"{name}__in": list(values) for name, values in self.where.items()}
        return asked | {f"{name}__isnull": False for name in self.filled}


FORMS: Mapping[Paper, Form] = {
    one.paper: one
    for one in (
        # What was declined or taken back has no promise any more.
        Form(Paper.RECEIPT, halves=True, where={"result": ("", TicketResult.COMPLETED)}),
        Form(Paper.NOTICE, halves=True, filled=("notified_on",)),
        Form(Paper.JOINT, halves=False, where={"kind": (TicketKind.JOINT,)}),
        Form(Paper.FORWARD, halves=False, where={"kind": (TicketKind.FORWARDED,)}, filled=("handed_on",)),
        Form(Paper.DECLINE, halves=True, where={"result": (TicketResult.DECLINED,)}),
        Form(
            Paper.DELIVERY,
            halves=False,
            where={"result": (TicketResult.COMPLETED, TicketResult.DECLINED)},
        ),
    )
}


def papers_of(row: Any) -> list[Paper]:
    """Papers an errand has now, in the table's order."""
    return [paper for paper, form in FORMS.items() if form.fits(row)]
