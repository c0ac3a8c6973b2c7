"""The one errand that a number and a secret open, and what of it may be told."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Max, Q
from django.utils.timezone import localdate

from services.models import Ticket
from services.tickets.choices import TicketResult
from services.tickets.public.rules import Progress, opens
from services.tickets.rules import (
    ARCHIVE,
    CALL_BACK,
    COMPLETE,
    DECLINE,
    DELIVER,
    EXPLAIN,
    FINISH,
    NOTIFY,
    TICKET,
    WITHDRAW,
)
from township.models import Township

_TOLD = (
    "no", "code", "applicant_phone", "state", "accepted_at", "notified_on", "due_on", "result", "closed_on",
    "told_on", "called_back_on", "archived_on",
)  # fmt: skip
_ENDS: Mapping[str, str] = {TicketResult.DECLINED: DECLINE, TicketResult.WITHDRAWN: WITHDRAW}
_SWITCHED_OFF = Q(township__ticket_settings__public_lookup=False)


def is_open() -> bool:
    """Whether one township at least answers."""
    return Township.objects.exclude(ticket_settings__public_lookup=False).exists()


def progress(no: str, secret: str) -> Progress | None:
    """Townships count for themselves, so a number may be several errands: the secret has to open just one.

    A wrong secret, an unknown number and a township that has switched it off take the same one query.
    """
    rows = list(Ticket.objects.filter(no=no).exclude(_SWITCHED_OFF).only(*_TOLD))
    for _ in range(not rows):
        opens(secret, "", "")
    opened = [row for row in rows if opens(secret, row.code, row.applicant_phone)]
    return _told(opened[0]) if len(opened) == 1 else None


def _told(row: Ticket) -> Progress:
    """Names of steps with their days, in order."""
    told = EXPLAIN if row.result == TicketResult.DECLINED else DELIVER
    days = (
        (NOTIFY, row.notified_on),
        (COMPLETE, _completed_on(row)),
        (_ENDS.get(row.result, FINISH), row.closed_on),
        (told, row.told_on),
        (CALL_BACK, row.called_back_on),
        (ARCHIVE, row.archived_on),
    )
    steps = [("受理", localdate(row.accepted_at))]
    steps += [(TICKET.step(code).title, day) for code, day in days if day is not None]
    return Progress(row.no, row.get_state_display(), row.due_on, steps)


def _completed_on(row: Ticket) -> date | None:
    """The day the last missing paper came; none while one is still out."""
    missing = row.papers.filter(missing=True)
    if row.notified_on is None or missing.filter(received_on=None).exists():
        return None
    last: date | None = missing.aggregate(last=Max("received_on"))["last"]
    return last
