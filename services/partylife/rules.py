"""How often what is held, who owes it, and when a floating member is to be called, on plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from grids.choices import Kind
from services.partylife.choices import MeetingKind

CONTACT_DAYS = 183  # 流动党员每半年至少联系一次
EXCELLENT_SHARE = 3  # 优秀等次一般不超过参评党员的三分之一
YEAR_FROM, YEAR_TO = 2000, 2100


@dataclass(frozen=True)
class Duty:
    """One kind of meeting: which units owe it and once in how many months."""

    kind: MeetingKind
    unit: Kind
    months: int
    clause: str = "二(三)1"
    needs_committee: bool = False

    @property
    def often(self) -> str:
        """每月, 每季, 每年."""
        return {1: "每月", 3: "每季", 12: "每年"}[self.months]


DUTIES: tuple[Duty, ...] = (
    Duty(MeetingKind.ASSEMBLY, Kind.BRANCH, 3),
    Duty(MeetingKind.COMMITTEE, Kind.BRANCH, 1, needs_committee=True),
    Duty(MeetingKind.GROUP, Kind.GROUP, 1),
    Duty(MeetingKind.LECTURE, Kind.BRANCH, 3),
    Duty(MeetingKind.ORG_LIFE, Kind.BRANCH, 12),
    Duty(MeetingKind.THEME_DAY, Kind.BRANCH, 1),
)


def in_words(duties: Collection[Duty]) -> str:
    """党员大会、党课每季一次，支委会…每月一次: what is held how often."""
    found: dict[str, list[str]] = {}
    for duty in duties:
        found.setdefault(duty.often, []).append(str(duty.kind.label))
    return "，".join(f"{'、'.join(kinds)}{often}一次" for often, kinds in found.items())


COMMITTEE_FROM = 2  # 没有支委会的支部（党员不足七人）只有书记，不开支委会


@dataclass(frozen=True)
class Period:
    """A month, quarter or year, both ends within."""

    first: date
    last: date

    @property
    def words(self) -> str:
        """2026年11月, 2026年第4季度, 2026年."""
        months = (self.last.month - self.first.month) + 1
        if months == 12:
            return f"{self.first.year}年"
        if months == 3:
            return f"{self.first.year}年第{(self.first.month + 2) // 3}季度"
        return f"{self.first.year}年{self.first.month}月"


def period_of(months: int, day: date) -> Period:
    """The period of so many months that the day lies in."""
    begin = (day.month - 1) // months * months + 1
    first = date(day.year, begin, 1)
    after = date(day.year + (begin + months - 1) // 12, (begin + months - 1) % 12 + 1, 1)
    return Period(first, after - timedelta(days=1))


def owed(duty: Duty, kind: str, committee: int) -> bool:
    """True when a unit of that kind, with so many committee members, has to hold it."""
    return kind == duty.unit and (not duty.needs_committee or committee >= COMMITTEE_FROM)


@dataclass(frozen=True)
class Standing:
    """How a unit stands with one duty in a period: 'done', 'open' (there is time), 'late', '' (not owed)."""

    state: str
    words: str
    day: date | None = None


def standing(duty: Duty, *, is_owed: bool, held: Collection[date], on: date, today: date) -> Standing:
    """Held in the period of `on`, or still to be held, or missed."""
    period = period_of(duty.months, on)
    days = sorted(day for day in held if period.first <= day <= period.last)
    if days:
        more = f"，共 {len(days)} 次" if len(days) > 1 else ""
        return Standing("done", f"{days[-1]:%m-%d}{more}", days[-1])
    if not is_owed:
        return Standing("", "—")
    if period.last < today:
        return Standing("late", "没有开")
    left = (period.last - today).days
    return Standing("open", f"未开，还剩 {left} 天" if left else "未开，今天截止")


def months_back(day: date, count: int) -> list[date]:
    """The first days of this month and of those before, the latest first."""
    found = []
    for back in range(count):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        found.append(date(year, month + 1, 1))
    return found


# --- appraisal --------------------------------------------------------------------------------------


def appraisal_fault(assessed: int, grades: Collection[int]) -> str:
    """Why the four counts cannot stand, or blank."""
    total = sum(grades)
    if total != assessed:
        return f"四个等次合计是 {total} 人，参评是 {assessed} 人，应当相等。"
    return ""


def excellent_note(assessed: int, excellent: int) -> str:
    """A word when more than a third are excellent: advice, never a refusal."""
    if excellent * EXCELLENT_SHARE <= assessed:
        return ""
    most = assessed // EXCELLENT_SHARE
    return f"优秀 {excellent} 人，超过参评的三分之一（{most} 人），请核对"


# --- floating members -------------------------------------------------------------------------------


def contact_due(last: date | None, since: date) -> date:
    """The day by which the next contact is due: half a year after the last one, or after leaving."""
    return (last or since) + timedelta(days=CONTACT_DAYS)


def contact_words(due: date, today: date) -> tuple[str, str]:
    """State and words: ('late', '超期 12 天') or ('open', '2026-12-01 前')."""
    if due < today:
        return "late", f"超期 {(today - due).days} 天"
    return "open", f"{due:%Y-%m-%d} 前"


def attendance(due: int, present: int) -> str:
    """到 18 / 应到 20（90%）."""
    if not due:
        return ""
    return f"{present}/{due}（{round(present * 100 / due)}%）"
