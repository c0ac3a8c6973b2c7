"""Annexes 2 to 4 from plain rows: order, merged holders, notes, masks and scope."""

from datetime import date

import pytest

from grids import tree
from grids.choices import BandCode, BandMode, PersonalReason, Role
from grids.models import BandException, BandRule, Node, PersonalBand
from grids.notes import annotated, bare
from grids.rules import PRESET
from liaison import queries, sheets
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import (
    SINCE,
    PersonFactory,
    TownshipFactory,
    UserFactory,
    appoint,
    group_leader,
    village,
)
from tests.worlds import remembered
from township.masks import mask_phone
from township.sheets.layout import Row, spans

TODAY = date(2026, 9, 10)
ALL = ("members", "households", "edges")


@pytest.fixture
@remembered
def made(db):
    """A village of two groups, two hubs each, two members each, three households each."""
    return village(TownshipFactory(name="青河乡"), "甲村")


@pytest.fixture
def frame():
    return sheets.Frame("青河乡", "T01", 2026, "甲村党支部", TODAY)


def read(made, **more):
    return queries.read_roster(township_id=made.root.township_id, on=TODAY, parts=ALL, **more)


def cells(sheet, key):
    index = [column.key for column in sheet.columns].index(key)
    return [row[index] for row in sheet.read()]


def heights(sheet, key):
    """Rows covered by each cell of a column, top to bottom."""
    index = [column.key for column in sheet.columns].index(key)
    starts = spans(sheet.columns, [Row(values) for values in sheet.read()])
    return [start[index] for start in starts if index in start]


def test_households_stand_under_their_member_in_tree_order(made, frame):
    sheet = sheets.annex4(read(made), frame)
    assert cells(sheet, "householder") == [node.name for node in made.households]
    assert cells(sheet, "seq") == list(range(1, 25))


def test_position_goes_before_order_of_entry(made, frame):
    Node.objects.filter(pk__in=[made.groups[0].pk, made.grids[0].pk]).update(position=9)
    Node.objects.filter(pk=made.members[4].pk).update(position=9)
    sheet = sheets.annex3(read(made), frame)
    names = [made.members[i].name for i in (5, 4, 6, 7, 0, 1, 2, 3)]
    assert cells(sheet, "member") == names


def test_holder_cells_cover_the_rows_of_their_holder(made, frame):
    four = sheets.annex4(read(made), frame)
    assert heights(four, "member") == [3] * 8
    assert heights(four, "count") == [3] * 8
    assert heights(four, "hub") == [6] * 4
    assert heights(four, "group") == [12, 12]
    assert heights(four, "branch") == [24]
    assert heights(four, "householder") == [1] * 24
    three = sheets.annex3(read(made), frame)
    assert heights(three, "hub_head") == heights(three, "plate_no") == [2] * 4
    assert heights(three, "member") == [1] * 8


def test_member_without_hub_stands_last_in_the_group_with_blank_hub(made, frame):
    tree.move(node=made.members[0], to=made.groups[0], reason="调整")
    sheet = sheets.annex4(read(made), frame)
    assert cells(sheet, "member")[9:12] == [made.members[0].name] * 3
    assert cells(sheet, "hub")[9:12] == ["", "", ""]
    assert made.members[0].name not in cells(sheets.annex3(read(made), frame), "member")


def test_household_not_linked_is_in_no_roster(made, frame):
    tree.move(node=made.households[0], to=made.grids[0], reason="调整")
    sheet = sheets.annex4(read(made), frame)
    assert made.households[0].name not in cells(sheet, "householder")
    assert cells(sheet, "count")[:2] == [2, 2]


def test_committee_members_groups_stand_together(made, frame):
    one, two = made.people[:2]
    for person in (one, two):
        appoint(person, Role.COMMITTEE, made.root)
    appoint(one, Role.SECRETARY, made.root)
    for person, group in ((two, 0), (one, 0), (one, 1)):
        Contact.objects.create(
            township=made.root.township,
            level=Level.COMMITTEE,
            holder=person,
            target=made.groups[group],
            since=SINCE,
        )
    sheet = sheets.annex2(read(made), frame)
    assert cells(sheet, "member") == [one.name, one.name, two.name]
    assert cells(sheet, "post") == ["书记、委员", "书记、委员", "委员"]
    assert heights(sheet, "member") == heights(sheet, "phone") == [2, 1]
    assert cells(sheet, "general_branch") == ["—"] * 3
    assert cells(sheet, "households") == [12, 12, 12]


def test_two_leading_columns_only_when_asked(made, frame):
    plain = sheets.annex2(read(made), frame)
    upper = sheets.annex2(read(made), frame, upper=True)
    assert len(plain.visible) == 15
    assert [column.title for column in upper.visible[:4]] == ["序号", "乡包挂领导", "总支班子成员", "党总支"]


def test_household_phone_is_off_until_asked(made, frame):
    assert len(sheets.annex4(read(made), frame).visible) == 12
    assert len(sheets.annex4(read(made), frame, household_phone=True).visible) == 13
    assert len(sheets.annex3(read(made), frame).visible) == 15


def test_phones_go_through_the_mask_given(made, frame):
    masked = sheets.annex3(read(made), frame, phone=lambda phone, _: mask_phone(phone))
    assert set(cells(masked, "member_phone")) == {mask_phone(person.phone) for person in made.people}


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("0931-1234567", "093****4567"),
        ("1234567", "****567"),
        ("120", "****"),
        ("", ""),
    ],
)
def test_mask_keeps_no_whole_number(phone, shown):
    assert mask_phone(phone) == shown


def test_group_leader_reads_the_own_group_only(made, frame):
    roster = read(made, user=group_leader(made))
    sheet = sheets.annex4(roster, frame)
    assert cells(sheet, "householder") == [node.name for node in made.households[:12]]
    assert cells(sheet, "group")[0] == "第1党小组（第1网格）"


@pytest.mark.parametrize(
    ("band", "n", "note"),
    [
        (PRESET[BandCode.MEMBER], 16, "联系16户，超1户"),
        (PRESET[BandCode.MEMBER], 12, ""),
        (PRESET[BandCode.HUB], 2, "联系2名，少3名"),
    ],
)
def test_note_says_how_far_out(band, n, note):
    assert sheets.short_note(band, "联系", n) == note


def test_notes_come_off_again_and_remarks_stay():
    assert annotated("常年在外", "联系16户，超1户", "") == "常年在外〔联系16户，超1户〕"
    assert bare("常年在外〔联系16户，超1户〕") == "常年在外"
    assert bare("常年在外 〔联系16户,超1户〕〔周边3户〕") == "常年在外"
    assert bare("住在〔老庄") == "住在〔老庄"


@pytest.mark.parametrize("villages", [1, 3])
def test_rosters_cost_the_same_for_any_number_of_rows(db, villages, django_assert_num_queries):
    township = TownshipFactory()
    for number in range(villages):
        village(township, f"{number}村", groups=number + 1)
    with django_assert_num_queries(10):  # three of them for the ratios
        queries.read_roster(township_id=township.pk, on=TODAY, parts=ALL)


# --- remarks on ratios --------------------------------------------------------------------------------


def ratio(made, code, low, high, year=2026, **more):
    BandRule.objects.create(
        township=made.root.township, year=year, code=code, low=low, high=high, hard=high, **more
    )


def remarks(made, frame, number):
    build = {2: sheets.annex2, 3: sheets.annex3, 4: sheets.annex4}[number]
    return cells(build(read(made), frame), "remark")


def excused(made, node, code, reason="山大沟深，住得散"):
    clerk = UserFactory(township=made.root.township)
    BandException.objects.create(
        node=node, code=code, reason=reason, until=date(2026, 12, 31), asked_by=clerk,
        confirmed_by=clerk, confirmed_on=SINCE,
    )  # fmt: skip


def test_remark_says_how_much_is_missing_at_the_first_row_of_each_holder(made, frame):
    assert remarks(made, frame, 4) == ["〔联系3户，少7户〕", "", ""] * 8
    assert remarks(made, frame, 3) == ["〔联系2名，少3名〕", ""] * 4


def test_remark_goes_by_the_ratio_of_the_latest_year(made, frame):
    ratio(made, BandCode.MEMBER, 1, 2, year=2025)
    assert remarks(made, frame, 4) == ["〔联系3户，超1户〕", "", ""] * 8
    ratio(made, BandCode.MEMBER, 3, 3)
    ratio(made, BandCode.MEMBER, 8, 9, year=2027)
    assert remarks(made, frame, 4) == [""] * 24


def test_a_ratio_that_is_not_used_prints_nothing(made, frame):
    ratio(made, BandCode.MEMBER, 10, 15, mode=BandMode.OFF)
    ratio(made, BandCode.HUB, 5, 10, mode=BandMode.OFF)
    assert remarks(made, frame, 4) == [""] * 24
    assert remarks(made, frame, 3) == [""] * 8


def test_a_member_of_seventy_has_a_range_of_the_own(made, frame):
    PersonalBand.objects.create(node=made.members[0], low=0, high=5, reason=PersonalReason.AGE)
    PersonalBand.objects.create(node=made.members[1], low=0, high=2, reason=PersonalReason.POSTS)
    assert remarks(made, frame, 4)[:9:3] == ["", "〔联系3户，超1户〕", "〔联系3户，少7户〕"]


def test_an_accepted_exception_is_named_and_comes_off_with_the_note(made, frame):
    excused(made, made.members[0], BandCode.MEMBER, reason="见乡发〔2026〕5号")
    excused(made, made.hubs[0], BandCode.HUB)
    first = remarks(made, frame, 4)[0]
    assert first == "〔联系3户，少7户（已认可：见乡发（2026）5号）〕"
    assert bare(first) == ""
    assert remarks(made, frame, 3)[0] == "〔联系2名，少3名（已认可：山大沟深，住得散）〕"


def test_committee_and_leader_are_noted_in_annex_2_under_the_years_ratios(made, frame):
    one = made.people[0]
    appoint(one, Role.SECRETARY, made.root)
    for group in made.groups:
        contact(made, Level.COMMITTEE, one, group)
    assert remarks(made, frame, 2) == ["", ""]
    ratio(made, BandCode.COMMITTEE, 1, 1)
    ratio(made, BandCode.LEADER, 3, 5)
    excused(made, made.groups[1], BandCode.LEADER)
    assert remarks(made, frame, 2) == [
        "〔包挂2个，超1个〕〔组长联系2个，少1个〕",
        "〔组长联系2个，少1个（已认可：山大沟深，住得散）〕",
    ]


# --- supplementary rosters ----------------------------------------------------------------------------


def contact(made, level, holder, target):
    Contact.objects.create(
        township=made.root.township, level=level, holder=holder, target=target, since=SINCE
    )


def test_hubs_stand_under_their_leader(made, frame):
    appoint(made.people[0], Role.GROUP_LEADER, made.groups[0])
    appoint(made.people[2], Role.HUB_HEAD, made.hubs[1])
    roster = queries.read_roster(township_id=made.root.township_id, on=TODAY, parts=("members", "hubs"))
    sheet = sheets.group_leaders(roster, frame, label="补表3")
    assert cells(sheet, "hub") == [hub.name for hub in made.hubs]
    assert heights(sheet, "leader") == heights(sheet, "group") == [2, 2]
    assert cells(sheet, "leader") == [made.people[0].name] * 2 + ["", ""]
    assert cells(sheet, "hub_head") == ["", made.people[2].name, "", ""]
    assert cells(sheet, "members") == [2] * 4
    ratio(made, BandCode.LEADER, 3, 5)
    again = queries.read_roster(township_id=made.root.township_id, on=TODAY, parts=("members", "hubs"))
    noted = cells(sheets.group_leaders(again, frame, label="补表3"), "remark")
    assert noted == ["〔组长联系2个，少1个〕", ""] * 2


def test_group_leader_reads_the_own_hubs_only(made, frame):
    parts = ("members", "hubs", "edges", "titles")
    township = made.root.township_id
    user = group_leader(made)
    leader = PersonFactory(township=made.root.township)
    contact(made, Level.TOWN_LEADER, leader, made.root)
    roster = queries.read_roster(township_id=township, on=TODAY, parts=parts, user=user)
    assert cells(sheets.group_leaders(roster, frame, label="补表3"), "hub") == [
        hub.name for hub in made.hubs[:2]
    ]
    assert sheets.town_edges(roster) == []


def test_leaders_of_the_township_with_what_their_villages_count(made, frame):
    second = village(made.root.township, "乙村", groups=1, hubs=1, members=1, households=4)
    tree.move(node=made.households[0], to=made.grids[0], reason="未联户也算")
    leader, other = (PersonFactory(township=made.root.township) for _ in range(2))
    post = appoint(leader, Role.TOWN_LEADER, None)
    post.duties = "党委副书记、乡长"
    post.save()
    appoint(made.people[0], Role.SECRETARY, made.root)
    for holder, target in ((leader, second.root), (other, made.root), (leader, made.root)):
        contact(made, Level.TOWN_LEADER, holder, target)
    roster = queries.read_roster(
        township_id=made.root.township_id, on=TODAY, parts=("members", "edges", "titles")
    )
    sheet = sheets.town_leaders(roster, frame, label="补表1")
    assert sheet.annex == "补表1"
    assert cells(sheet, "target") == ["甲村党支部", "乙村党支部", "甲村党支部"]
    assert cells(sheet, "leader") == [leader.name, leader.name, other.name]
    assert cells(sheet, "post") == ["党委副书记、乡长", "党委副书记、乡长", "乡领导"]
    assert heights(sheet, "phone") == [2, 1]
    assert cells(sheet, "secretary")[:2] == [made.people[0].name, ""]
    numbers = [cells(sheet, key)[:2] for key in ("groups", "members", "households")]
    assert numbers == [[2, 1], [8, 1], [24, 4]]
