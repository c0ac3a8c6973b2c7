"""Counts, gaps, marks, chain, history and search."""

from datetime import date

import pytest

from grids import tree
from grids.actions import nodes as node_actions
from grids.choices import BranchSetting, Kind, Role
from grids.models import BranchProfile, HubProfile, MemberProfile, Node, Person
from grids.pinyin import initials
from grids.queries.bands import Yardstick
from grids.queries.branches import TreeView, child_rows, tree_rows
from grids.queries.changes import history_of, version_of
from grids.queries.counts import counts_for
from grids.queries.gaps import gaps, gaps_by_root
from grids.queries.marks import marks_for
from grids.queries.phones import masked, shown
from grids.queries.places import chain, profile_of
from grids.queries.search import search
from tests import factories

TODAY = date(2026, 9, 16)


def test_counts_for_every_kind_of_place(town):
    own = town.own
    places = [own.root, own.grids[0], own.groups[0], own.hubs[0], own.members[0], own.households[0]]
    found = counts_for(places, on=TODAY)
    root, grid, group, hub, member, household = (found[place.pk] for place in places)
    assert (root.grids, root.groups, root.hubs, root.members, root.households, root.linked) == (
        2, 2, 4, 8, 24, 24,
    )  # fmt: skip
    assert (grid.groups, grid.hubs, grid.members, grid.households) == (1, 2, 4, 12)
    assert (group.hubs, group.members, group.households) == (2, 4, 12)
    assert (hub.members, hub.households) == (2, 6)
    assert (member.members, member.households) == (0, 3)
    assert household.households == 0
    assert (root.leaderless, group.leaderless) == (1, 0)  # a group's own leader is no gap below it


def test_counts_leave_out_closed_rows(town):
    tree.close(node=town.own.households[0], on=TODAY, reason="moved_away")
    assert counts_for([town.own.root], on=TODAY)[town.own.root.pk].households == 23


@pytest.mark.parametrize("size", [1, 6])
def test_counts_take_one_query_for_each_kind_whatever_the_number(town, django_assert_num_queries, size):
    factories.village(town.township, "丙村", groups=size)
    nodes = list(Node.objects.filter(kind__in=[Kind.GROUP, Kind.HUB, Kind.MEMBER]))
    with django_assert_num_queries(3):
        counts_for(nodes, on=TODAY)


def test_gaps_by_root_names_what_is_missing(town):
    own = town.own
    tree.move(node=own.members[0], to=own.groups[0])
    tree.move(node=own.households[3], to=own.groups[0])
    tree.close(node=own.hubs[1], on=TODAY, reason="dissolved", with_subtree=True)
    factories.node(Kind.HUB, "新中心户", own.groups[1])
    grid = factories.node(Kind.GRID, "花椒产业网格", own.root)
    factories.node(Kind.GROUP, "花椒党小组", grid)
    factories.node(Kind.GRID, "核桃产业网格", own.root)
    own.root.villager_groups.create(name="二社")
    line = next(line for line in gaps_by_root(town.clerk, on=TODAY) if line.root_id == own.root.pk)
    assert (line.name, line.households, line.linked, line.unlinked_households) == ("甲村党支部", 18, 17, 1)
    assert (line.unplaced_members, line.memberless_hubs, line.hubless_groups) == (1, 1, 1)
    assert (line.leaderless_groups, line.groupless_grids, line.gridless_villager_groups) == (2, 1, 1)
    assert (line.gaps, line.coverage) == (8, 94)
    assert gaps(town.clerk, own.root, on=TODAY) == line


def test_gaps_by_root_keeps_to_the_scope_and_to_three_queries(town, django_assert_num_queries):
    assert [line.name for line in gaps_by_root(town.secretary, on=TODAY)] == ["甲村党支部"]
    factories.village(town.township, "丙村")
    gaps_by_root(town.clerk, on=TODAY)
    with django_assert_num_queries(3):
        assert len(gaps_by_root(town.clerk, on=TODAY)) == 3


def test_an_office_branch_has_no_unplaced_members(town):
    office = factories.node(Kind.BRANCH, "机关党支部", township=town.township)
    BranchProfile.objects.create(node=office, setting=BranchSetting.OFFICE)
    factories.node(Kind.MEMBER, "某党员", office)
    found = counts_for([office], on=TODAY)[office.pk]
    assert (found.members, found.unplaced) == (1, 0)


def test_marks_say_sign_words_and_clause():
    from grids.queries.counts import Counts

    marks = marks_for(Kind.GRID, Counts(hubs=9, members=19, households=128), Yardstick())
    assert (marks["per_hub"].shown, marks["per_hub"].state, marks["per_hub"].sign) == ("14.2", "ok", "✔")
    assert marks["members_per_hub"].words == "少于5"
    group = marks_for(Kind.GROUP, Counts(hubs=6, households=60, members=36), Yardstick())
    assert (group["hubs"].words, group["hubs"].note) == ("超过5", "6个，一般为2–5个，超1个")
    assert marks_for(Kind.MEMBER, Counts(households=3), Yardstick(), takes_part=False) == {}
    assert marks_for(Kind.HUB, Counts(members=5), Yardstick(), served=16)["per_hub"].words == "超过15"


def test_tree_rows_are_the_same_number_of_queries_for_any_size(town, django_assert_max_num_queries):
    view = TreeView(village=town.own.root.pk, depth=Kind.HOUSEHOLD)
    with django_assert_max_num_queries(17):
        small = tree_rows(town.clerk, view, on=TODAY)
    big = factories.village(town.township, "丙村", groups=3, hubs=3, members=4, households=4)
    with django_assert_max_num_queries(17):
        large = tree_rows(town.clerk, TreeView(village=big.root.pk, depth=Kind.HOUSEHOLD), on=TODAY)
    assert (len(small), len(large)) == (41, 196)
    assert [row.depth for row in small[:6]] == [1, 2, 3, 4, 5, 6]


def test_tree_opens_a_place_with_all_above_it(town):
    hub = town.own.hubs[0]
    rows = tree_rows(town.clerk, TreeView(opened=frozenset({hub.pk})), on=TODAY)
    assert [row.pk for row in rows if row.is_open] == [
        town.own.root.pk, town.own.grids[0].pk, town.own.groups[0].pk, hub.pk,
    ]  # fmt: skip
    assert {row.name for row in rows} >= {"乙村党支部", town.own.members[0].name}


def test_tree_begins_at_the_users_own_place(town):
    rows = tree_rows(town.group_leader, TreeView(), on=TODAY)
    assert [row.pk for row in rows] == [town.own.groups[0].pk]


def test_child_rows_are_in_scope_and_in_the_order_of_the_document(town):
    group = town.own.groups[0]
    factories.node(Kind.HOUSEHOLD, "散户", group)
    factories.node(Kind.MEMBER, "散党员", group)
    kinds = [row.kind for row in child_rows(town.clerk, group, on=TODAY)]
    assert kinds == [Kind.HUB, Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD]
    assert child_rows(town.other_secretary, group, on=TODAY) == []


def test_problems_filter_finds_what_lies_under_sound_rows(town):
    """A hub with one member too few stands under a group that is in order itself."""
    village = factories.village(town.township, "丁村", groups=1, hubs=2, members=6, households=2)
    factories.appoint(village.people[0], Role.GROUP_LEADER, village.groups[0])
    for hub, person in zip(village.hubs, village.people, strict=False):
        factories.appoint(person, Role.HUB_HEAD, hub)
    factories.appoint(village.people[1], Role.SECRETARY, village.root)
    MemberProfile.objects.filter(node__root=village.root).update(takes_part=False)
    view = TreeView(village=village.root.pk, depth=Kind.MEMBER, problems=True)
    assert [row.name for row in tree_rows(town.clerk, view, on=TODAY) if row.kind == Kind.HUB] == []
    tree.move(node=village.members[0], to=village.hubs[1])
    tree.move(node=village.members[1], to=village.hubs[1])
    rows = [row.pk for row in tree_rows(town.clerk, view, on=TODAY)]
    assert rows == [village.root.pk, village.grids[0].pk, village.groups[0].pk, village.hubs[0].pk]


def test_closed_rows_are_hidden_unless_asked(town):
    tree.close(node=town.own.households[0], on=TODAY, reason="moved_away")
    member = town.own.members[0]
    assert len(child_rows(town.clerk, member, on=TODAY)) == 2
    assert [row.closed_on for row in child_rows(town.clerk, member, on=TODAY, closed=True)] == [
        TODAY,
        None,
        None,
    ]


def test_chain_goes_from_the_household_to_the_branch(town):
    links = chain(town.group_leader, town.own.households[0], on=TODAY)
    assert [link.kind for link in links] == [
        Kind.HOUSEHOLD, Kind.MEMBER, Kind.HUB, Kind.GROUP, Kind.GRID, Kind.BRANCH,
    ]  # fmt: skip
    assert [link.visible for link in links] == [True, True, True, True, False, False]
    assert len(links[3].heads) == 1


def test_history_tells_who_what_and_why(town):
    hub = town.own.hubs[0]
    node_actions.change_node(node=hub, data={"plate_no": "甲-06"}, by=town.secretary)
    node_actions.change_node(
        node=hub, data={"name": "新名中心户", "plate_no": "甲-07"}, by=town.secretary, reason="换了牌子"
    )
    newest = history_of(town.secretary, hub)[:2]
    told = {(f.title, f.old, f.new) for change in newest for f in change.fields}
    assert told == {("名称", hub.name, "新名中心户"), ("标识牌编号", "甲-06", "甲-07")}
    assert {(change.who, change.reason, change.what) for change in newest} >= {
        (town.secretary.full_name, "换了牌子", "修改")
    }


def test_history_names_the_places_of_a_move(town):
    member, to = town.own.members[0], town.own.hubs[1]
    old = member.parent.name
    node_actions.move_node(node=member, to=to, by=town.clerk, on=TODAY, reason="就近")
    change = history_of(town.clerk, member)[0]
    assert ("上级", old, to.name) in {(f.title, f.old, f.new) for f in change.fields}


def test_history_hides_what_its_reader_may_not_see(town):
    member, to = town.own.members[0], town.own.hubs[-1]
    old = member.parent.name
    node_actions.move_node(node=member, to=to, by=town.clerk, on=TODAY, reason="就近")
    member.refresh_from_db()
    household = town.own.households[0]
    for phone in ("13700002222", "13700001111"):
        node_actions.change_node(node=household, data={"phone": phone}, by=town.clerk)

    def told(user, node):
        return {(f.title, f.old, f.new) for f in history_of(user, node)[0].fields}

    assert ("上级", old, to.name) in told(town.secretary, member)
    assert ("上级", "（范围以外）", to.name) in told(town.other_secretary, member)
    assert ("户联系电话", "13700002222", "13700001111") in told(town.secretary, household)
    assert ("户联系电话", "137••••2222", "137••••1111") in told(town.leader, household)


def test_version_changes_with_every_write(town):
    hub = town.own.hubs[0]
    before = version_of(hub, profile_of(hub))
    node_actions.change_node(node=hub, data={"plate_no": "甲-08"}, by=town.clerk)
    assert version_of(hub, profile_of(hub)) != before


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单晓霞", "sxx"),
        ("曾建国", "zjg"),
        ("解志强", "xzq"),
        ("仇玉兰", "qyl"),
        ("区文军", "owj"),
        ("朴海燕", "phy"),
    ],
)
def test_search_by_initials_reads_surnames_right(town, name, typed):
    factories.node(Kind.HOUSEHOLD, name, town.own.members[0])
    Person.objects.create(township=town.township, root=town.own.root, name=name, initials=initials(name))
    found = search(town.clerk, typed)
    assert found.names(Kind.HOUSEHOLD) == [name]
    assert found.names("people") == [name]
    assert search(town.other_secretary, typed).names() == []
    assert name in search(town.clerk, typed[0], most=500).names(Kind.HOUSEHOLD)


def test_search_by_the_tail_of_a_phone(town):
    tail = town.own.people[0].phone[-5:]
    assert town.own.people[0].name in search(town.secretary, tail).names("people")
    assert search(town.secretary, "  ").sections == []


def test_phones_are_masked_for_all_but_office_and_own_branch(town):
    phone = "13912345678"
    assert masked(phone) == "139••••5678"
    assert shown(town.clerk, town.own.root.pk, phone) == phone
    assert shown(town.secretary, town.own.root.pk, phone) == phone
    assert shown(town.other_secretary, town.own.root.pk, phone) == "139••••5678"
    assert shown(town.leader, town.own.root.pk, phone) == "139••••5678"
    assert shown(town.group_leader, town.own.root.pk, "12345") == "•••••"


def test_a_hubs_served_households_give_its_own_mark(town):
    HubProfile.objects.filter(node=town.own.hubs[0]).update(served_households=12)
    rows = child_rows(town.clerk, town.own.groups[0], on=TODAY)
    assert [row.marks["per_hub"].words for row in rows if "per_hub" in row.marks] == ["符合"]
