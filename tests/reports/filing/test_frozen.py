"""Frozen tables come back as they were, and say what differs."""

from datetime import date
from decimal import Decimal

from grids import tree
from grids.models import HouseholdProfile, Node
from reports.filing.comparing import compare, compare_all
from reports.filing.frozen import fingerprint, freeze, thaw
from reports.filing.queries import live_sheets
from tests.reports.filing.conftest import TODAY
from township import history
from township.sheets import Column, Sheet, SignatureLine


def test_every_kind_of_cell_and_setting_comes_back():
    sheet = Sheet(
        title="表",
        columns=(
            Column("a", "甲", merge_by=("b",)),
            Column("b", "乙", hidden=True),
            Column("c", "丙", kind="date"),
        ),
        rows=[("=1", 2, date(2026, 9, 1)), (None, 0.25, None), (True, Decimal("1.50"), "文字")],
        totals=(("合计", 3, None),),
        foot=(SignatureLine("填表人", "张三"), "审核人"),
        meta={"annex": "4"},
        annex="附件4",
        unit="甲村",
        as_of="2026年9月15日",
        measure="户",
        landscape=False,
        paper="A3",
    )
    again = thaw(freeze(sheet))
    assert list(again.read()) == list(sheet.read())
    assert (again.columns, again.totals, again.signatures, again.frame) == (
        sheet.columns,
        sheet.totals,
        sheet.signatures,
        sheet.frame,
    )
    assert freeze(again) == freeze(sheet)


def test_phones_are_no_part_of_the_fingerprint(filing, made):
    before = live_sheets(filing, on=TODAY)
    person = made.people[0]
    person.phone = "13911112222"
    history.save(person, by=None)
    after = live_sheets(filing, on=TODAY)
    assert after != before
    assert fingerprint(after, "") == fingerprint(before, "")


def test_joiners_leavers_moves_and_changes_are_told_apart(filing, made):
    before = live_sheets(filing, on=TODAY)
    first, second, third = made.households[0], made.households[3], made.households[6]
    tree.place(placements=[(first, made.members[3])], by=None)
    tree.close(node=second, on=TODAY, reason="moved_away")
    profile = HouseholdProfile.objects.get(node=third)
    profile.size = 9
    history.save(profile, by=None)
    new = Node(township=made.root.township, kind="household", name="新户", since=TODAY)
    tree.add(node=new, parent=made.members[0])
    HouseholdProfile.objects.create(node=new)
    found = compare(4, before["4"], live_sheets(filing, on=TODAY)["4"])
    assert (found.joined, found.left) == (["新户"], [second.name])
    assert [(line.row, line.old, line.new) for line in found.moved] == [
        (first.name, made.members[0].name, made.members[3].name)
    ]
    assert (third.name, "家庭人口数", "9") in [(one.row, one.title, one.new) for one in found.changed]


def test_the_same_tables_differ_in_nothing(filing):
    sheets = live_sheets(filing, on=TODAY)
    assert [one.count for one in compare_all(sheets, live_sheets(filing, on=TODAY))] == [0, 0, 0, 0]
