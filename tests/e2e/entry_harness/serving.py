"""A server on the loopback that shows the real grid over a made-up town, for browsers of every age.

`python -m tests.e2e.entry_harness.serving` prints its address and serves until its input closes.
"""

import json
import mimetypes
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.template import Context, Template
from django.template.loader import get_template

from tests.e2e.entry_harness.town import Town

ROOT = Path(__file__).resolve().parents[3]
PAGE = Path(__file__).with_name("page.html")
HTML = "text/html; charset=utf-8"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"


class Handler(BaseHTTPRequestHandler):
    """Pages, static files, and the three addresses of the contract, plus /test/ for the tests' own wishes."""

    protocol_version = "HTTP/1.1"
    town: Town

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing: the tests look at pages, not at logs."""

    def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_json(self, status: int, body: dict[str, Any]) -> None:
        self.answer(status, json.dumps(body, ensure_ascii=False).encode(), "application/json")

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path.startswith("/static/"):
            self.send_static(address.path)
        elif address.path == "/":
            page = render(self.town, parse_qs(address.query))
            self.answer(200, page.encode(), HTML, Content_Security_Policy=POLICY)
        elif address.path == "/test/state/":
            self.answer_json(200, {"rows": self.town.rows, "draft": self.town.draft})
        else:
            self.answer(200, "<!DOCTYPE html><title>已保存</title><p>已保存".encode(), HTML)

    def send_static(self, path: str) -> None:
        file = (ROOT / path.lstrip("/")).resolve()
        if not file.is_relative_to(ROOT / "static") or not file.is_file():
            self.answer(404, b"", "text/plain")
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self.answer(200, file.read_bytes(), f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        act = {"/check/": self.town.check, "/save/": self.town.save, "/draft/": self.town.keep}.get(self.path)
        if act is None:
            self.own_wish(body)
        elif self.headers.get("X-CSRFToken") != "harness":
            self.answer(403, b"", "text/html")
        elif self.town.options["signed_out"]:
            self.answer(200, b"<!DOCTYPE html>", "text/html")
        else:
            self.answer_json(*act(body))

    def own_wish(self, body: dict[str, Any]) -> None:
        if self.path == "/test/reset/":
            self.town.reset(**body)
        elif self.path == "/test/change/":
            self.town.change(**body)
        else:
            self.town.options.update(body)
        self.answer_json(200, {})


class Quiet(ThreadingHTTPServer):
    """A browser that closes in the middle of an answer is no news."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def render(town: Town, query: dict[str, list[str]]) -> str:
    """The page around the real partial; ?large=1 and ?contrast=1 as the preferences would set them."""
    context = {
        "config": town.config(),
        "label": "农户 · 东坡村第一网格",
        "check_url": "/check/",
        "save_url": "/save/",
        "draft_url": "/draft/",
        "leave_url": "/saved/",
        "workbook_url": "/static/none.xlsx",
        "csrf_token": "harness",
        "ui": {"large": "large" in query, "contrast": "contrast" in query},
    }
    return Template(PAGE.read_text(encoding="utf-8")).render(Context(context))


def start(port: int = 0) -> tuple[ThreadingHTTPServer, Town]:
    """A running server on a free port and the town behind it; `shutdown` and `server_close` end it."""
    town = Town()
    get_template("grids/registers/_grid.html")  # a broken template shall stop the start, not the first page
    server = Quiet(("127.0.0.1", port), type("TownHandler", (Handler,), {"town": town}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, town


if __name__ == "__main__":
    django.setup()
    running, _ = start(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(f"http://127.0.0.1:{running.server_port}", flush=True)
    sys.stdin.read()
    running.shutdown()
