"""A village whose holders lie on all sides of their ratios, and the people who look at it."""

from collections.abc import Callable

import pytest
from django.test import Client

from grids import tree
from tests.factories import TownshipFactory, UserFactory, Village, secretary, village
from tests.worlds import remembered
from township.models import User


@pytest.fixture
@remembered
def made(db) -> Village:
    """Two groups with two hubs of two members each; the first member has 16 households, others 3 or none."""
    made = village(TownshipFactory(name="青河乡"), "甲村", groups=2, hubs=2, members=2, households=3)
    going = [(household, made.members[0]) for household in made.households[3:16]]
    tree.place(placements=going, by=None, reason="", on=None)
    return made


@pytest.fixture
def clerk(made: Village) -> User:
    return UserFactory(township=made.root.township, full_name="文书甲")


@pytest.fixture
def village_secretary(made: Village) -> User:
    return secretary(made, full_name="书记甲")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of somebody."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
