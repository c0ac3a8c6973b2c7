"""Who may write where, asked by every action of this room."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from grids import access
from grids.access import Right
from grids.models import Node
from services.models import FourClearCheck, GridEvent, Matter, Visit
from services.visits.queries.places import households, loggable, rank_of

if TYPE_CHECKING:
    from township.models import User

Row = Visit | Matter | GridEvent | FourClearCheck


def require_log(by: "User", node: Node, household: Node | None = None) -> None:
    """Everybody logs in the own scope only; a household has to lie there, too."""
    access.require(by, Right.LOG_VISIT)
    if not loggable(by).filter(pk=node.pk).exists():
        raise PermissionDenied("您只能登记自己范围里的网格。")
    if household is not None and not households(by).filter(pk=household.pk, root_id=node.root_id).exists():
        raise PermissionDenied("您只能登记自己范围里的农户。")


def may_change(by: "User | Any", row: Row) -> bool:
    """Whoever wrote it, and whoever may edit the village; a 四清 is the grid's, so all its staff may."""
    if not access.may(by, Right.LOG_VISIT):
        return False
    if isinstance(row, FourClearCheck) and rank_of(by, row.node) >= 0:
        return True
    return row.written_by_id == by.pk or access.may_edit(by, row.node)


def require_change(by: "User", row: Row) -> None:
    """Raise PermissionDenied (403) unless `may_change`."""
    if not may_change(by, row):
        raise PermissionDenied("只有登记人、本村书记和乡党政办可以修改。")
