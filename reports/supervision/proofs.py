"""What meetings and yearly reviews prove of a campaign's deadlines, so that nobody ticks them off."""

from collections.abc import Collection

from django.db.models import Case, CharField, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from reports.models import Campaign, Deadline, DutyReview, ReviewMeeting

MEETING, REVIEW = "R69-", "R68"


def with_proofs(campaign: Campaign, roots: Collection[int]) -> QuerySet[Deadline]:
    """The year's deadlines, each with `held_on` of its meeting and `reviewed` of these villages: one query.

    That a result exists is no secret; what it is stays out of here.
    """
    held = (
        ReviewMeeting.objects.filter(campaign=OuterRef("campaign_id"), held=True)
        .annotate(code=Concat(Value(MEETING), Cast("seq", CharField())))
        .filter(code=OuterRef("code"))
        .values("day")[:1]
    )
    reviews = DutyReview.objects.filter(year=campaign.year, root_id__in=roots).order_by()
    counted = Subquery(reviews.values("year").annotate(n=Count("pk")).values("n"))
    return campaign.deadlines.annotate(
        held_on=Subquery(held),
        reviewed=Case(
            When(code=REVIEW, then=Coalesce(counted, 0)), default=Value(0), output_field=IntegerField()
        ),
    )
