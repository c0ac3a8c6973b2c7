"""Taking whole actions back: what comes back, what stands in the way, and who may."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grids import tree
from grids.actions import nodes as places
from grids.actions import people
from grids.actions.undo import is_undone, plan_undo, undo
from grids.choices import CloseReason, Kind, Role
from grids.models import GridProfile, Node, Person, Post
from tests import factories
from township import history
from township.models import Action, AuditEvent

DAY = date(2026, 9, 20)


@pytest.fixture(autouse=True)
def _whole(db):
    """Whatever a test does, the tree is whole after it."""
    yield
    assert tree.verify() == []


def last() -> Action:
    return Action.objects.order_by("pk").last()


def rows(plan) -> dict:
    return {line.title: (line.removed, line.restored, line.recreated) for line in plan.rows}


def state(model) -> list:
    skipped = {"lft", "rght", "level", "tree_id"}
    names = [f.attname for f in model._meta.concrete_fields if f.attname not in skipped]
    return list(model.objects.order_by("pk").values_list(*names))


def new_household(town, parent=None, name="新户"):
    return places.create_node(
        kind=Kind.HOUSEHOLD,
        parent=parent or town.own.members[0],
        data={"name": name, "since": DAY, "door": "99号"},
        by=town.clerk,
    )


def test_what_an_action_made_is_taken_out_and_comes_back_with_its_number(town):
    before = state(Node)
    made = new_household(town)
    act = last()
    assert rows(plan_undo(act, town.clerk)) == {"农户": (1, 0, 0), "农户资料": (1, 0, 0)}
    taken_back = undo(action=act, by=town.clerk, reason="重复")
    assert state(Node) == before
    assert (taken_back.title, taken_back.reason, taken_back.undoes) == ("撤销：新增", "重复", act)
    assert is_undone(act)
    event = AuditEvent.objects.latest("pk")
    assert (event.get_deed_display(), event.target) == ("撤销", f"撤销：新增（操作 {act.pk}）")
    assert plan_undo(act, town.clerk).touched == ["这次操作已经撤销过了。"]
    undo(action=taken_back, by=town.clerk)
    again = Node.objects.get(pk=made.pk)
    assert (again.name, again.household_profile.door, again.hub_id) == ("新户", "99号", made.hub_id)
    assert not is_undone(act)
    undo(action=act, by=town.clerk)
    assert state(Node) == before


def test_changed_values_come_back(town):
    hub = town.own.hubs[0]
    name = hub.name
    places.change_node(node=hub, data={"name": "改过的名", "plate_no": "7"}, by=town.clerk, reason="更正")
    act = last()
    undo(action=act, by=town.clerk)
    hub.refresh_from_db()
    assert (hub.name, hub.hub_profile.plate_no) == (name, "")
    assert hub.initials == factories.initials(name)


def test_a_member_comes_and_goes_with_the_person(town):
    places.create_node(
        kind=Kind.MEMBER,
        parent=town.own.hubs[0],
        data={"name": "新党员", "phone": "13700001111"},
        by=town.clerk,
    )
    undo(action=last(), by=town.clerk)
    assert not Person.objects.filter(name="新党员").exists()
    undo(action=last(), by=town.clerk)
    assert Person.objects.get(name="新党员").membership.node.parent == town.own.hubs[0]


def test_a_closing_with_everything_below_is_taken_back(town):
    group = town.own.groups[0]
    factories.appoint(town.own.people[0], Role.GROUP_LEADER, group)
    before = state(Node), state(Post)
    places.close_node(node=group, on=DAY, close_reason=CloseReason.DISSOLVED, by=town.clerk, below="close")
    assert state(Node) != before[0]
    undo(action=last(), by=town.clerk)
    assert (state(Node), state(Post)) == before


def test_a_closing_that_released_its_members_is_taken_back(town):
    hub, kids = town.own.hubs[0], list(town.own.hubs[0].children.values_list("pk", flat=True))
    places.close_node(node=hub, on=DAY, close_reason=CloseReason.DISSOLVED, by=town.clerk, below="release")
    undo(action=last(), by=town.clerk)
    assert list(Node.objects.filter(parent=hub, hub=hub).values_list("pk", flat=True)) == kids


def test_a_move_to_another_village_is_taken_back(town):
    group, grid = town.own.groups[0], town.own.grids[0]
    places.change_node(node=grid, data={"name": "远处的网格"}, by=town.clerk)
    before = state(Node), state(Person)
    places.move_node(node=grid, to=town.other.root, by=town.clerk, on=DAY)
    assert Node.objects.get(pk=group.pk).root_id == town.other.root.pk
    undo(action=last(), by=town.clerk)
    assert (state(Node), state(Person)) == before


def test_a_root_hung_under_a_general_branch_becomes_a_root_again(town):
    with history.action(by=town.clerk, title="改建党总支") as act:
        top = tree.add(
            node=Node(township=town.township, kind=Kind.GENERAL_BRANCH, name="甲村党总支"), by=town.clerk
        )
        tree.move(node=town.own.root, to=top, by=town.clerk)
    action = Action.objects.get(pk=act.pk)
    assert not plan_undo(action, town.secretary).allowed
    undone = undo(action=action, by=town.clerk)
    root = Node.objects.get(pk=town.own.root.pk)
    assert (root.parent, root.root_id, root.level) == (None, root.pk, 0)
    assert Node.objects.get(pk=town.own.households[0].pk).root_id == root.pk
    assert not Node.objects.filter(pk=top.pk).exists()
    undo(action=undone, by=town.clerk)
    assert Node.objects.get(pk=root.pk).parent_id == top.pk


def test_the_villager_groups_of_a_grid_come_back(town):
    grid = town.own.grids[0]
    lanes = list(town.own.root.villager_groups.all())
    other = town.own.root.villager_groups.create(name="二社")
    places.change_node(node=grid, data={"villager_groups": [other]}, by=town.clerk)
    profile = GridProfile.objects.get(node=grid)
    assert list(profile.villager_groups.all()) == [other]
    undo(action=last(), by=town.secretary)
    assert list(profile.villager_groups.all()) == lanes
    undo(action=last(), by=town.clerk)
    assert list(profile.villager_groups.all()) == [other]


def test_a_row_whose_past_was_never_written_down_stays(town):
    lane = town.own.root.villager_groups.create(name="二社")
    lane.history.all().delete()
    people.rename_villager_group(group=lane, name="三社", by=town.clerk)
    assert plan_undo(last(), town.clerk).touched == ["村民小组“三社”：没有记下改动以前的值。"]


def test_rows_changed_since_are_named_with_who_and_when(town):
    hub = town.own.hubs[0]
    places.change_node(node=hub, data={"name": "改过的名"}, by=town.clerk)
    act = last()
    places.change_node(node=hub, data={"name": "又改的名"}, by=town.secretary)
    plan = plan_undo(act, town.clerk)
    assert not plan.possible
    (said,) = plan.touched
    assert said.startswith("中心户（示范岗）“又改的名”：20")
    assert f"由{town.secretary.full_name}改过（修改资料）" in said
    with pytest.raises(ValidationError, match="又改的名"):
        undo(action=act, by=town.clerk)
    undo(action=last(), by=town.clerk)  # the later change taken back, the earlier one can go too
    assert plan_undo(act, town.clerk).possible


def test_what_hangs_on_a_new_row_keeps_it_in_place(town):
    member = places.create_node(
        kind=Kind.MEMBER, parent=town.own.hubs[0], data={"name": "新党员"}, by=town.clerk
    )
    act = last()
    new_household(town, member)
    people.appoint(
        person=member.member_profile.person,
        role=Role.HUB_HEAD,
        node=town.own.hubs[0],
        since=DAY,
        by=town.clerk,
    )
    plan = plan_undo(act, town.clerk)
    assert plan.touched == ["党员“新党员”：后来有了1项下级。", "人员“新党员”：后来有了1项任职。"]


def test_a_name_taken_meanwhile_is_said(town):
    hub = town.own.hubs[0]
    name = hub.name
    places.change_node(node=hub, data={"name": "改过的名"}, by=town.clerk)
    act = last()
    places.create_node(kind=Kind.HUB, parent=hub.parent, data={"name": name}, by=town.clerk)
    with pytest.raises(ValidationError, match=f"原处已有中心户（示范岗）“{name}”"):
        undo(action=act, by=town.clerk)
    assert not is_undone(act)


def test_a_parent_closed_meanwhile_is_said(town):
    household = town.own.households[0]
    places.move_node(node=household, to=town.own.members[1], by=town.clerk)
    act = last()
    old = Node.objects.get(pk=town.own.members[0].pk)
    places.close_node(node=old, on=DAY, close_reason=CloseReason.DECEASED, by=town.clerk, below="release")
    with pytest.raises(ValidationError, match="上级已注销"):
        undo(action=act, by=town.clerk)


def test_who_may(town):
    made = new_household(town)
    act = last()
    seats = {name: plan_undo(act, user).allowed for name, user in town.seats.items()}
    assert seats == {
        "clerk": True, "leader": False, "secretary": True, "other_secretary": False,
        "group_leader": False, "auditor": False,
    }  # fmt: skip
    foreign = factories.UserFactory()
    assert not plan_undo(act, foreign).allowed
    with pytest.raises(PermissionDenied):
        undo(action=act, by=town.other_secretary)
    undo(action=act, by=town.secretary)
    assert not Node.objects.filter(pk=made.pk).exists()


def test_a_secretary_leaves_the_offices_posts_alone(town):
    person = factories.PersonFactory(township=town.township, root=town.own.root)
    people.appoint(person=person, role=Role.TOWN_LEADER, node=None, since=DAY, by=town.clerk)
    assert not plan_undo(last(), town.secretary).allowed
    undo(action=last(), by=town.clerk)
    assert not Post.objects.filter(person=person).exists()


def test_accounts_are_not_taken_back(town):
    history.save(town.leader, by=town.clerk, reason="改账号")
    assert plan_undo(last(), town.clerk).touched[0].startswith("这次操作改了账号")


def test_queries_do_not_grow_with_rows(town):
    def planted(count: int) -> int:
        with history.action(by=town.clerk, title="批量") as act, tree.tree_write(lambda: {town.own.root.pk}):
            parent = Node.objects.get(pk=town.own.members[0].pk)
            new = [
                Node(township=town.township, kind=Kind.HOUSEHOLD, name=f"户{n}", parent=parent)
                for n in range(count)
            ]
            tree.plant(root=Node.objects.get(pk=town.own.root.pk), new=new, by=town.clerk)
            tree.renumber([town.own.root.pk])
        return act.pk

    numbers = []
    plan_undo(Action.objects.get(pk=planted(1)), town.secretary)  # reads the scope, once
    for count in (3, 30):
        action = Action.objects.get(pk=planted(count))
        with CaptureQueriesContext(connection) as met:
            assert plan_undo(action, town.secretary).possible
        numbers.append(len(met))
        undo(action=action, by=town.clerk)
    assert numbers[0] == numbers[1]
