"""Tables of services as workbook or print on their way out: watermarked and in the audit log."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from township import audit
from township.choices import Deed
from township.models import User
from township.sheets import Sheet

MOST_PRINTED = 300  # decisions 2: nothing longer is printed while somebody waits
TOO_LONG = f"超过 {MOST_PRINTED} 条，不能打印成一份。"
TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_UNSAFE = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]')


def watermark(by: User) -> str:
    """单位 姓名 时间."""
    unit = by.township.name if by.township else ""
    return f"{unit} {by.full_name} {timezone.localtime():%Y-%m-%d %H:%M}".strip()


def table(
    request: HttpRequest,
    sheets: Sequence[Sheet],
    name: str,
    suffix: str,
    *,
    rows: int,
    by: User,
    back: str,
    note: str = "",
) -> HttpResponseBase:
    """The filtered list as workbook or print, or back to it, in its filter, where it is too long to print.

    The view has asked for the right; anything but the two kinds of file is 404.
    """
    if suffix not in TYPES:
        raise Http404
    if suffix == "pdf" and rows > MOST_PRINTED:
        messages.error(request, f"{TOO_LONG}请先筛选，或导出 Excel。")
        return redirect(f"{back}?{request.GET.urlencode()}")
    return download(sheets, name, suffix, rows=rows, by=by, request=request, note=note)


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
    """The file; the view has asked for the right. Who took how many rows of what goes into the log."""
    marked = [replace(sheet, watermark=watermark(by)) for sheet in sheets]
    return send(_made(marked, suffix), name, suffix, rows=rows, by=by, request=request, note=note)


def send(
    content: bytes, name: str, suffix: str, *, rows: int, by: User, request: HttpRequest, note: str = ""
) -> FileResponse:
    """A finished file of ours on its way out, logged."""
    unit = by.township.name if by.township else ""
    parts = (unit, name, f"{timezone.localdate():%Y%m%d}")
    file_name = "_".join(_UNSAFE.sub("", part) for part in parts if part) + f".{suffix}"
    audit.record(by=by, deed=Deed.EXPORT, target=file_name, rows=rows, note=note, request=request)
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=file_name, content_type=TYPES[suffix]
    )


def _made(sheets: Sequence[Sheet], suffix: str) -> bytes:
    out = io.BytesIO()
    if suffix == "xlsx":
        from township.sheets import xlsx  # slow import: XlsxWriter

        xlsx.write_book(sheets, out)
    else:
        from township.sheets import pdf  # slow import: WeasyPrint

        pdf.write(sheets, out)
    return out.getvalue()
