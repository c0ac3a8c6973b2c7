"""The paste grid's requests: JSON from anybody, so believed only as far as it has the right shape."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from grids.imports.reading.values import UNSTORABLE
from grids.registers.merging import Picks
from grids.registers.register import LIMIT
from grids.registers.rows import GivenRow
from grids.registers.versions import is_token
from township.addresses import LARGEST

MOST_BYTES = 4 * 1024 * 1024
LONGEST_CELL = 2000
MOST_CELLS = 40
UNREADABLE = "请求的内容不完整，没有处理。请刷新页面再试。"


class BadBody(ValueError):
    """A body that is none of ours; the message is for people."""


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the request."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise BadBody("内容太多，请分几次保存。")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError, RequestDataTooBig, UnreadablePostError) as why:
        raise BadBody(UNREADABLE) from why
    if not isinstance(body, dict):
        raise BadBody(UNREADABLE)
    return body


def rows_in(body: dict[str, Any], *, once: bool = True) -> list[GivenRow]:
    """The rows; raises BadBody. A draft may hold rows of an earlier page beside this one's (`once` False)."""
    rows = body.get("rows")
    if not isinstance(rows, list):
        raise BadBody(UNREADABLE)
    if len(rows) > LIMIT:
        raise BadBody(f"一次最多 {LIMIT} 行，请选一个网格，分几次录入。")
    found = [_row(row) for row in rows]
    ids = [row.id for row in found if row.id is not None]
    if once and (len({row.row for row in found}) < len(found) or len(set(ids)) < len(ids)):
        raise BadBody("同一行送来了两次，没有处理。请刷新页面再试。")
    return found


def _row(row: Any) -> GivenRow:
    if not isinstance(row, dict):
        raise BadBody(UNREADABLE)
    key, pk, seen, cells = row.get("row"), row.get("id"), row.get("seen") or "", row.get("cells")
    if not isinstance(key, str) or not 0 < len(key) <= 40 or not isinstance(cells, dict):
        raise BadBody(UNREADABLE)
    if pk is not None and (type(pk) is not int or not 0 < pk <= LARGEST):
        raise BadBody(UNREADABLE)
    if pk is not None and not (isinstance(seen, str) and is_token(seen)):
        raise BadBody(UNREADABLE)
    if len(cells) > MOST_CELLS:
        raise BadBody(UNREADABLE)
    return GivenRow(
        key, pk, seen if pk is not None else "", {_text(name): _text(cell) for name, cell in cells.items()}
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        raise BadBody(UNREADABLE)
    if len(cell) > LONGEST_CELL:
        raise BadBody(f"有一格超过 {LONGEST_CELL} 个字，没有处理，请删短后再试。")
    return cell.translate(UNSTORABLE)


def picks_in(body: dict[str, Any]) -> Picks:
    """What was chosen for cells in conflict; anything else counts as not chosen."""
    choices = body.get("choices")
    if not isinstance(choices, dict):
        return {}
    return {
        str(row): {str(key): pick for key, pick in cells.items() if pick in ("mine", "theirs")}
        for row, cells in choices.items()
        if isinstance(cells, dict)
    }


def as_draft(row: GivenRow) -> dict[str, Any]:
    """A row as a draft keeps it and the page takes it back."""
    return {"row": row.row, "id": row.id, "seen": row.seen, "cells": dict(row.cells)}
