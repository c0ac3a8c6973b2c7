"""Two villages with staff on their boards, and markers in everything that no board may say."""

from dataclasses import dataclass

import pytest
from django.core.cache import cache

from grids.choices import Role
from grids.models import HouseholdProfile, MemberProfile, Person
from services.notices.actions import staff as staff_actions
from tests.factories import PersonFactory, TownshipFactory, UserFactory, Village, appoint, secretary, village
from tests.worlds import remembered
from township.choices import OfficeRole
from township.models import Township, User

MARKED = "机密标记"
HOME_PHONE = "13766660000"


@dataclass
class Room:
    """Who and what the tests of the room work with."""

    township: Township
    clerk: User
    leader: User
    secretary: User
    own: Village
    other: Village
    chief: Person  # leader of the own village's first group, and staff of its grid


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.fixture
@remembered
def room(db) -> Room:
    township = TownshipFactory(name="青河乡")
    size = {"groups": 2, "hubs": 1, "members": 1, "households": 2}
    own, other = village(township, "甲村", **size), village(township, "乙村", **size)
    for made in (own, other):
        person = PersonFactory(township=township, root=made.root, name=f"{made.root.name[0]}组织", phone="")
        appoint(person, Role.ORGANISATION, made.root)
        MemberProfile.objects.filter(node__root=made.root).update(remark=MARKED)
        HouseholdProfile.objects.filter(node__root=made.root).update(remark=MARKED, phone=HOME_PHONE)
    chief = PersonFactory(township=township, root=own.root, name="李组长", phone="13900001111")
    appoint(chief, Role.GROUP_LEADER, own.groups[0])
    appoint(chief, Role.GRID_STAFF, own.grids[0])
    clerk = UserFactory(township=township)
    by_post = secretary(own)
    staff_actions.keep_hotline(by=clerk, root=None, phone="08716600000")
    return Room(
        township,
        clerk,
        UserFactory(township=township, office_role=OfficeRole.LEADER),
        by_post,
        own,
        other,
        chief,
    )
