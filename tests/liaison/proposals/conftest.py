"""A village whose members have too much, too little, and who leave."""

from datetime import date

import pytest

from grids.choices import Role
from tests.factories import TownshipFactory, UserFactory, appoint, secretary, village
from tests.worlds import remembered

TODAY = date(2026, 9, 10)


@pytest.fixture
@remembered
def made(db):
    """Two grids with four members each, three households per member; groups have leaders."""
    made = village(TownshipFactory(), groups=2, hubs=2, members=2, households=3)
    for group, person in zip(made.groups, made.people, strict=False):
        appoint(person, Role.GROUP_LEADER, group)
    return made


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


@pytest.fixture
def village_secretary(made):
    return secretary(made)
