"""The only way out of a PDF being made: our own static files, the office's fonts and data: addresses."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from weasyprint.urls import URLFetcher, URLFetcherResponse


class StaticFetcher(URLFetcher):
    """Refuses every address but `static:path`, `font:file` and `data:`; what is refused is left out."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        scheme, _, path = url.partition(":")
        if scheme == "static":
            return _serve(url, path, [Path(root) for root in settings.STATICFILES_DIRS])
        if scheme == "font":
            return _serve(url, path, font_roots())
        return super().fetch(url, headers)


def font_roots() -> list[Path]:
    """The office's own fonts folder, if it has set one."""
    folder = getattr(settings, "FONTS_DIR", "")
    return [Path(folder)] if folder else []


def _serve(url: str, path: str, roots: list[Path]) -> Any:
    for root in roots:
        base = root.resolve()
        file = (base / unquote(path).lstrip("/")).resolve()
        if file.is_relative_to(base) and file.is_file():
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})
    raise ValueError(f"not one of our static files: {url}")
