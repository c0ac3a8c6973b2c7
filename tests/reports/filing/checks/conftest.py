"""A village in which all nineteen rules hold, planted once for a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction

from grids.choices import Role
from grids.models import Node, Person
from liaison.choices import Level
from liaison.models import Contact
from reports.filing.checks.findings import Finding
from reports.filing.checks.running import run
from services.models import Sign, VolunteerPoint
from tests.factories import SINCE, PersonFactory, TownshipFactory, Village, appoint, village
from township.models import Township

TODAY = date(2026, 9, 10)  # before what is due at the end of the month: see test_registers.py


@dataclass
class Town:
    """The village, and who sits on its committee."""

    township: Township
    made: Village
    committee: list[Person]

    def found(self, *severities: str, root: Node | None = None) -> list[Finding]:
        """What a run finds, of these severities."""
        findings = run(self.township.pk, root, on=TODAY)
        return [one for one in findings if one.severity in (severities or ("block", "warn"))]

    def texts(self, *severities: str) -> list[tuple[str, str, str]]:
        """Rule, severity and sentence of each finding."""
        return [(one.check.code, one.severity, one.text) for one in self.found(*severities)]


def sound(township: Township, name: str, *, groups: int = 2) -> tuple[Village, list[Person]]:
    """A village where each group has a leader, a committee member and hubs, and each member a place."""
    made = village(township, name, groups=groups)
    people = [
        PersonFactory(township=township, root=made.root, name=f"{name}委员{i}") for i in range(1, groups + 1)
    ]
    for i, (person, group) in enumerate(zip(people, made.groups, strict=True)):
        appoint(person, Role.SECRETARY if i == 0 else Role.COMMITTEE, made.root)
        appoint(made.people[i * 4], Role.GROUP_LEADER, group)
        Contact.objects.create(
            township=township, level=Level.COMMITTEE, holder=person, target=group, since=SINCE
        )
    serve(made)
    return made, people


def serve(made: Village) -> None:
    """What is due at the end of September: a board for each grid, a plate for each hub, the station."""
    for place in (*made.grids, *made.hubs):
        Sign.objects.create(node=place, hung_on=SINCE)
    VolunteerPoint.objects.create(
        township=made.root.township, root=made.root, name=f"{made.root.name}站", opened_on=SINCE
    )


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker) -> Iterator[Town]:
    """Planted once for a file; each test takes back what it did to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        township = TownshipFactory(name="青河乡")
        VolunteerPoint.objects.create(township=township, name="志愿服务中心", opened_on=SINCE)
        yield Town(township, *sound(township, "甲村"))
        transaction.set_rollback(True)


@pytest.fixture
def town(planted, db) -> Town:
    return planted
