"""A township in its September: a campaign, and villages that have come differently far."""

from datetime import date

import pytest

from reports.campaign import actions as campaigns
from reports.models import Campaign
from tests.factories import TownshipFactory, UserFactory
from township.models import Township, User

DUE = date(2026, 9, 16)


def begin(township: Township, clerk: User, year: int = 2026) -> Campaign:
    """The round of a year, due on 16 September."""
    days = {"cut_off": date(year, 9, 15), "due_on": date(year, 9, 16), "notice_no": "", "notice_on": None}
    data = {"year": year, "title_name": township.name, **days}
    return campaigns.create(township=township, data=data, by=clerk)


@pytest.fixture
def township(db):
    return TownshipFactory(name="青河乡")


@pytest.fixture
def clerk(client, township):
    account = UserFactory(township=township)
    client.force_login(account)
    return account


@pytest.fixture
def campaign(township, clerk):
    return begin(township, clerk)
