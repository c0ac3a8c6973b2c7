"""The harness's server, and a desk at its grid on a screen of one's choice."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage

from tests.e2e.entry_harness.desk import Desk
from tests.e2e.entry_harness.serving import start
from tests.e2e.entry_harness.town import Town

# Answers that the grid is made for; Chromium writes them to the console all the same.
EXPECTED = ("status of 422", "status of 409", "ERR_INTERNET_DISCONNECTED")


@pytest.fixture(scope="module")
def serving() -> Iterator[tuple[str, Town]]:
    """The harness: its address and its town."""
    server, town = start()
    yield f"http://127.0.0.1:{server.server_port}", town
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(browser: Browser, serving: tuple[str, Town]) -> Iterator[Callable[..., Desk]]:
    """Open a grid of so many rows on a screen; complaints of the console fail the test."""
    url, town = serving
    contexts, complaints = [], []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def open_grid(rows: int = 12, screen: str = "notebook", query: str = "", **options) -> Desk:
        town.reset(rows, **options)
        phone = screen == "phone"
        size = {"width": 360, "height": 780} if phone else {"width": 1366, "height": 768}
        context = browser.new_context(
            viewport=size,
            is_mobile=phone,
            has_touch=phone,
            locale="zh-CN",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Desk(page, town, url).open(query)

    yield open_grid
    for context in contexts:
        context.close()
    assert [text for text in complaints if not any(part in text for part in EXPECTED)] == []
