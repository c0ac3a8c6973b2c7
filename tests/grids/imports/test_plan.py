"""How rows are compared with what the system holds: what counts as the same place, and what as another."""

import pytest
from django.core.exceptions import PermissionDenied

from grids import tree
from grids.choices import Kind, Role
from grids.imports.planning.word import Word
from grids.models import BranchProfile, MemberProfile, Node, Person, Post
from tests.factories import TownshipFactory, UserFactory, member, node, secretary, village
from tests.grids.imports.loading import (
    TODAY,
    brief,
    leaders,
    load,
    messages,
    named,
    places,
    row,
)

# What a file asks for is found out in Python; how it is written goes before both databases in test_apply.py.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
G1, G2 = "第一党小组", "第二党小组"


@pytest.fixture
def township():
    return TownshipFactory()


def changed(entry):
    assert entry["errors"] == []
    return brief(entry)


# --- households -------------------------------------------------------------------------------------


def test_one_name_in_two_groups_two_members_and_two_doors_is_five_households(township):
    rows = [
        row(G1, "白子龙户", "白子龙", "王军", villager_group="一社", door="1号"),
        row(G1, "白子龙户", "白子龙", "王军", villager_group="一社", door="2号"),
        row(G1, "白子龙户", "赵长青", "王军"),
        row(G2, "袁堃户", "袁堃", "王军"),
        row(G2, "袁堃户", "袁堃", "王军"),
    ]
    assert load(township, *rows)["counts"]["household"]["new"] == 5
    assert len(places()) == 5
    assert brief(load(township, *rows)) == {}


def test_blank_cells_wipe_nothing(township):
    load(
        township,
        row(
            G1, "白子龙户", "白子龙", "王军", villager_group="一社", door="1号", household_size=3,
            household_phone="13800000001", remark="常年在外", member_phone="13900000001",
            member_standing="probationary",
        ),
    )  # fmt: skip
    assert brief(load(township, row(G1, "", "白子龙", "王军"))) == {}
    assert places() == [(G1, "白子龙户", "白子龙", "王军", "一社", "1号", 3)]


def test_a_second_file_adds_the_facts_the_first_left_out(township):
    load(township, row(G1, "白子龙户", "白子龙", "王军"))
    entry = load(
        township, row(G1, "白子龙户", "白子龙", "王军", villager_group="一社", door="1号", household_size=3)
    )
    assert changed(entry) == {"household": {"changed": 1}}
    assert places() == [(G1, "白子龙户", "白子龙", "王军", "一社", "1号", 3)]


def test_household_at_another_member_of_the_group_has_moved(township):
    load(
        township,
        row(G1, "白子龙户", "白子龙", "王军"),
        row(G1, "白子龙户", "白子龙", "李平"),
        row(G1, "白子龙户", "赵长青", "孙明"),
    )
    before = named(Kind.HOUSEHOLD, "王军").pk
    entry = load(
        township,
        row(G1, "白子龙户", "白子龙", "李平"),
        row(G1, "白子龙户", "赵长青", "孙明"),
        row(G1, "白子龙户", "赵长青", "王军"),
    )
    assert changed(entry) == {"household": {"changed": 1}, "link": {"changed": 1}}
    assert [(c["action"], c["name"], c["old"], c["new"]) for c in entry["changes"]] == [
        ("moved", "王军", "白子龙", "赵长青")
    ]
    moved = named(Kind.HOUSEHOLD, "王军")
    assert (moved.pk, moved.parent.name) == (before, "赵长青")
    assert tree.verify() == []


def test_a_file_about_one_group_takes_no_household_of_the_same_name_from_another(township):
    load(township, row(G1, "白子龙户", "白子龙", "王军"))
    assert load(township, row(G2, "袁堃户", "袁堃", "王军"))["counts"]["household"]["new"] == 1
    assert [place[:2] for place in places()] == [(G1, "白子龙户"), (G2, "袁堃户")]


def test_same_address_elsewhere_in_the_village_is_the_same_household(township):
    load(township, row(G1, "白子龙户", "白子龙", "王军", villager_group="一社", door="1号"))
    entry = load(township, row(G2, "袁堃户", "袁堃", "王军", villager_group="1社", door="1号"))
    assert entry["counts"]["household"] == {"new": 0, "changed": 1, "same": 0, "closed": 0}
    assert places() == [(G2, "袁堃户", "袁堃", "王军", "一社", "1号", 0)]


def test_household_listed_without_member_stays_linked(township):
    load(township, row(G1, "白子龙户", "白子龙", "王军"))
    assert brief(load(township, row(G1, "", "", "王军"))) == {}


def test_household_without_member_hangs_under_the_group_and_is_linked_later(township):
    load(township, row(G1, "", "", "王军", household_size=2))
    assert named(Kind.HOUSEHOLD, "王军").parent == named(Kind.GROUP, G1)
    load(township, row(G1, "白子龙户", "白子龙", "王军"))
    assert places() == [(G1, "白子龙户", "白子龙", "王军", "", "", 2)]
    assert tree.verify() == []


def test_what_a_village_file_leaves_out_is_told_and_kept(township):
    load(township, row(G1, "白子龙户", "白子龙", "王军"), row(G1, "白子龙户", "白子龙", "李平"))
    entry = load(township, row(G1, "白子龙户", "白子龙", "王军"))
    assert (entry["status"], brief(entry)) == ("unchanged", {})
    assert messages(entry, "warnings") == [
        "“甲村党支部”在系统中有1户这张表里没有（李平），没有改动；如已迁出，请在系统里注销。"
    ]


# --- groups, grids, hubs ----------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["第1党小组", "一组党小组", "第一小组", "1组", "甲村第一党小组"])
def test_one_group_in_many_spellings_keeps_its_first_name(township, written):
    load(township, row(G1, "白子龙户", "白子龙", "王军"))
    assert brief(load(township, row(written, "白子龙户", "白子龙", "王军"))) == {}
    assert Node.objects.get(kind=Kind.GROUP).name == G1


@pytest.mark.parametrize("written", ["白子龙", "白子龙中心户", "白子龙党员中心户"])
def test_one_hub_in_many_spellings(township, written):
    load(township, row(G1, "白子龙户", "白子龙", "王军"))
    assert brief(load(township, row(G1, written, "白子龙", "王军"))) == {}


def test_grid_is_concluded_from_the_group_and_group_from_the_grid(township):
    load(township, row(G1, "", "白子龙", "王军"), row("", "", "袁堃", "李平", grid="甲村第二网格"))
    found = Node.objects.filter(kind=Kind.GROUP).order_by("pk").values_list("name", "grid__name")
    assert list(found) == [(G1, "第一网格"), (G2, "甲村第二网格")]


def test_a_grid_written_later_names_the_one_concluded_before(township):
    load(township, row(G1, "", "白子龙", "王军"))
    entry = load(township, row(G1, "", "白子龙", "王军", grid="东片网格"))
    assert changed(entry) == {"grid": {"changed": 1}}
    assert Node.objects.get(kind=Kind.GRID).name == "东片网格"
    # The number in a village's grid is the grid, so this is another spelling only.
    assert brief(load(township, row("", "", "白子龙", "王军", grid="东片网格"))) == {}


def test_two_groups_in_one_grid_are_refused(township):
    entry = load(
        township, row(G1, "", "白子龙", "王军", grid="东片网格"), row(G2, "", "袁堃", "李平", grid="东片网格")
    )
    assert entry["status"] == "refused"
    assert "每个网格只建一个党小组" in messages(entry)[0]
    assert not Node.objects.exists()


def test_hub_facts_and_head(township):
    load(
        township,
        row(G1, "电商示范岗", "白子龙", hub_kind="demo_post", plate_no="QH-01", served_households=12,
            hub_head="马明", hub_phone="13900000009"),
    )  # fmt: skip
    hub = named(Kind.HUB, "电商示范岗")
    profile = hub.hub_profile
    assert (profile.hub_kind, profile.plate_no, profile.served_households) == ("demo_post", "QH-01", 12)
    assert leaders("甲村党支部", Role.HUB_HEAD) == {("电商示范岗", "马明", "13900000009")}


def test_a_hub_named_after_somebody_absent_gets_no_head(township):
    load(township, row(G1, "白子龙户", "赵长青", "王军"))
    assert not Post.objects.exists()
    assert Person.objects.count() == 1


def test_an_annex_without_the_kind_leaves_a_demonstration_post_what_it_is(township):
    load(township, row(G1, "便民服务点", "白子龙", hub_kind="demo_post"))
    again = row(G1, "便民服务点", "白子龙")
    again.hub_kind = "central"
    assert brief(load(township, again)) == {}


# --- members and people -----------------------------------------------------------------------------


def test_two_members_of_one_name_in_a_group_are_told_apart_by_phone(township):
    rows = [
        row(G1, "白子龙户", "张伟", "王军", member_phone="13900000001"),
        row(G1, "白子龙户", "张伟", "李平", member_phone="13900000002"),
        row(G1, "白子龙户", "张伟", "孙明", member_phone="13900000001"),
    ]
    assert load(township, *rows)["counts"]["member"]["new"] == 2
    held = MemberProfile.objects.values_list("person__phone", "node__children__name")
    assert sorted(held) == [("13900000001", "孙明"), ("13900000001", "王军"), ("13900000002", "李平")]
    assert brief(load(township, *reversed(rows))) == {}


def test_member_with_the_same_phone_in_another_group_has_moved_with_the_households(township):
    load(township, row(G1, "白子龙户", "赵长青", "王军", member_phone="13900000001"))
    entry = load(township, row(G2, "袁堃户", "赵长青", "王军", member_phone="13900000001"))
    assert entry["counts"]["member"] == {"new": 0, "changed": 1, "same": 0, "closed": 0}
    assert entry["counts"]["household"] == {"new": 0, "changed": 0, "same": 1, "closed": 0}
    assert places() == [(G2, "袁堃户", "赵长青", "王军", "", "", 0)]
    assert tree.verify() == []


def test_new_phone_of_the_only_member_of_that_name_is_a_change(township):
    load(township, row(G1, "", "白子龙", "王军", member_phone="13900000001"))
    entry = load(township, row(G1, "", "白子龙", "王军", member_phone="13900000002"))
    assert changed(entry) == {"member": {"changed": 1}, "person": {"changed": 1}}
    assert "13900000001" in messages(entry, "warnings")[0]
    assert Person.objects.get().phone == "13900000002"


def test_member_first_unplaced_then_in_a_hub(township):
    root = node(Kind.BRANCH, "甲村党支部", township=township)
    BranchProfile.objects.create(node=root)
    person = Person.objects.create(township=township, root=root, name="白子龙", phone="13900000001")
    place = node(Kind.MEMBER, "白子龙", root)
    MemberProfile.objects.create(node=place, person=person)
    entry = load(township, row(G1, "白子龙户", "白子龙", "王军"))
    assert entry["counts"]["member"] == {"new": 0, "changed": 1, "same": 0, "closed": 0}
    place.refresh_from_db()
    assert place.hub.name == "白子龙户"
    assert tree.verify() == []


def test_place_added_without_its_facts_gets_them(township):
    """Somebody may have made the bare place; the load completes it instead of failing."""
    root = node(Kind.BRANCH, "甲村党支部", township=township)
    group = node(Kind.GROUP, G1, node(Kind.GRID, "第一网格", root))
    hub = node(Kind.HUB, "白子龙户", group)
    node(Kind.HOUSEHOLD, "王军", node(Kind.MEMBER, "白子龙", hub))
    load(township, row(G1, "白子龙户", "白子龙", "王军", household_size=4, member_phone="13900000001"))
    assert places() == [(G1, "白子龙户", "白子龙", "王军", "", "", 4)]
    assert MemberProfile.objects.get().person.phone == "13900000001"


def test_member_of_another_branch_is_refused_by_name(township):
    load(township, row(G1, "", "白子龙", "王军", member_phone="13900000001", branch="乙村党支部"))
    entry = load(township, row(G1, "", "白子龙", "李平", member_phone="13900000001"))
    assert entry["status"] == "refused"
    assert "已是“乙村党支部”的党员" in messages(entry)[0]
    assert entry["errors"][0]["row"] == 5
    assert not Node.objects.filter(name="甲村党支部").exists()


def test_closed_member_is_not_brought_back_by_a_file(township):
    load(township, row(G1, "", "白子龙", member_phone="13900000001"))
    tree.close(node=named(Kind.MEMBER, "白子龙"), on=TODAY, reason="deceased")
    entry = load(township, row(G1, "", "白子龙", "王军", member_phone="13900000001"))
    assert entry["status"] == "refused"
    assert "注销（去世）" in messages(entry)[0]


def test_one_person_in_two_groups_is_refused(township):
    entry = load(
        township,
        row(G1, "", "白子龙", "王军", member_phone="13900000001"),
        row(G2, "", "白子龙", "李平", member_phone="13900000001"),
    )
    assert entry["status"] == "refused"
    assert "只能在一个党小组" in messages(entry)[0]


def test_one_person_in_two_branches_of_one_file_is_refused(township):
    entry = load(
        township,
        row(G1, "", "白子龙", "王军", member_phone="13900000001"),
        row(G1, "", "白子龙", "李平", member_phone="13900000001", branch="乙村党支部"),
    )
    assert entry["status"] == "refused"
    assert "请删去一处或改正电话" in messages(entry)[0]


# --- leaders ----------------------------------------------------------------------------------------


def test_leader_is_the_member_of_that_name_and_a_new_one_takes_over(township):
    load(township, row(G1, "", "白子龙", "王军", group_leader="白子龙"), row(G1, "", "赵长青", "李平"))
    assert leaders("甲村党支部") == {(G1, "白子龙", "")}
    entry = load(
        township, row(G1, "", "白子龙", "王军", group_leader="赵长青"), row(G1, "", "赵长青", "李平")
    )
    assert changed(entry) == {"post": {"new": 1, "closed": 1}}
    assert leaders("甲村党支部") == {(G1, "赵长青", "")}
    assert sorted(Post.objects.values_list("person__name", "since", "until")) == [
        ("白子龙", None, TODAY),
        ("赵长青", TODAY, None),
    ]
    assert Person.objects.count() == 2


def test_leader_who_is_no_member_is_one_person_and_may_become_a_member(township):
    load(township, row(G1, "", "白子龙", "王军", group_leader="马明", group_leader_phone="13900000001"))
    assert leaders("甲村党支部") == {(G1, "马明", "13900000001")}
    load(township, row(G1, "", "马明", "李平"), row(G1, "", "白子龙", "王军", group_leader="马明"))
    assert Person.objects.filter(name="马明").count() == 1
    assert leaders("甲村党支部") == {(G1, "马明", "13900000001")}


def test_leader_the_system_has_as_a_member_the_file_leaves_out(township):
    load(township, row(G1, "", "白子龙", "王军"))
    load(township, row(G1, "", "赵长青", "李平", group_leader="白子龙"))
    assert Person.objects.filter(name="白子龙").count() == 1
    assert leaders("甲村党支部") == {(G1, "白子龙", "")}


# --- organisations ----------------------------------------------------------------------------------


def test_rows_without_branch_go_to_the_chosen_one(township):
    assert load(township, row(G1, "", "白子龙", "王军", branch=""))["status"] == "refused"
    entry = load(township, row(G1, "", "白子龙", "王军", branch=""), branch="甲村")
    assert entry["branches"] == ["甲村党支部"]
    again = load(township, row(G1, "", "白子龙", "王军", branch="甲村党支部"))
    assert (again["branches"], brief(again)) == (["甲村党支部"], {})


def test_a_chosen_branch_that_contradicts_the_file_is_refused(township):
    entry = load(township, row(G1, "", "白子龙", "王军"), branch="乙村党支部")
    assert entry["status"] == "refused"
    assert "所选的却是“乙村党支部”" in messages(entry)[0]


def test_village_with_general_branch_means_the_branch_below(township):
    top = node(Kind.GENERAL_BRANCH, "甲村党总支", township=township)
    below = node(Kind.BRANCH, "甲村第一党支部", top)
    load(township, row(G1, "", "白子龙", "王军", branch="甲村党总支"))
    assert named(Kind.GROUP, G1).branch == below
    node(Kind.BRANCH, "甲村第二党支部", top)
    entry = load(township, row(G1, "", "白子龙", "王军", branch="甲村党总支"))
    assert "请写明是哪个党支部" in messages(entry)[0]
    assert brief(load(township, row(G1, "", "白子龙", "王军", branch="甲村第一党支部"))) == {}


def test_new_branch_below_a_new_general_branch(township):
    entry = load(
        township,
        row(G1, "", "白子龙", "王军", branch="甲村第一党支部", general_branch="甲村党总支"),
        row(G1, "", "袁堃", "李平", branch="甲村第二党支部", general_branch="甲村党总支"),
    )
    assert entry["counts"]["branch"]["new"] == 3
    assert {b.root.name for b in Node.objects.filter(kind=Kind.BRANCH)} == {"甲村党总支"}
    assert tree.verify() == []


def test_a_name_one_sign_away_from_a_known_branch_is_told(township):
    load(township, row(G1, "", "白子龙", "王军", branch="大坪村党支部"))
    entry = load(township, row(G1, "", "袁堃", "李平", branch="大平村党支部"))
    assert "系统里有“大坪村党支部”" in messages(entry, "warnings")[0]


# --- who may ----------------------------------------------------------------------------------------


def test_secretary_loads_the_own_village_only(township):
    own = village(township, "甲村")
    village(township, "乙村")
    user = secretary(own)
    assert load(township, row("第三党小组", "", "白子龙", "王军"), by=user)["status"] == "applied"
    entry = load(township, row("第三党小组", "", "白子龙", "王军", branch="乙村党支部"), by=user)
    assert (entry["status"], messages(entry)) == ("refused", ["您只能导入本村的花名册，表中有“乙村党支部”。"])
    entry = load(township, row("第三党小组", "", "白子龙", "王军", branch="丙村党支部"), by=user)
    assert "请联系乡党政办" in messages(entry)[0]


def test_member_and_leader_may_not_load(township):
    own = village(township, "甲村")
    for user in (member(own), UserFactory(township=township, office_role="leader")):
        with pytest.raises(PermissionDenied):
            load(township, row(G1, "", "白子龙", "王军"), by=user)


def test_texts_too_long_for_the_database_are_refused_by_cell(township):
    entry = load(township, row(G1, "", "白子龙", "王军", door="一" * 41))
    assert entry["status"] == "refused"
    assert [(e["row"], e["column"]) for e in entry["errors"]] == [(5, "door")]


def test_a_row_kept_out_of_our_own_export_closes_nothing(township):
    """Held for later or loaded before, it names its household all the same."""
    first = row("第一党小组", "", "白子龙", "王军", number=5)
    second = row("第一党小组", "", "白子龙", "赵兰", number=6)
    load(township, first, second)
    kept_out = Word(left_out=frozenset({("表", 6)}))
    entry = load(township, first, second, meta={"annex": "4"}, word=kept_out)
    assert brief(entry) == {}
    assert named(Kind.HOUSEHOLD, "赵兰").closed_on is None
    entry = load(township, first, meta={"annex": "4"})
    assert brief(entry) == {"household": {"closed": 1}, "link": {"closed": 1}}
