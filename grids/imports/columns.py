"""Step 2 of a session as a page shows it: sheets, title rows, columns with samples, and their choices."""

from typing import TYPE_CHECKING, Any

from grids.imports.forms import branch_choices
from grids.imports.reading.book import fingerprint, load_sheets
from grids.imports.reading.files import RawSheet
from grids.imports.reading.headers import NOT_STORED, PRIVATE
from grids.imports.reading.rosters import column_letters
from grids.imports.reading.values import mask, text_of
from grids.imports.sources import SOURCES
from grids.models import ColumnMemory, RosterUpload

if TYPE_CHECKING:
    from township.models import User

HEAD_CANDIDATES = 12
WORDS_SHOWN = 5


def page(upload: RosterUpload, user: "User") -> dict[str, Any]:
    """Everything columns.html needs."""
    source = SOURCES[upload.source]
    sheets = {sheet.name: sheet for sheet in load_sheets(upload.rows or [])}
    marks = [fingerprint(sheet) for sheet in sheets.values() if not sheet.hidden]
    memory = ColumnMemory.objects.visible_to(user).filter(fingerprint__in=marks).first()
    known = {name for _, fields in source.fields() for name, _ in fields}
    return {
        "sheets": [
            _sheet(number, about, sheets.get(about["name"]), upload, source.clearable(), known)
            for number, about in enumerate(upload.report["sheets"])
            if not about["skipped"].startswith(("隐藏", "空白"))
        ],
        "hidden": [about for about in upload.report["sheets"] if about["skipped"].startswith("隐藏")],
        "fields": source.fields(),
        "branches": branch_choices(user),
        "memory": memory,
    }


def _sheet(
    number: int,
    about: dict[str, Any],
    sheet: RawSheet | None,
    upload: RosterUpload,
    clearable: set[str],
    known: set[str],
) -> dict[str, Any]:
    guide = upload.guides.get(about["name"], {})
    blanks = guide.get("blanks", {})
    return {
        "number": number,
        "name": about["name"],
        "on": guide.get("on", True) and (bool(about["columns"]) or bool(guide)),
        "note": about["skipped"],
        "header_row": about["header_row"],
        "heads": _heads(sheet) if sheet is not None else [],
        "columns": [
            {
                **column,
                "letter": column_letters(column["index"]),
                "private": column["field"] == PRIVATE,
                "chosen": column["field"] if column["field"] in known else "",
                "unsure": column["field"] not in known | {PRIVATE} and bool(column["samples"]),
                "clearable": column["field"] in clearable,
                "stored": column["field"] in known - NOT_STORED,
                "blank": blanks.get(column["field"], "keep"),
            }
            for column in about["layout"]
        ],
    }


def _heads(sheet: RawSheet) -> list[tuple[int, str]]:
    """The first rows with anything in them, as candidates for the title row."""
    found = []
    for row, cells in enumerate(sheet.cells, 1):
        texts = list(dict.fromkeys(mask(value) for value in cells if text_of(value)))
        if texts:
            more = "…" if len(texts) > WORDS_SHOWN else ""
            found.append((row, f"第 {row} 行：{'｜'.join(text[:12] for text in texts[:WORDS_SHOWN])}{more}"))
        if len(found) >= HEAD_CANDIDATES:
            break
    return found
