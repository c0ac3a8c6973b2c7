"""Rows of each book as asked for, sums, what is missing, and how a finding came to where it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When

from grids.choices import Role
from grids.models import Node, Person, Post
from reports.filing.queries import current_campaign
from reports.models import (
    Campaign,
    CaseEntry,
    DutyItem,
    DutyReview,
    Inspection,
    PlanTarget,
    ReviewFinding,
    ReviewMeeting,
    SupportRecord,
)
from reports.supervision.choices import FindingState, SupportKind

if TYPE_CHECKING:
    from township.models import User

LATE = "late"


@dataclass(frozen=True)
class Asked:
    """What a list's filter asks for."""

    village: int | None = None
    year: int | None = None
    state: str = ""
    text: str = ""


def _placed(rows: QuerySet[Any], asked: Asked, *texts: str) -> QuerySet[Any]:
    if asked.village is not None:
        rows = rows.filter(root_id=asked.village)
    if asked.text:
        found = Q()
        for name in texts:
            found |= Q(**{f"{name}__icontains": asked.text})
        rows = rows.filter(found)
    return rows.select_related("root")


def duties(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[DutyItem]:
    """Open ones by their day, so that the overdue come first; then those done, the latest first."""
    rows = _placed(DutyItem.objects.visible_to(user), asked, "matter", "owner", "result")
    if asked.year:
        rows = rows.filter(year=asked.year)
    states = {
        "open": Q(done_on=None),
        LATE: Q(done_on=None, due_on__lt=on),
        "done": Q(done_on__isnull=False),
    }
    rows = rows.filter(states.get(asked.state, Q()))
    is_done = Case(When(done_on=None, then=Value(0)), default=Value(1))
    return rows.order_by(is_done, F("done_on").desc(nulls_first=True), "due_on", "root__position", "pk")


def findings(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[ReviewFinding]:
    """Open ones by their day, then those waiting for a recheck, then those struck off."""
    rows = _placed(ReviewFinding.objects.visible_to(user), asked, "project", "problem", "owner")
    if asked.year:
        rows = rows.filter(raised_on__year=asked.year)
    states = {
        LATE: Q(state=FindingState.OPEN, due_on__lt=on),
        "standing": ~Q(state=FindingState.CLOSED),
        **{str(state): Q(state=state) for state in FindingState},
    }
    order = Case(
        *(When(state=state, then=Value(rank)) for rank, state in enumerate(FindingState)),
        default=Value(len(FindingState)),
    )
    rows = rows.filter(states.get(asked.state, Q()))
    return rows.order_by(order, "due_on", "root__position", "pk")


def inspections(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[Inspection]:
    """The latest first, with how many findings were made of each."""
    rows = _placed(Inspection.objects.visible_to(user), asked, "inspectors", "looked_at", "found")
    if asked.year:
        rows = rows.filter(day__year=asked.year)
    return rows.annotate(made=Count("findings")).order_by("-day", "-pk")


def reviews(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[DutyReview]:
    """In the order of the villages: a result is no ranking."""
    rows = _placed(DutyReview.objects.visible_to(user), asked, "secretary__name", "note")
    if asked.year:
        rows = rows.filter(year=asked.year)
    if asked.state:
        rows = rows.filter(grade=asked.state)
    return rows.select_related("root", "secretary").order_by("-year", "root__position", "root_id")


def support(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[SupportRecord]:
    """By year, village and kind."""
    rows = _placed(SupportRecord.objects.visible_to(user), asked, "content")
    if asked.year:
        rows = rows.filter(year=asked.year)
    if asked.state:
        rows = rows.filter(kind=asked.state)
    return rows.order_by("-year", "root__position", "root_id", "kind", "pk")


def targets(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[PlanTarget]:
    """By year and village, the township's own first."""
    rows = _placed(PlanTarget.objects.visible_to(user), asked, "name", "measure", "owner")
    if asked.year:
        rows = rows.filter(year=asked.year)
    return rows.order_by("-year", F("root__position").asc(nulls_first=True), "root_id", "pk")


def cases(user: "User | Any", asked: Asked, *, on: date) -> QuerySet[CaseEntry]:
    """The latest first; the text stays where it is until one is opened."""
    rows = _placed(CaseEntry.objects.visible_to(user), asked, "title", "text")
    if asked.year:
        rows = rows.filter(day__year=asked.year)
    return rows.defer("text").order_by("-day", "-pk")


# --- sums and gaps ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SupportSum:
    """What one year gave: how many of people and goods, how much money."""

    year: int
    people: int
    funds: int
    amount: Decimal
    goods: int

    @property
    def amount_words(self) -> str:
        """12,300.00."""
        return f"{self.amount:,.2f}"


def support_sums(rows: QuerySet[SupportRecord]) -> list[SupportSum]:
    """By year, the latest first: one query over the rows the list shows."""
    kinds = {kind: Count("pk", filter=Q(kind=kind)) for kind in SupportKind.values}
    found: Any = rows.order_by().values("year").annotate(**kinds, total=Sum("amount")).order_by("-year")
    return [
        SupportSum(one["year"], one["people"], one["funds"], one["total"] or Decimal(0), one["goods"])
        for one in found
    ]


MOST_NAMED = 40


@dataclass(frozen=True)
class Missing:
    """Villages without a result of the year; only the first are named."""

    named: list[Node]
    count: int

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.named)


def unreviewed(user: "User | Any", year: int) -> Missing:
    """Who has no yearly result yet: two queries."""
    known = DutyReview.objects.visible_to(user).filter(year=year).values("root_id")
    roots = Node.objects.visible_to(user).filter(parent=None, closed_on=None).exclude(pk__in=known)
    return Missing(list(roots.order_by("position", "pk")[:MOST_NAMED]), roots.count())


def copyable(model: type[Any], user: "User | Any", year: int) -> bool:
    """True when the year before has rows in sight and this one has none yet."""
    rows = model.objects.visible_to(user)
    years = set(rows.filter(year__in=(year - 1, year)).order_by().values_list("year", flat=True).distinct())
    return years == {year - 1}


# --- meetings ---------------------------------------------------------------------------------------


def meetings_of(user: "User | Any", campaign: Campaign) -> dict[int, ReviewMeeting]:
    """Those of one year by their number."""
    rows = ReviewMeeting.objects.visible_to(user).filter(campaign=campaign).defer("numbers")
    return {row.seq: row for row in rows}


def meeting_before(meeting: ReviewMeeting) -> ReviewMeeting | None:
    """The last one held before, whatever its year."""
    rows = ReviewMeeting.objects.filter(
        campaign__township_id=meeting.campaign.township_id, held=True, day__lt=meeting.day
    ).exclude(pk=meeting.pk)
    return rows.select_related("campaign").order_by("-day", "-pk").first()


def campaign_of(user: "User | Any", year: int | None, *, on: date) -> Campaign | None:
    """The year asked for, else the current one."""
    asked = Campaign.objects.visible_to(user).filter(year=year).first() if year else None
    return asked or current_campaign(user, on=on)


# --- people -----------------------------------------------------------------------------------------

COMMITTEE = (
    Role.SECRETARY, Role.DEPUTY_SECRETARY, Role.ORGANISATION, Role.PUBLICITY, Role.DISCIPLINE, Role.YOUTH,
    Role.COMMITTEE,
)  # fmt: skip
MOST_OFFERED = 60


def owners(user: "User | Any", root: Node | None, *, on: date) -> list[tuple[str, str]]:
    """Who may answer for something there, with the post: the village's people, or the 乡 leaders."""
    rows = Post.objects.visible_to(user).current(on)
    rows = rows.filter(node__root=root) if root else rows.filter(role=Role.TOWN_LEADER)
    found: dict[str, str] = {}
    for name, role in rows.order_by("node__level", "pk").values_list("person__name", "role")[:MOST_OFFERED]:
        found.setdefault(name, str(Role(role).label))
    return list(found.items())


def secretary_names(roots: Iterable[int], *, on: date) -> dict[int, str]:
    """The current secretary of each village by name."""
    posts = Post.objects.current(on).filter(role=Role.SECRETARY, node__in=list(roots), node__parent=None)
    return dict(posts.order_by("-pk").values_list("node_id", "person__name"))


def secretaries(user: "User | Any", root: Node | None) -> QuerySet[Person]:
    """Whoever is or was a secretary on top of a village: a year's result may come after a change."""
    posts = Post.objects.visible_to(user).filter(role__in=(Role.SECRETARY, Role.DEPUTY_SECRETARY))
    posts = posts.filter(node=root) if root else posts.filter(node__parent=None)
    people = Person.objects.visible_to(user).filter(pk__in=posts.values("person_id"))
    return people.select_related("root").order_by("root__position", "pk")


# --- how a finding went -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One step of a finding: when, who, where it came to, with what words."""

    at: datetime
    who: str
    state: str
    words: str


def trail(finding: ReviewFinding) -> list[Mark]:
    """From its history, the latest first: a step that was taken back shows too. One query."""
    found: list[Mark] = []
    before = ""
    records = finding.history.select_related("history_user").order_by("history_id")
    for row in records:
        if row.state != before:
            words = row.rectified if row.state == FindingState.RECTIFIED else row.recheck
            who = row.history_user.full_name if row.history_user else ""
            found.append(Mark(row.history_date, who, row.get_state_display(), words if before else ""))
            before = row.state
    return found[::-1]
