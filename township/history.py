"""The one write layer of tracked models: every row saved here carries who and why into its history.

Queryset updates and plain bulk writes leave no history, so a test forbids them elsewhere.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from simple_history.utils import bulk_update_with_history, get_history_manager_for_model

if TYPE_CHECKING:
    from township.models import User

M = TypeVar("M", bound=Model)
BATCH = 1000


def stamp(obj: Any, *, by: "User | None", reason: str = "") -> None:
    """Name who changes `obj` and why; its next save takes this into the history row."""
    obj._history_user = by
    obj._change_reason = reason[:100] or None


def leave_no_row(obj: Any) -> None:
    """Let the next saves of `obj` add no history: for stamps and screen preferences, which nobody decided."""
    obj.skip_history_when_saving = True


def save(obj: M, *, by: "User | None", reason: str = "", fields: Sequence[str] | None = None) -> M:
    """Save one tracked row with its history; `fields` limits the columns written."""
    stamp(obj, by=by, reason=reason)
    obj.save(update_fields=fields)
    return obj


def create_all(model: type[M], rows: Iterable[M], *, by: "User | None", reason: str = "") -> list[M]:
    """Insert many rows; the database copies them into their history, in half the time of a second insert."""
    found = list(rows)
    if not found:
        return []
    with transaction.atomic(savepoint=False):
        made = model._default_manager.bulk_create(found, batch_size=BATCH)
        pks = [row.pk for row in made]
        for start in range(0, len(pks), BATCH):
            _copy_new(model, pks[start : start + BATCH], by=by, reason=reason)
    return made


def _copy_new(model: type[M], pks: Sequence[Any], *, by: "User | None", reason: str) -> None:
    """History rows of type 'created' for rows just inserted."""
    record = get_history_manager_for_model(model).model
    names = [str(field.column) for field in record.tracked_fields]
    about = {
        "history_date": connection.ops.adapt_datetimefield_value(timezone.now()),
        "history_change_reason": reason[:100] or None,
        "history_type": "+",
        "history_user_id": by.pk if by is not None else None,
    }
    quote = connection.ops.quote_name
    key = str(model._meta.pk.column)
    columns = ", ".join(quote(name) for name in names)
    sql = (
        f"INSERT INTO {quote(record._meta.db_table)} ({columns}, {', '.join(map(quote, about))}) "  # noqa: S608
        f"SELECT {columns}, {', '.join(['%s'] * len(about))} FROM {quote(model._meta.db_table)} "
        f"WHERE {quote(key)} IN ({', '.join(['%s'] * len(pks))}) "
        f"ORDER BY {quote(key)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*about.values(), *pks])


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
