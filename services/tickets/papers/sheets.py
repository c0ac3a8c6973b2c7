"""Papers as PDF: set as A5 halves or A4 by WeasyPrint, two halves laid side by side by pikepdf."""

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import zip_longest
from typing import Any

import pikepdf

from services.press import Press
from services.tickets.papers.choices import Size
from services.tickets.papers.content import Slip
from services.tickets.papers.rules import Form

MM = 72 / 25.4
BATCH = 40  # bounds memory
STUB, COPY = "stub", "copy"
A5_WIDE, HALF_WIDE, HALF_HIGH = 148.0, 148.5, 210.0


def write(form: Form, slips: Sequence[Slip], *, size: str, on: date, stamp: str) -> bytes:
    """All these papers in one file; `stamp` says small at the foot who printed it when."""
    press, out = Press("css/tickets-print.css"), io.BytesIO()
    with pikepdf.new() as pdf, ExitStack() as opened:
        for start in range(0, len(slips), BATCH):
            about = {"slips": slips[start : start + BATCH], "on": on, "stamp": stamp, "halves": (STUB, COPY)}
            document = press.set(f"services/tickets/print/{form.paper}.html", about)
            made = opened.enter_context(pikepdf.open(io.BytesIO(document.write_pdf())))
            if form.halves and size == Size.A4:
                for pair in _pairs([page.anchors for page in document.pages]):
                    _lay(pdf, [made.pages[at] if at is not None else None for at in pair])
            else:
                pdf.pages.extend(made.pages)
        pdf.save(out)
    return out.getvalue()


def _pairs(anchors: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Pages of stubs beside those of copies; one half may need a second page."""
    runs: dict[str, list[int]] = {}
    name = ""
    for at, names in enumerate(anchors):
        name = next(iter(names), name)  # what goes on to a second page may bear its name there, too
        runs.setdefault(name, []).append(at)
    stubs, copies = (
        [pages for name, pages in runs.items() if name.startswith(half)] for half in (STUB, COPY)
    )
    for left, right in zip(stubs, copies, strict=True):
        yield from zip_longest(left, right)


def _lay(pdf: pikepdf.Pdf, pages: Sequence[Any]) -> None:
    """Two A5 on an A4 laid crosswise, with a dotted line to cut along."""
    sheet = pdf.add_blank_page(page_size=(2 * HALF_WIDE * MM, HALF_HIGH * MM))
    for at, page in enumerate(pages):
        if page is not None:
            left = at * HALF_WIDE * MM
            sheet.add_overlay(page, pikepdf.Rectangle(left, 0, left + A5_WIDE * MM, HALF_HIGH * MM))
    x = HALF_WIDE * MM
    sheet.contents_add(f"q 0 G 0.5 w [2 3] 0 d {x:.2f} 0 m {x:.2f} {HALF_HIGH * MM:.2f} l S Q".encode())
