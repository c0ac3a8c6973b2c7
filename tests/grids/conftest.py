"""Two villages of one township and the people who look at them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from grids.models import Node
from tests import factories
from tests.factories import Village
from tests.worlds import remembered
from township.choices import OfficeRole
from township.models import Township, User

TODAY = date(2026, 9, 16)


@dataclass
class Town:
    """One township with 甲村 and 乙村, and an account for each seat."""

    township: Township
    own: Village
    other: Village
    clerk: User
    leader: User
    secretary: User
    other_secretary: User
    group_leader: User
    auditor: User

    @property
    def seats(self) -> dict[str, User]:
        """Everybody by the name of the seat."""
        names = ("clerk", "leader", "secretary", "other_secretary", "group_leader", "auditor")
        return {name: getattr(self, name) for name in names}


@pytest.fixture
@remembered
def town(db: None) -> Town:
    """甲村 and 乙村 with two groups each."""
    township = factories.TownshipFactory(name="青河乡")
    own, other = factories.village(township, "甲村"), factories.village(township, "乙村")
    return Town(
        township=township,
        own=own,
        other=other,
        clerk=factories.UserFactory(township=township),
        leader=factories.UserFactory(township=township, office_role=OfficeRole.LEADER),
        secretary=factories.secretary(own),
        other_secretary=factories.secretary(other),
        group_leader=factories.group_leader(own),
        auditor=factories.UserFactory(township=township, office_role=OfficeRole.AUDITOR),
    )


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """The test client, signed in as somebody."""

    def enter(user: User) -> Client:
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def fresh() -> Callable[[Node], Node]:
    """A node as the database has it now."""
    return lambda node: Node.objects.get(pk=node.pk)
