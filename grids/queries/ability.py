"""Who can serve on a day: ability is apart from being a member, and a spell of absence may end by itself."""

from datetime import date

from django.db.models import Q


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
