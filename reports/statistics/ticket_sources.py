"""The sources of annex 1 that lie in the register of errands (columns 36 to 43)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from reports.statistics.roster_sources import Counted
from reports.statistics.sources import OWN, Source, Told, describe_with, register
from services.models import Ticket
from services.tickets.choices import TicketKind, TicketResult

CODES = {str(kind): f"ticket_{kind}" for kind in TicketKind}
IN_TIME = Q(result=TicketResult.COMPLETED, closed_on__lte=F("due_on"))


def taken_in(roots: Collection[int], on: date) -> QuerySet[Any]:
    """Errands of the year up to that day."""
    rows = Ticket.objects.filter(root_id__in=roots, year=on.year, accepted_at__date__lte=on)
    closed = IN_TIME & Q(closed_on__lte=on)
    return rows.annotate(in_time=Case(When(closed, then=Value(True)), default=Value(False)))


def _count(kind: str, in_time: bool) -> Counted:
    """By the kind it was taken in under: what became of it since is another matter."""
    yield "ticket_total", OWN
    yield CODES[kind], OWN
    if in_time:
        yield "ticket_on_time", OWN


def tell_tickets(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
    """Number and item; whose it is stands on its own page."""
    rows = Ticket.objects.filter(pk__in=pks).select_related("node", "root")
    return {
        row.pk: Told(
            f"{row.no} {row.subject}",
            f"{row.get_kind_at_acceptance_display()}，{row.get_state_display()}",
            row.get_absolute_url(),
            row.root.name,
            "代办件",
        )
        for row in rows
    }


describe_with("ticket", tell_tickets)
register(
    Source(
        "ticket",
        frozenset({"ticket_total", "ticket_on_time", *CODES.values()}),
        taken_in,
        ("root_id", "kind_at_acceptance", "in_time"),
        _count,
        order=("root__position", "root_id", "year", "serial", "pk"),
    )
)
