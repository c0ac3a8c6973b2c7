"""Who can serve on a day: ability is apart from being a member, and a spell of absence may end by itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from grids.choices import AbsenceReason
from grids.models import MemberProfile

# What only stands with an absence, and what it is of somebody who takes part.
NO_ABSENCE: Mapping[str, Any] = {"absence_reason": "", "absent_since": None, "absent_until": None}
ABSENCE = tuple(NO_ABSENCE)
ONLY_ABSENT = "参加联户的党员不用写未参加的原因和起止日期"
WRONG_ORDER = "预计恢复要晚于未参加起始"


def unable(on: date, path: str = "member_profile") -> Q:
    """Members who cannot be given households that day; `path` leads to the profile ('' on the profile).

    The same as `not MemberProfile.can_serve(on)`.
    """
    prefix = f"{path}__" if path else ""
    begun = Q(**{f"{prefix}absent_since__isnull": True}) | Q(**{f"{prefix}absent_since__lte": on})
    going_on = Q(**{f"{prefix}absent_until__isnull": True}) | Q(**{f"{prefix}absent_until__gt": on})
    return Q(**{f"{prefix}takes_part": False}) & begun & going_on


def able(on: date, path: str = "member_profile") -> Q:
    """Members who can."""
    prefix = f"{path}__" if path else ""
    return (
        Q(**{f"{prefix}takes_part": True})
        | Q(**{f"{prefix}absent_since__gt": on})
        | Q(**{f"{prefix}absent_until__lte": on})
    )


def part_words(profile: MemberProfile, on: date) -> str:
    """是, 否（外出，至2026-12-01）, 是（2026-11-01起外出）, 是（2026-08-01起恢复）."""
    if profile.takes_part:
        return "是"
    since, until = profile.absent_since, profile.absent_until
    why = str(profile.get_absence_reason_display())
    if not profile.can_serve(on):
        told = [word for word in (why, f"至{until:%Y-%m-%d}" if until else "") if word]
        return f"否（{'，'.join(told)}）" if told else "否"
    if until is not None and until <= on:
        return f"是（{until:%Y-%m-%d}起恢复）"
    away = AbsenceReason.AWAY.label if profile.absence_reason == AbsenceReason.AWAY else "不参加"
    return f"是（{since:%Y-%m-%d}起{away}）"
