"""Files of a snapshot: the frozen tables through the same renderers, watermarked and logged."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any

from django.http import HttpRequest

from grids import access
from reports.annexes import files
from reports.annexes.actions import watermark
from reports.annexes.registry import ANNEXES, Order
from reports.choices import FilingState
from reports.filing.frozen import PHONE_COLUMNS, thaw
from reports.models import Snapshot
from township import audit
from township.choices import Deed
from township.masks import mask_numbers
from township.models import User
from township.sheets import Sheet

FORMATS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
DRAFT = "草稿（未接收）"


def of_snapshot(
    snapshot: Snapshot,
    number: int,
    suffix: str,
    *,
    by: User,
    request: HttpRequest,
) -> tuple[IO[bytes], str, str]:
    """Content, file name and type of one annex as it was submitted; the log gets its row."""
    sheet, annex = sheet_of(snapshot, number, by=by), ANNEXES[number]
    filing = snapshot.filing
    accepted = filing.state in (FilingState.ACCEPTED, FilingState.ARCHIVED)
    marked = watermark(by) if accepted else f"{DRAFT} {watermark(by)}"
    content: IO[bytes] = io.BytesIO()
    if suffix == "xlsx":
        files.write_xlsx([replace(sheet, watermark=marked)], content)  # type: ignore[arg-type]
        content.seek(0)
    else:
        kept = files.keep_pdf([sheet], mode="plain")
        content = files.stamped(kept.path, marked)
    order = Order(filing.campaign.township, filing.campaign.year, filing.campaign.cut_off, filing.root)
    name = files.file_name(annex, order, suffix).replace(f".{suffix}", f"_第{snapshot.number}次上报.{suffix}")
    audit.record(
        by=by,
        deed=Deed.EXPORT,
        target=name,
        rows=len(snapshot.sheets[str(number)]["rows"]),
        note=f"上报快照 {snapshot.sha256[:12]}",
        request=request,
    )
    return content, name, FORMATS[suffix]


def sheet_of(snapshot: Snapshot, number: int, *, by: Any) -> Sheet:
    """The frozen sheet, phones masked for those who may not have them."""
    sheet = thaw(snapshot.sheets[str(number)])
    if access.sees_full_phone(by, snapshot.filing.root_id):
        return sheet
    hidden = {i for i, column in enumerate(sheet.columns) if column.key in PHONE_COLUMNS}
    rows = [
        tuple(
            mask_numbers(cell) if i in hidden and isinstance(cell, str) else cell
            for i, cell in enumerate(row)
        )
        for row in sheet.read()
    ]
    return replace(sheet, rows=rows)
