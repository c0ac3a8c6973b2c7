"""Writing the audit log, and the database guard that keeps its rows as they were written."""

from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from township.choices import Deed
from township.models import AuditEvent, Township, User

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "township_auditevent"
REFUSAL = "操作日志不能修改或删除"


def record(
    *,
    by: User | None,
    deed: Deed,
    target: object = "",
    rows: int | None = None,
    note: str = "",
    request: HttpRequest | None = None,
    township: Township | None = None,
    who: str = "",
) -> AuditEvent:
    """Add one entry. It belongs to the same transaction as the deed: no entry, no deed."""
    return AuditEvent.objects.create(
        user=by,
        who=(who or (str(by) if by else "系统命令"))[:180],
        township=township or (by.township if by else None),
        address=client_address(request) if request else None,
        deed=deed,
        target=str(target)[:200],
        rows=rows,
        note=note[:300],
    )


def client_address(request: HttpRequest) -> str | None:
    """Where a request comes from; behind our proxy its header says so, and no other header is believed."""
    found = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        found = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or found
    try:
        return str(ip_address(found))
    except ValueError:  # a unix socket has no address
        return None


def guard(connection: "BaseDatabaseWrapper", table: str = TABLE, name: str = "audit") -> None:
    """Make the database itself refuse UPDATE and DELETE on a log (both engines)."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, table, name):
            cursor.execute(statement)


def unguard(connection: "BaseDatabaseWrapper", table: str = TABLE, name: str = "audit") -> None:
    """Take the guard away; only for undoing the migration and for emptying a test database."""
    with connection.cursor() as cursor:
        for event in ("update", "delete"):
            suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}_no_{event}{suffix}")


def _statements(vendor: str, table: str, name: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {name}_no_{event} BEFORE {event.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for event in ("update", "delete")
        ]
    return [
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        *(
            f"CREATE OR REPLACE TRIGGER {name}_no_{event} BEFORE {event.upper()} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
            for event in ("update", "delete")
        ),
    ]
