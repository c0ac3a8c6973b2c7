"""Writing the tree's numbers and keys: one prepared UPDATE over many rows of a table shaped like Node's."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

KEY_FIELDS = ("root", "branch", "grid", "group", "hub")
COLUMNS = ("lft", "rght", "level", "tree_id", *(f"{key}_id" for key in KEY_FIELDS))


def write_index(table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of (COLUMNS…, id) to `table`, a quoted name; bulk_update is some hundred times slower."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            values = [list(column) for column in zip(*rows, strict=True)]
            sets = ", ".join(f"{name} = new.{name}" for name in COLUMNS)
            arrays = ", ".join(["%s::bigint[]"] * len(values))
            source = f"unnest({arrays}) AS new({', '.join(COLUMNS)}, id)"
            sql = f"UPDATE {table} AS old SET {sets} FROM {source} WHERE old.id = new.id"  # noqa: S608
            cursor.execute(sql, values)
        else:
            sets = ", ".join(f"{name} = %s" for name in COLUMNS)
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rows)  # noqa: S608
