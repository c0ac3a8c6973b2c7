"""Pages of print from templates, set by WeasyPrint: our own styles, the office's fonts, nothing else."""

import gc
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from township.sheets.fetcher import StaticFetcher, font_roots
from township.sheets.print_css import font_rules


class Press:
    """Fonts and rules of one file, read once."""

    def __init__(self, style: str) -> None:
        self.fetcher, self.fonts = StaticFetcher(), FontConfiguration()
        self.styles = [
            CSS(url=f"static:{style}", url_fetcher=self.fetcher, font_config=self.fonts),
            CSS(string=font_rules(font_roots()), url_fetcher=self.fetcher, font_config=self.fonts),
        ]

    def set(self, template: str, context: Mapping[str, Any]) -> Any:
        """The laid out document."""
        html = HTML(string=render_to_string(template, dict(context)), url_fetcher=self.fetcher)
        return html.render(stylesheets=self.styles, font_config=self.fonts)

    def pdf(self, template: str, context: Mapping[str, Any]) -> bytes:
        """The document as PDF."""
        made: bytes = self.set(template, context).write_pdf()
        gc.collect()  # boxes point at each other; without this they pile up over the batches
        return made
