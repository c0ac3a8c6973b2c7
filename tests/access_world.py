"""The world that every address is asked about: two townships, three villages, a browser for each seat."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from grids.choices import Role
from grids.imports import report
from grids.imports.choices import UploadState
from grids.models import Node, RosterUpload, SavedView
from liaison.choices import Level
from liaison.models import Contact
from reports.models import ExportJob
from tests.access_matrix import (
    BESIDE,
    FOREIGN,
    GROUP_LEADER,
    MEMBER,
    MISSING,
    NOBODY,
    OTHER,
    OWN,
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
from township import history
from township.choices import JobState, OfficeRole
from township.middleware import SEEN, STARTED
from township.models import Action, User

NO_SUCH = 9_999_999


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
        "hub": made.hubs[at].pk,
        "root": made.root.pk,
        "post": appoint(person, Role.GROUP_LEADER, group).pk,
        "contact": contact.pk,
        "villager_group": made.root.villager_groups.get().pk,
        "action": _action(made.households[at], user).pk,
        "account": user.pk,
        "job": _job(user).pk,
        "upload": _upload(user).pk,
        "view": _view(user).pk,
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


def _action(household: Node, user: User) -> Action:
    with history.action(by=user, title="修改资料") as act:
        household.position += 1
        history.save(household, by=user, fields=["position"])
    return Action.objects.get(pk=act.pk)


def _view(user: User) -> SavedView:
    count = SavedView.objects.filter(by=user).count()
    return SavedView.objects.create(
        by=user, township=user.township, listing="household", name=f"视图{count}", query="state=unlinked"
    )


def build() -> World:
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
    personal |= {("view", seat): _view(users[seat]).pk for seat in SEATS}
    return World(users, {seat: session_of(users[seat]) for seat in SEATS}, pks, personal, Client())


def session_of(user: User) -> str:
    """The key of a session just begun."""
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


def address(row: Row, pk: int | None) -> str:
    in_query = "{pk}" in row.query
    args = dict(row.args) if pk is None or in_query else {**row.args, "pk": pk}
    query = f"?{row.query.format(pk=pk)}" if row.query else ""
    return reverse(row.url, kwargs=args) + query
