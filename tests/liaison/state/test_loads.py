"""Loads and their ranking against a recount by hand, and every filter against that recount."""

from collections import Counter

import pytest

from grids.choices import BandCode, BandMode, Kind
from grids.models import BandException, BandRule, MemberProfile, Node, PersonalBand
from grids.rules import PRESET
from liaison.choices import Edge, Level
from liaison.models import Contact
from liaison.state.queries.loads import LoadQuery, holders, outside
from liaison.state.queries.rows import holder_rows
from liaison.state.rules import EDGES
from tests.liaison.state.conftest import TODAY

TREE = {
    Edge.LEADER: (Kind.GROUP, Kind.HUB),
    Edge.HUB: (Kind.HUB, Kind.MEMBER),
    Edge.MEMBER: (Kind.MEMBER, Kind.HOUSEHOLD),
}


def recount(edge, root=None):
    """(holder, load, over, under) of one edge of the tree, counted row by row."""
    kind, below = TREE[edge]
    rows = list(Node.objects.filter(closed_on=None))
    load = Counter(row.parent_id for row in rows if row.kind == below)
    unable = {p.node_id for p in MemberProfile.objects.all() if not p.can_serve(TODAY)}
    own = {band.node_id: (band.low, band.high) for band in PersonalBand.objects.all()}
    accepted = {one.node_id for one in BandException.objects.all()}
    found = set()
    for row in rows:
        if row.kind != kind or (root and row.root_id != root.pk):
            continue
        n = load[row.pk]
        band = PRESET[EDGES[edge].code]
        low, high = own.get(row.pk, (band.low, band.high))
        if kind == Kind.MEMBER and row.pk in unable:
            if not n:
                continue
            low = high = 0
        over, under = (0, 0) if row.pk in accepted else (max(0, n - high), max(0, low - n))
        found.add((row.pk, n, over, under))
    return found


def listed(town, edge, user=None, **asked):
    rows = holders(town.asked_by(user or town.clerk), EDGES[edge], LoadQuery(**asked))
    return list(rows.values_list("pk", "load", "over", "under"))


@pytest.mark.parametrize("edge", TREE)
def test_loads_of_the_tree_are_those_of_a_recount(town, edge):
    assert set(listed(town, edge)) == recount(edge)
    assert set(listed(town, edge, place=town.made.root)) == recount(edge, town.made.root)
    assert set(listed(town, edge, town.secretary)) == recount(edge, town.made.root)
    assert any(over for _, _, over, _ in recount(Edge.MEMBER))


@pytest.mark.parametrize("edge", TREE)
def test_the_worst_come_first_over_before_under_and_pages_join(town, edge):
    rows = listed(town, edge)
    ranks = [(-over, -under, -n) for _, n, over, under in rows]
    assert ranks == sorted(ranks)
    found = holders(town.asker, EDGES[edge], LoadQuery())
    pages = [
        pk for start in range(0, len(rows), 4) for pk in found[start : start + 4].values_list("pk", flat=True)
    ]
    assert pages == [row[0] for row in rows]


def test_whoever_cannot_serve_is_over_by_all_that_is_left(town):
    absent, back = town.made.members[1], town.made.members[2]
    rows = {
        row.pk: row
        for row in holder_rows(town.asker, EDGES["E5"], holders(town.asker, EDGES["E5"], LoadQuery()))
    }
    assert rows[absent.pk].badges == ("不参加联户",)
    assert rows[absent.pk].bar.words == f"超{rows[absent.pk].bar.n}户"
    assert rows[absent.pk].released
    assert rows[back.pk].badges == ()
    assert rows[back.pk].bar.band.low == 10
    assert rows[town.made.members[3].pk].badges == ("流动党员",)


def test_a_range_of_ones_own_and_an_accepted_exception_show_in_the_bar(town):
    found = holder_rows(town.asker, EDGES["E5"], holders(town.asker, EDGES["E5"], LoadQuery()))
    rows = {row.pk: row for row in found}
    own, accepted = rows[town.made.members[4].pk], rows[town.made.members[5].pk]
    assert (own.bar.band.low, own.bar.band.high) == (0, 3)
    assert own.own_band == "个人区间 0–3（年满七十，八十岁）"
    assert (accepted.bar.state, accepted.bar.words) == ("ok", "例外")
    assert accepted.bar.accepted.words == "已认可至2026-12-31：住户分散"


def test_rows_name_what_hangs_on_them(town):
    found = holder_rows(town.asker, EDGES["E5"], holders(town.asker, EDGES["E5"], LoadQuery()))
    for row in found:
        names = set(Node.objects.filter(parent=row.pk, closed_on=None).values_list("name", flat=True))
        assert {target.name for target in row.targets} == names
        assert row.bar.n == len(row.targets)


@pytest.mark.parametrize("edge", TREE)
def test_filters_take_their_part_of_the_recount(town, edge):
    whole = recount(edge)
    assert set(listed(town, edge, show="over")) == {row for row in whole if row[2]}
    assert set(listed(town, edge, show="under")) == {row for row in whole if row[3]}
    assert set(listed(town, edge, show="none")) == {row for row in whole if not row[1]}


def test_the_filter_of_exceptions_lists_what_was_accepted(town):
    assert [row[0] for row in listed(town, Edge.MEMBER, show="accepted")] == [town.made.members[5].pk]
    assert listed(town, Edge.HUB, show="accepted") == []
    assert listed(town, Edge.COMMITTEE, show="accepted") == []


def test_search_finds_holders_and_those_who_answer_for_them(town):
    member, hub = town.made.members[0], town.made.hubs[0]
    assert [row[0] for row in listed(town, Edge.MEMBER, text=member.name)] == [member.pk]
    assert [row[0] for row in listed(town, Edge.HUB, text=hub.name)] == [hub.pk]
    assert [row[0] for row in listed(town, Edge.HUB, text=town.made.people[0].name)] == [hub.pk]
    assert [row[0] for row in listed(town, Edge.LEADER, text="委员0")] == [town.made.groups[0].pk]
    assert [row[0] for row in listed(town, Edge.COMMITTEE, text="wy1")] == [town.committee[1].pk]


def test_committee_members_by_what_they_look_after(town):
    rows = {pk: (n, over, under) for pk, n, over, under in listed(town, Edge.COMMITTEE, place=town.made.root)}
    three, none, also_none, gone = town.committee
    # One leads three groups of at most two, two have none, and whoever left is over by all that is left.
    assert rows[three.pk] == (3, 1, 0)
    assert rows[none.pk] == rows[also_none.pk] == (0, 0, 1)
    assert rows[gone.pk] == (1, 1, 0)
    shown = {
        row.pk: row
        for row in holder_rows(town.asker, EDGES["E2"], holders(town.asker, EDGES["E2"], LoadQuery()))
    }
    assert shown[gone.pk].badges == ("已不在任",)
    assert shown[three.pk].place == f"{town.made.root.name} 组织委员"
    assert [target.pk for target in shown[three.pk].targets] == [group.pk for group in town.made.groups]


def test_an_exception_of_the_branch_holds_for_its_committee(town):
    BandException.objects.create(
        node=town.made.root,
        code=BandCode.COMMITTEE,
        reason="小组少",
        until=TODAY,
        asked_by=town.clerk,
        confirmed_by=town.clerk,
        confirmed_on=TODAY,
    )
    rows = {pk: (over, under) for pk, _, over, under in listed(town, Edge.COMMITTEE)}
    assert rows[town.committee[0].pk] == rows[town.committee[1].pk] == (0, 0)
    assert rows[town.committee[3].pk] == (1, 0)  # whoever sits there no more is not covered by it
    assert town.committee[1].pk in {row[0] for row in listed(town, Edge.COMMITTEE, show="accepted")}


def test_town_leaders_have_no_ratio_and_a_village_sees_its_own(town):
    (leader,) = listed(town, Edge.TOWN_LEADER)
    assert leader[1:] == (1, 0, 0)
    (row,) = holder_rows(town.asker, EDGES["E0"], holders(town.asker, EDGES["E0"], LoadQuery()))
    assert row.bar.band is None
    assert listed(town, Edge.TOWN_LEADER, town.secretary) == [leader]
    asker = town.asked_by(town.secretary)
    (seen,) = holder_rows(asker, EDGES["E0"], holders(asker, EDGES["E0"], LoadQuery()))
    assert (seen.name, seen.seen) == (
        "乡领导甲",
        False,
    )  # the person's page is the office's
    Contact.objects.filter(level=Level.TOWN_LEADER).update(target=town.other.root)
    assert listed(town, Edge.TOWN_LEADER, town.secretary) == []


def test_general_branch_members_have_their_branches(town):
    ((_, load, over, under),) = listed(town, Edge.GENERAL_BRANCH)
    assert (load, over, under) == (1, 0, 0)


def test_numbers_on_the_tabs_are_those_of_the_lists(town):
    for user, place in ((town.clerk, None), (town.clerk, town.made.root), (town.secretary, None)):
        off = outside(town.asked_by(user), place)
        for edge in Edge:
            lists = [listed(town, edge, user, place=place, show=show) for show in ("over", "under")]
            assert off[edge] == sum(map(len, lists)), edge


def test_a_ratio_that_is_off_finds_nobody_outside(town):
    band = PRESET[BandCode.MEMBER]
    BandRule.objects.create(
        township=town.made.root.township,
        year=2026,
        code=band.code,
        low=band.low,
        high=band.high,
        hard=30,
        mode=BandMode.OFF,
    )
    assert {row[2:] for row in listed(town, Edge.MEMBER)} == {(0, 0)}
    assert outside(town.asker, None)[Edge.MEMBER] == 0


def test_a_group_leader_sees_the_own_group_and_a_stranger_nothing(town):
    rows = listed(town, Edge.MEMBER, town.leader)
    own = {node.pk for node in town.made.members if node.group_id == town.made.groups[0].pk}
    assert {row[0] for row in rows} <= own
    assert rows
    (committee,) = listed(town, Edge.COMMITTEE, town.leader)
    assert committee[:2] == (town.committee[0].pk, 3)
    (row,) = holder_rows(
        town.asked_by(town.leader), EDGES["E2"], holders(town.asked_by(town.leader), EDGES["E2"], LoadQuery())
    )
    assert (len(row.targets), row.hidden) == (1, 2)
    assert "•" in row.heads[0].phone
