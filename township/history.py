"""The one write layer of tracked models: every row saved here carries who and why into its history.

Queryset updates and plain bulk writes leave no history, so a test forbids them elsewhere.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

if TYPE_CHECKING:
    from township.models import User

M = TypeVar("M", bound=Model)
BATCH = 1000


def stamp(obj: Any, *, by: "User | None", reason: str = "") -> None:
    """Name who changes `obj` and why; its next save takes this into the history row."""
    obj._history_user = by
    obj._change_reason = reason[:100] or None


def save(obj: M, *, by: "User | None", reason: str = "", fields: Sequence[str] | None = None) -> M:
    """Save one tracked row with its history; `fields` limits the columns written."""
    stamp(obj, by=by, reason=reason)
    obj.save(update_fields=fields)
    return obj


def create_all(model: type[M], rows: Iterable[M], *, by: "User | None", reason: str = "") -> list[M]:
    """Insert many rows and their history rows in two statements a batch."""
    found = list(rows)
    if not found:
        return []
    return list(
        bulk_create_with_history(
            found, model, batch_size=BATCH, default_user=by, default_change_reason=reason[:100] or None
        )
    )


def update_all(
    model: type[M], rows: Iterable[M], fields: Sequence[str], *, by: "User | None", reason: str = ""
) -> int:
    """Write `fields` of many rows with their history; returns the number of rows."""
    found = list(rows)
    if found:
        bulk_update_with_history(
            found,
            model,
            list(fields),
            batch_size=200,
            default_user=by,
            default_change_reason=reason[:100] or None,
        )
    return len(found)
