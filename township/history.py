"""The one write layer of tracked models: each row saved here notes who, why and in which action.

Queryset updates and plain bulk writes leave no history, so a test forbids them elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from simple_history.utils import bulk_update_with_history, get_history_manager_for_model

from township.acting import CURRENT, Acting, current_action_id
from township.models import Action

if TYPE_CHECKING:
    from township.models import Township, User

M = TypeVar("M", bound=Model)
P = ParamSpec("P")
R = TypeVar("R")
BATCH = 1000


# --- one action, one number -------------------------------------------------------------------------


@contextmanager
def action(
    *,
    by: "User | None",
    title: str,
    reason: str = "",
    township: "Township | None" = None,
    undoes: Action | None = None,
) -> Iterator[Acting]:
    """Everything written inside belongs to one action; one inside another joins it.

    After the block `pk` of what it yields is the action's number, or None if nothing was written.
    """
    outer = CURRENT.get()
    if outer is not None:
        yield outer
        return
    place = township or (by.township if by else None)
    acting = Acting(by, title, reason, place, undoes.pk if undoes else None)
    token = CURRENT.set(acting)
    try:
        yield acting
    finally:
        CURRENT.reset(token)


def acts(title: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a keyword-only function with `by=` (and perhaps `reason=`) one action of that title."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def acting(*args: P.args, **kwargs: P.kwargs) -> R:
            by: Any = kwargs.get("by")
            with action(by=by, title=title, reason=str(kwargs.get("reason", ""))):
                return function(*args, **kwargs)

        return acting

    return decorate


def _begun() -> None:
    """Give the action under way its row; called inside the transaction of its first write."""
    acting = CURRENT.get()
    if acting is None or acting.pk is not None:
        return
    acting.pk = Action.objects.create(
        by=acting.by,
        township=acting.township,
        title=acting.title[:60],
        reason=acting.reason[:200],
        undoes_id=acting.undoes_id,
    ).pk


# --- writing ----------------------------------------------------------------------------------------


def stamp(obj: Any, *, by: "User | None", reason: str = "") -> None:
    """Name who changes `obj` and why; its next save takes this into the history row."""
    _begun()
    obj._history_user = by
    obj._change_reason = reason[:100] or None


def leave_no_row(obj: Any) -> None:
    """Let the next saves of `obj` add no history: for stamps and screen preferences, which nobody decided."""
    obj.skip_history_when_saving = True


def save(obj: M, *, by: "User | None", reason: str = "", fields: Sequence[str] | None = None) -> M:
    """Save one tracked row with its history; `fields` limits the columns written."""
    with transaction.atomic(savepoint=False), action(by=by, title=reason, reason=reason):
        stamp(obj, by=by, reason=reason)
        obj.save(update_fields=fields)
    return obj


def create_all(model: type[M], rows: Iterable[M], *, by: "User | None", reason: str = "") -> list[M]:
    """Insert many rows; the database copies them into their history, in half the time of a second insert."""
    found = list(rows)
    if not found:
        return []
    with transaction.atomic(savepoint=False), action(by=by, title=reason, reason=reason):
        _begun()
        made = model._default_manager.bulk_create(found, batch_size=BATCH)
        pks = [row.pk for row in made]
        for start in range(0, len(pks), BATCH):
            _copy(model, pks[start : start + BATCH], "+", by=by, reason=reason)
    return made


def begin(row: Model, *, by: "User | None", reason: str = "") -> None:
    """The first history row of a row that took more than one save to stand."""
    with transaction.atomic(savepoint=False), action(by=by, title=reason, reason=reason):
        _begun()
        _copy(type(row), [row.pk], "+", by=by, reason=reason)


@cache
def records_of(model: type[Model]) -> type[Any]:
    """The model of its history rows; asking simple-history builds a class each time."""
    found: type[Any] = get_history_manager_for_model(model).model
    return found


def _copy(model: type[M], pks: Sequence[Any], kind: str, *, by: "User | None", reason: str) -> None:
    """History rows for rows just inserted ('+'), just changed ('~') or about to go ('-'), by the database."""
    record = records_of(model)
    names = [str(field.column) for field in record.tracked_fields]
    about = {
        "history_date": connection.ops.adapt_datetimefield_value(timezone.now()),
        "history_change_reason": reason[:100] or None,
        "history_type": kind,
        "history_user_id": by.pk if by is not None else None,
        "action_id": current_action_id(),
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
        with transaction.atomic(savepoint=False), action(by=by, title=reason, reason=reason):
            _begun()
            bulk_update_with_history(
                found,
                model,
                list(fields),
                batch_size=200,
                default_user=by,
                default_change_reason=reason[:100] or None,
            )
    return len(found)


def set_all(
    model: type[M], pks: Iterable[Any], values: Mapping[str, Any], *, by: "User | None", reason: str = ""
) -> int:
    """Write the same values into many rows, some ten times as fast as `update_all`; returns their number.

    Not for columns that follow another one: those are worked out row by row when a row is saved.
    """
    wanted = list(pks)
    with transaction.atomic(savepoint=False), action(by=by, title=reason, reason=reason):
        for start in range(0, len(wanted), BATCH):
            _begun()
            part = wanted[start : start + BATCH]
            model._default_manager.filter(pk__in=part).update(**values)
            _copy(model, part, "~", by=by, reason=reason)
    return len(wanted)


def remove_all(model: type[M], rows: Iterable[M], *, by: "User | None", reason: str = "") -> int:
    """Take rows out again that an undone action had made; their history stays, with a last row saying so.

    For undoing, and for pairs such as a grid's villager groups: what has been true is closed with a date.
    """
    pks = [row.pk for row in rows]
    with transaction.atomic(savepoint=False), action(by=by, title=reason, reason=reason):
        for start in range(0, len(pks), BATCH):
            _begun()
            part = pks[start : start + BATCH]
            _copy(model, part, "-", by=by, reason=reason)
            going = model._default_manager.filter(pk__in=part)
            going._raw_delete(going.db)  # what still points here makes the database refuse
    return len(pks)


def forget(row: Model, values: Mapping[str, Any]) -> None:
    """Put these values into every earlier state of the row: for what a person takes back for good."""
    records = records_of(type(row))
    records.objects.filter(**{type(row)._meta.pk.attname: row.pk}).update(**values)
