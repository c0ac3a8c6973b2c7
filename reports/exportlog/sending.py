"""Any tables as workbook or print on their way out: watermarked, numbered and logged."""

from collections.abc import Sequence

from django.http import FileResponse, HttpRequest
from django.utils.timezone import localdate

from grids import access
from reports.annexes import files
from reports.annexes.actions import ROWS_AT_ONCE, watermark
from reports.exportlog.actions import Leaving, issue
from reports.exportlog.rules import foot_of
from reports.filing.printing import FORMATS
from township.models import User
from township.sheets import Sheet

MOST_PRINTED = ROWS_AT_ONCE  # decisions 2: nothing longer is printed while somebody waits


def download(
    sheets: Sequence[Sheet],
    name: str,
    suffix: str,
    *,
    rows: int,
    by: User,
    request: HttpRequest,
    note: str = "",
) -> FileResponse:
    """The file; who took how many rows of what goes into the log."""
    access.require(by, access.Right.EXPORT_ROSTER)
    unit, text = str(by.township or ""), watermark(by)
    leaving = Leaving(
        township=by.township,  # type: ignore[arg-type]  # who may export belongs to one
        name=files.safe_name(unit, name, f"{localdate():%Y%m%d}", suffix=suffix),
        table=name,
        format=suffix,
        rows=rows,
        note=note,
    )
    path = None if suffix == "xlsx" else files.keep_pdf(sheets, mode="plain").path

    def make(serial: str) -> bytes:
        if path is None:
            return files.workbook(sheets, watermark=text, mark=foot_of(serial))
        return files.stamped(path, text, foot_of(serial))

    made = issue(leaving, make, by=by, request=request)
    return FileResponse(made.content, as_attachment=True, filename=made.name, content_type=FORMATS[suffix])
