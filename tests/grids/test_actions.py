"""Every action: what it writes, what it refuses in which words, and who may not."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grids import tree
from grids.actions import nodes as actions
from grids.actions import people as people_actions
from grids.actions.refusals import ChangedMeanwhile, sentences
from grids.choices import CloseReason, Kind, Role
from grids.models import MemberProfile, Node, Person, Post
from grids.queries.changes import version_of
from grids.queries.places import profile_of
from tests import factories
from township.choices import Deed
from township.models import AuditEvent

TODAY = date(2026, 9, 16)


def deeds() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("deed", "target"))


def test_create_node_writes_profile_history_and_audit(town):
    hub = actions.create_node(
        kind=Kind.HUB,
        parent=town.own.groups[0],
        data={
            "name": "老槐树中心户",
            "since": TODAY,
            "hub_kind": "central",
            "plate_no": "甲-09",
            "served_households": 12,
        },
        by=town.secretary,
        reason="新设",
    )
    profile = profile_of(hub)
    assert (hub.since, profile.plate_no, profile.served_households) == (TODAY, "甲-09", 12)
    assert "lhszxh" in hub.initials.split()
    assert (hub.history.first().history_user, profile.history.first().history_change_reason) == (
        town.secretary, "新设",
    )  # fmt: skip
    assert deeds() == [(Deed.CREATE, f"中心户（示范岗） 老槐树中心户（编号 {hub.pk}）")]
    assert tree.verify() == []


def test_create_member_makes_a_person_or_takes_the_one_there_is(town):
    known = factories.PersonFactory(township=town.township, root=town.own.root, name="朴海燕")
    first = actions.create_node(
        kind=Kind.MEMBER,
        parent=town.own.hubs[0],
        data={"person": known, "standing": "full"},
        by=town.secretary,
    )
    second = actions.create_node(
        kind=Kind.MEMBER,
        parent=town.own.hubs[0],
        data={"name": "仇玉兰", "phone": "13911112222", "standing": "full"},
        by=town.secretary,
    )
    assert (first.name, first.member_profile.person) == ("朴海燕", known)
    made = second.member_profile.person
    assert (made.phone, made.root_id, made.initials.split()[0]) == ("13911112222", town.own.root.pk, "qyl")
    with pytest.raises(ValidationError, match="已在党员名册里"):
        actions.create_node(
            kind=Kind.MEMBER, parent=town.own.hubs[0], data={"person": known}, by=town.secretary
        )


def test_create_refuses_in_words_and_leaves_nothing(town):
    before = Node.objects.count(), Person.objects.count()
    with pytest.raises(tree.NotInTree, match="每个网格只建一个党小组"):
        actions.create_node(
            kind=Kind.GROUP, parent=town.own.grids[0], data={"name": "再来一组"}, by=town.clerk
        )
    with pytest.raises(tree.NotInTree, match="农户不能放在中心户"):
        actions.create_node(
            kind=Kind.HOUSEHOLD, parent=town.own.hubs[0], data={"name": "王军"}, by=town.clerk
        )
    with pytest.raises(ValidationError) as refused:
        actions.create_node(
            kind=Kind.HOUSEHOLD, parent=town.own.members[0], data={"name": "王军", "size": 51}, by=town.clerk
        )
    assert sentences(refused.value) == ["家庭人口数应在 1 到 50 之间。"]
    assert (Node.objects.count(), Person.objects.count()) == before


def test_only_the_office_makes_top_organisations(town):
    made = actions.create_node(
        kind=Kind.BRANCH, parent=None, data={"name": "丙村党支部"}, by=town.clerk, township=town.township
    )
    assert made.root_id == made.pk
    for user in (town.secretary, town.leader):
        with pytest.raises(PermissionDenied):
            actions.create_node(
                kind=Kind.BRANCH, parent=None, data={"name": "丁村党支部"}, by=user, township=town.township
            )


@pytest.mark.parametrize("seat", ["leader", "other_secretary", "group_leader", "auditor"])
def test_others_write_nothing(town, seat):
    user, own = town.seats[seat], town.own
    attempts = [
        lambda: actions.create_node(kind=Kind.HUB, parent=own.groups[0], data={"name": "某"}, by=user),
        lambda: actions.change_node(node=own.hubs[0], data={"name": "某"}, by=user),
        lambda: actions.move_node(node=own.members[0], to=own.hubs[1], by=user),
        lambda: actions.close_node(node=own.households[0], on=TODAY, close_reason="moved_away", by=user),
        lambda: actions.reopen_node(node=own.households[0], by=user),
        lambda: people_actions.add_person(name="某", root=own.root, by=user),
        lambda: people_actions.change_person(person=own.people[0], data={"name": "某"}, by=user),
        lambda: people_actions.appoint(
            person=own.people[0], role=Role.HUB_HEAD, node=own.hubs[0], since=TODAY, by=user
        ),
        lambda: people_actions.add_villager_group(root=own.root, name="九社", by=user),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()
    assert deeds() == []


def test_renaming_a_member_renames_the_person_and_back(town, fresh):
    node, person = town.own.members[0], town.own.people[0]
    actions.change_node(node=node, data={"name": "解志强"}, by=town.secretary)
    person.refresh_from_db()
    assert (person.name, person.initials.split()[0]) == ("解志强", "xzq")
    people_actions.change_person(person=person, data={"name": "区文军"}, by=town.secretary)
    assert (fresh(node).name, fresh(node).initials.split()[0]) == ("区文军", "owj")


def test_change_refuses_a_taken_name_and_a_stale_form(town, fresh):
    first, second = town.own.hubs[0], town.own.hubs[1]
    with pytest.raises(ValidationError, match="同一上级下已有"):
        actions.change_node(node=first, data={"name": second.name}, by=town.clerk)
    seen = version_of(first, profile_of(first))
    actions.change_node(node=first, data={"plate_no": "甲-01"}, by=town.secretary, seen=seen)
    with pytest.raises(ChangedMeanwhile, match="别人改过"):
        actions.change_node(node=first, data={"plate_no": "甲-02"}, by=town.clerk, seen=seen)
    assert fresh(first).hub_profile.plate_no == "甲-01"


def test_changing_nothing_writes_no_history(town):
    hub = town.own.hubs[0]
    actions.change_node(node=hub, data={"plate_no": "甲-01"}, by=town.clerk)
    rows = hub.history.count(), hub.hub_profile.history.count()
    actions.change_node(node=hub, data={"name": hub.name, "plate_no": "甲-01"}, by=town.clerk)
    assert (hub.history.count(), hub.hub_profile.history.count()) == rows


def test_move_to_another_village_takes_the_person_along(town, fresh):
    member = town.own.members[0]
    moved = actions.move_node(node=member, to=town.other.hubs[0], by=town.clerk, on=TODAY, reason="并村")
    person = Person.objects.get(membership__node=member)
    assert (moved.root_id, person.root_id, fresh(member).since) == (
        town.other.root.pk, town.other.root.pk, TODAY,
    )  # fmt: skip
    assert AuditEvent.objects.get().note == f"{member.parent.name} → {town.other.hubs[0].name}；并村"
    assert tree.verify() == []


def test_a_secretary_moves_only_within_the_own_village(town):
    with pytest.raises(PermissionDenied):
        actions.move_node(node=town.own.members[0], to=town.other.hubs[0], by=town.secretary)
    actions.move_node(node=town.own.members[0], to=town.own.hubs[1], by=town.secretary)


def test_close_refuses_open_rows_below_unless_told(town, fresh):
    member = town.own.members[0]
    with pytest.raises(tree.NotInTree, match="下面还有3项"):
        actions.close_node(node=member, on=TODAY, close_reason=CloseReason.DECEASED, by=town.secretary)
    assert fresh(member).closed_on is None


def test_close_releases_households_to_the_group(town, fresh):
    member, group = town.own.members[0], town.own.groups[0]
    factories.appoint(town.own.people[0], Role.HUB_HEAD, town.own.hubs[0])
    actions.close_node(
        node=member, on=TODAY, close_reason=CloseReason.DECEASED, by=town.secretary, below="release"
    )
    assert fresh(member).closed_on == TODAY
    assert {fresh(row).parent_id for row in town.own.households[:3]} == {group.pk}
    assert Post.objects.get(person=town.own.people[0]).until == TODAY
    assert tree.verify() == []


def test_close_with_all_below_and_reopen_one(town, fresh):
    hub = town.own.hubs[0]
    actions.close_node(node=hub, on=TODAY, close_reason=CloseReason.DISSOLVED, by=town.clerk, below="close")
    assert Node.objects.filter(hub=hub, closed_on=None).count() == 0
    assert AuditEvent.objects.get().rows == 9
    with pytest.raises(tree.NotInTree, match="请先恢复上级"):
        actions.reopen_node(node=town.own.members[0], by=town.clerk)
    actions.reopen_node(node=hub, by=town.clerk)
    assert fresh(hub).is_open
    assert [deed for deed, _ in deeds()] == [Deed.CLOSE, Deed.REOPEN]


def test_a_grid_with_unlinked_households_is_not_released(town):
    grid = town.own.grids[0]
    with pytest.raises(tree.NotInTree, match="请先把下级调整走"):
        actions.close_node(
            node=grid, on=TODAY, close_reason=CloseReason.MERGED, by=town.clerk, below="release"
        )


def test_add_person_twice_is_refused_in_words(town):
    people_actions.add_person(name="单晓霞", phone="13900001111", root=town.own.root, by=town.secretary)
    with pytest.raises(ValidationError) as refused:
        people_actions.add_person(name="单晓霞", phone="13900001111", root=town.own.root, by=town.clerk)
    assert sentences(refused.value) == ["本乡镇已有同名同号码的人员。"]
    with pytest.raises(PermissionDenied):
        people_actions.add_person(name="乡里人", root=None, by=town.secretary)


def test_change_person_notices_a_stale_form(town):
    person = town.own.people[0]
    seen = version_of(person)
    people_actions.change_person(person=person, data={"phone": "13900002222"}, by=town.secretary, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        people_actions.change_person(person=person, data={"phone": "13900003333"}, by=town.clerk, seen=seen)


def test_appoint_keeps_posts_to_their_places(town):
    person = town.own.people[0]
    with pytest.raises(ValidationError, match="党小组长不是"):
        people_actions.appoint(
            person=person, role=Role.GROUP_LEADER, node=town.own.hubs[0], since=TODAY, by=town.clerk
        )
    with pytest.raises(ValidationError, match="除乡领导外"):
        people_actions.appoint(person=person, role=Role.SECRETARY, node=None, since=TODAY, by=town.clerk)
    with pytest.raises(PermissionDenied):
        people_actions.appoint(
            person=person, role=Role.TOWN_LEADER, node=None, since=TODAY, by=town.secretary
        )
    post = people_actions.appoint(person=person, role=Role.TOWN_LEADER, node=None, since=TODAY, by=town.clerk)
    assert post.node is None


def test_appoint_can_end_the_one_before_and_refuses_a_second_time(town):
    group, person = town.own.groups[0], town.own.people[0]
    before = Post.objects.get(node=group, role=Role.GROUP_LEADER)
    people_actions.appoint(
        person=person, role=Role.GROUP_LEADER, node=group, since=TODAY, by=town.secretary, replace=True
    )
    before.refresh_from_db()
    assert before.until == TODAY
    with pytest.raises(ValidationError) as refused:
        people_actions.appoint(person=person, role=Role.GROUP_LEADER, node=group, since=TODAY, by=town.clerk)
    assert sentences(refused.value) == ["此人已担任这个岗位。"]


def test_end_post_once_and_not_before_it_began(town):
    post = Post.objects.get(node=town.own.groups[0], role=Role.GROUP_LEADER)
    with pytest.raises(ValidationError) as refused:
        people_actions.end_post(post=post, until=date(2026, 8, 1), by=town.secretary)
    assert sentences(refused.value) == ["离任日期不能早于任职日期。"]
    people_actions.end_post(post=post, until=TODAY, by=town.secretary)
    with pytest.raises(ValidationError, match="已经结束"):
        people_actions.end_post(post=post, until=TODAY, by=town.secretary)


def test_villager_groups_are_added_and_renamed(town):
    group = people_actions.add_villager_group(root=town.own.root, name="二社", by=town.secretary)
    people_actions.rename_villager_group(group=group, name="三社", by=town.secretary)
    group.refresh_from_db()
    assert (group.name, group.position, group.history.count()) == ("三社", 1, 2)
    with pytest.raises(ValidationError) as refused:
        people_actions.rename_villager_group(group=group, name="一社", by=town.secretary)
    assert sentences(refused.value) == ["本村已有同名的村民小组。"]


def test_a_member_who_takes_part_needs_no_reason(town):
    profile = MemberProfile.objects.get(node=town.own.members[0])
    with pytest.raises(ValidationError) as refused:
        actions.change_node(
            node=town.own.members[0], data={"takes_part": True, "absence_reason": "away"}, by=town.secretary
        )
    assert sentences(refused.value) == ["参加联户的党员不用写未参加原因。"]
    profile.refresh_from_db()
    assert profile.absence_reason == ""
