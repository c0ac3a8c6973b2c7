"""需调整: each event puts its grid on the list, and mending it takes it off again."""

from grids import tree
from grids.actions.covers import cover
from grids.actions.nodes import close_node, create_node
from grids.choices import AbsenceReason, CloseReason, Kind
from grids.models import VillagerGroup
from liaison.choices import Edge
from liaison.proposals import actions
from liaison.proposals.freshness import due_grids
from tests.factories import village
from tests.liaison.proposals.conftest import TODAY
from tests.liaison.proposals.test_actions import away, order
from township import history


def due(user):
    return {line.name: dict(line.found) for line in due_grids(user, on=TODAY)}


def test_a_township_in_order_has_nothing_due(made, clerk):
    assert due(clerk) == {}


def test_going_out_puts_the_grid_on_the_list_and_acceptance_takes_it_off(made, clerk):
    away(made.members[0])
    assert due(clerk) == {"第1网格": {"orphaned": 3}}
    actions.accept(proposal=order(made, clerk), by=clerk, today=TODAY)
    assert due(clerk) == {}


def test_a_floating_member_with_households_is_due(made, clerk):
    away(made.members[0], takes_part=True, absence_reason="", is_floating=True)
    assert due(clerk) == {"第1网格": {"orphaned": 3}}


def test_a_death_leaves_households_without_a_contact(made, clerk):
    close_node(node=made.members[0], on=TODAY, close_reason=CloseReason.DECEASED, below="release", by=clerk)
    assert due(clerk) == {"第1网格": {"unlinked": 3}}


def test_new_households_and_members_are_due(made, clerk):
    create_node(kind=Kind.HOUSEHOLD, parent=made.groups[0], data={"name": "新户"}, by=clerk)
    create_node(kind=Kind.MEMBER, parent=made.groups[1], data={"name": "新党员", "phone": ""}, by=clerk)
    create_node(kind=Kind.MEMBER, parent=made.hubs[0], data={"name": "另一新党员", "phone": ""}, by=clerk)
    assert due(clerk) == {"第1网格": {"unlinked": 1, "idle": 1}, "第2网格": {"unplaced": 1}}
    [first, second] = due_grids(clerk, on=TODAY)
    assert (first.edges, second.edges) == ([Edge.MEMBER], [Edge.HUB])


def test_moving_into_another_grids_villager_group_is_due(made, clerk):
    here, there = (
        VillagerGroup.objects.get(root=made.root),
        VillagerGroup.objects.create(root=made.root, name="二社"),
    )
    cover(made.grids[0].grid_profile, [here], by=None)
    cover(made.grids[1].grid_profile, [there], by=None)
    for household in made.households[12:]:
        profile = household.household_profile
        profile.villager_group = there
        history.save(profile, by=None)
    assert due(clerk) == {}
    profile = made.households[0].household_profile
    profile.villager_group = there
    history.save(profile, by=None)
    assert due(clerk) == {"第1网格": {"crossing": 1}}


def test_too_many_households_are_due_once(made, clerk):
    tree.place(placements=[(h, made.members[0]) for h in made.households[3:18]], by=None)
    assert due(clerk)["第1网格"]["crowded"] == 1


def test_only_ones_own_villages_are_listed(made, clerk, village_secretary):
    other = village(made.root.township, "乙村")
    for member in (made.members[0], other.members[0]):
        away(member)
    assert len(due_grids(clerk, on=TODAY)) == 2
    assert [line.village for line in due_grids(village_secretary, on=TODAY)] == [made.root.name]


def test_the_number_of_queries_does_not_grow(
    made, clerk, django_assert_num_queries, django_assert_max_num_queries
):
    away(made.members[0])
    with django_assert_max_num_queries(12) as few:
        due_grids(clerk, on=TODAY)
    for number in range(3):
        other = village(made.root.township, f"{number}村")
        away(other.members[0], absence_reason=AbsenceReason.OTHER)
    with django_assert_num_queries(len(few.captured_queries)):
        due_grids(clerk, on=TODAY)
