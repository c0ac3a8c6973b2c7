"""What filings show: who owes what, the live tables beside the frozen ones, the township's own table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Max, OuterRef, Q, QuerySet, Subquery, When

from grids import access
from grids.models import Node
from reports.annexes.registry import ANNEXES, Order
from reports.choices import ACCEPTED_STATES, FILED_STATES, FilingState
from reports.filing.comparing import Difference, compare_all
from reports.filing.frozen import Frozen, freeze
from reports.filing.pins import about, repair
from reports.filing.rules import BEFORE_THE_DAY, CLERK, FILING, SECRETARY, days_left, is_late, last_day
from reports.models import Campaign, Filing, FilingComment, FilingEvent, Snapshot
from township import days

if TYPE_CHECKING:
    from township.lifecycle import Step
    from township.models import User

FILED = (1, 2, 3, 4)  # the annexes a village files


def roles_of(user: "User | Any", root: Node) -> set[str]:
    """Who the user is to this village's filing."""
    if access.may(user, access.Right.EDIT_TOWN_CONTACTS) and access.may_edit(user, root):
        return {CLERK}
    return {SECRETARY} if access.may_edit(user, root) else set()


def this_year_first(on: date) -> tuple[Any, ...]:
    """The order in which the first campaign is the one that holds on a day."""
    return Case(When(year=on.year, then=0), default=1), "-year"


def current_campaign(user: "User | Any", *, on: date) -> Campaign | None:
    """This year's round, else the latest there is."""
    return Campaign.objects.visible_to(user).order_by(*this_year_first(on)).first()


def live_sheets(filing: Filing, *, on: date) -> dict[str, Frozen]:
    """The four annexes of the village as they stand, phones and all."""
    return {str(number): live_sheet(filing, number, on=on) for number in FILED}


def live_sheet(filing: Filing, number: int, *, on: date) -> Frozen:
    """One of them."""
    campaign = filing.campaign
    order = Order(
        township=campaign.township,
        year=campaign.year,
        today=on,
        organisation=filing.root,
        title_name=campaign.title_name,
    )
    return freeze(ANNEXES[number].build(order).sheets[0])


@dataclass(frozen=True)
class FilingLine:
    """One village of a campaign: its filing (None: not begun), and how it stands to the day."""

    root: Node
    filing: Filing | None
    last_day: date
    late: bool
    snapshot: int  # number of the last snapshot, 0 without one
    has_report: bool = False
    touched: datetime | None = None  # when anybody last did something to the filing

    @property
    def state(self) -> str:
        """The filing's state; a village that has not begun is in draft."""
        return self.filing.state if self.filing else FilingState.DRAFT

    @property
    def state_label(self) -> str:
        """In words; not begun is said as that."""
        return str(FilingState(self.state).label) if self.filing else "未开始"

    @property
    def is_in(self) -> bool:
        """Submitted, and not sent back."""
        return self.state in FILED_STATES

    @property
    def tally(self) -> "FormTally":
        """Forms due, filed and filed in time."""
        filed = len(FILED) + self.has_report if self.is_in else 0
        return FormTally(len(FILED) + 1, filed, 0 if self.late else filed)


@dataclass(frozen=True)
class FormTally:
    """应报、已报、按时: the four annexes and the written report."""

    due: int
    filed: int
    in_time: int

    def __add__(self, other: "FormTally") -> "FormTally":
        return FormTally(self.due + other.due, self.filed + other.filed, self.in_time + other.in_time)


def filing_lines(user: "User | Any", campaign: Campaign, *, on: date) -> list[FilingLine]:
    """Every village in scope with its filing: two queries. The reports' texts stay where they are."""
    roots = list(
        Node.objects.visible_to(user)
        .filter(township_id=campaign.township_id, parent=None, closed_on=None)
        .order_by("position", "pk")
    )
    filings = {
        row.root_id: row
        for row in Filing.objects.visible_to(user)
        .filter(campaign=campaign)
        .select_related("root", "campaign")
        .defer("report_text")
        .annotate(
            last_snapshot=Max("snapshots__number"),
            extended=Max("extensions__until"),
            has_report=Case(When(~Q(report_text=""), then=True), default=False),
            touched=Subquery(_history().values("history_date")[:1]),
        )
    }
    return [_line(root, filings.get(root.pk), campaign, on) for root in roots]


def _history() -> QuerySet[Any]:
    return Filing.history.model.objects.filter(id=OuterRef("pk")).order_by("-history_date")


def _line(root: Node, filing: Any, campaign: Campaign, on: date) -> FilingLine:
    """`filing` carries what filing_lines annotates."""
    if filing is None:
        return FilingLine(root, None, campaign.due_on, is_late(campaign.due_on, None, on), 0)
    submitted = filing.submitted_on if filing.state in FILED_STATES else None  # one sent back is owed again
    return FilingLine(
        root,
        filing,
        last_day(campaign.due_on, [filing.extended] if filing.extended else []),
        is_late(campaign.due_on, submitted, on),
        filing.last_snapshot or 0,
        filing.has_report,
        filing.touched,
    )


@dataclass(frozen=True)
class Lock:
    """Why nothing can be changed in a filing now, until when, and who can open it."""

    why: str
    who: str
    until: str = ""


def lock_of(filing: Filing, *, on: date) -> Lock | None:
    """The lock on a filing, in words; None while the village may work on it."""
    last = last_day(filing.campaign.due_on, [row.until for row in filing.extensions.all()])
    if filing.state == FilingState.SUBMITTED:
        return Lock("已上报，等乡党政办接收", "书记可以撤回，乡党政办可以退回", "接收或退回以前")
    if filing.state == FilingState.ACCEPTED:
        return Lock("乡党政办已接收", "乡党政办可以重新打开（写理由）", "归档以前")
    if filing.state == FilingState.ARCHIVED:
        return Lock("已归档，只能查看和导出", "乡党政办可以重新打开（写理由）", "重新打开以前")
    if on > last:
        until = f"{days.in_words(last)}已截止，村里不能再上报"
        return Lock(until, "乡党政办可以准予延期，也可以代为审核上报", "准予延期以前")
    return None


def open_steps(filing: Filing, roles: Collection[str], *, on: date) -> "list[Step]":
    """Steps that can be taken now; after the day a village's own are left out (the office goes on)."""
    steps = FILING.open_to(filing.state, roles)
    if CLERK in roles or lock_of(filing, on=on) is None:
        return steps
    return [step for step in steps if step.code not in BEFORE_THE_DAY]


@dataclass(frozen=True)
class Remark:
    """A comment with what it is about and where that is mended."""

    comment: FilingComment
    about: str
    repair: str


def comments_of(filing: Filing, last: Snapshot | None) -> list[Remark]:
    """What is still to be mended first, in the order it was said."""
    rows = filing.comments.select_related("by", "settled_by").order_by("pk")
    told = [Remark(row, about(row, last.sheets if last else {}), repair(row)) for row in rows]
    return sorted(told, key=lambda remark: remark.comment.settled_at is not None)


def returned(filing: Filing) -> FilingEvent | None:
    """The step that sent it back, while it stands so."""
    if filing.state != FilingState.RETURNED:
        return None
    return filing.events.filter(target=FilingState.RETURNED).select_related("by").order_by("-pk").first()


def snapshots_of(filing: Filing) -> QuerySet[Snapshot]:
    """All submissions, the latest first."""
    return filing.snapshots.select_related("by").order_by("-number")


def seen_before(snapshot: Snapshot) -> Snapshot | None:
    """What a reviewer had before this submission: the one before it, else an earlier year's accepted."""
    earlier = snapshot.filing.snapshots.filter(number__lt=snapshot.number).order_by("-number").first()
    return earlier or (
        Snapshot.objects.filter(
            filing__root=snapshot.filing.root_id,
            filing__campaign__year__lt=snapshot.filing.campaign.year,
            filing__state__in=ACCEPTED_STATES,
        )
        .select_related("filing__campaign")
        .order_by("-filing__campaign__year", "-number")
        .first()
    )


def changes_since(snapshot: Snapshot | None, sheets: Mapping[str, Frozen]) -> list[Difference]:
    """What differs between a snapshot and other tables."""
    return compare_all(snapshot.sheets if snapshot else None, sheets)


def remaining(campaign: Campaign, *, on: date) -> str:
    """Days left in words."""
    return days_left(campaign.due_on, on)


@dataclass(frozen=True)
class Whole:
    """The township's own table: made of accepted filings only, and the villages it is missing."""

    snapshots: Sequence[Snapshot]
    missing: Sequence[FilingLine]


def whole_township(user: "User | Any", campaign: Campaign, *, on: date) -> Whole:
    """Accepted snapshots in the order of the villages, and who is not in yet."""
    lines = filing_lines(user, campaign, on=on)
    accepted = [line for line in lines if line.state in ACCEPTED_STATES]
    wanted = {line.filing.pk: line.snapshot for line in accepted if line.filing}
    found = {
        row.filing_id: row
        for row in Snapshot.objects.visible_to(user).filter(filing__in=wanted).order_by("number")
    }
    return Whole(
        [found[line.filing.pk] for line in accepted if line.filing and line.filing.pk in found],
        [line for line in lines if line not in accepted],
    )
