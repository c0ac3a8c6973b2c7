"""Annex files: their names, their making, the kept PDFs, and the watermark put on when one leaves."""

import hashlib
import io
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Literal, cast

import pikepdf
from django.conf import settings
from django.template.loader import render_to_string

from reports.annexes.registry import Annex, Order
from reports.choices import PrintMode
from township.sheets import Sheet
from township.sheets.layout import digest

RENDERING = "1"  # raise it when the look of the PDF changes: kept files of an older look are not used again
KEPT_SECONDS = 30 * 24 * 3600
_POINTS_PER_MM = 72 / 25.4

Mode = Literal["plain", "official"]
Progress = Callable[[int, int], None]


class NotPrintable(Exception):
    """A table that no page can hold; the message is for the clerk."""


def mode_of(value: str) -> Mode:
    """The print mode of a form field or of a job's row."""
    return "official" if value == PrintMode.OFFICIAL else "plain"


def file_name(annex: Annex, order: Order, suffix: str, *more: str) -> str:
    """乡_村_表名_日期: 青河乡_附件4_20260910.xlsx, with a branch 青河乡_东坡村党支部_附件4_20260910.xlsx."""
    day = f"{order.today:%Y%m%d}"
    return safe_name(order.township.name, order.place, annex.label, day, *more, suffix=suffix)


def year_file_name(annex: Annex, order: Order, suffix: str) -> str:
    """The same for the folder of a whole year: 青河乡_附件4_2026.xlsx."""
    return safe_name(order.township.name, order.place, annex.label, str(order.year), suffix=suffix)


def safe_name(*parts: str, suffix: str) -> str:
    """Parts joined to a name that Windows takes, too."""
    return "_".join(part for part in map(safe_part, parts) if part) + f".{suffix}"


def safe_part(text: str) -> str:
    """Words as part of a name, or as a folder's."""
    return re.sub(r'[\\/:*?"<>|\s\x00-\x1f]', "", text).strip(".")


def write_xlsx(sheets: Sequence[Sheet], fileobj: BinaryIO) -> None:
    """The workbook."""
    from township.sheets import xlsx  # slow import: XlsxWriter

    xlsx.write_book(sheets, fileobj)


def write_pdf(
    sheets: Sequence[Sheet], fileobj: BinaryIO, *, mode: Mode = "plain", progress: Progress | None = None
) -> None:
    """The printed form."""
    from township.sheets import pdf  # slow import: WeasyPrint

    try:
        pdf.write(sheets, fileobj, mode=mode, progress=progress)
    except pdf.LayoutError as why:
        raise NotPrintable(str(why)) from why


# --- kept PDFs --------------------------------------------------------------------------------------


def fingerprint(sheets: Sequence[Sheet], mode: Mode) -> str:
    """What the PDF will show, and nothing else: not who asked, not when."""
    seen = hashlib.sha256(f"{RENDERING} {mode}".encode())
    for sheet in sheets:
        look = (
            sheet.title,
            sheet.annex,
            sheet.frame,
            sheet.signatures,
            sheet.summary,
            sheet.totals,
            sheet.total_first,
            sheet.paper,
            sheet.landscape,
            sheet.text_size,
            sheet.columns,
        )
        seen.update(repr(look).encode())
        seen.update(digest(sheet.columns, sheet.read()).encode())
    return seen.hexdigest()


def kept_path(sha256: str) -> Path:
    """Where the PDF of this content is kept."""
    return Path(settings.EXPORT_DIR) / f"{sha256}.pdf"


@dataclass(frozen=True)
class Kept:
    """A PDF in the folder of kept files."""

    sha256: str
    path: Path


def keep_pdf(sheets: Sequence[Sheet], *, mode: Mode, progress: Progress | None = None) -> Kept:
    """The PDF of these sheets: the kept one if the same content was printed before, else a new one."""
    sha256 = fingerprint(sheets, mode)
    path = kept_path(sha256)
    if path.exists():
        os.utime(path)
        return Kept(sha256, path)
    write_whole(path, lambda out: write_pdf(sheets, out, mode=mode, progress=progress))
    drop_old(path.parent)
    return Kept(sha256, path)


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file that either is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as out:
        try:
            write(cast("BinaryIO", out))
            out.flush()
            os.fsync(out.fileno())
        except BaseException:
            Path(out.name).unlink()
            raise
    Path(out.name).replace(path)


def drop_old(folder: Path) -> None:
    """Personal data is not kept longer than a month after its last use."""
    limit = time.time() - KEPT_SECONDS
    for file in (*folder.glob("*.pdf"), *folder.glob("*.zip")):
        if file.stat().st_mtime < limit:
            file.unlink(missing_ok=True)


# --- the watermark ----------------------------------------------------------------------------------


def workbook(sheets: Sequence[Sheet], *, watermark: str, mark: str) -> bytes:
    """The workbook as it leaves: 单位 姓名 时间 in its head, its number in its foot."""
    content = io.BytesIO()
    write_xlsx([replace(sheet, watermark=watermark, mark=mark) for sheet in sheets], content)
    return content.getvalue()


def stamped(clean: Path | BinaryIO, text: str, foot: str = "") -> bytes:
    """A PDF with "单位 姓名 时间" and its number on every page; the kept file itself stays clean."""
    out = io.BytesIO()
    with pikepdf.open(clean) as pdf:
        marks: dict[tuple[float, float], pikepdf.Object] = {}
        for page in pdf.pages:
            box = [float(value) for value in page.mediabox]
            size = (box[2] - box[0], box[3] - box[1])
            if size not in marks:
                marks[size] = _mark(pdf, size, text, foot)
            name = page.add_resource(marks[size], pikepdf.Name.XObject, pikepdf.Name("/TownshipMark"))
            page.contents_add(f"q {name} Do Q\n".encode(), prepend=True)
        pdf.save(out)
    return out.getvalue()


def _mark(pdf: pikepdf.Pdf, size: tuple[float, float], text: str, foot: str) -> pikepdf.Object:
    """One page of nothing but watermark and foot, as a form to be drawn under others."""
    from weasyprint import CSS, HTML  # slow import

    from township.sheets.fetcher import StaticFetcher  # slow import: pulls in WeasyPrint

    width, height = (value / _POINTS_PER_MM for value in size)
    lines = range(3) if text else ()
    markup = render_to_string("reports/annexes/watermark.html", {"text": text, "lines": lines, "foot": foot})
    rule = f"@page {{ size: {width:.2f}mm {height:.2f}mm; margin: 0 }} "
    rule += f"p {{ margin-top: {height / 4 - 8:.1f}mm }} .foot {{ top: {height - 8:.1f}mm }}"
    fetcher = StaticFetcher()
    made = HTML(string=markup, url_fetcher=fetcher).write_pdf(
        stylesheets=[CSS(url="static:css/watermark.css", url_fetcher=fetcher), CSS(string=rule)]
    )
    with pikepdf.open(io.BytesIO(made)) as source:
        return pdf.copy_foreign(source.pages[0].as_form_xobject())
