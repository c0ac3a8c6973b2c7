"""What pages ask of PostgreSQL, the stricter database: each page, each choice of its filters, each tab.

That the answers are right is held by the pages' own tests, on SQLite. Forms are sent by test_garbage.py.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import TestCase

from tests.access_matrix import ROWS
from tests.access_seats import ADMIN, AUDITOR, CLERK, OWN, SECRETARY
from tests.access_world import World, address, build, undone

TYPED = {"date": "2026-09-16", "number": "5", "month": "2026-09"}
# The same rows from another place on, other columns of them, and ways back.
LEFT_OUT = {"page", "open", "col", "next"}


class Asked(HTMLParser):
    """All that a page lets one ask of itself: values of the fields of its filter bars, and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.method = ""
        self.select = ""
        self.pairs: set[tuple[str, str]] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.method = given.get("method", "get").lower()
        elif tag == "a":
            self.links.add(given.get("href", ""))
        elif self.method == "get":
            self.field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.method = ""

    def field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "select":
            self.select = given.get("name", "")
        elif tag == "option":
            self.pairs.add((self.select, given.get("value", "")))
        elif tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            text = TYPED.get(kind, "村1") if kind in {*TYPED, "text", "search"} else given.get("value", "on")
            self.pairs.add((given["name"], text))

    def queries(self, path: str) -> Iterator[dict[str, str]]:
        """One query for each value, and for each value that a link to the same page gives."""
        linked = {
            pair
            for link in self.links
            if urlsplit(link).path in {"", path}
            for pair in parse_qsl(urlsplit(link).query)
        }
        for name, value in sorted(self.pairs | linked):
            if name not in LEFT_OUT and value:
                yield {name: value}


@pytest.mark.postgresql_only
class PostgresqlPagesTest(TestCase):
    """As the seat that may, over its own rows."""

    world: World

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.world = build()

    def test_every_page_and_every_filter_is_answered(self) -> None:
        asked = 0
        for row in ROWS:
            seat = next(
                (seat for seat in (CLERK, ADMIN, AUDITOR, SECRETARY) if seat in (row.get or ())), None
            )
            if seat is None or seat in row.led_on:
                continue
            parts = urlsplit(address(row, self.world.pk(row.kind, OWN, seat) if row.kind else None))
            page, own = Asked(), dict(parse_qsl(parts.query))
            page.feed(self.answer(row.title, seat, parts.path, own))
            for query in page.queries(parts.path):
                self.answer(row.title, seat, parts.path, {**own, **query})
                asked += 1
        assert asked > 500  # or the pages' filters were not found

    def answer(self, title: str, seat: str, path: str, query: dict[str, str]) -> str:
        url = f"{path}?{urlencode(query)}" if query else path
        with self.subTest(f"{title}: {query}"), undone():
            response = self.world.client(seat).get(url)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            # 清除条件 leads back to the bare list; every other address is a page.
            assert response.status_code == (302 if "clear" in query else 200)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                return content.decode()
        return ""
