"""A village of three grids whose links were shuffled by a seeded hand, and what is wrong in it by plan."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest
from django.db import transaction

from grids import tree
from grids.choices import AbsenceReason, BandCode, Kind, PersonalReason, Role
from grids.models import (
    BandException,
    GridCover,
    HouseholdProfile,
    MemberProfile,
    Node,
    PersonalBand,
    VillagerGroup,
)
from grids.queries.bands import yardstick
from liaison.choices import Level
from liaison.models import Contact
from liaison.state.queries.loads import Asker
from tests.factories import (
    PersonFactory,
    TownshipFactory,
    UserFactory,
    Village,
    appoint,
    group_leader,
    node,
    secretary,
    village,
)

TODAY = date(2026, 10, 8)


@dataclass
class Town:
    """甲村 as shuffled, 乙村 as planted, a 总支 with two branches, and who looks at them."""

    made: Village
    other: Village
    clerk: object
    secretary: object
    leader: object
    committee: list = field(default_factory=list)
    top: Node | None = None
    branches: list[Node] = field(default_factory=list)

    @property
    def asker(self) -> Asker:
        return self.asked_by(self.clerk)

    def asked_by(self, user: object) -> Asker:
        return Asker(user, TODAY, yardstick(self.made.root.township_id, on=TODAY))


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker) -> Iterator[Town]:
    """Planted once for a file; each test takes back what it did to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield plant()
        transaction.set_rollback(True)


@pytest.fixture
def town(planted, db) -> Town:
    return planted


def plant() -> Town:
    township = TownshipFactory(name="青河乡")
    made = village(township, "甲村", groups=3, hubs=2, members=3, households=6)
    other = village(township, "乙村", groups=1, hubs=1, members=1, households=1)
    found = Town(made, other, UserFactory(township=township), secretary(made), group_leader(made))
    _residences(made)
    _shuffle(made)
    _standings(made, found.clerk)
    _posts_and_contacts(found)
    _general_branch(found, township)
    return found


def _residences(made: Village) -> None:
    """Each grid covers a villager group of its own, in which its households live."""
    lanes = [made.root.villager_groups.get()]
    lanes += [VillagerGroup.objects.create(root=made.root, name=name) for name in ("二社", "三社")]
    for grid, lane in zip(made.grids, lanes, strict=True):
        GridCover.objects.filter(profile__node=grid).update(villager_group=lane)
        HouseholdProfile.objects.filter(node__grid=grid).update(villager_group=lane)


def _shuffle(made: Village) -> None:
    """Two in three households go to somebody else, near or far, one in ten to nobody."""
    rng = random.Random(20261008)
    moves = []
    for household in made.households:
        dice = rng.random()
        if dice < 0.1:
            moves.append((household, rng.choice(made.groups)))
        elif dice < 0.7:
            moves.append((household, rng.choice(made.members[:12])))
    tree.place(placements=moves)
    own = Node.objects.filter(parent=made.members[0], kind=Kind.HOUSEHOLD)[0]
    Node.objects.filter(pk=own.pk).update(name=made.members[0].name)


def _standings(made: Village, clerk: object) -> None:
    """One absent, one back already, one floating, one with a range of its own, one accepted as it is."""
    profiles = {profile.node_id: profile for profile in MemberProfile.objects.all()}
    absent, back, floating = (profiles[made.members[at].pk] for at in (1, 2, 3))
    absent.takes_part, absent.absence_reason = False, AbsenceReason.AWAY
    back.takes_part, back.absent_until = False, TODAY
    floating.is_floating = True
    for profile in (absent, back, floating):
        profile.save()
    PersonalBand.objects.create(node=made.members[4], low=0, high=3, reason=PersonalReason.AGE, note="八十岁")
    BandException.objects.create(
        node=made.members[5],
        code=BandCode.MEMBER,
        reason="住户分散",
        until=date(2026, 12, 31),
        asked_by=clerk,
        confirmed_by=clerk,
        confirmed_on=TODAY,
    )


def _posts_and_contacts(found: Town) -> None:
    """The first group's leader is the absent member; hub 0 has a head, hub 1 a floating one."""
    made, township = found.made, found.made.root.township
    appoint(made.people[1], Role.GROUP_LEADER, made.groups[1])
    appoint(made.people[0], Role.HUB_HEAD, made.hubs[0])
    appoint(made.people[3], Role.HUB_HEAD, made.hubs[1])
    people = [PersonFactory(township=township, root=made.root, name=f"委员{i}") for i in range(3)]
    for person, role in zip(people, (Role.ORGANISATION, Role.PUBLICITY, Role.COMMITTEE), strict=True):
        appoint(person, role, made.root)
    gone = PersonFactory(township=township, root=made.root, name="前委员")
    appoint(people[0], Role.GROUP_LEADER, made.groups[0])
    town_leader = PersonFactory(township=township, name="乡领导甲")
    appoint(town_leader, Role.TOWN_LEADER, None)
    lines = [(Level.COMMITTEE, people[0], group) for group in made.groups]
    lines += [(Level.COMMITTEE, gone, made.groups[1]), (Level.TOWN_LEADER, town_leader, made.root)]
    for level, holder, target in lines:
        Contact.objects.create(township=township, level=level, holder=holder, target=target)
    found.committee = [*people, gone]


def _general_branch(found: Town, township: object) -> None:
    found.top = node(Kind.GENERAL_BRANCH, "丙村党总支", township=township)
    found.branches = [node(Kind.BRANCH, f"丙村第{n}党支部", found.top) for n in "一二"]
    person = PersonFactory(township=township, root=found.top, name="总支委员")
    appoint(person, Role.DEPUTY_SECRETARY, found.top)
    Contact.objects.create(
        township=township, level=Level.GENERAL_BRANCH, holder=person, target=found.branches[0]
    )
