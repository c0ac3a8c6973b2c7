"""A world that many tests start from: built once in a process, then its rows are put back as they were.

Building a village takes as long as a whole page; putting its rows back takes a tenth of that.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class _Kept:
    """The rows of each table in the order of their keys' needs, and what the builder returned."""

    tables: list[tuple[str, list[str], list[tuple[Any, ...]]]]
    returned: bytes


def remembered(build: Callable[P, T]) -> Callable[P, T]:
    """Put under `@pytest.fixture`: the same rows under the same numbers for each test, and own objects.

    The fixture may ask for `db` only: what it is handed must not change from test to test. Where other
    rows already stand in its place, the world is built anew.
    """
    kept: list[_Kept] = []

    @wraps(build)
    def world(*args: P.args, **kwargs: P.kwargs) -> T:
        if not kept:
            before = _last_numbers()
            made = build(*args, **kwargs)
            kept.append(_Kept(_rows_since(before), pickle.dumps(made)))
            return made
        try:
            with transaction.atomic():
                for table, columns, rows in kept[0].tables:
                    _insert(table, columns, rows)
        except IntegrityError:
            return build(*args, **kwargs)
        again: T = pickle.loads(kept[0].returned)
        return again

    return world


def _tables() -> list[tuple[str, str]]:
    """Each table with a counted key, and that key."""
    found = [
        (model._meta.db_table, model._meta.pk.column)
        for model in apps.get_models(include_auto_created=True)
        if isinstance(model._meta.pk, models.AutoField) and model._meta.managed and not model._meta.proxy
    ]
    return sorted(set(found))


def _last_numbers() -> dict[tuple[str, str], int]:
    found = {}
    with connection.cursor() as cursor:
        for table, key in _tables():
            cursor.execute(f'SELECT MAX("{key}") FROM "{table}"')
            found[table, key] = cursor.fetchone()[0] or 0
    return found


def _rows_since(before: dict[tuple[str, str], int]) -> list[tuple[str, list[str], list[tuple[Any, ...]]]]:
    found = []
    with connection.cursor() as cursor:
        for (table, key), last in before.items():
            cursor.execute(f'SELECT * FROM "{table}" WHERE "{key}" > %s ORDER BY "{key}"', [last])
            if rows := [tuple(map(_written, row)) for row in cursor.fetchall()]:
                found.append((table, [column[0] for column in cursor.description], rows))
    return found


def _written(value: Any) -> Any:
    """A time of day as SQLite takes it back: its driver reads one, but writes none."""
    return str(value) if isinstance(value, time) else value


def _insert(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)
