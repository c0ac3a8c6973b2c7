"""A township with two villages, and who goes visiting there."""

from dataclasses import dataclass
from datetime import date

import pytest

from services.visits.actions import visits as actions
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

TODAY = date(2026, 11, 28)


@dataclass
class Town:
    """Who and what the tests of visits work with; the member's household is the last one."""

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
def town(db) -> Town:
    township = TownshipFactory(name="青河乡")
    size = {"groups": 2, "hubs": 1, "members": 2, "households": 2}
    own, other = village(township, "甲村", **size), village(township, "乙村", **size)
    return Town(
        township,
        UserFactory(township=township),
        UserFactory(township=township, office_role=OfficeRole.LEADER),
        secretary(own),
        group_leader(own),
        member(own),
        own,
        other,
    )


def seen(town: Town, by: User, *, at: int = 0, home: int | None = 0, day: date = TODAY, **facts: object):
    """A visit logged in the own village's grid number `at`, to household number `home`."""
    data = {
        "node": town.own.grids[at],
        "household": None if home is None else town.own.households[home],
        "happened_on": day,
        "mode": "home",
        "occasion": "usual",
        "visitor": getattr(by, "person", None) or town.own.people[0],
        "plain": not facts.get("content"),
    }
    more = {name: facts.pop(name) for name in ("companions", "client_id", "opens_matter") if name in facts}
    return actions.log_visit(data=data | facts, by=by, today=TODAY, **more)
