"""Everything as it stood at the end of a day: the live queries, reading yesterday's tables.

The rows of one township are laid out as of that day in temporary tables that bear the names of the live
ones. Both databases look at temporary tables first, so lists, tree, counts, rosters and forms read that
day without knowing it, and no query is written twice. What is no longer true in the history tables (keys
that follow the parent, tree numbers) is computed from the parents as everywhere.

Only for reading: a row written inside the block would go with it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey, Max, Min, Model, QuerySet
from django.utils import timezone

from grids.models import Node
from grids.numbering import READ, computed
from grids.queries.footprints import tracked_models, way_to_node
from grids.tree_index import write_index
from township.history import records_of


def first_day(township_id: int | None) -> date | None:
    """The first day of which anything is known."""
    first = records_of(Node).objects.filter(township_id=township_id).aggregate(first=Min("history_date"))
    return timezone.localdate(first["first"]) if first["first"] else None


@contextmanager
def standing(day: date, *, township_id: int | None) -> Iterator[None]:
    """Inside, every query reads the township as it stood when that day ended. A fixed number of queries."""
    models = sorted(tracked_models(), key=_depth)
    in_transaction = connection.vendor == "postgresql"
    with transaction.atomic() if in_transaction else nullcontext():
        try:
            for model in models:
                _lay_out(model, _end_of(day), township_id)
                if model is Node:
                    _number()
            yield
        except BaseException:
            if not in_transaction:  # there the broken transaction takes its tables with it
                _drop(models)
            raise
        _drop(models)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _depth(model: type[Model]) -> int:
    """Nodes first, then what hangs on them, then what hangs on that."""
    first, rest = way_to_node(model)
    return bool(first) + bool(rest)


def _then(model: type[Model], end: datetime, township_id: int | None) -> QuerySet[Any]:
    """The last history row of each row of the township before that moment; of rows that had gone, none."""
    records = records_of(model).objects
    earlier = records.filter(history_date__lt=end).order_by()
    first, _ = way_to_node(model)
    if "township" in {field.name for field in model._meta.concrete_fields}:
        earlier = earlier.filter(township_id=township_id)
    else:
        above: Any = model._meta.get_field(first).related_model
        earlier = earlier.filter(**{f"{first}__in": above._default_manager.order_by().values("pk")})
    last = earlier.values("id").annotate(last=Max("history_id")).values("last")
    found: QuerySet[Any] = records.filter(history_id__in=last).exclude(history_type="-").order_by()
    return found


def _lay_out(model: type[Model], end: datetime, township_id: int | None) -> None:
    """One temporary table with its rows of then, and an index on each key."""
    quote = connection.ops.quote_name
    table = model._meta.db_table
    fields = records_of(model).tracked_fields
    select, params = (
        _then(model, end, township_id).values_list(*(f.attname for f in fields)).query.sql_with_params()
    )
    names = ", ".join(quote(str(field.column)) for field in fields)
    going = " ON COMMIT DROP" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        # Until this statement is done the name means the live table.
        empty = f"SELECT * FROM {quote(table)} LIMIT 0"  # noqa: S608
        cursor.execute(f"CREATE TEMPORARY TABLE {quote(table)}{going} AS {empty}")
        cursor.execute(f"INSERT INTO {_there(table)} ({names}) {select}", params)
        for field in model._meta.concrete_fields:
            if field.primary_key or isinstance(field, ForeignKey):
                _index(cursor, table, str(field.column))
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {_there(table)}")


def _there(table: str) -> str:
    """The temporary table by its full name: what is written must never meet the live one."""
    schema = "pg_temp" if connection.vendor == "postgresql" else "temp"
    return f"{schema}.{connection.ops.quote_name(table)}"


def _index(cursor: Any, table: str, column: str) -> None:
    quote = connection.ops.quote_name
    if connection.vendor == "postgresql":
        cursor.execute(f"CREATE INDEX ON {_there(table)} ({quote(column)})")
    else:
        name = f"temp.{quote(f'as_of_{table}_{column}')}"
        cursor.execute(f"CREATE INDEX {name} ON {quote(table)} ({quote(column)})")


def _drop(models: Iterable[type[Model]]) -> None:
    """Take the tables away; a connection that can't is closed, lest its next page reads the past."""
    try:
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f"DROP TABLE IF EXISTS {_there(model._meta.db_table)}")
    except DatabaseError:
        connection.close()
        raise


def _number() -> None:
    """Tree numbers and keys of then, computed from the parents of then."""
    rows = [
        # Brothers stand as they are set; each top gets a tree number of its own.
        (*row[:4], position, 0, 0, row[0], *row[8:])
        for *row, position in Node.objects.order_by().values_list(*READ, "position")
    ]
    right, _ = computed(rows)
    write_index(_there(Node._meta.db_table), [(*numbers, pk) for pk, numbers in right.items()])
