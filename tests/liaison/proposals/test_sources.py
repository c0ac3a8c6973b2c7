"""How the tree becomes a question: codes, homes, places, wishes, and the upper edges."""

import pytest

from grids import tree
from grids.actions.covers import cover
from grids.choices import BandScope, Kind, PersonalReason, Role
from grids.models import HouseholdProfile, PersonalBand, VillagerGroup
from liaison.choices import Edge, Level, Preset, WishKind
from liaison.models import Contact
from liaison.proposals.fixing import wish
from liaison.proposals.places import door_number, far_in_words, spots
from liaison.proposals.reading import Asked
from liaison.proposals.rules import WEIGHTS
from liaison.proposals.sources import read
from tests.factories import SINCE, PersonFactory, appoint, node, village
from tests.liaison.proposals.conftest import TODAY
from township import history


def ask(made, edge=Edge.MEMBER, place=None, scope=BandScope.VILLAGE, **more):
    place = None if edge == Edge.TOWN_LEADER else place or made.root
    weights = WEIGHTS[Preset.EVEN]
    return read(Asked(made.root.township_id, place, edge, scope, weights, **more), on=TODAY)


@pytest.mark.parametrize(
    ("door", "number"),
    [("12号", 12), ("二社12号", 12), ("3排5号", 5), ("", None), ("村口", None), ("99999", 9999)],
)
def test_a_door_is_its_last_number(door, number):
    assert door_number(door) == number


def test_homes_stand_along_their_lane_and_unknown_doors_in_its_middle():
    found = spots({1: (1, "1号"), 2: (1, "3号"), 3: (1, "9号"), 4: (1, ""), 5: (2, "1号")})
    assert found == {1: (10, 2000), 2: (30, 2000), 3: (90, 2000), 4: (30, 2000), 5: (10, 4000)}


def test_distance_is_told_within_a_villager_group_only():
    told = [far_in_words(steps) for steps in (None, 12, 199, 200)]
    assert told == ["", "约 120 米", "约 1990 米", "不同村民小组"]


def test_codes_are_names_and_do_not_depend_on_row_numbers(made):
    first = ask(made)
    other = village(made.root.township, "乙村", groups=2, hubs=2, members=2, households=3)
    for mine, theirs in (
        (made.members, other.members), (made.households, other.households),
    ):  # fmt: skip
        for one, two in zip(mine, theirs, strict=True):
            two.name = one.name
            history.save(two, by=None, fields=["name"])
    assert ask(other).fingerprint == first.fingerprint


def test_namesakes_get_a_number(made):
    for household in made.households[:3]:
        household.name = "同名"
        history.save(household, by=None, fields=["name"])
    assert {"同名", "同名（2）", "同名（3）"} <= set(ask(made).targets)


def test_a_household_is_at_home_in_the_one_grid_that_covers_its_villager_group(made):
    lane = VillagerGroup.objects.get(root=made.root)
    cover(made.grids[0].grid_profile, [lane], by=None)
    cover(made.grids[1].grid_profile, [], by=None)
    reading = ask(made)
    assert {target.grid for target in reading.instance.targets} == {made.grids[0].name}
    crossing = [row for row in reading.targets.values() if row.current in {m.pk for m in made.members[4:]}]
    assert len(crossing) == 12
    only = ask(made, place=made.grids[0])
    assert len(only.targets) == 24  # its own, whoever looks after them now
    outside = next(h for h in only.instance.holders if h.grid != made.grids[0].name)
    assert (only.instance.band_of(outside).low, only.instance.band_of(outside).high) == (0, 99)


def test_personal_bands_and_wishes_reach_the_engine(made, clerk):
    member, household, other = made.members[0], made.households[0], made.members[1]
    PersonalBand.objects.create(node=member, low=0, high=5, reason=PersonalReason.AGE, since=SINCE)
    told = {"edge": Edge.MEMBER, "target": household, "reason": "", "by": clerk, "today": TODAY}
    wish(holder=other, kind=WishKind.PIN, **told)
    wish(holder=made.members[2], kind=WishKind.AVOID, **{**told, "target": made.households[1]})
    reading = ask(made)
    band = reading.instance.band_of(reading.instance.holder_of[member.name])
    assert (band.low, band.high, band.hard) == (0, 5, 5)
    pinned = {target.code: target.pin for target in reading.instance.targets if target.pin}
    assert pinned == {household.name: other.name}
    assert (made.households[1].name, made.members[2].name) in reading.instance.forbidden


def test_members_stand_at_their_own_household(made):
    own = HouseholdProfile.objects.get(node=made.households[7])
    own.node.name = made.members[0].name
    history.save(own.node, by=None, fields=["name"])
    reading = ask(made)
    assert reading.holders[made.members[0].name].spot == (10 * 8, 2000)


def test_groups_go_to_committee_members_but_never_to_their_own_leader(made):
    secretary = PersonFactory(township=made.root.township, root=made.root)
    appoint(secretary, Role.SECRETARY, made.root)
    appoint(made.people[0], Role.ORGANISATION, made.root)  # who leads the first group
    Contact.objects.create(
        township=made.root.township,
        level=Level.COMMITTEE,
        holder=secretary,
        target=made.groups[1],
        since=SINCE,
    )
    reading = ask(made, Edge.COMMITTEE)
    assert set(reading.holders) == {secretary.name, made.people[0].name}
    assert (made.groups[0].name, made.people[0].name) in reading.instance.forbidden
    assert reading.targets[made.groups[1].name].current == secretary.pk


def test_branches_go_to_the_general_branchs_committee(made):
    top = node(Kind.GENERAL_BRANCH, "丁村党总支", township=made.root.township)
    below = [node(Kind.BRANCH, f"丁村第{n}党支部", top) for n in (1, 2)]
    for person in (PersonFactory(township=made.root.township, root=top) for _ in range(2)):
        appoint(person, Role.COMMITTEE, top)
    reading = read(
        Asked(made.root.township_id, top, Edge.GENERAL_BRANCH, BandScope.VILLAGE, WEIGHTS[Preset.EVEN]),
        on=TODAY,
    )
    assert set(reading.targets) == {branch.name for branch in below}
    assert len(reading.holders) == 2


def test_town_leaders_share_the_villages(made):
    village(made.root.township, "乙村")
    for number in range(2):
        appoint(PersonFactory(township=made.root.township, name=f"乡领导{number}"), Role.TOWN_LEADER, None)
    reading = ask(made, Edge.TOWN_LEADER)
    assert (len(reading.targets), len(reading.holders)) == (2, 2)


def test_a_member_under_the_branch_is_a_target_of_no_grid(made):
    tree.move(node=made.members[0], to=made.root, by=None)
    reading = ask(made, Edge.HUB)
    lost = reading.targets[made.members[0].name]
    assert (lost.home, lost.current) == (None, None)


def test_reading_takes_as_many_queries_for_a_small_as_for_a_large_village(
    made, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14) as few:
        ask(made)
    big = village(made.root.township, "大村", groups=4, hubs=3, members=4, households=10)
    with django_assert_num_queries(len(few.captured_queries)):
        ask(big)
