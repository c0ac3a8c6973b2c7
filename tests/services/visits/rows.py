"""Rows of visits, two of each, and how each constraint on them would be broken (test_constraints.py)."""

from datetime import UTC, date, datetime

from services.models import (
    DiaryRemark,
    FourClearCheck,
    GridEvent,
    Matter,
    Visit,
    VisitCompanion,
    VisitPhoto,
    VisitPlan,
)
from services.visits.choices import EventKind, Need, ReportTo
from tests.factories import SINCE, Village
from township.models import User

EARLIER = date(2020, 1, 1)


def two_of_each(made: Village) -> None:
    """Two of each thing of visits in one grid."""
    town, by = made.root.township, User.objects.order_by("pk").first()
    of = {"township": town, "node": made.grids[0], "written_by": by}
    said = {"need": Need.ROADS, "content": "修路", "raised_on": SINCE}
    for number in (1, 2):
        Matter.objects.create(**of, **said)
        visit = Visit.objects.create(
            **of, visitor=made.people[0], happened_on=SINCE, plain=True, client_id=f"{number}"
        )
        day = SINCE.replace(day=number)
        FourClearCheck.objects.create(**of, checked_on=day, people_ok=True)
        DiaryRemark.objects.create(node=made.grids[0], month=SINCE.replace(month=number), text="好")
        VisitCompanion.objects.create(visit=visit, person=made.people[number])
        VisitPhoto.objects.create(visit=visit, kept_name="a.jpg", client_id=f"{number}")
        VisitPlan.objects.create(
            household=made.households[0], need=(Need.ROADS, Need.JOBS)[number - 1], consented=True,
            interval=30, next_on=SINCE,
        )  # fmt: skip
    for number in (3, 4):
        DiaryRemark.objects.create(
            node=made.grids[0], person=made.people[0], month=SINCE.replace(month=number), text="好"
        )
    VisitCompanion.objects.create(visit=visit, person=made.people[0])
    VisitPhoto.objects.create(visit=visit, kept_name="b.jpg", client_id="1")
    at = datetime(2026, 9, 1, 8, tzinfo=UTC)
    event = {"place": "村口", "matter": "护栏", "found_at": at}
    GridEvent.objects.create(**of, **event, kind=EventKind.SUDDEN, arrived_at=at)
    GridEvent.objects.create(
        **of, **event, kind=EventKind.HAZARD, reported_to=ReportTo.BRANCH, reported_at=at
    )


BROKEN = {
    "visit_photo_sent_once": (
        VisitPhoto.objects.order_by("-visit", "pk"),
        lambda first: {"client_id": first.client_id},
    ),
    "visit_sent_once": (Visit.objects.order_by("pk"), lambda first: {"client_id": first.client_id}),
    "visit_says_something": (Visit.objects.order_by("pk"), {"plain": False}),
    "visit_called_back_whole": (Visit.objects.order_by("pk"), {"called_back_on": SINCE}),
    "visit_called_back_after": (
        Visit.objects.order_by("pk"),
        lambda first: {
            "called_back_on": EARLIER,
            "called_back_by": first.visitor_id,
            "satisfaction": "good",
        },
    ),
    "visit_companion_once": (
        VisitCompanion.objects.filter(visit__client_id="2").order_by("pk"),
        lambda first: {"person": first.person_id},
    ),
    "visit_plan_consented": (VisitPlan.objects.order_by("pk"), {"consented": False}),
    "visit_plan_interval": (VisitPlan.objects.order_by("pk"), {"interval": 0}),
    "visit_plan_once": (VisitPlan.objects.order_by("pk"), lambda first: {"need": first.need}),
    "diary_remark_once": (
        DiaryRemark.objects.exclude(person=None).order_by("pk"),
        lambda first: {"month": first.month},
    ),
    "diary_remark_once_of_grid": (
        DiaryRemark.objects.filter(person=None).order_by("pk"),
        lambda first: {"month": first.month},
    ),
    "matter_answered_before_archived": (Matter.objects.order_by("pk"), {"state": "answered"}),
    "matter_called_back_before_archived": (
        Matter.objects.order_by("pk"),
        {"state": "archived", "answer": "已修", "answered_on": SINCE, "archived_on": SINCE},
    ),
    "matter_called_back_whole": (Matter.objects.order_by("pk"), {"satisfaction": "good"}),
    "matter_days_in_order": (Matter.objects.order_by("pk"), {"answered_on": EARLIER}),
    "matter_archived_with_day": (Matter.objects.order_by("pk"), {"archived_on": SINCE}),
    "event_arrived": (GridEvent.objects.filter(kind="sudden"), {"arrived_at": None}),
    "event_reported": (GridEvent.objects.filter(kind="hazard"), {"reported_to": ""}),
    "four_clear_once_a_day": (
        FourClearCheck.objects.order_by("pk"),
        lambda first: {"checked_on": first.checked_on},
    ),
    "four_clear_something": (FourClearCheck.objects.order_by("pk"), {"people_ok": False}),
}
