"""A township with two villages, its campaign of 2026, and who works there."""

from dataclasses import dataclass

import pytest

from reports.campaign import actions as campaigns
from reports.models import Campaign
from tests.factories import TownshipFactory, UserFactory, Village, secretary, village
from township.choices import OfficeRole
from township.models import Township, User


@dataclass
class Office:
    """Who and what the tests of supervision work with."""

    township: Township
    clerk: User
    leader: User
    secretary: User
    own: Village
    other: Village
    campaign: Campaign


@pytest.fixture
def office(db) -> Office:
    township = TownshipFactory(name="青河乡")
    size = {"groups": 1, "hubs": 1, "members": 2, "households": 2}
    own, other = village(township, "甲村", **size), village(township, "乙村", **size)
    clerk = UserFactory(township=township)
    data = campaigns.proposed(township, 2026, None) | {"notice_no": "", "notice_on": None}
    return Office(
        township,
        clerk,
        UserFactory(township=township, office_role=OfficeRole.LEADER),
        secretary(own),
        own,
        other,
        campaigns.create(township=township, data=data, by=clerk),
    )
