"""A form sent twice, one after the other or in the same moment, makes one row."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from grids import tree
from grids.choices import Role
from grids.models import BandException, Node, Person, PersonalBand, Post, VillagerGroup
from liaison.choices import Level
from liaison.models import Contact
from reports.models import DutyItem
from services.models import CardIssue, Visit
from tests.access_world import session_of
from tests.factories import PersonFactory, TownshipFactory, UserFactory, appoint, village

DAY = date(2026, 9, 16)
ADD = reverse("grids:node_add")
# What is sent, and the table it makes one more row in.
FORMS = {
    "household": lambda made: (
        Node,
        f"{ADD}?kind=household&parent={made.members[0].pk}",
        {"name": "李平", "door": "12号", "since": DAY},
    ),
    "member": lambda made: (
        Node,
        f"{ADD}?kind=member&parent={made.hubs[0].pk}",
        {"name": "李平", "phone": "13900000001", "standing": "full", "takes_part": "on", "since": DAY},
    ),
    "member without a phone": lambda made: (
        Node,
        f"{ADD}?kind=member&parent={made.hubs[0].pk}",
        {"name": "李平", "standing": "full", "takes_part": "on", "since": DAY},
    ),
    "hub": lambda made: (
        Node,
        f"{ADD}?kind=hub&parent={made.groups[0].pk}",
        {"name": "新中心户", "hub_kind": "central", "since": DAY},
    ),
    "village": lambda _: (
        Node,
        f"{ADD}?kind=branch",
        {"name": "新村党支部", "setting": "village", "since": DAY},
    ),
    "person": lambda made: (
        Person,
        reverse("grids:person_add"),
        {"name": "李平", "phone": "13900000001", "root": made.root.pk},
    ),
    "post": lambda made: (
        Post,
        f"{reverse('grids:post_add')}?node={made.groups[0].pk}",
        {"node": made.groups[0].pk, "role": Role.GROUP_LEADER, "person": made.people[0].pk, "since": DAY},
    ),
    "villager group": lambda made: (
        VillagerGroup,
        reverse("grids:villager_group_add"),
        {"name": "二社", "root": made.root.pk},
    ),
    "contact": lambda made: (
        Contact,
        f"{reverse('liaison:contact_add')}?level={Level.COMMITTEE}",
        {"holder": made.committee.pk, "target": made.groups[0].pk, "since": DAY},
    ),
    "own range": lambda made: (
        PersonalBand,
        f"{reverse('liaison:own_band_add')}?node={made.members[0].pk}",
        {"low": "0", "high": "5", "reason": "age", "since": DAY, "until": "2099-12-31"},
    ),
    "cards handed out": lambda made: (
        CardIssue,
        f"{reverse('services:card_issue_new')}?village={made.root.pk}",
        {"node": made.grids[0].pk, "day": DAY, "cards": "60", "households": "58", "handed_by": "李平"},
    ),
    "duty": lambda made: (
        DutyItem,
        reverse("reports:supervision_new", args=["duties"]),
        {"root": made.root.pk, "year": 2026, "matter": "划分网格", "owner": "书记", "due_on": DAY},
    ),
    "visit": lambda made: (
        Visit,
        f"{reverse('services:visit_new')}?household={made.households[0].pk}",
        {
            "household": made.households[0].pk,
            "happened_on": DAY,
            "mode": "home",
            "occasion": "usual",
            "visitor": made.people[0].pk,
            "plain": "on",
            "client_id": "0123456789abcdef",
        },
    ),
    "exception": lambda made: (
        BandException,
        f"{reverse('liaison:exception_add')}?node={made.hubs[0].pk}",
        {"code": "E4", "reason": "山大沟深", "until": "2099-12-31"},
    ),
}


@pytest.fixture
def office(transactional_db):
    made = village(TownshipFactory(), groups=1, hubs=1, members=1, households=1)
    committee = PersonFactory(township=made.root.township, root=made.root)
    appoint(committee, Role.COMMITTEE, made.root)
    clerk = UserFactory(township=made.root.township)
    return SimpleNamespace(**vars(made), committee=committee), session_of(clerk)


def send(session: str, url: str, data: dict) -> int:
    client = Client()
    client.cookies["sessionid"] = session
    return client.post(url, data).status_code


@pytest.mark.parametrize("form", FORMS)
def test_sent_again_it_makes_no_second_row(office, form):
    made, session = office
    model, url, data = FORMS[form](made)
    before = model.objects.count()
    assert send(session, url, data) == 302
    assert send(session, url, data) in {200, 302}
    assert model.objects.count() == before + 1


@pytest.mark.parametrize("form", FORMS)
def test_sent_twice_in_one_moment_it_makes_no_second_row(office, form):
    made, session = office
    model, url, data = FORMS[form](made)
    before = model.objects.count()
    together = threading.Barrier(2)

    def one(_: int) -> int:
        together.wait(10)
        try:
            return send(session, url, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        statuses = sorted(threads.map(one, range(2)))
    assert statuses in ([200, 302], [302, 302])
    assert model.objects.count() == before + 1
    assert tree.verify() == []
