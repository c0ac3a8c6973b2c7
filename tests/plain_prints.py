"""Files without their typesetting, for tests that ask who gets a file, what is in it and what it asks for.

WeasyPrint takes a second for a page or two; that it sets them well is held by tests of the sheets themselves.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, BinaryIO
from unittest import mock

import pikepdf
from weasyprint import HTML

from township.sheets import Sheet


def _blank() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(842, 595))
        pdf.save(out)
    return out.getvalue()


BLANK = _blank()


def _words(sheet: Sheet) -> str:
    """All that its print shows. Its rows are read twice, as they are to be counted and set in pages."""
    list(sheet.read())
    shown = [sheet.title, sheet.annex, *sheet.frame, sheet.summary, sheet.watermark]
    shown += [word for column in sheet.columns for word in (column.title, column.group)]
    shown += [f"{line.label}{line.value}" for line in sheet.signatures]
    return "\n".join([*shown, *(f"{cell}" for row in (*sheet.read(), *sheet.totals) for cell in row)])


@contextmanager
def tables_as_text() -> Iterator[list[str]]:
    """Tables are printed as blank pages; what would stand on them is in the list handed out."""
    printed: list[str] = []

    def write(sheets: Sheet | Sequence[Sheet], fileobj: BinaryIO, **options: Any) -> None:
        printed.extend(map(_words, [sheets] if isinstance(sheets, Sheet) else sheets))
        fileobj.write(BLANK)

    with mock.patch("township.sheets.pdf.write", write):
        yield printed


@contextmanager
def books_only_read() -> Iterator[None]:
    """Workbooks are empty, their rows are read all the same."""

    def write_book(sheets: Sequence[Sheet], fileobj: BinaryIO) -> None:
        for sheet in sheets:
            list(sheet.read())

    def write(sheet: Sheet, fileobj: BinaryIO) -> None:
        write_book([sheet], fileobj)

    with (
        mock.patch("township.sheets.xlsx.write", write),
        mock.patch("township.sheets.xlsx.write_book", write_book),
    ):
        yield


@contextmanager
def nothing_set() -> Iterator[None]:
    """Every print is one blank page."""
    document = SimpleNamespace(pages=[SimpleNamespace(anchors={})], write_pdf=lambda: BLANK)
    with (
        tables_as_text(),
        mock.patch.object(HTML, "render", return_value=document),
        mock.patch.object(HTML, "write_pdf", return_value=BLANK),
    ):
        yield
