"""A book or a meeting's pack as workbook or print, watermarked and logged."""

import io
from collections.abc import Sequence
from dataclasses import replace

from django.http import FileResponse, HttpRequest
from django.utils.timezone import localdate

from grids import access
from reports.annexes import files
from reports.annexes.actions import ROWS_AT_ONCE, watermark
from reports.filing.printing import FORMATS
from township import audit
from township.choices import Deed
from township.models import User
from township.sheets import Sheet

MOST_PRINTED = ROWS_AT_ONCE  # decisions 2: nothing longer is printed while somebody waits


def download(
    sheets: Sequence[Sheet], name: str, suffix: str, *, rows: int, by: User, request: HttpRequest, note: str
) -> FileResponse:
    """The file; who took how many rows of what goes into the log."""
    access.require(by, access.Right.EXPORT_ROSTER)
    marked = [replace(sheet, watermark=watermark(by)) for sheet in sheets]
    content = io.BytesIO()
    if suffix == "xlsx":
        files.write_xlsx(marked, content)
    else:
        files.write_pdf(marked, content)
    content.seek(0)
    unit = str(by.township or "")
    file_name = f"{unit}_{name}_{localdate():%Y%m%d}.{suffix}"
    audit.record(by=by, deed=Deed.EXPORT, target=file_name, rows=rows, note=note, request=request)
    return FileResponse(content, as_attachment=True, filename=file_name, content_type=FORMATS[suffix])
