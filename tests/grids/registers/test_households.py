"""农户 many rows at once: reading, checking, saving all or nothing."""

import pytest
from django.core.exceptions import PermissionDenied

from grids.actions.covers import cover
from grids.choices import Kind
from grids.models import HouseholdProfile, Node, VillagerGroup
from grids.registers.register import TITLE
from grids.registers.rows import GivenRow, Refused
from grids.tree import verify
from tests.factories import TownshipFactory, node, village
from township.models import Action, AuditEvent

GOOD = {"name": "演示户甲", "villager_group": "一社", "door": "88号", "size": "4人", "phone": "138 0000 0001"}


def test_rows_are_shown_as_strings_in_the_trees_order(households, clerk, made):
    rows = households.rows(clerk, made.root)
    assert [row.id for row in rows] == [household.pk for household in made.households]
    first = rows[0].cells
    assert first["name"] == made.households[0].name
    assert (first["villager_group"], first["door"], first["size"]) == ("一社", "1号", "1")
    assert (first["grid"], first["linked_by"]) == ("第1网格", made.members[0].name)
    assert first["since"] == "2026-09-01"


def test_a_grid_and_a_group_show_their_own_rows(households, clerk, made):
    half = len(made.households) // 2
    assert len(households.rows(clerk, made.grids[0])) == half
    assert len(households.rows(clerk, made.groups[1])) == half


def test_cells_are_read_as_clerks_write_them(households, clerk, made, new):
    member = made.members[0].name
    found = households.check([new(**GOOD, linked_by=member, since="2026.9.1")], user=clerk, place=made.root)
    assert found.errors == []
    assert found.cleaned["r1"] == {
        "size": "4",
        "phone": "13800000001",
        "since": "2026-09-01",
        "grid": "第1网格",
    }


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"name": ""}, "name", "请填写户主姓名"),
        ({"phone": "138000"}, "phone", "电话号码不对"),
        ({"villager_group": "七组"}, "villager_group", "没有“七组”"),
        ({"size": "60"}, "size", "1 到 50"),
        ({"size": "很多"}, "size", "整数"),
        ({"since": "2026-13-40"}, "since", "日期"),
        ({"linked_by": "没有此人"}, "linked_by", "没有“没有此人”"),
        ({"remark": "51010119900101123X"}, "remark", "身份证号"),
        ({"door": "号" * 50}, "door", "40"),
        ({"grid": ""}, "grid", "请选网格"),
    ],
)
def test_a_bad_cell_is_named_in_words(households, clerk, made, new, cells, column, words):
    found = households.check([new(**{**GOOD, "grid": "第1网格", **cells})], user=clerk, place=made.root)
    assert [(said.row, said.column) for said in found.errors] == [("r1", column)]
    assert words in found.errors[0].text


def test_a_new_household_goes_into_the_one_grid_that_covers_its_villager_group(households, clerk, made, new):
    lane = VillagerGroup.objects.get(root=made.root, name="一社")
    cover(made.grids[0].grid_profile, [lane], by=clerk)
    cover(made.grids[1].grid_profile, [], by=clerk)
    cells = {**GOOD, "grid": ""}
    found = households.check([new(**cells)], user=clerk, place=made.root)
    assert not found.errors
    assert "按村民小组放在" in " ".join(said.text for said in found.notes)
    assert found.cleaned["r1"]["grid"] == made.grids[0].name
    cover(made.grids[1].grid_profile, [lane], by=clerk)
    found = households.check([new(**cells)], user=clerk, place=made.root)
    assert [said.column for said in found.errors] == ["grid"]


def test_new_and_changed_rows_are_written_in_one_action(households, clerk, made, new, changed):
    rows = households.rows(clerk, made.root)
    saved = households.save(
        [
            new("a", **GOOD, linked_by=made.members[0].name),
            new("b", **{**GOOD, "name": "演示户乙", "phone": ""}, grid="第2网格"),
            changed(rows[0], "c", door="99号", linked_by=""),
            changed(rows[1], "d"),
        ],
        user=clerk,
        place=made.root,
    )
    assert (saved.new, saved.changed, saved.same) == (2, 1, 1)
    linked, waiting = Node.objects.get(pk=saved.ids["a"]), Node.objects.get(pk=saved.ids["b"])
    assert linked.parent_id == made.members[0].pk
    assert linked.household_profile.phone == "13800000001"
    assert waiting.parent_id == made.groups[1].pk
    first = Node.objects.get(pk=rows[0].id)
    assert (first.parent_id, first.household_profile.door) == (made.groups[0].pk, "99号")
    assert first.since != made.households[0].since
    assert verify() == []
    action = Action.objects.get(title=TITLE)
    assert {row.action_id for row in Node.history.filter(id__in=[*saved.ids.values()])} == {action.pk}
    assert AuditEvent.objects.get().rows == 3


def test_one_bad_row_stops_all(households, clerk, made, new, changed):
    rows = households.rows(clerk, made.root)
    with pytest.raises(Refused) as refused:
        households.save(
            [changed(rows[0], door="99号"), new("r2", **{**GOOD, "phone": "1"}, grid="第1网格")],
            user=clerk,
            place=made.root,
        )
    assert [(said.row, said.column) for said in refused.value.errors_found] == [("r2", "phone")]
    assert HouseholdProfile.objects.get(node_id=rows[0].id).door == "1号"
    assert not Action.objects.filter(title=TITLE).exists()


def test_the_same_household_twice_is_refused(households, clerk, made, new):
    cells = {**GOOD, "linked_by": made.members[0].name}
    found = households.check([new("a", **cells), new("b", **cells)], user=clerk, place=made.root)
    assert [(said.row, said.column) for said in found.errors] == [("b", "name")]
    households.save([new("a", **cells)], user=clerk, place=made.root)
    again = households.check([new("a", **cells)], user=clerk, place=made.root)
    assert "已有同门牌的农户" in again.errors[0].text
    elsewhere = households.check(
        [new("a", **{**cells, "linked_by": made.members[-1].name})], user=clerk, place=made.root
    )
    assert elsewhere.errors == []
    assert "请核对是不是同一户" in elsewhere.notes[0].text


def test_namesakes_are_told_apart_in_the_choices(households, clerk, made, new):
    twins = [node(Kind.MEMBER, "演示同名", hub) for hub in (made.hubs[0], made.hubs[-1])]
    found = households.check([new(**GOOD, linked_by="演示同名")], user=clerk, place=made.root)
    assert "请写明是哪一个：演示同名（第1党小组）、演示同名（第2党小组）" in found.errors[0].text
    saved = households.save([new(**GOOD, linked_by="演示同名（第2党小组）")], user=clerk, place=made.root)
    assert Node.objects.get(pk=saved.ids["r1"]).parent_id == twins[1].pk


def test_a_choice_is_found_by_other_spellings_and_the_nearest_is_named(households, clerk, made, new):
    cells = {**GOOD, "villager_group": "1社", "grid": "第一网格", "linked_by": ""}
    found = households.check([new(**cells)], user=clerk, place=made.root)
    assert found.errors == []
    assert (found.cleaned["r1"]["villager_group"], found.cleaned["r1"]["grid"]) == ("一社", "第1网格")
    member = made.members[0].name
    spaced = households.check(
        [new(**{**cells, "linked_by": f" {member[:2]}　{member[2:]}"})], user=clerk, place=made.root
    )
    assert spaced.errors == []
    near = households.check([new(**{**cells, "linked_by": f"{member}9"})], user=clerk, place=made.root)
    assert f"是不是“{member}”？" in near.errors[0].text


def test_grid_and_member_must_agree(households, clerk, made, new, changed):
    rows = households.rows(clerk, made.root)
    other = made.members[-1].name
    follows = households.check([changed(rows[0], linked_by=other)], user=clerk, place=made.root)
    assert follows.errors == []
    assert follows.cleaned["r1"]["grid"] == "第2网格"
    torn = households.check([changed(rows[0], grid="第2网格")], user=clerk, place=made.root)
    assert [said.column for said in torn.errors] == ["linked_by"]
    cut = households.check([changed(rows[0], grid="第2网格", linked_by="")], user=clerk, place=made.root)
    assert cut.errors == []


def test_bands_tell_how_it_stands_after_the_change(households, clerk, made, new):
    rows = [
        new(f"r{i}", **{**GOOD, "name": f"演示户{i}", "phone": ""}, linked_by=made.members[0].name)
        for i in range(20)
    ]
    found = households.check(rows, user=clerk, place=made.root)
    assert [(band.text, band.tone) for band in found.bands] == [
        ("本次改动后：第1党小组 中心户 16.0 户/个，超 1", "warning"),
        (f"本次改动后：{made.members[0].name} 联系农户 23 户，超 8", "warning"),
    ]


def test_cells_that_are_not_sent_stay(households, clerk, made):
    row = households.rows(clerk, made.root)[0]
    households.save([GivenRow("r1", row.id, "", {"door": "7号"})], user=clerk, place=made.root)
    kept = households.rows(clerk, made.root)[0].cells
    assert kept == {**row.cells, "door": "7号"}


def test_cells_nobody_typed_in_keep_what_is_stored(households, clerk, made, changed):
    kept = "外出务工，（春节回）"
    stored = made.households[0].household_profile
    type(stored).objects.filter(pk=stored.pk).update(remark=kept, door="一社，1号")
    shown = households.rows(clerk, made.root)[0]
    row = changed(shown, size="5")
    assert households.check([row], user=clerk, place=made.root).cleaned == {}
    households.save([row], user=clerk, place=made.root)
    stored.refresh_from_db()
    assert (stored.size, stored.remark, stored.door) == (5, kept, "一社，1号")
    shown = households.rows(clerk, made.root)[0]
    households.save([changed(shown, remark="在家，（已回）")], user=clerk, place=made.root)
    stored.refresh_from_db()
    assert stored.remark == "在家,(已回)"


def test_rows_of_another_place_are_not_touched(households, clerk, made, changed):
    other = village(TownshipFactory(), "外村")
    theirs = households.rows(clerk, made.root)[0]
    stray = GivenRow("r1", other.households[0].pk, theirs.seen, {"name": "演示户"})
    found = households.check([stray], user=clerk, place=made.root)
    assert "已不在这里" in found.errors[0].text


def test_the_secretary_edits_the_own_village_only(households, own_secretary, made, new):
    households.save([new(**GOOD, grid="第1网格")], user=own_secretary, place=made.root)
    other = village(made.root.township, "西坡村")
    with pytest.raises(PermissionDenied):
        households.check([new(**GOOD)], user=own_secretary, place=other.root)


def test_no_row_costs_a_query(households, clerk, made, new, django_assert_max_num_queries):
    counts = []
    for many in (20, 500):
        rows = [
            new(f"r{i}", **{**GOOD, "name": f"演示户{i}", "phone": ""}, linked_by=made.members[0].name)
            for i in range(many)
        ]
        with django_assert_max_num_queries(30) as queries:
            assert households.check(rows, user=clerk, place=made.root).errors == []
        counts.append(len(queries))
    assert counts[0] == counts[1]
