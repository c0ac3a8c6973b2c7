"""A township with two villages and who works there."""

from dataclasses import dataclass

import pytest

from grids.models import MemberProfile
from tests.factories import (
    TownshipFactory,
    UserFactory,
    Village,
    group_leader,
    member,
    secretary,
    village,
)
from tests.worlds import remembered
from township.choices import OfficeRole
from township.models import Township, User


@dataclass
class Office:
    """Who and what the tests of Party life and teams work with."""

    township: Township
    clerk: User
    leader: User
    secretary: User
    group_leader: User
    member: User
    own: Village
    other: Village


@pytest.fixture
@remembered
def office(db) -> Office:
    township = TownshipFactory(name="青河乡")
    size = {"groups": 2, "hubs": 1, "members": 2, "households": 1}
    own, other = village(township, "甲村", **size), village(township, "乙村", **size)
    away = MemberProfile.objects.get(node=own.members[0])
    away.is_floating = True
    away.save()
    return Office(
        township,
        UserFactory(township=township),
        UserFactory(township=township, office_role=OfficeRole.LEADER),
        secretary(own),
        group_leader(own),
        member(own),
        own,
        other,
    )
