"""Finding rows by what a clerk types: part of a name, pinyin initials, or the tail of a phone number."""

from collections.abc import Sequence

from django.db.models import Q

SHORTEST_TAIL = 4


def name_matches(text: str, prefix: str = "") -> Q:
    """Rows whose name holds `text`, or whose initials begin with it (单晓霞 by 'sxx', 'sx' or 's')."""
    wanted = "".join(text.split())
    if not wanted:
        return Q()
    found = Q(**{f"{prefix}name__icontains": wanted})
    if wanted.isascii() and wanted.isalnum():
        found |= Q(**{f"{prefix}initials__contains": f" {wanted.lower()}"})
    return found


def tail_matches(text: str, paths: Sequence[str]) -> Q:
    """Rows whose phone ends with the digits typed; nothing for other input."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) >= SHORTEST_TAIL):
        return Q(pk__in=[])
    found = Q()
    for path in paths:
        found |= Q(**{f"{path}__endswith": digits})
    return found
