"""The four ways of being out of order, against a recount, and each row's way to its repair."""

from urllib.parse import urlsplit

import pytest
from django.urls import resolve, reverse

from grids.choices import Kind, Role
from grids.models import GridCover, HouseholdProfile, Node
from liaison.choices import Edge, Level
from liaison.models import Contact
from liaison.state.queries.problems import problem_counts, problem_rows, read_problems
from liaison.state.rules import CROSS, EDGES, GAP, LEFT, SELF
from liaison.state.views import repair_of
from tests.factories import appoint


def found(town, edge, code, user=None, place=None, text=""):
    rows = problem_rows(town.asked_by(user or town.clerk), EDGES[edge], code, place, text)
    return set(rows.values_list("pk", flat=True))


def read(town, edge, code):
    return read_problems(town.asker, EDGES[edge], code, problem_rows(town.asker, EDGES[edge], code, None))


def households():
    return list(Node.objects.filter(kind=Kind.HOUSEHOLD, closed_on=None).select_related("parent"))


def test_households_without_a_member_are_the_gaps(town):
    bare = {row.pk for row in households() if row.parent.kind != Kind.MEMBER}
    assert bare
    assert found(town, Edge.MEMBER, GAP) == bare


def test_links_across_grids_go_by_where_one_lives(town):
    covers = {(cover.villager_group_id, cover.profile.node_id) for cover in GridCover.objects.all()}
    lives = dict(HouseholdProfile.objects.values_list("node_id", "villager_group_id"))
    across = {
        row.pk
        for row in households()
        if row.parent.kind == Kind.MEMBER
        and any(lane == lives[row.pk] for lane, _ in covers)
        and (lives[row.pk], row.parent.grid_id) not in covers
    }
    assert across
    assert found(town, Edge.MEMBER, CROSS) == across


def test_an_uncovered_villager_group_makes_no_link_cross(town):
    GridCover.objects.filter(profile__node=town.made.grids[2]).delete()
    lane = town.made.root.villager_groups.get(name="三社")
    here = set(HouseholdProfile.objects.filter(villager_group=lane).values_list("node_id", flat=True))
    assert found(town, Edge.MEMBER, CROSS) & here == set()


def test_a_household_named_as_its_own_contact_is_a_self_link(town):
    same = {row.pk for row in households() if row.parent.kind == Kind.MEMBER and row.name == row.parent.name}
    assert len(same) == 1
    assert found(town, Edge.MEMBER, SELF) == same


def test_members_who_left_and_still_have_households(town):
    made = town.made
    assert found(town, Edge.MEMBER, LEFT) == {made.members[1].pk, made.members[3].pk}
    notes = {row.pk: row.note for row in read(town, Edge.MEMBER, LEFT)}
    assert notes == {made.members[1].pk: "不参加联户（外出）", made.members[3].pk: "流动党员"}


def test_hubs_without_a_head_who_is_there(town):
    made = town.made
    hubs = set(Node.objects.filter(kind=Kind.HUB).values_list("pk", flat=True))
    assert found(town, Edge.HUB, LEFT) == hubs - {made.hubs[0].pk}
    notes = {row.pk: row.note for row in read(town, Edge.HUB, LEFT)}
    assert notes[made.hubs[1].pk] == f"中心户（示范岗）负责人{made.people[3].name}：流动党员"
    assert notes[made.hubs[2].pk] == "没有负责人"
    appoint(made.people[5], Role.HUB_HEAD, made.hubs[1])  # a second head who is there
    assert made.hubs[1].pk not in found(town, Edge.HUB, LEFT)


def test_members_without_a_hub(town):
    member = town.made.members[0]
    assert found(town, Edge.HUB, GAP) == set()
    Node.objects.filter(pk=member.pk).update(parent=member.group_id, hub=None)
    assert found(town, Edge.HUB, GAP) == {member.pk}


def test_hubs_of_a_group_nobody_leads_and_leaders_who_left(town):
    made = town.made
    leaderless = {made.groups[2].pk, town.other.groups[0].pk}
    hubs = set(Node.objects.filter(kind=Kind.HUB, parent_id__in=leaderless).values_list("pk", flat=True))
    assert found(town, Edge.LEADER, GAP) == hubs
    assert {row.mended_at for row in read(town, Edge.LEADER, GAP)} == leaderless
    assert found(town, Edge.LEADER, LEFT) == {made.groups[1].pk}
    (row,) = read(town, Edge.LEADER, LEFT)
    assert row.note == f"党小组长{made.people[1].name}：不参加联户（外出）"


def test_a_hub_headed_by_the_leader_of_its_group(town):
    assert found(town, Edge.LEADER, SELF) == set()
    appoint(town.made.people[0], Role.GROUP_LEADER, town.made.groups[0])
    assert found(town, Edge.LEADER, SELF) == {town.made.hubs[0].pk}


def test_committee_groups_uncovered_self_and_left(town):
    lines = {(line.holder_id, line.target_id): line.pk for line in Contact.objects.filter(level="E2")}
    own, gone = town.committee[0], town.committee[3]
    assert found(town, Edge.COMMITTEE, GAP) == {town.other.groups[0].pk}
    assert found(town, Edge.COMMITTEE, SELF) == {lines[own.pk, town.made.groups[0].pk]}
    assert found(town, Edge.COMMITTEE, LEFT) == {lines[gone.pk, town.made.groups[1].pk]}


def test_branches_without_the_general_branch_and_without_a_town_leader(town):
    assert found(town, Edge.GENERAL_BRANCH, GAP) == {town.branches[1].pk}
    assert found(town, Edge.TOWN_LEADER, GAP) == {town.other.root.pk, town.top.pk}
    holder = Contact.objects.get(level=Level.TOWN_LEADER).holder
    for branch in town.branches:  # all of its branches instead of the 总支 itself
        Contact.objects.create(
            township=branch.township, level=Level.TOWN_LEADER, holder=holder, target=branch
        )
    assert found(town, Edge.TOWN_LEADER, GAP) == {town.other.root.pk}
    holder.posts.all().delete()
    assert len(found(town, Edge.TOWN_LEADER, LEFT)) == 3


@pytest.mark.parametrize("edge", Edge)
def test_counts_are_those_of_the_lists_for_every_reader_and_place(town, edge):
    for user in (town.clerk, town.secretary, town.leader):
        for place in (None, town.made.root):
            counts = problem_counts(town.asked_by(user), EDGES[edge], place)
            assert set(counts) == {one.code for one in EDGES[edge].problems.values() if one.can_occur}
            for code, n in counts.items():
                assert n == len(found(town, edge, code, user, place)), (edge, code)


def test_search_narrows_a_problem_by_household_and_by_member(town):
    row = next(row for row in households() if row.pk in found(town, Edge.MEMBER, CROSS))
    assert found(town, Edge.MEMBER, CROSS, text=row.name) == {row.pk}
    by_member = found(town, Edge.MEMBER, CROSS, text=row.parent.name)
    assert row.pk in by_member
    assert by_member == {one.pk for one in households() if one.pk in by_member and one.parent == row.parent}


def test_every_row_leads_to_the_page_that_mends_it(town, client):
    client.force_login(town.clerk)
    ways = {}
    for edge, info in EDGES.items():
        for code, problem in info.problems.items():
            for row in read(town, edge, code):
                ways[edge, code] = repair_of(info, problem, row)
    assert {("E5", code) for code in (GAP, CROSS, SELF, LEFT)} <= ways.keys()
    opened = {resolve(urlsplit(way).path).url_name: way for way in ways.values()}
    assert opened.keys() == {"node_move", "children_move", "post_add", "contact_add", "contact_end"}
    for way in opened.values():
        assert client.get(way).status_code == 200
    form = client.get(ways["E2", GAP]).context["form"]
    assert form.initial["target"] == town.other.groups[0].pk  # chosen already


def test_readers_are_shown_the_rows_without_the_way_to_mend(town, client):
    client.force_login(town.leader)
    page = client.get(reverse("liaison:edge", args=["E5"]), {"show": GAP})
    assert page.context["rows"]
    assert {repair for _, repair in page.context["rows"]} == {""}
    client.force_login(town.secretary)  # the upper two levels are the office's
    assert client.get(reverse("liaison:edge", args=["E0"]), {"show": LEFT}).status_code == 200
