"""The diary as a booklet: cover, contents and page numbers, set by WeasyPrint with our fetcher and fonts."""

from datetime import date

from django.template.loader import render_to_string

from services.visits.queries.diary import Diary

PAPERS = {"A5": "A5", "A4": "A4"}


def write(diary: Diary, *, paper: str, township: str, on: date, stamp: str) -> bytes:
    """The PDF; `stamp` says at the foot of every page who printed it when."""
    from weasyprint import CSS, HTML  # slow import
    from weasyprint.text.fonts import FontConfiguration  # slow import

    from township.sheets.fetcher import StaticFetcher, font_roots  # slow import: pulls in WeasyPrint
    from township.sheets.print_css import font_rules  # slow import: fontTools

    fetcher, fonts = StaticFetcher(), FontConfiguration()
    about = {"diary": diary, "township": township, "on": on, "stamp": stamp}
    markup = render_to_string("services/visits/booklet.html", about)
    styles = [
        CSS(url="static:css/booklet.css", url_fetcher=fetcher, font_config=fonts),
        CSS(string=f"@page{{size:{PAPERS[paper]}}}", url_fetcher=fetcher, font_config=fonts),
        CSS(string=font_rules(font_roots()), url_fetcher=fetcher, font_config=fonts),
    ]
    made: bytes = HTML(string=markup, url_fetcher=fetcher).write_pdf(stylesheets=styles, font_config=fonts)
    return made
