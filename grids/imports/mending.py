"""One mend of a clerk, as it comes from the preview page, taken into the session's mends."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from grids.imports import preview, uploads
from grids.imports.mends import Mends
from grids.imports.planning.word import NOBODY
from grids.imports.reading.book import corner, load_sheets, mended
from grids.imports.reading.files import RawSheet
from grids.imports.reading.values import strike_private, text_of
from grids.imports.sources import require
from grids.models import RosterUpload

if TYPE_CHECKING:
    from township.models import User

VALUE, SKIP = "value", "skip"
DEEDS = {
    VALUE: "改",
    SKIP: "跳过",
    "take_up": "不再跳过",
    "create": "新建",
    "same": "同一个",
    "different": "不同",
    "all_different": "都不同",
}


@dataclass(frozen=True)
class Mend:
    """What is done to one row (from 1) or one cell (column from 0) of a sheet."""

    deed: str
    sheet: str = ""
    row: int = 0
    column: int | None = None
    value: str = ""
    alike: bool = False  # every cell of the column that says the same
    kind: str = ""
    pk: int = NOBODY


def mend(*, upload: RosterUpload, by: "User", today: date, what: Mend) -> RosterUpload:
    """Take one mend into the session and compare anew; a session that is over stays as it is."""
    require(by, upload.source)
    with transaction.atomic():
        upload = uploads.locked(upload)
        if not upload.is_open:
            return upload
        mends = Mends.of_data(upload.mends)
        _take(mends, what, upload)
        return uploads.mend(upload=upload, by=by, today=today, mends=mends)


def _take(mends: Mends, what: Mend, upload: RosterUpload) -> None:
    key = what.sheet, what.row
    match what.deed:
        case "value" if what.column is not None:
            _write(mends, what, what.column, upload)
        case "skip":
            mends.skips[key] = strike_private(what.value)[0]
        case "take_up":
            mends.skips.pop(key, None)
        case "create":
            mends.new_groups.add(what.value)
        case "same":
            mends.same[*key, what.kind] = what.pk
        case "different":
            mends.same[*key, what.kind] = NOBODY
        case "all_different":
            _call_all_different(mends, upload)


def _call_all_different(mends: Mends, upload: RosterUpload) -> None:
    for row in upload.preview:
        for issue in row["issues"]:
            if issue["severity"] == preview.SUSPECT:
                mends.same[row["sheet"], row["row"], issue["kind"]] = NOBODY


def _write(mends: Mends, what: Mend, column: int, upload: RosterUpload) -> None:
    """The typed value into the cell, or into all cells of its column that say what it said."""
    sheets = mended(load_sheets(upload.rows or []), mends.cells)
    sheet = next((sheet for sheet in sheets if sheet.name == what.sheet), None)
    if sheet is None or not 0 < what.row <= len(sheet.cells):
        return
    row, column = corner(sheet, what.row - 1, column)
    value = strike_private(what.value)[0]
    before = _text(sheet, row, column)
    rows = [row]
    if what.alike and before:
        rows = [number for number in range(len(sheet.cells)) if _text(sheet, number, column) == before]
    for number in rows:
        mends.cells[sheet.name, number, column] = value


def _text(sheet: RawSheet, row: int, column: int) -> str:
    cells = sheet.cells[row]
    return text_of(cells[column]) if column < len(cells) else ""
