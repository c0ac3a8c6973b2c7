"""Counting the cross-checks of a whole township anew."""

from datetime import date

from reports.filing.checks.queries import last_accepted
from reports.filing.checks.running import run
from reports.filing.checks.tallies import Tallies, count, last_tallies, newest_action, packed
from reports.models import Campaign, CheckNote, CheckTally
from township.models import User


def recount(*, by: User, campaign: Campaign | None, today: date) -> Tallies:
    """Run all rules and keep the numbers; what has been explained in this campaign is left out.

    The newest action is read first: what is written meanwhile makes the numbers old, not wrong.
    """
    township_id = by.township_id or 0
    seen = newest_action(township_id)
    findings = run(township_id, None, on=today, previous=last_accepted(township_id))
    notes = CheckNote.objects.filter(filing__campaign=campaign) if campaign else CheckNote.objects.none()
    explained = notes.values_list("filing__root_id", "rule", "subject")
    counts = packed(count(findings, explained))
    CheckTally.objects.update_or_create(
        township_id=township_id, defaults={"counts": counts, "on": today, "seen": seen}
    )
    return last_tallies(by, on=today)
