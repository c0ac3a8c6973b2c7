"""Annex files: their names, their making, the kept PDFs, and the watermark put on when one leaves."""

import hashlib
import io
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def file_name(annex: Annex, order: Order, suffix: str) -> str:
    """青河乡_附件4_2026.xlsx, with a branch 青河乡_东坡村党支部_附件4_2026.xlsx."""
    when = f"{order.today:%Y-%m-%d}" if order.past else str(order.year)
    parts = [order.township.name, order.place, annex.label, when]
    safe = (re.sub(r'[\\/:*?"<>|\s\x00-\x1f]', "", part) for part in parts)
    return "_".join(part for part in safe if part) + f".{suffix}"


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
    _drop_old(path.parent)
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


def _drop_old(folder: Path) -> None:
    """Personal data is not kept longer than a month after its last use."""
    limit = time.time() - KEPT_SECONDS
    for file in folder.glob("*.pdf"):
        if file.stat().st_mtime < limit:
            file.unlink(missing_ok=True)


# --- the watermark ----------------------------------------------------------------------------------


def stamped(path: Path, text: str) -> io.BytesIO:
    """The kept PDF with "单位 姓名 时间" under every page; the kept file itself stays clean."""
    out = io.BytesIO()
    with pikepdf.open(path) as pdf:
        marks: dict[tuple[float, float], pikepdf.Object] = {}
        for page in pdf.pages:
            box = [float(value) for value in page.mediabox]
            size = (box[2] - box[0], box[3] - box[1])
            if size not in marks:
                marks[size] = _mark(pdf, size, text)
            name = page.add_resource(marks[size], pikepdf.Name.XObject, pikepdf.Name("/TownshipMark"))
            page.contents_add(f"q {name} Do Q\n".encode(), prepend=True)
        pdf.save(out)
    out.seek(0)
    return out


def _mark(pdf: pikepdf.Pdf, size: tuple[float, float], text: str) -> pikepdf.Object:
    """One page of nothing but the watermark, as a form to be drawn under others."""
    from weasyprint import CSS, HTML  # slow import

    from township.sheets.fetcher import StaticFetcher  # slow import: pulls in WeasyPrint

    width, height = (value / _POINTS_PER_MM for value in size)
    markup = render_to_string("reports/annexes/watermark.html", {"text": text, "lines": range(3)})
    rule = f"@page {{ size: {width:.2f}mm {height:.2f}mm; margin: 0 }} "
    rule += f"p {{ margin-top: {height / 4 - 8:.1f}mm }}"
    fetcher = StaticFetcher()
    made = HTML(string=markup, url_fetcher=fetcher).write_pdf(
        stylesheets=[CSS(url="static:css/watermark.css", url_fetcher=fetcher), CSS(string=rule)]
    )
    with pikepdf.open(io.BytesIO(made)) as source:
        return pdf.copy_foreign(source.pages[0].as_form_xobject())
