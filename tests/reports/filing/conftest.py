"""A village with everything its annexes print, its office, and this year's campaign."""

from datetime import date

import pytest

from grids.choices import Role
from liaison.choices import Level
from liaison.models import Contact
from reports.campaign import actions as campaigns
from reports.filing import actions
from tests.factories import SINCE, TownshipFactory, UserFactory, appoint, secretary, village
from tests.worlds import remembered

TODAY = date(2026, 9, 10)


@pytest.fixture
@remembered
def made(db):
    made = village(TownshipFactory(name="青河乡"), groups=2, hubs=2, members=2, households=3)
    for group, person in zip(made.groups, made.people, strict=False):
        appoint(person, Role.GROUP_LEADER, group)
        Contact.objects.create(
            township=made.root.township,
            level=Level.COMMITTEE,
            holder=made.people[5],
            target=group,
            since=SINCE,
        )
    appoint(made.people[5], Role.ORGANISATION, made.root)
    return made


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


@pytest.fixture
def village_secretary(made):
    return secretary(made)


@pytest.fixture
def campaign(made, clerk):
    data = {
        "year": 2026,
        "title_name": "青河乡",
        "cut_off": date(2026, 9, 15),
        "due_on": date(2026, 9, 16),
        "notice_no": "",
        "notice_on": None,
    }
    return campaigns.create(township=made.root.township, data=data, by=clerk)


@pytest.fixture
def filing(made, campaign, village_secretary):
    return actions.begin(campaign=campaign, root=made.root, by=village_secretary)
