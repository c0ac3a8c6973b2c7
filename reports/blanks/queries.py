"""Which villages a blank can be filled for, what is marked on it, and the earlier blank most like it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from grids.models import Node
from reports.blanks.page import Labels, Page, label_set, pages_of
from reports.blanks.remapping import Change, Mark, compare
from reports.models import Blank, BlankMark

LOOK_BACK = 12  # earlier blanks that are compared
FEWEST_SHARED = 0.4  # share of labels two blanks must have in common


@dataclass(frozen=True)
class Earlier:
    """The blank of an earlier round, and what became of its marks on this one."""

    blank: Blank
    same: bool  # the very same form
    changes: list[Change]


def villages(user: Any) -> QuerySet[Node]:
    """Top organisations the user sees whole."""
    rows = Node.objects.open().visible_to(user).filter(parent__isnull=True)
    return rows.order_by("position", "pk")


def listed(user: Any) -> QuerySet[Blank]:
    """Blanks of the user's township with the number of their marks, without the heavy looks."""
    rows = Blank.objects.visible_to(user).defer("looks").select_related("by")
    return rows.annotate(marked=Count("marks")).order_by("-year", "-pk")


def marks_of(blank: Blank) -> list[BlankMark]:
    """What is marked, in reading order."""
    return list(blank.marks.order_by("sheet", "row", "column"))


def as_mark(mark: BlankMark) -> Mark:
    """The row as `remapping` knows it."""
    labels = Labels(mark.row_label, mark.column_label)
    return Mark(mark.sheet, (mark.row, mark.column), mark.roster, mark.code, labels)


def earlier_of(blank: Blank) -> Earlier | None:
    """The marked blank that came before and is most like this one; None when none is like it."""
    pages = pages_of(blank.looks)
    old = Blank.objects.filter(township=blank.township_id, pk__lt=blank.pk, marks__isnull=False).distinct()
    same = old.filter(fingerprint=blank.fingerprint).order_by("-pk").first()
    if same is not None:
        return _compared(same, pages, same=True)
    ours = label_set(pages)
    found: tuple[float, Blank] | None = None
    for other in old.order_by("-pk")[:LOOK_BACK]:
        share = _shared(ours, label_set(pages_of(other.looks)))
        if share >= FEWEST_SHARED and (found is None or share > found[0]):
            found = (share, other)
    return _compared(found[1], pages, same=False) if found else None


def _shared(ours: set[str], theirs: set[str]) -> float:
    return len(ours & theirs) / max(len(ours | theirs), 1)


def _compared(other: Blank, pages: list[Page], *, same: bool) -> Earlier:
    names = [str(look["name"]) for look in other.looks]
    return Earlier(other, same, compare([as_mark(mark) for mark in marks_of(other)], names, pages))
