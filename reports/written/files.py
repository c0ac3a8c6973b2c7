"""Files of a report: Word and PDF from the same paper, a draft marked as one on every page."""

import io
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.template.loader import render_to_string

from reports.annexes.files import stamped
from reports.written.layout import Paper

TYPES: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def written(paper: Paper, suffix: str) -> IO[bytes]:
    """The file, ready to be read from its beginning."""
    if suffix == "pdf":
        return _pdf(paper)
    from reports.written import word_file  # slow import: lxml

    out = io.BytesIO()
    word_file.write(paper, out)
    out.seek(0)
    return out


def _pdf(paper: Paper) -> IO[bytes]:
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
    if not paper.draft:
        return io.BytesIO(made)
    with NamedTemporaryFile(suffix=".pdf") as clean:
        Path(clean.name).write_bytes(made)
        return io.BytesIO(stamped(Path(clean.name), paper.draft))
