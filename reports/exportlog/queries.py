"""Who may read the log of exports, and how a line is found."""

import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from grids import access
from reports.models import ExportRecord

if TYPE_CHECKING:
    from township.models import User


def may_read(user: "User | Any") -> bool:
    """The office, secretaries, and the auditor."""
    return any(access.may(user, right) for right in (access.Right.EXPORT_ROSTER, access.Right.READ_AUDIT))


def require_reader(user: "User | Any") -> None:
    """Raise PermissionDenied (403) for everybody else."""
    if not may_read(user):
        raise PermissionDenied("您的岗位不能查看导出记录。")


def typed(words: str) -> str:
    """What somebody copies from a paper's foot: wide digits, blanks and the label are forgiven."""
    plain = unicodedata.normalize("NFKC", words)
    return "".join(plain.split()).removeprefix("导出编号").lstrip(":：")


def by_serial(user: "User | Any", words: str) -> ExportRecord | None:
    """The line of a number typed in full."""
    return ExportRecord.objects.visible_to(user).filter(serial=typed(words)).first()


def records(
    user: "User | Any",
    *,
    q: str = "",
    who: str = "",
    table: str = "",
    file_format: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[ExportRecord]:
    """The lines one sees, narrowed; the newest first."""
    rows = ExportRecord.objects.visible_to(user)
    if word := typed(q):
        rows = rows.filter(Q(serial__icontains=word) | Q(file_name__icontains=word) | Q(sha256=word.lower()))
    conditions = {
        "who__icontains": who.strip(),
        "table__icontains": table.strip(),
        "format": file_format,
        "at__date__gte": since,
        "at__date__lte": until,
    }
    return rows.filter(**{name: value for name, value in conditions.items() if value})
