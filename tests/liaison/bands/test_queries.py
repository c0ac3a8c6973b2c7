"""How holders stand, what ratios ask of villages, and the rows of the pages."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from grids import tree
from grids.choices import BandCode, BandMode, HubKind, Kind, PersonalReason, Role
from grids.models import BandException, BandRule, HubProfile, MemberProfile, Node, PersonalBand
from grids.queries.bands import Yardstick, bands_in_force, yardstick
from grids.queries.branches import dressed_children
from grids.rules import PRESET
from liaison.bands.queries import holders, listed, sums, yearly
from liaison.bands.rules import Tally
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import (
    PersonFactory,
    TownshipFactory,
    UserFactory,
    appoint,
    group_leader,
    member,
    node,
    village,
)

TODAY, LATER = date(2026, 9, 16), date(2026, 12, 31)


def rule(township, year, code=BandCode.MEMBER, **given):
    band = replace(PRESET[code], **given)
    fields = {
        name: getattr(band, name) for name in ("low", "high", "hard", "mode", "scope", "clause", "quote")
    }
    return BandRule.objects.create(township=township, year=year, code=code, **fields)


def tallies(user, measure=None):
    measure = measure or yardstick(user.township_id, on=TODAY)
    return holders.tallies(holders.loads(user, on=TODAY), measure)


def test_holders_are_counted_on_all_sides(made, clerk):
    found = tallies(clerk)
    assert found[BandCode.MEMBER] == Tally(under=7, over=1)
    assert found[BandCode.HUB] == Tally(under=4)
    assert found[BandCode.LEADER] == Tally(ok=2)
    assert found[BandCode.DENSITY] == Tally(under=2)  # 20 and 4 households for two hubs each


def test_ranges_and_exceptions_change_how_they_count(made, clerk):
    PersonalBand.objects.create(node=made.members[1], low=0, high=5, reason=PersonalReason.AGE)
    standing = {"asked_by": clerk, "confirmed_by": clerk, "confirmed_on": TODAY, "until": LATER}
    BandException.objects.create(node=made.members[0], code=BandCode.MEMBER, reason="住得近", **standing)
    BandException.objects.create(node=made.hubs[0], code=BandCode.HUB, reason="山大沟深", **standing)
    waiting = {"asked_by": clerk, "until": LATER}
    BandException.objects.create(node=made.hubs[1], code=BandCode.HUB, reason="山大沟深", **waiting)
    found = tallies(clerk)
    assert found[BandCode.MEMBER] == Tally(under=6, ok=1, accepted=1)
    assert found[BandCode.HUB] == Tally(under=3, accepted=1)


def test_whoever_cannot_serve_is_no_holder(made, clerk):
    MemberProfile.objects.filter(node=made.members[0]).update(takes_part=False)
    assert tallies(clerk)[BandCode.MEMBER] == Tally(under=7)


def test_a_ratio_that_is_off_counts_nobody(made, clerk):
    rule(clerk.township, 2026, mode=BandMode.OFF)
    assert tallies(clerk)[BandCode.MEMBER] == Tally()


def test_tallies_say_what_the_marks_of_the_places_say(made, clerk):
    """The page's numbers and the signs in trees and lists are one and the same judgement."""
    PersonalBand.objects.create(node=made.members[2], low=0, high=0, reason=PersonalReason.OTHER)
    MemberProfile.objects.filter(node=made.members[3]).update(takes_part=False)
    tree.move(node=made.members[4], to=made.groups[1], by=None)
    rows = dressed_children(
        Node.objects.filter(closed_on=None), yardstick(made.root.township_id, on=TODAY), on=TODAY
    )
    of_kind = {
        Kind.GROUP: "hubs",
        Kind.HUB: "members_per_hub",
        Kind.MEMBER: "households",
        Kind.GRID: "per_hub",
    }
    marked = Counter(
        (str(mark.band.code), mark.state)
        for row in rows
        if (mark := row.marks.get(of_kind.get(Kind(row.kind), ""))) is not None
    )
    told = Counter(
        {
            (str(code), state): getattr(tally, state)
            for code, tally in tallies(clerk).items()
            for state in ("under", "ok", "over")
            if getattr(tally, state)
        }
    )
    assert told == marked


def test_committees_are_held_against_what_they_look_after(made, clerk):
    busy, idle, gone = (PersonFactory(township=clerk.township, root=made.root) for _ in range(3))
    for person in (busy, idle):
        appoint(person, Role.COMMITTEE, made.root)
    group = node(Kind.GROUP, "第3党小组", node(Kind.GRID, "第3网格", made.root))
    for holder, targets in ((busy, [*made.groups, group]), (gone, made.groups[:1])):
        for target in targets:
            Contact.objects.create(
                township=clerk.township, level=Level.COMMITTEE, holder=holder, target=target
            )
    assert tallies(clerk)[BandCode.COMMITTEE] == Tally(under=1, over=1)  # who left is no holder
    BandException.objects.create(
        node=made.root,
        code=BandCode.COMMITTEE,
        reason="换届",
        until=LATER,
        asked_by=clerk,
        confirmed_by=clerk,
        confirmed_on=TODAY,
    )
    assert tallies(clerk)[BandCode.COMMITTEE] == Tally(accepted=2)


def test_everybody_counts_what_is_in_sight(made, clerk):
    village(clerk.township, "乙村", groups=1, hubs=1, members=1, households=1)
    village(TownshipFactory(), "丙村")
    assert tallies(clerk)[BandCode.MEMBER].total == 9
    assert tallies(group_leader(made))[BandCode.MEMBER].total == 4
    assert tallies(member(made))[BandCode.MEMBER].total == 1
    nobody = UserFactory(township=clerk.township, office_role="by_post")
    assert sum(tally.total for tally in tallies(nobody).values()) == 0


def test_sums_of_a_village_and_of_all(made, clerk):
    other = village(clerk.township, "乙村", groups=1, hubs=1, members=1, households=40)
    MemberProfile.objects.filter(node__in=made.members[:7]).update(takes_part=False)
    bands = bands_in_force(clerk.township_id, year=2026)
    numbers = sums.counted(clerk, on=TODAY)
    total = {
        str(one.band.code): (one.targets, one.have, one.short) for one in sums.total_sums(numbers, bands)
    }
    assert total == {
        "E5": (64, 2, 3),
        "R19": (64, 5, 0),
        "E4": (9, 5, 0),
        "E3": (5, 3, 0),
        "E2": (3, 0, 2),  # no committee has been entered, and there is no 总支
    }
    rows = sums.village_sums(numbers, bands)
    assert [(row.pk, row.members.short) for row in rows] == [(other.root.pk, 2), (made.root.pk, 1)]


def test_offices_have_no_part_in_the_sums(made, clerk):
    made.root.branch_profile.setting = "office"
    made.root.branch_profile.save()
    assert sums.total_sums(sums.counted(clerk, on=TODAY), PRESET) == []


def test_years_with_ratios_of_their_own(made, clerk):
    assert yearly.set_rules(clerk.township_id).years(today=TODAY) == [2026, 2027]
    rule(clerk.township, 2024, low=8)
    rule(clerk.township, 2025, code=BandCode.HUB, low=4)
    rule(TownshipFactory(), 2023)
    found = yearly.set_rules(clerk.township_id)
    assert found.years(today=TODAY) == [2024, 2025, 2026, 2027]
    years = (2023, 2024, 2025, 2026)
    assert [found.own_year(year) for year in years] == [None, 2024, 2025, 2025]
    for year in years:
        assert found.in_force(year) == bands_in_force(clerk.township_id, year=year)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, "waiting"),
        ({"until": date(2026, 9, 15)}, "over"),
        ({"declined": "理由不足"}, "declined"),
        ({"confirmed_on": TODAY}, "standing"),
        ({"confirmed_on": TODAY, "until": TODAY}, "standing"),
        ({"confirmed_on": date(2026, 9, 1), "until": date(2026, 9, 15)}, "over"),
    ],
)
def test_an_exception_is_in_one_state_and_only_a_standing_one_counts(made, clerk, given, state):
    given = {"until": LATER, **given}
    if "confirmed_on" in given:
        given["confirmed_by"] = clerk
    row = BandException.objects.create(
        node=made.hubs[0], code=BandCode.HUB, reason="山大沟深", asked_by=clerk, **given
    )
    assert listed.state_of(row, on=TODAY) == state
    found = [code for code, _ in listed.STATES if listed.exceptions(clerk, on=TODAY, state=code).exists()]
    assert found == [state]
    assert listed.waiting_count(clerk, on=TODAY) == (state == "waiting")
    assert bool(yardstick(clerk.township_id, on=TODAY).exceptions) is (state == "standing")


def test_marks_are_read_for_a_page_of_places(made):
    hub = made.hubs[0]
    HubProfile.objects.filter(node=hub).update(served_households=12, hub_kind=HubKind.CENTRAL)
    found = holders.marks_of([hub.pk, made.members[0].pk], on=TODAY)
    assert {(pk, str(code)): mark.shown for (pk, code), mark in found.items()} == {
        (hub.pk, "R19"): "12",
        (hub.pk, "E4"): "2",
        (made.members[0].pk, "E5"): "16",
    }


def test_the_pages_ask_as_often_whatever_their_size(made, clerk, django_assert_num_queries):
    measure = Yardstick()
    with django_assert_num_queries(5):
        holders.tallies(holders.loads(clerk, on=TODAY), measure)
    with django_assert_num_queries(2):
        numbers = sums.counted(clerk, on=TODAY)
    with django_assert_num_queries(1):
        sums.village_sums(numbers, PRESET)
