"""Debian's Chromium, driven by Playwright, with one page per screen size and axe on it."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

# The two screens every page must fit: an old office notebook and a phone.
SCREENS = {"notebook": (1366, 768), "phone": (360, 780)}
# This machine under a name that browsers trust no more than an office's LAN address: no worker, no clipboard.
PLAIN = "plain.test"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium per worker; a machine without it fails, since an unseen page is an untested page."""
    # Chromium without its window manager: the same pages for a third of the processor's time.
    chromium = shutil.which("chromium-headless-shell")
    if chromium is None:
        pytest.fail("chromium-headless-shell is not installed: run `make test-setup`", pytrace=False)
    with sync_playwright() as playwright:
        # Playwright itself passes --no-sandbox, which Chromium needs when CI runs as root.
        started = playwright.chromium.launch(
            executable_path=chromium,
            headless=True,
            args=[
                "--disable-dev-shm-usage",
                "--font-render-hinting=none",
                f"--host-resolver-rules=MAP {PLAIN} 127.0.0.1",
            ],
        )
        yield started
        started.close()


@pytest.fixture
def known_complaints() -> tuple[str, ...]:
    """What a browser may complain of in this test; a file about broken lines overrides it."""
    return ()


@pytest.fixture
def open_page(
    browser: Browser, live_server: LiveServer, known_complaints: tuple[str, ...]
) -> Iterator[Callable[[str], Page]]:
    """Open an empty page on a screen of SCREENS; console errors and CSP reports fail the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(known in message.text for known in known_complaints):
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open_on(screen: str, *, host: str = "localhost") -> Page:
        width, height = SCREENS[screen]
        own = live_server.url.replace("localhost", host)
        context = browser.new_context(
            base_url=own,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            is_mobile=screen == "phone",
            has_touch=screen == "phone",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # No page of ours may ask another machine for anything.
        page.on("request", lambda request: _expect_own(request.url, own, complaints))
        return page

    yield open_on
    for context in contexts:
        context.close()
    assert complaints == []


def _expect_own(url: str, own: str, complaints: list[str]) -> None:
    if not url.startswith((f"{own}/", "data:", "blob:", "about:")):
        complaints.append(f"request to {url}")


@pytest.fixture(params=list(SCREENS))
def browser_page(request: pytest.FixtureRequest, open_page: Callable[[str], Page]) -> Page:
    """A page at 1366×768 and again at 360×780: the test runs once for each."""
    return open_page(request.param)


@pytest.fixture
def notebook_page(open_page: Callable[[str], Page]) -> Page:
    """A page at 1366×768 only, for work nobody does on a phone."""
    return open_page("notebook")


@pytest.fixture
def phone_page(open_page: Callable[[str], Page]) -> Page:
    """A page at 360×780 only."""
    return open_page("phone")


@pytest.fixture
def axe_violations() -> Callable[[Page], list[str]]:
    """WCAG A and AA faults of a page, one readable line each; a good page gives an empty list."""

    def run(page: Page) -> list[str]:
        # Of what is right only one example each: telling all of it takes as long as looking.
        only = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
        result = Axe().run(page, options=only)
        return [
            f"{fault['id']}: {fault['help']} → {', '.join(str(node['target']) for node in fault['nodes'])}"
            for fault in result.response["violations"]
        ]

    return run


@pytest.fixture
def overflow() -> Callable[[Page], int]:
    """How many pixels the body is wider than the screen; 0 means nobody has to scroll sideways."""

    def measure(page: Page) -> int:
        page.wait_for_load_state()  # a click returns once the next page has begun, perhaps without a body
        root = "document.documentElement"
        return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))

    return measure
