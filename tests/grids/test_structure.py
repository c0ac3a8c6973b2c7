"""Moving, splitting, merging, raising: what the tree is afterwards, what is refused, what a preview says."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grids import tree
from grids.actions.merging import Names, merge_units
from grids.actions.raising import Approval, Industry, NewBranch, found_industry, raise_branch
from grids.actions.refusals import ChangedMeanwhile, sentences
from grids.actions.splitting import Division, split_unit
from grids.actions.structure import move_nodes
from grids.choices import CloseReason, GridShape, HubKind, Kind, Role
from grids.models import GridProfile, Node, VillagerGroup
from grids.naming import in_chinese, next_name
from grids.queries.counts import counts_for
from grids.queries.moves import effects_between
from grids.queries.shapes import read_shape
from grids.queries.structure import Change, clashes, merge_change
from tests import factories
from township.models import Action

TODAY = date(2026, 9, 16)


def below(node: Node, kind: str) -> list[str]:
    """Names of the open places of a kind right below one."""
    rows = Node.objects.filter(parent=node, kind=kind, closed_on=None).order_by("pk")
    return list(rows.values_list("name", flat=True))


def lanes_of(grid: Node) -> set[str]:
    return set(GridProfile.objects.get(node=grid).villager_groups.values_list("name", flat=True))


# --- on paper ---------------------------------------------------------------------------------------


def test_numbers_on_paper_are_the_numbers_of_the_database(town):
    own = town.own
    tree.move(node=own.members[0], to=own.groups[0])
    tree.move(node=own.households[-1], to=own.grids[1])
    tree.close(node=own.hubs[1], on=TODAY, reason=CloseReason.DISSOLVED, with_subtree=True)
    factories.node(Kind.GRID, "空网格", own.root)
    factories.appoint(own.people[0], Role.GROUP_LEADER, own.groups[0])
    shape = read_shape([own.root.pk, town.other.root.pk], on=TODAY)
    places = list(Node.objects.filter(pk__in=shape.spots).exclude(kind=Kind.HOUSEHOLD))
    assert {pk: counts for pk, counts in shape.counts.items() if shape.spots[pk].kind != Kind.HOUSEHOLD} == (
        counts_for(places, on=TODAY)
    )


def test_a_shape_is_read_in_nine_queries(town, django_assert_num_queries):
    with django_assert_num_queries(9):  # four of them for the ratios in force
        read_shape([town.own.root.pk, town.other.root.pk], on=TODAY)


def test_a_preview_names_bands_rosters_and_who_sees_what(town):
    own = town.own
    leader = factories.group_leader(own)
    before = read_shape([own.root.pk], on=TODAY)
    hub = own.hubs[0].pk
    effects = effects_between(
        before, Change(moves={hub: own.groups[1].pk}).made_on(before), moved=[hub], on=TODAY
    )
    assert [named.words.partition("：")[0] for named in effects.moved] == [
        "1个中心户（示范岗）",
        "2名党员",
        "6户农户",
    ]
    shifts = {(effect.node.pk, band.title): band.words for effect in effects.places for band in effect.bands}
    assert shifts[own.groups[0].pk, "党小组长联系中心户（示范岗）"] == "由符合变为不足"
    assert effects.breaking == 1
    assert own.root.pk not in {effect.node.pk for effect in effects.places}
    assert [(roster.annex, roster.village, roster.lines) for roster in effects.rosters] == [
        ("2", "甲村党支部", 2),
        ("3", "甲村党支部", 2),
        ("4", "甲村党支部", 6),
    ]
    told = {sight.name: (sight.gains, sight.loses) for sight in effects.sights}
    assert told == dict.fromkeys(
        (leader.person.name, town.group_leader.person.name), ("", "1个中心户（示范岗）、2名党员、6户农户")
    )


def test_nobody_whose_posts_reach_both_ends_loses_sight(town):
    own = town.own
    before = read_shape([own.root.pk], on=TODAY)
    factories.appoint(town.group_leader.person, Role.GROUP_LEADER, own.groups[1])
    after = Change(moves={own.hubs[0].pk: own.groups[1].pk}).made_on(before)
    assert effects_between(before, after, moved=[own.hubs[0].pk], on=TODAY).sights == ()


@pytest.mark.parametrize(
    ("like", "taken", "expected"),
    [
        ("第一网格", ["第一网格", "第九网格"], "第十网格"),
        ("第十九党小组", [], "第二十党小组"),
        ("第2网格", ["第7网格", "第9党小组"], "第8网格"),
        ("老槐树中心户", [], "老槐树中心户（2）"),
        ("老槐树中心户", ["老槐树中心户（2）"], "老槐树中心户（3）"),
        ("第一网格", ["第九十九网格"], "第100网格"),
    ],
)
def test_the_next_name_follows_the_row_of_names(like, taken, expected):
    assert next_name(like, taken) == expected


def test_chinese_numbers_are_written_as_people_say_them():
    assert [in_chinese(n) for n in (1, 9, 10, 11, 20, 21, 99)] == [
        "一", "九", "十", "十一", "二十", "二十一", "九十九",
    ]  # fmt: skip


# --- several at once --------------------------------------------------------------------------------


def test_several_move_at_once_in_one_action(town, fresh):
    households, to = town.own.households[:3], town.own.members[-1]
    moved = move_nodes(nodes=households, to=to, by=town.secretary, on=TODAY, reason="就近")
    assert moved == 3
    assert {fresh(node).parent_id for node in households} == {to.pk}
    assert {fresh(node).since for node in households} == {TODAY}
    acts = {node.history.first().action_id for node in households}
    assert [Action.objects.get(pk=pk).title for pk in acts] == ["调整上级"]
    assert tree.verify() == []


def test_members_who_move_to_another_village_take_their_people_along(town):
    members = town.own.members[:2]
    move_nodes(nodes=members, to=town.other.hubs[0], by=town.clerk, on=TODAY)
    people = [node.member_profile.person for node in Node.objects.filter(pk__in=[m.pk for m in members])]
    assert {person.root_id for person in people} == {town.other.root.pk}


def test_a_move_of_several_is_all_or_nothing(town, fresh):
    own = town.own
    with pytest.raises(ValidationError, match="农户不能放在中心户"):
        move_nodes(nodes=[own.members[0], own.households[0]], to=own.hubs[1], by=town.clerk, on=TODAY)
    assert fresh(own.members[0]).parent_id == own.hubs[0].pk
    with pytest.raises(PermissionDenied):
        move_nodes(nodes=[own.members[0]], to=town.other.hubs[0], by=town.secretary, on=TODAY)
    with pytest.raises(ValidationError, match="请先选择"):
        move_nodes(nodes=[], to=own.hubs[0], by=town.clerk, on=TODAY)
    tree.close(node=own.households[0], on=TODAY, reason=CloseReason.MOVED_AWAY)
    with pytest.raises(ValidationError, match="已注销"):
        move_nodes(nodes=[own.households[0]], to=own.members[1], by=town.clerk, on=TODAY)


def test_a_stale_preview_moves_nothing(town):
    own = town.own
    seen = read_shape([own.root.pk], on=TODAY).fingerprint([own.households[0].pk, own.members[1].pk])
    tree.move(node=own.households[0], to=own.members[2])
    with pytest.raises(ChangedMeanwhile):
        move_nodes(nodes=[own.households[0]], to=own.members[1], by=town.clerk, on=TODAY, seen=seen)


# --- splitting --------------------------------------------------------------------------------------


def test_a_grid_is_split_with_its_group_and_villager_groups(town, fresh):
    own = town.own
    grid, group, hub = own.grids[0], own.groups[0], own.hubs[1]
    loose = factories.node(Kind.HOUSEHOLD, "未联户甲", grid)
    second = VillagerGroup.objects.create(root=own.root, name="二社")
    profile = GridProfile.objects.get(node=grid)
    profile.villager_groups.add(second)
    division = Division(
        name="第三网格",
        group_name="第三党小组",
        going={hub.pk, loose.pk},
        lanes_staying={own.root.villager_groups.get(name="一社").pk},
        lanes_going={second.pk},
    )
    new = split_unit(unit=grid, division=division, by=town.secretary, on=TODAY, reason="户数过多")
    made = Node.objects.get(parent=new, kind=Kind.GROUP)
    assert (made.name, fresh(hub).parent_id, fresh(loose).parent_id) == ("第三党小组", made.pk, new.pk)
    assert below(group, Kind.HUB) == [own.hubs[0].name]
    assert (lanes_of(grid), lanes_of(new)) == ({"一社"}, {"二社"})
    assert Node.objects.filter(grid=new, kind=Kind.HOUSEHOLD).count() == 7
    assert new.history.first().action_id == fresh(hub).history.first().action_id
    assert tree.verify() == []


def test_a_villager_group_may_belong_to_both_halves_and_never_to_none(town):
    own = town.own
    lane = own.root.villager_groups.get().pk
    division = Division(name="第三网格", group_name="第三党小组", going={own.hubs[0].pk}, lanes_going={lane})
    new = split_unit(unit=own.grids[0], division=division, by=town.clerk, on=TODAY)
    assert (lanes_of(own.grids[0]), lanes_of(new)) == (set(), {"一社"})
    division = Division(name="第四网格", group_name="第四党小组", going={own.hubs[2].pk})
    new = split_unit(unit=own.grids[1], division=division, by=town.clerk, on=TODAY)
    assert (lanes_of(own.grids[1]), lanes_of(new)) == ({"一社"}, set())


def test_a_hub_is_split(town, fresh):
    hub = town.own.hubs[0]
    division = Division(name="新中心户", going={town.own.members[0].pk}, hub_kind=HubKind.DEMO_POST)
    new = split_unit(unit=hub, division=division, by=town.secretary, on=TODAY)
    assert (new.parent_id, new.hub_profile.hub_kind) == (hub.parent_id, HubKind.DEMO_POST)
    assert fresh(town.own.members[0]).hub_id == new.pk
    assert Node.objects.filter(hub=new, kind=Kind.HOUSEHOLD).count() == 3


def test_a_split_is_refused_in_words(town):
    own = town.own
    cases = [
        (own.grids[0], Division(name="新", group_name="新组", going=()), "请选择划到新单位的下级。"),
        (
            own.grids[0],
            Division(name="新", group_name="新组", going={own.hubs[0].pk, own.hubs[1].pk}),
            "全部划走就不是拆分了",
        ),
        (own.grids[0], Division(name="新", group_name="新组", going={own.hubs[2].pk}), "已经不在这里"),
        (
            own.grids[0],
            Division(name=own.grids[1].name, group_name="新组", going={own.hubs[0].pk}),
            "同一上级下已有名为",
        ),
        (own.groups[0], Division(name="新", going={own.hubs[0].pk}), "党小组随网格一起拆分"),
    ]
    before = Node.objects.count(), Action.objects.count()
    for unit, division, words in cases:
        with pytest.raises(ValidationError) as refused:
            split_unit(unit=unit, division=division, by=town.clerk, on=TODAY)
        assert words in "".join(sentences(refused.value))
    assert (Node.objects.count(), Action.objects.count()) == before


# --- merging ----------------------------------------------------------------------------------------


def test_two_grids_become_one(town, fresh):
    own = town.own
    unit, into = own.grids[1], own.grids[0]
    second = VillagerGroup.objects.create(root=own.root, name="二社")
    GridProfile.objects.get(node=unit).villager_groups.add(second)
    loose = factories.node(Kind.HOUSEHOLD, "未联户甲", unit)
    post = factories.appoint(own.people[0], Role.GROUP_LEADER, own.groups[1])
    merge_units(
        unit=unit, into=into, names=Names(kept="第一大网格"), by=town.secretary, on=TODAY, reason="并格"
    )
    assert len(below(own.groups[0], Kind.HUB)) == 4
    assert (fresh(into).name, fresh(loose).parent_id) == ("第一大网格", into.pk)
    closed = [(node.closed_on, node.close_reason) for node in (fresh(unit), fresh(own.groups[1]))]
    assert closed == [(TODAY, CloseReason.MERGED)] * 2
    assert lanes_of(into) == {"一社", "二社"}
    post.refresh_from_db()
    assert (post.until, post.history.first().history_change_reason) == (TODAY, "合并")
    assert len({row.history.first().action_id for row in (fresh(unit), fresh(loose), post)}) == 1
    assert tree.verify() == []


def test_a_grid_without_a_group_takes_the_others_whole_group(town, fresh):
    own = town.own
    empty = factories.node(Kind.GRID, "空网格", own.root)
    GridProfile.objects.create(node=empty)
    merge_units(unit=own.grids[0], into=empty, names=Names(), by=town.clerk, on=TODAY)
    assert (fresh(own.groups[0]).parent_id, fresh(own.groups[0]).closed_on) == (empty.pk, None)
    assert tree.verify() == []


def test_two_hubs_become_one_with_their_plates(town, fresh):
    first, second = town.own.hubs[:2]
    for hub, served in ((first, 12), (second, 10)):
        hub.hub_profile.served_households = served
        hub.hub_profile.save()
    merge_units(unit=second, into=first, names=Names(), by=town.secretary, on=TODAY)
    assert len(below(first, Kind.MEMBER)) == 4
    assert (fresh(first).hub_profile.served_households, fresh(second).is_open) == (22, False)


def test_two_villages_become_one_and_names_are_made_different(town, fresh):
    own, other = town.own, town.other
    shape = read_shape([own.root.pk, other.root.pk], on=TODAY)
    taken = clashes(shape, merge_change(shape, other.root.pk, own.root.pk))
    assert [(clash.name, clash.suggestion) for clash in taken] == [
        ("第1网格", "第3网格"),
        ("第2网格", "第4网格"),
    ]
    names = Names(places={taken[0].pk: "乙村网格"})
    merge_units(unit=other.root, into=own.root, names=names, by=town.clerk, on=TODAY, reason="合村并组")
    assert below(own.root, Kind.GRID) == ["第1网格", "第2网格", "乙村网格", "第4网格"]
    assert set(own.root.villager_groups.values_list("name", flat=True)) == {"一社", "乙村一社"}
    people = {person.root_id for person in other.people[0].__class__.objects.filter(pk=other.people[0].pk)}
    assert (people, fresh(other.root).close_reason) == ({own.root.pk}, CloseReason.MERGED)
    assert set(Node.objects.filter(closed_on=None, grid=other.grids[0]).values_list("root", flat=True)) == {
        own.root.pk
    }
    assert tree.verify() == []


def test_a_merge_is_refused_in_words(town):
    own, other = town.own, town.other
    cases = [
        (own.grids[0], own.hubs[0], "只能和网格合并"),
        (own.groups[0], own.groups[1], "党小组随网格一起合并"),
        (own.grids[0], own.grids[0], "不能和自己合并"),
    ]
    for unit, into, words in cases:
        with pytest.raises(ValidationError, match=words):
            merge_units(unit=unit, into=into, names=Names(), by=town.clerk, on=TODAY)
    with pytest.raises(PermissionDenied):
        merge_units(unit=own.hubs[0], into=other.hubs[0], names=Names(), by=town.secretary, on=TODAY)
    seen = read_shape([own.root.pk], on=TODAY).fingerprint([own.hubs[0].pk, own.hubs[1].pk])
    tree.move(node=own.members[0], to=own.hubs[1])
    with pytest.raises(ChangedMeanwhile):
        merge_units(unit=own.hubs[0], into=own.hubs[1], names=Names(), by=town.clerk, on=TODAY, seen=seen)


def test_a_name_that_is_taken_again_is_refused_in_words(town):
    own, other = town.own, town.other
    cases = [
        (own.grids[1], own.grids[0], Names(kept="第3网格"), "同一上级下已有同名的"),
        (
            other.root,
            own.root,
            Names(places={other.grids[0].pk: "新网格", other.grids[1].pk: "新网格"}),
            "“新网格”写了两次",
        ),
        (other.root, own.root, Names(places={other.grids[0].pk: "第3网格"}), "同一上级下已有名为“第3网格”"),
        (
            other.root,
            own.root,
            Names(lanes={other.root.villager_groups.get().pk: "一社"}),
            "本村已有同名的村民小组",
        ),
    ]
    factories.node(Kind.GRID, "第3网格", own.root)
    for unit, into, names, words in cases:
        with pytest.raises(ValidationError) as refused:
            merge_units(unit=unit, into=into, names=names, by=town.clerk, on=TODAY)
        assert words in "".join(sentences(refused.value))
    assert tree.verify() == []


# --- raising and industry ---------------------------------------------------------------------------


def raised(town) -> Node:
    own = town.own
    return raise_branch(
        root=own.root,
        name="甲村党总支",
        branches=[
            NewBranch("甲村第一党支部", {own.grids[0].pk}),
            NewBranch("甲村第二党支部", {own.grids[1].pk}),
        ],
        approval=Approval("青党发〔2026〕8号", TODAY),
        by=town.clerk,
        on=TODAY,
        reason="党员增加",
    )


def test_a_branch_is_raised_with_branches_of_its_own(town, fresh):
    own = town.own
    root = raised(town)
    assert (root.kind, root.name, root.parent_id, root.root_id) == (
        Kind.GENERAL_BRANCH, "甲村党总支", None, root.pk,
    )  # fmt: skip
    assert (root.branch_profile.approval_no, root.branch_profile.approved_on) == ("青党发〔2026〕8号", TODAY)
    assert below(root, Kind.BRANCH) == ["甲村第一党支部", "甲村第二党支部"]
    branch = Node.objects.get(name="甲村第一党支部")
    assert fresh(own.households[0]).branch_id == branch.pk
    assert tree.verify() == []
    post = town.secretary.person.posts.get()
    assert (post.node_id, post.until) == (root.pk, None)


def test_only_the_office_raises_and_only_once(town):
    own = town.own
    with pytest.raises(PermissionDenied):
        raise_branch(
            root=own.root,
            name="甲村党总支",
            branches=[NewBranch("甲村第一党支部", ())],
            approval=Approval("", None),
            by=town.secretary,
            on=TODAY,
        )
    raised(town)
    with pytest.raises(ValidationError, match="能升格为党总支"):
        raised(town)


def test_grids_that_go_to_no_branch_stay_under_the_general_branch(town, fresh):
    own = town.own
    raise_branch(
        root=own.root,
        name="甲村党总支",
        branches=[NewBranch("甲村第一党支部", {own.grids[0].pk})],
        approval=Approval("", None),
        by=town.clerk,
        on=TODAY,
    )
    left = fresh(own.grids[1])
    assert (left.parent_id, left.branch_id) == (own.root.pk, None)
    assert tree.verify() == []


def test_an_industry_group_is_founded_with_its_members(town, fresh):
    own = town.own
    members = [own.members[0], own.members[-1]]
    industry = Industry(trade="苹果", post_name="苹果技术示范岗")
    group = found_industry(under=own.root, industry=industry, members=members, by=town.secretary, on=TODAY)
    grid = group.parent
    assert (grid.name, grid.grid_profile.shape) == ("苹果产业网格", GridShape.INDUSTRY)
    assert (group.name, group.group_profile.industry) == ("苹果产业党小组", "苹果")
    assert {fresh(node).group_id for node in members} == {group.pk}
    assert below(Node.objects.get(parent=group), Kind.MEMBER) == [node.name for node in members]
    assert {node.history.first().action.title for node in (grid, fresh(members[0]))} == {"组建行业产业党小组"}
    assert tree.verify() == []
    with pytest.raises(ValidationError, match="请选择编入"):
        found_industry(under=own.root, industry=Industry("养牛"), members=[], by=town.secretary, on=TODAY)
