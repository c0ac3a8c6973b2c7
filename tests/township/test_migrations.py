"""The tests' tables come from the models; here the migrations are walked, and lead to the same ones."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

OURS = tuple(f"{app}_" for app in ("township", "grids", "liaison", "services", "reports"))
OF_POSTGRESQL = (
    "SELECT table_name, column_name, data_type, is_nullable, character_maximum_length"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
)


def migrate(**environment: str) -> None:
    """As an office does, in a process of its own."""
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    left = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    subprocess.run(command, cwd=settings.BASE_DIR, env={**left, **environment}, check=True)


def tables_of_sqlite(name: str | Path) -> set[tuple]:
    """Columns, references, named constraints, indexes and triggers; their order says nothing."""
    found: set[tuple] = set()
    with sqlite3.connect(name) as base:
        rows = base.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        for kind, title, table, sql in rows:
            if not table.startswith(OURS) or sql is None:
                continue
            if kind != "table":
                found.add((kind, title, table, sql))
                continue
            found |= {(table, *row[1:]) for row in base.execute(f'PRAGMA table_info("{table}")')}
            found |= {(table, *row[2:]) for row in base.execute(f'PRAGMA foreign_key_list("{table}")')}
            found |= {(table, named) for named in re.findall(r'CONSTRAINT "([^"]+)"', sql)}
    return found


def tables_of_postgresql(**where: object) -> set[tuple]:
    with psycopg.connect(**where) as base:
        rows = {row for question in OF_POSTGRESQL for row in base.execute(question).fetchall()}
    return {row for row in rows if row[0].startswith(OURS)}


@pytest.mark.sqlite_only
def test_the_migrations_lead_to_the_tables_of_the_models(db, tmp_path):
    migrate(TOWNSHIP_DATA_DIR=str(tmp_path))
    ours = tables_of_sqlite(connection.settings_dict["NAME"])
    assert ours ^ tables_of_sqlite(tmp_path / "township.sqlite3") == set()


@pytest.mark.postgresql_only
def test_the_migrations_lead_to_the_tables_of_the_models_on_postgresql(db):
    found = connection.settings_dict
    where = {
        "host": found["HOST"],
        "port": found["PORT"],
        "user": found["USER"],
        "password": found["PASSWORD"],
    }
    fresh = f"{found['NAME']}_migrated"
    with psycopg.connect(**where, dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{fresh}"')
        try:
            address = f"{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}"
            migrate(DATABASE_URL=f"postgres://{address}/{fresh}")
            ours = tables_of_postgresql(**where, dbname=found["NAME"])
            assert ours ^ tables_of_postgresql(**where, dbname=fresh) == set()
        finally:
            server.execute(f'DROP DATABASE "{fresh}" WITH (FORCE)')
