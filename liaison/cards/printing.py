"""Cards as PDF: set by WeasyPrint with our fetcher and fonts, one on an A5 page or two on an A4 to be cut."""

import gc
import io
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

import pikepdf
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from liaison.cards.choices import CardPaper
from liaison.cards.sheets import Card
from township.sheets.fetcher import StaticFetcher, font_roots
from township.sheets.print_css import font_rules

BATCH = 50  # bounds memory; each batch carries its fonts once
_MM = 72 / 25.4
_WIDE, _HIGH = 297 * _MM, 210 * _MM
# A fine dashed line between the two halves.
_CUT = f"q 0.6 G 0.4 w [4 4] 0 d {_WIDE / 2:.2f} 0 m {_WIDE / 2:.2f} {_HIGH:.2f} l S Q".encode()


def write(cards: Sequence[Card], *, paper: str, place: str, on: date, stamp: str) -> io.BytesIO:
    """The cards in order. `place` is the township's name; `stamp` says on holders' cards who printed them."""
    about = {"place": place, "on": on, "stamp": stamp}
    batches = [cards[i : i + BATCH] for i in range(0, len(cards), BATCH)]
    out = io.BytesIO()
    with pikepdf.new() as pdf, ExitStack() as opened:
        for batch in batches:
            source = opened.enter_context(pikepdf.open(io.BytesIO(_set(batch, about))))
            pdf.pages.extend(source.pages)
        if paper == CardPaper.A4:
            opened.enter_context(two := _side_by_side(pdf))
            two.save(out)
        else:
            pdf.save(out)
    out.seek(0)
    return out


def _set(cards: Sequence[Card], about: Mapping[str, Any]) -> bytes:
    """Some cards as PDF, each on pages of its own."""
    fetcher, fonts = StaticFetcher(), FontConfiguration()
    styles = [
        CSS(url="static:css/cards.css", url_fetcher=fetcher, font_config=fonts),
        CSS(string=font_rules(font_roots()), url_fetcher=fetcher, font_config=fonts),
    ]
    markup = render_to_string("liaison/cards/print.html", {**about, "cards": cards})
    made: bytes = HTML(string=markup, url_fetcher=fetcher).write_pdf(stylesheets=styles, font_config=fonts)
    gc.collect()  # boxes point at each other; without this they pile up over the batches
    return made


def _side_by_side(source: pikepdf.Pdf) -> pikepdf.Pdf:
    """Two A5 pages on each A4 laid crosswise, with a line to cut along."""
    pdf = pikepdf.new()
    for number, page in enumerate(source.pages):
        if number % 2 == 0:
            sheet = pdf.add_blank_page(page_size=(_WIDE, _HIGH))
            sheet.contents_add(_CUT)
        left = number % 2 * _WIDE / 2
        sheet.add_overlay(page, pikepdf.Rectangle(left, 0, left + _WIDE / 2, _HIGH))
    return pdf
