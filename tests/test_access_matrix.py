"""Every address × every seat × own, neighbouring, foreign and missing rows × GET and POST.

The addresses come from the URL table itself, so a new one without a row in access_matrix.py fails here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any
from unittest import mock

import pytest
from django.http import HttpResponseBase
from django.template.backends.django import Template
from django.test import Client, TestCase
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access_matrix import ROWS
from tests.access_seats import (
    ADMIN,
    BESIDE,
    CLERK,
    FOREIGN,
    MEMBER,
    MISSING,
    OTHER,
    OWN,
    SEATS,
    SECRETARY,
    SEES,
    Row,
)
from tests.access_world import World, address, build, undone, writes
from tests.plain_prints import nothing_set

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
}
CSP = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
NOT_THERE = "404.html"


# --- asking -------------------------------------------------------------------------------------------


def ask(client: Client, method: str, url: str) -> tuple[HttpResponseBase, bytes]:
    """Send it, check the headers every answer must have, and read the answer to its end."""
    response = client.generic(method, url) if method != "POST" else client.post(url)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert HEADERS.items() <= dict(response.headers).items()
    assert {part.strip() for part in response.headers["Content-Security-Policy"].split(";")} == CSP
    return response, body


def expected(row: Row, allowed: frozenset[str], seat: str, position: str, method: str) -> int:
    """The status for a seat: 404 for what it does not see, 403 for what it may not do."""
    sees = not row.kind or seat in SEES[row.kind][position]
    if not sees and (seat in allowed or row.guard == "row"):
        return 404
    if seat in row.led_on and method == "GET":
        return 302
    return 200 if seat in allowed else 403


@contextmanager
def undrawn() -> Iterator[None]:
    """Views answer, but of pages only "not there" is drawn: who may is decided before a template is.

    That each page can be drawn is held by test_garbage.py, which reads its fields, and test_canary.py.
    """
    draw = Template.render

    def render(self: Template, *args: Any, **kwargs: Any) -> str:
        name = str(self.template.name)
        page = name.endswith(".html") and name != NOT_THERE
        return "" if page else draw(self, *args, **kwargs)

    with mock.patch.object(Template, "render", render), nothing_set():
        yield


def walk(
    world: World, row: Row, method: str, allowed: frozenset[str] | None
) -> tuple[dict, dict, set[bytes]]:
    """Statuses as they are, as they should be, and the bodies of all answers that say 'not there'."""
    found, right, not_there = {}, {}, set()
    for seat, position in asked(row, allowed):
        pk = world.pk(row.kind, position, seat) if row.kind else None
        with undone(), undrawn():
            response, body = ask(world.client(seat), method, address(row, pk))
        found[seat, position] = group_of(response.status_code, method)
        right[seat, position] = 405 if allowed is None else expected(row, allowed, seat, position, method)
        if response.status_code == 404:
            not_there.add(body)
        assert has_left(row, method) or response.headers["Cache-Control"] == "no-store"
    return found, right, not_there


def asked(row: Row, allowed: frozenset[str] | None) -> list[tuple[str, str]]:
    """Who asks for whose row.

    A method that does not exist is refused before any seat or row is looked at: one asks. Of its own rows
    every seat asks. Of others' ask those whom the right alone would give too much, the lowest who sees them,
    and a member, who must not learn that they are there; of what is nowhere one who may, and the member.
    """
    if allowed is None:
        return [(CLERK, OWN if row.kind else "")]
    if not row.kind:
        return [(seat, "") for seat in SEATS]
    may = [seat for seat in SEATS if seat in allowed]
    found = [(seat, OWN) for seat in SEATS]
    for position in (BESIDE, OTHER, FOREIGN, MISSING):
        sees = [seat for seat in may if seat in SEES[row.kind][position]]
        blind = [seat for seat in may if seat not in sees]
        asking = [*sees[-1:], *(blind[:1] if position == MISSING else blind)]
        if position != FOREIGN and MEMBER not in asking:
            asking.append(MEMBER)
        found += [(seat, position) for seat in asking]
    return found


def group_of(status: int, method: str) -> int:
    """An accepted form leads on (302) or comes back with its errors (200, 400, 422): both mean 'may'."""
    return 200 if method == "POST" and status in {200, 302, 400, 422} else status


def has_left(row: Row, method: str) -> bool:
    """After signing out the browser has no page of ours to keep."""
    return row.url == "township:logout" and method == "POST"


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}"


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(patterns(get_resolver())) == {row.url for row in ROWS}


def test_only_clerks_and_secretaries_write_in_the_roster():
    writers = [row.post for row in ROWS if row.get and row.post and row.kind in {"household", "contact"}]
    assert set().union(*writers) == {CLERK, SECRETARY}


@pytest.mark.sqlite_only  # who may is decided in Python; test_pages_on_postgresql.py opens the pages there
class MatrixTest(TestCase):
    """One world for all; whatever a request writes is undone before the next one."""

    world: World

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = build()

    def test_get_answers_each_seat_as_the_table_says(self):
        for row in ROWS:
            with self.subTest(row.title), writes() as tables:
                self.check(row, "GET", row.get)
                assert set(tables) <= ({"township_auditevent"} if row.logs else set())

    def test_post_answers_each_seat_as_the_table_says(self):
        for row in ROWS:
            with self.subTest(row.title):
                self.check(row, "POST", row.post)

    def check(self, row, method, allowed):
        found, right, not_there = walk(self.world, row, method, allowed)
        wrong = {
            place: f"{status}, not {right[place]}"
            for place, status in found.items()
            if status != right[place]
        }
        assert wrong == {}
        assert len(not_there) <= 1, "what is not there and what is not one's own must look the same"

    def test_strangers_are_sent_to_sign_in(self):
        for row in ROWS:
            for method, allowed in (("GET", row.get), ("POST", row.post)):
                with self.subTest(f"{method} {row.title}"), undone(), writes() as tables:
                    response, body = ask(Client(), method, self.own(row, CLERK))
                    if row.public:
                        assert response.status_code in ({200, 302} if allowed is not None else {405})
                    elif row.script:
                        assert (response.status_code, tables) == (401, [])
                        assert "登录已过期" in body.decode()
                    else:
                        assert (response.status_code, body, tables) == (302, b"", [])
                        assert response.url.startswith(f"{reverse('township:login')}?next=")

    def test_post_without_a_token_is_refused(self):
        for row in ROWS:
            seat = next((seat for seat in SEATS if seat in (row.post or ())), None)
            if seat is None:
                continue
            client = Client(enforce_csrf_checks=True)
            client.cookies = self.world.client(seat).cookies
            with self.subTest(row.title), undone(), writes() as tables:
                response, body = ask(client, "POST", self.own(row, seat))
                assert (response.status_code, tables) == (403, [])
                assert "这次提交没有保存" in body.decode()

    def test_other_methods_do_not_exist(self):
        methods = cycle(("PUT", "PATCH", "DELETE", "TRACE"))  # a view refuses all by one list: each gets one
        for row, method in zip(ROWS, methods, strict=False):
            seat = ADMIN if row.url.startswith("township:") else CLERK
            with self.subTest(f"{method} {row.title}"), undone(), writes() as tables:
                response, _ = ask(self.world.client(seat), method, self.own(row, CLERK))
                assert (response.status_code == 405) != (row.public and response.status_code == 302)
                assert tables == []

    def own(self, row, seat):
        return address(row, self.world.pk(row.kind, OWN, seat) if row.kind else None)
