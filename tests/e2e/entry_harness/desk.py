"""A clerk before the paste grid: cells by row and column, keys, the clipboard, an input method."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.entry_harness.town import KEYS, Town

NAME, GROUP, PHONE, DAY, COUNT, HUB, REMARK = (
    KEYS.index(key) for key in ("name", "group", "phone", "day", "count", "hub", "remark")
)
PRESSED = {"windowsVirtualKeyCode": 229, "key": "Process", "code": "KeyN"}


def block(rows: int) -> str:
    """So many full lines from the name on, as Excel copies them; every 20th phone is some digits short."""
    lines = (
        f"农户{n}\t第一党小组\t{'1380000' if n % 20 == 0 else f'139{n:08d}'}\t2016.7.1\t{n % 9}"
        f"\t{'是' if n % 9 == 0 else '否'}\t{n % 5 + 1}组\t{n}号\t备注{n}"
        for n in range(1, rows + 1)
    )
    return "\r\n".join(lines) + "\r\n"


class Desk:
    """One open grid, spoken of by rows and columns as they stand on the screen (rows from 1)."""

    def __init__(self, page: Page, town: Town, url: str) -> None:
        self.page, self.town, self.url = page, town, url

    def open(self, query: str = "") -> "Desk":
        self.page.goto(f"{self.url}/{query}")
        expect(self.page.locator(".entry-grid.is-ready")).to_be_visible()
        return self

    def cell(self, row: int, column: int) -> Locator:
        return self.page.locator(".entry-table tbody tr").nth(row - 1).locator("td").nth(column)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def at(self, row: int, column: int) -> "Desk":
        self.cell(row, column).click()
        return self

    def type(self, text: str, end: str = "Enter") -> None:
        self.page.keyboard.type(text)
        self.press(end)

    def paste(self, text: str) -> None:
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.press("Control+v")

    def clipboard(self) -> str:
        return str(self.page.evaluate("navigator.clipboard.readText()")).replace("\r\n", "\n")

    def part(self, name: str) -> Locator:
        return self.page.locator(f"[data-entry-{name}]")

    def compose(self, *stages: str, final: str | None) -> None:
        """As an input method does: a key with code 229, the letters while composing, then what is chosen."""
        cdp = self.page.context.new_cdp_session(self.page)
        for stage in stages:
            end = len(stage)
            cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **PRESSED})
            cdp.send("Input.imeSetComposition", {"text": stage, "selectionStart": end, "selectionEnd": end})
            cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", **PRESSED})
        if final is not None:
            cdp.send("Input.insertText", {"text": final})
