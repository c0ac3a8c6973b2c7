"""The numbers of annex 1 against counts made cell by cell, and what they cost."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grids.choices import GridShape, HubKind, Kind, Role, Standing
from grids.models import HouseholdProfile, MemberProfile, Node, Person, Post, VillagerGroup
from liaison.models import Contact
from reports.statistics import queries
from reports.statistics.indicators import BY_CODE, INDICATORS
from reports.statistics.layout import DEFAULT
from reports.statistics.sheets import annex1, cell
from reports.statistics.sources import sources
from services.models import CardIssue, Matter, Sign, Visit
from tests.factories import TownshipFactory, UserFactory, appoint, group_leader, secretary, village
from tests.reports.annexes.conftest import TODAY, town

__all__ = ["town"]


def read(town, **more):
    return queries.read(township_id=town.township.pk, on=TODAY, **more)


def nodes(root, kind):
    return Node.objects.filter(root=root, kind=kind, closed_on=None)


def people(rows):
    return len({*rows})


def by_hand(root):
    """Each code counted on its own, the slow and plain way."""
    members = nodes(root, Kind.MEMBER)
    hubs = nodes(root, Kind.HUB)
    households = nodes(root, Kind.HOUSEHOLD)
    linked = [h for h in households if h.parent.kind == Kind.MEMBER]
    contacts = [c for c in Contact.objects.all() if c.target.root_id == root.pk and c.until is None]
    posts = [p for p in Post.objects.filter(until=None) if p.node and p.node.root_id == root.pk]
    found = {
        "villager_group_count": VillagerGroup.objects.filter(root=root).count(),
        "household_count": households.count(),
        "population_count": root.branch_profile.population,
        "branch_count": nodes(root, Kind.BRANCH).count(),
        "grid_count": nodes(root, Kind.GRID).count(),
        "group_count": nodes(root, Kind.GROUP).count(),
        "industry_group_count": sum(
            g.parent.grid_profile.shape == GridShape.INDUSTRY for g in nodes(root, Kind.GROUP)
        ),
        "member_count": members.count(),
        "probationary_count": sum(m.member_profile.standing == Standing.PROBATIONARY for m in members),
        "floating_count": sum(m.member_profile.is_floating for m in members),
        "liaison_member_count": sum(m.member_profile.takes_part for m in members),
        "grid_staff_count": people(p.person_id for p in posts if p.role == Role.GRID_STAFF),
        "group_leader_count": people(p.person_id for p in posts if p.role == Role.GROUP_LEADER),
        "central_household_count": sum(h.hub_profile.hub_kind == HubKind.CENTRAL for h in hubs),
        "demo_post_count": sum(h.hub_profile.hub_kind == HubKind.DEMO_POST for h in hubs),
        "e3_holders": people(
            p.person_id
            for p in posts
            if p.role == Role.GROUP_LEADER and p.node_id in {h.group_id for h in hubs}
        ),
        "e3_targets": hubs.count(),
        "e4_holders": len({m.hub_id for m in members if m.hub_id}),  # one head a hub in these data
        "e4_targets": sum(m.hub_id is not None for m in members),
        "e5_holders": people(h.parent.member_profile.person_id for h in linked),
        "e5_targets": len(linked),
    }
    signs = {sign.node_id for sign in Sign.objects.filter(hung_on__lte=TODAY)}
    for code, due in (("board", nodes(root, Kind.GRID)), ("plate", hubs)):
        found[f"{code}_due"] = due.count()
        found[f"{code}_installed"] = len(signs & {one.pk for one in due})
    found["card_issued"] = sum(one.cards for one in CardIssue.objects.all() if one.node.root_id == root.pk)
    for edge in ("E0", "E1", "E2"):
        found[f"{edge.lower()}_holders"] = people(c.holder_id for c in contacts if c.level == edge)
        found[f"{edge.lower()}_targets"] = people(c.target_id for c in contacts if c.level == edge)
    year = date(TODAY.year, 1, 1)
    visits = [v for v in Visit.objects.all() if v.node.root_id == root.pk and year <= v.happened_on <= TODAY]
    asked = [m for m in Matter.objects.all() if m.node.root_id == root.pk and year <= m.raised_on <= TODAY]
    found["visit_count"] = sum(v.household_id is not None for v in visits)
    found["diary_count"] = sum(v.content != "" for v in visits)
    found["opinion_in"] = len(asked)
    found["opinion_closed"] = sum(m.state in ("answered", "archived") for m in asked)
    found["opinion_callback"] = sum(m.called_back_on is not None for m in asked)
    return found


def visited(grid):
    """Two calls and a diary entry without a household this year, one call last year; three opinions."""
    of = {"township": grid.township, "node": grid}
    home = nodes(grid.root, Kind.HOUSEHOLD).filter(grid=grid).first()
    person = Person.objects.filter(root=grid.root).first()
    for household, day, words in (
        (home, TODAY, ""),
        (home, date(2026, 1, 1), "想学嫁接"),
        (None, TODAY, "水渠要修"),
        (home, date(2025, 12, 31), "去年"),
    ):
        Visit.objects.create(
            **of, household=household, visitor=person, happened_on=day, content=words, plain=not words
        )
    told = {"state": "answered", "answer": "已修", "answered_on": TODAY}
    called = {"called_back_on": TODAY, "satisfaction": "good"}
    for facts in ({}, told, told | called):
        Matter.objects.create(**of, need="roads", content="修渠", raised_on=TODAY, **facts)


def test_every_number_equals_the_count_by_hand(town):
    Sign.objects.create(node=town.nodes["东坡村苹果产业网格"], hung_on=TODAY)
    for cards in (60, 7):
        CardIssue.objects.create(
            node=town.nodes["东坡村苹果产业网格"], day=TODAY, cards=cards, handed_by="李"
        )
    visited(nodes(town.nodes["东坡村党支部"], Kind.GRID).first())
    organisations = read(town)
    east = organisations[0].counts
    assert [east.value(code) for code in ("visit_count", "diary_count", "opinion_in")] == [2, 2, 3]
    assert [east.value(code) for code in ("opinion_closed", "opinion_callback")] == [2, 1]
    assert [row.name for row in organisations] == ["东坡村党支部", "西川村党总支", "乡机关党支部"]
    for row in organisations:
        expected = by_hand(Node.objects.get(pk=row.pk))
        assert {code: row.counts.value(code) for code in expected} == expected
    codes = {code for indicator in INDICATORS if not indicator.register for code in indicator.codes}
    assert codes <= {*expected, "coverage_rate", "remark"}  # and of the rooms of services some


def test_rows_behind_cards_add_up_what_each_says(town):
    grid = town.nodes["东坡村苹果产业网格"]
    for cards in (60, 7):
        CardIssue.objects.create(node=grid, day=TODAY, cards=cards, handed_by="李")
    rows = queries.collect([grid.root_id], TODAY, {"card_issued"})
    assert (rows.number("card_issued"), sorted(rows.amounts.values())) == (67, [7, 60])
    (told, _) = queries.tell(rows.of("card_issued"), on=TODAY).values()
    assert (told.name, told.tab) == (grid.name, "联系卡发放")


def test_a_person_counts_once_in_the_total(town):
    total = queries.total(read(town))
    assert (total.value("e0_holders"), total.value("e0_targets")) == (1, 2)
    assert total.value("household_count") == 23
    assert total.value("population_count") == 1320


def test_coverage_is_linked_households_over_all(town):
    east, west, office = read(town)
    assert east.counts.coverage == 20 / 21
    assert west.counts.coverage == 1
    assert office.counts.coverage is None


def test_leader_of_two_groups_is_one_person(town):
    appoint(town.people["白子龙"], Role.GROUP_LEADER, town.nodes["东坡村苹果产业网格"])
    assert read(town)[0].counts.value("group_leader_count") == 2


def test_ended_posts_and_future_contacts_do_not_count(town):
    Post.objects.filter(role=Role.GRID_STAFF).update(until=TODAY)
    Contact.objects.filter(level="E1").update(since=date(2026, 12, 1))
    east, west, _ = read(town)
    assert east.counts.value("grid_staff_count") == 0
    assert west.counts.value("e1_holders") == 0


def test_columns_are_the_44_of_the_form_and_none_waits_for_its_register(town):
    row = read(town)[0]
    assert len(DEFAULT.sheet_columns()) == 44
    assert [indicator.key for indicator in INDICATORS if indicator.waits] == []
    assert cell(BY_CODE["ticket_total"], row.counts) == 0
    assert {column.note for column in DEFAULT.sheet_columns()} == {""}


def test_population_falls_back_to_the_branches_below(town):
    town.nodes["西川村党总支"].branch_profile.population = None
    town.nodes["西川村党总支"].branch_profile.save()
    assert read(town)[1].counts.population == 500


@pytest.mark.parametrize("villages", [2, 12])
def test_queries_are_the_same_for_any_number_of_villages(db, villages, django_assert_num_queries):
    township = TownshipFactory()
    for number in range(villages):
        village(township, f"{number}村", groups=1, hubs=1, members=1, households=1)
    with django_assert_num_queries(3 + len(sources())):
        found = queries.read(township_id=township.pk, on=TODAY)
    assert len(found) == villages


def test_secretary_sees_one_row_and_group_leader_none(db):
    township = TownshipFactory()
    first, second = village(township, "甲村"), village(township, "乙村")
    seen = queries.read(township_id=township.pk, on=TODAY, user=secretary(second))
    assert [row.name for row in seen] == [second.root.name]
    assert queries.read(township_id=township.pk, on=TODAY, user=group_leader(first)) == []
    stranger = UserFactory(township=TownshipFactory())
    assert queries.read(township_id=township.pk, on=TODAY, user=stranger) == []


def test_empty_township_has_no_total_row(db):
    from liaison.sheets import Frame

    sheet = annex1([], Frame("空山乡", "T09", 2026, "空山乡", TODAY))
    assert (list(sheet.read()), sheet.totals) == ([], ())


def test_queries_do_not_grow_with_rows(town):
    with CaptureQueriesContext(
        connection,
    ) as before:
        read(town)
    person = Person.objects.create(township=town.township, name="新党员")
    town.add(Kind.MEMBER, "新党员", "田敏户")
    MemberProfile.objects.create(node=town.nodes["新党员"], person=person)
    town.add(Kind.HOUSEHOLD, "新户", "新党员")
    HouseholdProfile.objects.create(node=town.nodes["新户"])
    with CaptureQueriesContext(connection) as after:
        assert read(town)[0].counts.value("e5_holders") == 4
    assert len(before) == len(after)
