"""The pack of a meeting: each village's numbers since the last, open findings, deadlines, overdue duties."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from grids.models import Node
from reports.campaign.queries import DutyLine, duty_lines
from reports.filing.queries import filing_lines
from reports.models import DutyItem, ReviewFinding, ReviewMeeting
from reports.supervision import tables
from reports.supervision.choices import FindingState
from reports.supervision.numbers import (
    FILED,
    HOUSEHOLDS,
    HUBS,
    LINKED,
    MEMBERS,
    Moved,
    coverage,
    moved,
    numbers_on,
)
from reports.supervision.queries import meeting_before
from reports.supervision.rules import COMING
from township import days
from township.sheets import Sheet

if TYPE_CHECKING:
    from township.models import User

COUNTED = ((MEMBERS, "党员"), (HOUSEHOLDS, "农户"), (LINKED, "已联系户"), (HUBS, "中心户（岗）"))


@dataclass(frozen=True)
class VillageLine:
    """One village before the meeting."""

    root: Node
    numbers: Sequence[Moved]  # in the order of COUNTED
    coverage: float | None
    coverage_before: float | None
    filed: bool
    findings: int
    late: int
    duties: int

    @property
    def titled(self) -> list[tuple[str, Moved]]:
        """The numbers with what they count."""
        return [(title, one) for (_, title), one in zip(COUNTED, self.numbers, strict=True)]

    @property
    def coverage_words(self) -> str:
        """96.3%, blank without households."""
        return f"{self.coverage:.1%}" if self.coverage is not None else ""

    @property
    def coverage_change(self) -> str:
        """In percentage points, blank when nothing moved."""
        if self.coverage is None or self.coverage_before is None:
            return ""
        points = round((self.coverage - self.coverage_before) * 100, 1)
        return f"{points:+.1f}" if points else ""


@dataclass(frozen=True)
class Pack:
    """All a meeting needs on its table."""

    meeting: ReviewMeeting
    before: ReviewMeeting | None
    at: date  # the day the numbers are of
    lines: Sequence[VillageLine]
    findings: Sequence[ReviewFinding]
    duties: Sequence[DutyItem]
    deadlines: Sequence[DutyLine]
    has_numbers: bool

    @property
    def since(self) -> str:
        """With what the numbers are compared."""
        if self.before is None:
            return "以前没有开过例会，没有可比的数"
        return f"与{days.in_words(self.before.day)}第{self.before.seq}次例会比"

    @property
    def note(self) -> str:
        """Of what day the numbers are, and since when they moved."""
        return f"{days.in_words(self.at)}的数，{self.since}"


def pack_of(user: "User | Any", meeting: ReviewMeeting, *, today: date) -> Pack:
    """A held meeting as it was on its day, one to come as things stand; the same queries for any size."""
    at = meeting.day if meeting.held else today
    before = meeting_before(meeting)
    now = meeting.numbers if meeting.held else numbers_on(meeting.campaign, today, today=today)
    earlier = before.numbers if before else {}
    filings = filing_lines(user, meeting.campaign, on=at)
    found = _standing_findings(user, at)
    duties = _overdue_duties(user, at)
    late = Counter(row.root_id for row in found if _is_late(row, at))
    open_ones = Counter(row.root_id for row in found)
    owed = Counter(row.root_id for row in duties)
    lines = [
        VillageLine(
            root=one.root,
            numbers=[moved(code, one.root.pk, now, earlier) for code, _ in COUNTED],
            coverage=coverage(one.root.pk, now),
            coverage_before=coverage(one.root.pk, earlier),
            filed=bool(moved(FILED, one.root.pk, now, earlier).now),
            findings=open_ones[one.root.pk],
            late=late[one.root.pk],
            duties=owed[one.root.pk],
        )
        for one in filings
    ]
    coming = [
        line
        for line in duty_lines(meeting.campaign, filings, on=at)
        if line.state != "done" and line.deadline.due_on <= at + COMING
    ]
    return Pack(meeting, before, at, lines, found, duties, coming, bool(now))


def _is_late(row: ReviewFinding, at: date) -> bool:
    return tables.finding_state(row, at).state == "late"


def _standing_findings(user: "User | Any", at: date) -> list[ReviewFinding]:
    """Raised by then and not yet struck off then."""
    closed = Q(state=FindingState.CLOSED, rechecked_on__lte=at)
    rows = ReviewFinding.objects.visible_to(user).filter(raised_on__lte=at).exclude(closed)
    return list(rows.select_related("root").order_by("root__position", "root_id", "due_on", "pk"))


def _overdue_duties(user: "User | Any", at: date) -> list[DutyItem]:
    """Over their day then, and not done by then."""
    rows = DutyItem.objects.visible_to(user).filter(Q(done_on=None) | Q(done_on__gt=at), due_on__lt=at)
    return list(rows.select_related("root").order_by("root__position", "root_id", "due_on", "pk"))


# --- as tables --------------------------------------------------------------------------------------

VILLAGES = (
    tables.Field("村（党组织）", 34),
    *(tables.Field(title, 20, align="right") for _, name in COUNTED for title in (name, f"{name}增减")),
    tables.Field("联系覆盖率", 22, align="right"),
    tables.Field("增减（百分点）", 22, align="right"),
    tables.Field("是否上报", 18, align="center"),
    tables.Field("未销号问题", 18, align="center"),
    tables.Field("其中逾期", 18, align="center"),
    tables.Field("逾期责任事项", 20, align="center"),
)
DEADLINES = (
    tables.Field("事项", 90),
    tables.Field("截止日期", 30, align="center"),
    tables.Field("责任人", 34),
    tables.Field("条款", 24),
    tables.Field("情况", 40),
)


def sheets_of(user: "User | Any", pack: Pack, *, unit: str) -> list[Sheet]:
    """The pack as tables for workbook and print; empty ones are left out."""
    meeting = pack.meeting
    head = {
        "unit": f"单位：{unit}",
        "as_of": f"数据日期：{days.in_words(pack.at)}",
        "measure": f"增减：{pack.since}",
    }
    called = f"第{meeting.seq}次党建工作推进例会"
    villages = tables.sheet(f"{called}各村情况", VILLAGES, map(_village, pack.lines), name="各村情况", **head)
    found = tables.findings(user, pack.findings, pack.at)
    duties = tables.duties(user, pack.duties, pack.at)
    rest = (
        ("未销号问题", tables.FINDINGS, [found(row) for row in pack.findings]),
        ("逾期责任事项", tables.DUTIES, [duties(row) for row in pack.duties]),
        ("近期时限", DEADLINES, [_deadline(line) for line in pack.deadlines]),
    )
    plain = {**head, "measure": ""}
    return [
        villages,
        *(
            tables.sheet(f"{called}{name}", fields, lines, name=name, **plain)
            for name, fields, lines in rest
            if lines
        ),
    ]


def _village(line: VillageLine) -> tables.Cells:
    counted = [text for one in line.numbers for text in (str(one.now), one.change)]
    texts = (
        line.root.name, *counted, line.coverage_words, line.coverage_change,
        "已上报" if line.filed else "未上报",
        *(str(n) if n else "" for n in (line.findings, line.late, line.duties)),
    )  # fmt: skip
    return tuple(tables.Cell(text) for text in texts)


def _deadline(line: DutyLine) -> tables.Cells:
    row = line.deadline
    state = f"{line.words}（{line.done}/{line.total}）" if line.counted else line.words
    texts = (row.title, f"{row.due_on:%Y-%m-%d}", str(row.get_owner_display()), row.clause, state)
    return tuple(tables.Cell(text) for text in texts)
