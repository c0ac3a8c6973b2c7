"""What meetings and yearly reviews prove of a campaign's deadlines, so that nobody ticks them off."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Value

from reports.models import Campaign, DutyReview, ReviewMeeting

MEETING, REVIEW = "R69-", "R68"


@dataclass(frozen=True)
class Proofs:
    """Days on which a deadline's meeting was held, and the villages whose secretary has a result."""

    held: dict[str, date]
    reviewed: frozenset[int]


def proofs_of(campaign: Campaign) -> Proofs:
    """Of one year: one query. That a result exists is no secret, what it is stays out of here."""
    meetings = ReviewMeeting.objects.filter(campaign=campaign, held=True).order_by()
    reviews = DutyReview.objects.filter(township_id=campaign.township_id, year=campaign.year).order_by()
    of_meetings = meetings.values_list(Value(MEETING), "seq", "day")
    found = list(of_meetings.union(reviews.values_list(Value(REVIEW), "root_id", "day"), all=True))
    return Proofs(
        {f"{MEETING}{seq}": day for kind, seq, day in found if kind == MEETING},
        frozenset(root for kind, root, _ in found if kind == REVIEW),
    )
