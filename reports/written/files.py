"""Files of a report: Word and PDF from the same paper, a draft marked as one on every page."""

import io
from collections.abc import Callable, Mapping

from django.template.loader import render_to_string

from reports.annexes.files import stamped
from reports.exportlog.rules import foot_of
from reports.written.layout import Paper

TYPES: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def maker(paper: Paper, suffix: str) -> Callable[[str], bytes]:
    """What makes the file once its number is known; a PDF is set once, whatever number it gets."""
    if suffix == "pdf":
        clean = _pdf(paper)
        return lambda serial: stamped(io.BytesIO(clean), paper.draft, foot_of(serial))
    return lambda serial: _word(paper, foot_of(serial))


def _word(paper: Paper, foot: str) -> bytes:
    from reports.written import word_file  # slow import: lxml

    out = io.BytesIO()
    word_file.write(paper, out, foot=foot)
    return out.getvalue()


def _pdf(paper: Paper) -> bytes:
    from weasyprint import CSS, HTML  # slow import
    from weasyprint.text.fonts import FontConfiguration  # slow import

    from township.sheets.fetcher import StaticFetcher, font_roots  # slow import: pulls in WeasyPrint
    from township.sheets.print_css import font_rules  # slow import: fontTools

    fetcher, fonts = StaticFetcher(), FontConfiguration()
    markup = render_to_string("reports/written/print.html", {"paper": paper})
    styles = [
        CSS(url="static:css/report-print.css", url_fetcher=fetcher, font_config=fonts),
        CSS(string=font_rules(font_roots()), url_fetcher=fetcher, font_config=fonts),
    ]
    made: bytes = HTML(string=markup, url_fetcher=fetcher).write_pdf(stylesheets=styles, font_config=fonts)
    return made
