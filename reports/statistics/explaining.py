"""What villages say to numbers that moved too far, and who may still say it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reports.filing.queries import roles_of
from reports.filing.rules import EDITABLE
from reports.models import CheckNote, Filing
from reports.statistics.beside import RULE, Jump


def explained(found: Sequence[Jump], user: Any, year: int) -> list[Jump]:
    """With what was written to each, and whether the user may write now: two queries."""
    roots = {jump.root for jump in found}
    filings = {
        row.root_id: row
        for row in Filing.objects.visible_to(user)
        .filter(root_id__in=roots, campaign__year=year)
        .select_related("root")
    }
    written = CheckNote.objects.visible_to(user).filter(rule=RULE, filing__in=filings.values())
    notes = {(note.filing_id, note.subject): note for note in written.select_related("by")}
    open_to = {root for root, row in filings.items() if row.state in EDITABLE and roles_of(user, row.root)}
    return [
        replace(
            one,
            note=notes.get((filings[one.root].pk, one.subject)) if one.root in filings else None,
            may_explain=one.root in open_to,
        )
        for one in found
    ]
