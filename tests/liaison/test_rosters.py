"""Annexes 2 to 4 from plain rows: order, merged holders, notes, masks and scope."""

from datetime import date

import pytest

from grids import tree
from grids.choices import BandCode, Role
from grids.models import Node
from grids.notes import annotated, bare
from grids.rules import PRESET
from liaison import queries, sheets
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import SINCE, TownshipFactory, appoint, group_leader, village
from township.masks import mask_phone
from township.sheets.layout import Row, spans

TODAY = date(2026, 9, 10)
ALL = ("members", "households", "edges")


@pytest.fixture
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
