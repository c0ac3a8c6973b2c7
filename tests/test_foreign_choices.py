"""A form sent with the number of a row from another village or township is refused and writes nothing."""

import re
from datetime import date

import pytest
from django.urls import reverse

from grids.choices import Role
from grids.models import Person
from liaison.choices import Level
from tests.access_world import writes
from tests.factories import (
    PersonFactory,
    TownshipFactory,
    UserFactory,
    Village,
    appoint,
    secretary,
    village,
)
from tests.worlds import remembered

DAY = date(2026, 9, 16)
VISIT = {"happened_on": DAY, "mode": "home", "occasion": "usual", "plain": "on"}
SEEN = re.compile(r'name="seen" value="([^"]*)"')  # a form remembers what it was opened with


def committee(made: Village) -> Person:
    person = PersonFactory(township=made.root.township, root=made.root)
    appoint(person, Role.COMMITTEE, made.root)
    return person


def spare_person(made: Village) -> Person:
    return PersonFactory(township=made.root.township, root=made.root)


# What the village's own secretary sends: address and fields, with one row taken from `there`.
FORMS = {
    "a household under a member": lambda _, there: (
        f"{reverse('grids:node_add')}?kind=household&parent={there.members[0].pk}",
        {"name": "新户", "since": DAY},
    ),
    "a household in a villager group": lambda own, there: (
        f"{reverse('grids:node_add')}?kind=household&parent={own.members[0].pk}",
        {"name": "新户", "since": DAY, "villager_group": there.root.villager_groups.get().pk},
    ),
    "a grid over a villager group": lambda own, there: (
        reverse("grids:node_edit", args=[own.grids[0].pk]),
        {"name": "新名", "shape": "geographic", "villager_groups": [there.root.villager_groups.get().pk]},
    ),
    "a member who is somebody known": lambda own, there: (
        f"{reverse('grids:node_add')}?kind=member&parent={own.hubs[0].pk}",
        {"person": spare_person(there).pk, "standing": "full", "takes_part": "on", "since": DAY},
    ),
    "a move": lambda own, there: (
        f"{reverse('grids:node_move', args=[own.households[0].pk])}?to={there.members[-1].pk}",
        {"to": there.members[-1].pk, "on": DAY, "reason": "就近"},
    ),
    "several moved": lambda own, there: (
        f"{reverse('grids:children_move', args=[own.members[0].pk])}"
        f"?pick={there.households[0].pk}&to={own.members[1].pk}",
        {"on": DAY},
    ),
    "several moved elsewhere": lambda own, there: (
        f"{reverse('grids:children_move', args=[own.members[0].pk])}"
        f"?pick={own.households[0].pk}&to={there.members[1].pk}",
        {"on": DAY},
    ),
    "a split": lambda own, there: (
        reverse("grids:split", args=[own.hubs[0].pk]),
        {"name": "新中心户", "hub_kind": "central", "going": [there.members[0].pk], "on": DAY},
    ),
    "an industry group": lambda own, there: (
        reverse("grids:industry", args=[own.root.pk]),
        {"trade": "苹果", "members": [there.members[0].pk], "on": DAY},
    ),
    "a villager group into a grid": lambda own, there: (
        reverse("grids:gap_lane", args=[own.root.villager_groups.get().pk]),
        {"grid": there.grids[0].pk},
    ),
    "a post at a place": lambda own, there: (
        f"{reverse('grids:post_add')}?village={own.root.pk}",
        {"node": there.groups[0].pk, "role": Role.GROUP_LEADER, "name": "新人", "since": DAY},
    ),
    "a post of somebody": lambda own, there: (
        f"{reverse('grids:post_add')}?node={own.groups[0].pk}",
        {"node": own.groups[0].pk, "role": Role.GROUP_LEADER, "person": spare_person(there).pk, "since": DAY},
    ),
    "a handover": lambda own, there: (
        reverse("grids:person_handover", args=[own.people[0].pk]),
        {f"household:{own.households[0].pk}": there.people[1].pk, "on": DAY},
    ),
    "a merge": lambda own, there: (
        f"{reverse('grids:person_merge', args=[spare_person(own).pk])}?with={spare_person(there).pk}",
        {"name": "keep", "phone": "keep", "root": "keep", "sure": "on"},
    ),
    "a person of a village": lambda _, there: (
        reverse("grids:person_add"),
        {"name": "新人", "root": there.root.pk},
    ),
    "a villager group": lambda _, there: (
        reverse("grids:villager_group_add"),
        {"name": "新社", "root": there.root.pk},
    ),
    "a contact's holder": lambda own, there: (
        f"{reverse('liaison:contact_add')}?level={Level.COMMITTEE}",
        {"holder": committee(there).pk, "target": own.groups[0].pk},
    ),
    "a contact's target": lambda own, there: (
        f"{reverse('liaison:contact_add')}?level={Level.COMMITTEE}",
        {"holder": committee(own).pk, "target": there.groups[0].pk},
    ),
    "a range of one holder": lambda _, there: (
        f"{reverse('liaison:own_band_add')}?node={there.members[0].pk}",
        {"low": "0", "high": "5", "reason": "age"},
    ),
    "an exception": lambda _, there: (
        f"{reverse('liaison:exception_add')}?node={there.hubs[0].pk}",
        {"code": "E4", "reason": "山大沟深", "until": "2099-12-31"},
    ),
    "cards handed out": lambda _, there: (
        reverse("services:card_issue_new"),
        {"node": there.grids[0].pk, "day": DAY, "cards": "60", "handed_by": "李平"},
    ),
    "a board that hangs": lambda _, there: (
        reverse("services:sign", args=[there.grids[0].pk]),
        {"hung_on": DAY},
    ),
    "a duty of a village": lambda _, there: (
        reverse("reports:supervision_new", args=["duties"]),
        {"root": there.root.pk, "year": 2026, "matter": "划分网格", "owner": "书记", "due_on": DAY},
    ),
    "a visit in a grid": lambda _, there: (
        f"{reverse('services:visit_new')}?grid={there.grids[0].pk}",
        {**VISIT, "visitor": there.people[0].pk},
    ),
    "a visit to a household": lambda own, there: (
        f"{reverse('services:visit_new')}?grid={own.grids[0].pk}",
        {**VISIT, "visitor": own.people[0].pk, "household": there.households[0].pk},
    ),
    "a visit by somebody": lambda own, there: (
        f"{reverse('services:visit_new')}?grid={own.grids[0].pk}",
        {**VISIT, "visitor": there.people[0].pk},
    ),
    "a service planned": lambda own, there: (
        f"{reverse('services:plan_new')}?grid={own.grids[0].pk}",
        {"household": there.households[0].pk, "need": "jobs", "next_on": DAY, "consented": "on"},
    ),
    "an annex": lambda _, there: (
        reverse("reports:annex_download", args=[3, "xlsx"]),
        {"root": there.root.pk},
    ),
}


@pytest.fixture
@remembered
def villages(db):
    town = TownshipFactory()
    size = {"groups": 1, "hubs": 1, "members": 2, "households": 1}
    return {
        "own": village(town, "甲村", **size),
        "other village": village(town, "乙村", **size),
        "other township": village(TownshipFactory(), "丙村", **size),
    }


def send(client, user, form, own, there):
    url, data = FORMS[form](own, there)
    client.force_login(user)
    opened = SEEN.search(client.get(url).content.decode()) if "/nodes/" in url else None
    data |= {"seen": opened[1]} if opened else {}
    with writes() as tables:
        response = client.post(url, data)
    return response, {
        table for table in tables if table.startswith(("grids_", "liaison_", "services_", "township_audit"))
    }


@pytest.mark.parametrize("form", FORMS)
def test_own_rows_are_taken(client, villages, form):
    own = villages["own"]
    response, tables = send(client, secretary(own), form, own, own)
    assert tables, response.status_code


@pytest.mark.parametrize("place", ["other village", "other township"])
@pytest.mark.parametrize("form", FORMS)
def test_rows_of_others_are_not(client, villages, form, place):
    response, tables = send(client, secretary(villages["own"]), form, villages["own"], villages[place])
    assert tables == set()
    assert response.status_code in {200, 302, 404}


@pytest.mark.parametrize("form", FORMS)
def test_a_clerk_reaches_no_other_township(client, villages, form):
    clerk = UserFactory(township=villages["own"].root.township)
    _, tables = send(client, clerk, form, villages["own"], villages["other township"])
    assert tables == set()
