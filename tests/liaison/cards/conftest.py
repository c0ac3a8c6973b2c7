"""A village whose people hold posts, and one beside it."""

import re
import subprocess

import pytest

from grids.choices import Role
from grids.models import HouseholdProfile
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import SINCE, PersonFactory, TownshipFactory, UserFactory, appoint, village
from tests.worlds import remembered


@pytest.fixture
@remembered
def made(db):
    """Two groups of a hub of two members of three households; the first member heads hub and group."""
    found = village(TownshipFactory(name="青河乡"), "甲村", hubs=1)
    found.clerk = UserFactory(township=found.root.township, full_name="演示乡党政办")
    first = found.people[0]
    appoint(first, Role.HUB_HEAD, found.hubs[0])
    appoint(first, Role.GROUP_LEADER, found.groups[0])
    officer = PersonFactory(township=found.root.township, root=found.root, name="何文", phone="13900000077")
    appoint(officer, Role.COMMITTEE, found.root)
    Contact.objects.create(
        township=found.root.township,
        level=Level.COMMITTEE,
        holder=officer,
        target=found.groups[0],
        since=SINCE,
    )
    HouseholdProfile.objects.filter(node=found.households[0]).update(phone="13911112222")
    return found


@pytest.fixture
def other(made):
    """The village next door."""
    return village(made.root.township, "乙村", hubs=1)


@pytest.fixture
def words(tmp_path):
    """The text of each page of a PDF, without any space."""

    def read(content):
        path = tmp_path / "cards.pdf"
        path.write_bytes(content)
        text = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout
        return [re.sub(r"\s", "", page) for page in text.split("\f")[:-1]]

    return read
