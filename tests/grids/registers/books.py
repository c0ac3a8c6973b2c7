"""Workbooks for tests: a register's own export opened, changed and sent in again."""

import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate as today
from openpyxl.worksheet.worksheet import Worksheet

from grids.imports import uploads
from grids.imports.reading.book import dump_sheets
from grids.imports.reading.child import Book
from grids.imports.reading.files import read_sheets
from grids.imports.reading.guides import SheetGuide
from grids.imports.reading.redaction import redact
from grids.imports.reading.result import Limits
from grids.models import Node, RosterUpload
from grids.registers.desk import Desk
from grids.registers.register import Register
from grids.registers.workbooks.template import FIRST_ROW, write_workbook
from township.models import User

FIRST = FIRST_ROW + 1  # as Excel counts


def read_here(path: Path, *, name: str, copy: Path) -> Book:
    """What the child process does with a file, in this process."""
    sheets = read_sheets(path, name=name, limits=Limits())
    redact(sheets)
    return Book(json.loads(json.dumps(dump_sheets(sheets))), "", False)


def exported(
    register: Register,
    user: User,
    place: Node,
    *,
    empty: bool = False,
    change: Callable[[Worksheet], None] | None = None,
) -> bytes:
    out = io.BytesIO()
    rows = None if empty else register.rows(user, place)
    write_workbook(
        register, Desk(user, place), out, rows=rows, made_at=datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    )
    if change is None:
        return out.getvalue()
    book = openpyxl.load_workbook(out)
    change(book.worksheets[0])
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


def at(sheet: Worksheet, title: str) -> int:
    return next(cell.column for cell in sheet[FIRST - 1] if cell.value == title)


def written(rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(data: bytes, user: User, code: str, *, name: str = "登记表.xlsx", branch: str = "") -> RosterUpload:
    return uploads.keep(
        file=SimpleUploadedFile(name, data), branch=branch, by=user, today=today(), source=code
    )


def confirmed(upload: RosterUpload, user: User, *, part: bool = False) -> RosterUpload:
    return uploads.confirm(upload=upload, by=user, today=today(), part=part)


def settle(
    upload: RosterUpload,
    user: User,
    *,
    columns: dict[int, str] | None = None,
    blanks: dict[str, str] | None = None,
) -> RosterUpload:
    """Say of the first sheet what its columns mean and what a blank cell says."""
    about = upload.report["sheets"][0]
    meant = {column["index"]: column["field"] for column in about["layout"]} | (columns or {})
    guide = SheetGuide(True, 0, meant, blanks or {})
    return uploads.settle_columns(
        upload=upload, guides={about["name"]: guide}, branch=upload.chosen_branch, by=user, today=today()
    )
