"""How often to go, how a matter moves, and what period a day lies in: plain values, no database."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from services.visits.choices import Disposal, MatterLevel, MatterState, Mode, Need, Occasion, Pace
from township.lifecycle import Lifecycle, NotAllowed, Step

# 二(四)2 says 经常走访 and no number: once a quarter where no campaign says otherwise (interval.py), oftener
# where a service is due.
EVERY = 90
EVERY_BY_NEED = {
    Need.HOSPITAL: 30,
    Need.BATHING: 15,
    Need.MEALS: 15,
    Need.LISTENING: 30,
    Need.ERRANDS: 30,
    Need.JOBS: 60,
    Need.FARMING: 60,
}
CHECK_EVERY = 90  # 四清
PLAIN = "走访正常，无需办理事项。"
MOST_WORDS = 500
MOST_PHOTOS = 3  # of one visit; none is ever asked for


def every(need: str, usual: int) -> int:
    """Days between two visits that a service asks for."""
    return EVERY_BY_NEED.get(Need(need), usual)


def limit(today: date, days: int) -> date:
    """Last seen before this day is too long ago."""
    return today - timedelta(days=days)


def days_over(last: date | None, days: int, today: date) -> int | None:
    """By how many days a visit is late; None where nobody has ever gone."""
    return None if last is None else (today - last).days - days


def next_visit(last: date, days: int) -> date:
    """The day of the next one."""
    return last + timedelta(days=days)


PACES = tuple(int(pace) for pace in Pace.values)
# What opens a matter by itself: it must not be lost between the diary and the answer.
OPENS_MATTER = frozenset({Disposal.ERRAND, Disposal.REPORTED, Disposal.MEDIATED})
FILLS_PLAN = frozenset({Occasion.MUST_VISIT})
QUICK = {"mode": Mode.HOME, "occasion": Occasion.USUAL}

# A 必访 tells whose household has a plan, which only the village knows (domain 10): the office meets it as
# one with 日常, so that neither word nor gap gives it away.
BLENDED = "日常、必访"
_BLENDS = frozenset({Occasion.USUAL, Occasion.MUST_VISIT})


def occasion_words(occasion: str, *, sees_plans: bool) -> str:
    """The occasion as somebody may read it."""
    return BLENDED if occasion in _BLENDS and not sees_plans else str(Occasion(occasion).label)


def occasions(*, sees_plans: bool) -> list[tuple[str, str]]:
    """Occasions to choose from, in words."""
    return [
        (str(one), occasion_words(one, sees_plans=sees_plans))
        for one in Occasion
        if sees_plans or one != Occasion.MUST_VISIT
    ]


def occasions_of(code: str, *, sees_plans: bool) -> list[str]:
    """What of the log a chosen occasion stands for."""
    known = [value for value, _ in occasions(sees_plans=sees_plans)]
    if code not in known:
        return []
    return [str(one) for one in _BLENDS] if code == Occasion.USUAL and not sees_plans else [code]


# --- matters ----------------------------------------------------------------------------------------

HANDLER, UPPER = "handler", "upper"  # whoever deals with it where it stands, and those above
BY_ERRAND = "by_errand"  # taken by the errand it became, not by hand
LEVELS = (MatterLevel.GROUP, MatterLevel.BRANCH, MatterLevel.TOWNSHIP)
_TO_DO = (MatterState.COLLECTED, MatterState.REVIEWED, MatterState.HANDED, MatterState.PRESSED)
_AT_WORK = (MatterState.HANDED, MatterState.PRESSED)
_WHY = {"text": "说明"}
RAISE, LOWER, PRESS, ERRAND = "raise", "lower", "press", "errand"

MATTER = Lifecycle(
    {str(state): str(state.label) for state in MatterState},
    (
        Step(
            "review", "审核", {MatterState.COLLECTED}, MatterState.REVIEWED, {HANDLER}, {"text": "审核意见"}
        ),
        Step(
            "hand",
            "转办",
            {MatterState.REVIEWED},
            MatterState.HANDED,
            {HANDLER},
            {"handler": "承办人（单位）", "due_on": "办理期限"},
        ),
        Step(PRESS, "督办", _AT_WORK, MatterState.PRESSED, {UPPER, HANDLER}, {"text": "督办要求"}),
        Step(
            "answer",
            "反馈",
            {MatterState.REVIEWED, *_AT_WORK},
            MatterState.ANSWERED,
            {HANDLER},
            {"text": "答复内容", "day": "告知日期"},
        ),
        Step(
            "callback",
            "回访",
            {MatterState.ANSWERED},
            MatterState.ANSWERED,
            {HANDLER, UPPER},
            {"satisfaction": "满意度", "day": "回访日期"},
        ),
        Step("archive", "归档", {MatterState.ANSWERED}, MatterState.ARCHIVED, {HANDLER, UPPER}),
        Step(ERRAND, "转代办", _TO_DO, MatterState.HANDED, {BY_ERRAND}, {"handler": "代办件"}),
        Step(RAISE, "向上级反映", _TO_DO, MatterState.COLLECTED, {HANDLER}, _WHY),
        Step(LOWER, "交下级办理", _TO_DO, MatterState.REVIEWED, {HANDLER}, _WHY),
        Step(
            "again",
            "重新办理",
            {MatterState.ANSWERED, MatterState.ARCHIVED},
            MatterState.HANDED,
            {HANDLER, UPPER},
            _WHY,
        ),
    ),
)


def roles_at(rank: int, level: str) -> frozenset[str]:
    """What somebody of a rank (-1 none, 0 group, 1 branch, 2 township) is to a matter at a level."""
    at = LEVELS.index(MatterLevel(level))
    return frozenset({*({HANDLER} if rank >= at else ()), *({UPPER} if rank > at else ())})


def steps_at(state: str, level: str, roles: Collection[str]) -> list[Step]:
    """Steps that can be taken there: none leads above the township or below the group."""
    nowhere = {MatterLevel.TOWNSHIP: RAISE, MatterLevel.GROUP: LOWER}.get(MatterLevel(level))
    return [step for step in MATTER.open_to(state, roles) if step.code != nowhere]


def level_after(code: str, level: str) -> MatterLevel:
    """One up, one down, or where it is. Raises NotAllowed at the ends."""
    at = LEVELS.index(MatterLevel(level)) + {RAISE: 1, LOWER: -1}.get(code, 0)
    if at >= len(LEVELS):
        raise NotAllowed("已经在乡镇一级，不能再向上反映。")
    if at < 0:
        raise NotAllowed("已经在党小组一级，不能再交下级。")
    return LEVELS[at]


# --- periods ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """From one day to the day before another, with its name."""

    first: date
    until: date  # the first day after it
    title: str

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - timedelta(days=1)


def month_of(year: int, month: int) -> Period:
    """One month."""
    until = date(year + month // 12, month % 12 + 1, 1)
    return Period(date(year, month, 1), until, f"{year}年{month}月")


def year_of(year: int) -> Period:
    """One year."""
    return Period(date(year, 1, 1), date(year + 1, 1, 1), f"{year}年")


def quarter_of(day: date) -> Period:
    """The quarter a day lies in."""
    number = (day.month - 1) // 3
    first = date(day.year, 3 * number + 1, 1)
    until = month_of(day.year, 3 * number + 3).until
    return Period(first, until, f"{day.year}年{'一二三四'[number]}季度")


PERIODS = {"quarter": "本季", "month": "本月", "year": "本年"}


def period_of(code: str, today: date) -> Period:
    """The period of that name around a day; the quarter for any other word."""
    if code == "month":
        return month_of(today.year, today.month)
    return year_of(today.year) if code == "year" else quarter_of(today)


_NUMBERS = re.compile(r"\d+")


def door_order(door: str) -> tuple[list[int], str]:
    """2号 before 10号, doors without a number last."""
    return [int(number) for number in _NUMBERS.findall(door)[:4]] or [10**9], door
