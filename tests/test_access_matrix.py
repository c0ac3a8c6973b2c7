"""Every address × every seat × own, neighbouring, foreign and missing rows × GET and POST.

The addresses come from the URL table itself, so a new one without a row in access_matrix.py fails here.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client, TestCase
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from grids.choices import Role
from grids.imports import report
from grids.imports.choices import UploadState
from grids.models import RosterUpload
from liaison.choices import Level
from liaison.models import Contact
from reports.choices import JobState
from reports.models import ExportJob
from tests.access_matrix import (
    ADMIN,
    BESIDE,
    CLERK,
    FOREIGN,
    GROUP_LEADER,
    MEMBER,
    MISSING,
    NOBODY,
    OTHER,
    OWN,
    POSITIONS,
    ROWS,
    SEATS,
    SECRETARY,
    SEES,
    Row,
)
from tests.factories import (
    SINCE,
    PersonFactory,
    TownshipFactory,
    UserFactory,
    Village,
    appoint,
    group_leader,
    secretary,
    village,
)
from township.choices import OfficeRole
from township.middleware import SEEN, STARTED
from township.models import User

NO_SUCH = 9_999_999
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


# --- the world the addresses are asked about ----------------------------------------------------------


@dataclass
class World:
    """Two townships, three villages, and a signed-in browser for every seat."""

    users: dict[str, User]
    sessions: dict[str, str]
    pks: dict[str, dict[str, int]]
    personal: dict[tuple[str, str], int]  # rows that belong to whoever made them, by kind and seat
    browser: Client

    def pk(self, kind: str, position: str, seat: str) -> int:
        if position == MISSING:
            return NO_SUCH
        if position == OWN and (kind, seat) in self.personal:
            return self.personal[kind, seat]
        return self.pks[kind][position]

    def client(self, seat: str) -> Client:
        """The browser with this seat's session, whatever an earlier request did to its cookies."""
        self.browser.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: self.sessions[seat]})
        return self.browser


def _pks(made: Village, user: User, position: str) -> dict[str, int]:
    """One row of each kind: in the first group, or in the last one for `BESIDE`."""
    at = -1 if position == BESIDE else 0
    group, person = made.groups[at], PersonFactory(township=made.root.township, root=made.root)
    contact = Contact.objects.create(
        township=made.root.township, level=Level.COMMITTEE, holder=person, target=group, since=SINCE
    )
    return {
        "household": made.households[at].pk,
        "member": made.members[at].pk,
        "person": made.people[at].pk,
        "group": group.pk,
        "post": appoint(person, Role.GROUP_LEADER, group).pk,
        "contact": contact.pk,
        "villager_group": made.root.villager_groups.get().pk,
        "account": user.pk,
        "job": _job(user).pk,
        "upload": _upload(user).pk,
    }


def _job(user: User) -> ExportJob:
    return ExportJob.objects.create(
        user=user, township=user.township, annex=3, year=2026, state=JobState.DONE, sha256="0" * 64
    )


def _upload(user: User) -> RosterUpload:
    return RosterUpload.objects.create(
        township=user.township,
        by=user,
        file_name="花名册.xlsx",
        sha256="0" * 64,
        state=UploadState.REFUSED,
        report=report.refusal("花名册.xlsx", "文件打不开。"),
    )


def _build() -> World:
    town, far = TownshipFactory(), TownshipFactory()
    own, other = (village(town, name, hubs=1, members=1, households=1) for name in ("甲村", "乙村"))
    foreign = village(far, "丙村", hubs=1, members=1, households=1)
    users = {
        role.value: UserFactory(township=town, office_role=role)
        for role in (OfficeRole.SYSTEM_ADMIN, OfficeRole.CLERK, OfficeRole.LEADER, OfficeRole.AUDITOR)
    }
    by_post = UserFactory(township=town, office_role=OfficeRole.BY_POST)
    own.people[0].user = by_post
    own.people[0].save()
    users |= {SECRETARY: secretary(own), GROUP_LEADER: group_leader(own), MEMBER: by_post}
    users[NOBODY] = UserFactory(township=town, office_role=OfficeRole.BY_POST)
    colleague, stranger = UserFactory(township=town), UserFactory(township=far)
    pks: dict[str, dict[str, int]] = {kind: {} for kind in SEES}
    for made, account, position in (
        (own, colleague, OWN),
        (own, colleague, BESIDE),
        (other, colleague, OTHER),
        (foreign, stranger, FOREIGN),
    ):
        for kind, pk in _pks(made, account, position).items():
            pks[kind][position] = pk
    personal = {("job", seat): _job(users[seat]).pk for seat in SEATS}
    personal |= {("upload", seat): _upload(users[seat]).pk for seat in SEATS}
    return World(users, {seat: _session(users[seat]) for seat in SEATS}, pks, personal, Client())


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    # Stamped ahead of time: on a slow machine a page would otherwise refresh the stamp, and so write.
    session[STARTED] = session[SEEN] = time.time() + 3600
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes() -> Iterator[list[str]]:
    """Tables that the requests inside wrote to."""
    found: list[str] = []

    def note(execute, sql, params, many, context):
        words = sql.split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            found.append(words[1 if words[0] == "UPDATE" else 2].strip('"'))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


# --- asking -------------------------------------------------------------------------------------------


def address(row: Row, pk: int | None) -> str:
    in_query = "{pk}" in row.query
    args = dict(row.args) if pk is None or in_query else {**row.args, "pk": pk}
    query = f"?{row.query.format(pk=pk)}" if row.query else ""
    return reverse(row.url, kwargs=args) + query


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


def walk(
    world: World, row: Row, method: str, allowed: frozenset[str] | None
) -> tuple[dict, dict, set[bytes]]:
    """Statuses as they are, as they should be, and the bodies of all answers that say 'not there'."""
    found, right, not_there = {}, {}, set()
    for seat in SEATS:
        for position in POSITIONS if row.kind else ("",):
            pk = world.pk(row.kind, position, seat) if row.kind else None
            with undone():
                response, body = ask(world.client(seat), method, address(row, pk))
            found[seat, position] = group_of(response.status_code, method)
            right[seat, position] = 405 if allowed is None else expected(row, allowed, seat, position, method)
            if response.status_code == 404:
                not_there.add(body)
            assert has_left(row, method) or response.headers["Cache-Control"] == "no-store"
    return found, right, not_there


def group_of(status: int, method: str) -> int:
    """An accepted form leads on (302) or comes back with its errors (200, 400): both mean 'may'."""
    return 200 if method == "POST" and status in {200, 302, 400} else status


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


class MatrixTest(TestCase):
    """One world for all; whatever a request writes is undone before the next one."""

    world: World

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = _build()

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
        for row in ROWS:
            seat = ADMIN if row.url.startswith("township:") else CLERK
            for method in ("PUT", "PATCH", "DELETE", "TRACE"):
                with self.subTest(f"{method} {row.title}"), undone(), writes() as tables:
                    response, _ = ask(self.world.client(seat), method, self.own(row, CLERK))
                    assert (response.status_code == 405) != (row.public and response.status_code == 302)
                    assert tables == []

    def own(self, row, seat):
        return address(row, self.world.pk(row.kind, OWN, seat) if row.kind else None)
