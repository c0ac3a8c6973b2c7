"""What stands on a card: the holder's own lines and nobody else's, the ladder, the ratio, phones by rule."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grids import tree
from grids.choices import BandCode, BandMode, Kind, PersonalReason, Role
from grids.models import BandException, BandRule, HouseholdProfile, PersonalBand
from liaison.cards import queries, sheets
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import PersonFactory, UserFactory, appoint, node, secretary, village
from township.choices import OfficeRole
from township.masks import mask_phone

TODAY = date(2026, 9, 10)


def cards(user, kind, place, **more):
    nodes = list(queries.with_card(user, kind, place).select_related("root", "branch"))
    return sheets.cards_of(user, kind, nodes, on=TODAY, **more)


def card(made, kind, place, *, user=None, **more):
    (found,) = cards(user or made.clerk, kind, place, **more)
    return found


def test_a_members_card_lists_the_own_households_with_address_and_number(made):
    found = card(made, Kind.MEMBER, made.members[0])
    homes = made.households[:3]
    doors = [row.door for row in HouseholdProfile.objects.filter(node__in=homes).order_by("node_id")]
    assert found.name == made.members[0].name
    assert found.phone == made.people[0].phone
    assert [head.title for head in found.heads] == [
        "序号",
        "户主",
        "村民小组/门牌",
        "联系电话",
        "起始时间",
        "备注",
    ]
    assert found.rows == tuple(
        (str(i + 1), home.name, f"一社{door}", "13911112222" if i == 0 else "", "2026.09.01", "")
        for i, (home, door) in enumerate(zip(homes, doors, strict=True))
    )
    assert found.total == "共3户，一般为10–15户，少7户"
    assert [fact.title for fact in found.facts] == ["中心户（岗）", "党小组长"]


def test_numbers_of_households_are_left_out_with_their_column(made):
    found = card(made, Kind.MEMBER, made.members[0], numbers=False)
    assert "联系电话" not in [head.title for head in found.heads]
    assert [len(row) for row in found.rows] == [5] * 3
    assert "13911112222" not in str(found.rows)


def test_a_hubs_card_lists_its_members_and_a_leaders_card_the_hubs(made):
    hub = card(made, Kind.HUB, made.hubs[0])
    assert (hub.name, hub.phone) == (made.people[0].name, made.people[0].phone)
    assert [row[1:5] for row in hub.rows] == [
        (member.name, "正式党员", person.phone, "3")
        for member, person in zip(made.members[:2], made.people[:2], strict=True)
    ]
    leader = card(made, Kind.GROUP, made.groups[0])
    assert leader.name == made.people[0].name
    assert [row[1:5] for row in leader.rows] == [
        (made.hubs[0].name, made.people[0].name, made.people[0].phone, "2")
    ]
    assert leader.total == "共1个，一般为2–5个，少1个"
    assert card(made, Kind.GROUP, made.groups[1]).name == "暂缺"


def test_the_count_goes_by_the_range_of_the_year_and_of_the_person(made):
    BandRule.objects.create(
        township=made.root.township, year=2026, code=BandCode.MEMBER, low=2, high=4, hard=5
    )
    assert card(made, Kind.MEMBER, made.members[0]).total == "共3户，一般为2–4户，符合"
    PersonalBand.objects.create(node=made.members[0], low=0, high=2, reason=PersonalReason.AGE)
    assert card(made, Kind.MEMBER, made.members[0]).total == "共3户，一般为0–2户，超1户"
    clerk = made.clerk
    BandException.objects.create(
        node=made.members[0], code=BandCode.MEMBER, reason="住得近", until=date(2026, 12, 31),
        asked_by=clerk, confirmed_by=clerk, confirmed_on=TODAY,
    )  # fmt: skip
    said = "共3户，一般为0–2户，已认可至2026-12-31：住得近"
    assert card(made, Kind.MEMBER, made.members[0]).total == said
    BandRule.objects.update(mode=BandMode.OFF)
    assert card(made, Kind.MEMBER, made.members[0]).total == "共3户"


def test_a_households_card_names_the_contact_and_who_comes_next(made):
    found = card(made, Kind.HOUSEHOLD, made.households[0])
    assert (found.home, found.contact, found.phone) == (
        made.households[0].name,
        made.members[0].name,
        made.people[0].phone,
    )
    assert found.also == "中心户负责人、党小组长"
    assert found.ladder == (sheets.Fact("支部委员", "何文", "13900000077"), sheets.Fact("乡领导", "暂缺"))


def test_one_who_answers_for_two_steps_has_one_line_and_two_people_have_two(made):
    second = card(made, Kind.HOUSEHOLD, made.households[3])
    head = made.people[0]
    assert second.also == ""
    assert second.ladder[0] == sheets.Fact("中心户负责人、党小组长", head.name, head.phone)
    more = PersonFactory(township=made.root.township, root=made.root, name="王军", phone="")
    appoint(more, Role.COMMITTEE, made.root)
    Contact.objects.create(
        township=made.root.township, level=Level.COMMITTEE, holder=more, target=made.groups[0]
    )
    lines = card(made, Kind.HOUSEHOLD, made.households[3]).ladder
    assert sorted(line.text for line in lines[1:3]) == ["何文", "王军"]
    assert [line.title for line in lines] == ["中心户负责人、党小组长", "支部委员", "", "乡领导"]


def test_a_household_without_a_contact_has_no_card(made):
    tree.move(node=made.households[0], to=made.groups[0], reason="未联户")
    found = cards(made.clerk, Kind.HOUSEHOLD, made.grids[0])
    assert [one.home for one in found] == [home.name for home in made.households[1:6]]


@pytest.mark.parametrize("kind", [Kind.MEMBER, Kind.HOUSEHOLD, Kind.HUB, Kind.GROUP])
def test_a_leader_of_the_township_gets_masked_numbers(made, kind):
    leader = UserFactory(township=made.root.township, office_role=OfficeRole.LEADER)
    found = repr(cards(leader, kind, made.root))
    numbers = [person.phone for person in made.people] + ["13900000077", "13911112222"]
    assert [phone for phone in numbers if phone in found] == []
    assert mask_phone(made.people[0].phone) in found


def test_a_secretary_gets_whole_numbers_of_the_own_village_and_nothing_of_another(made, other):
    user = secretary(other)
    assert cards(user, Kind.MEMBER, made.root) == []
    found = cards(user, Kind.MEMBER, None)
    assert [one.name for one in found] == [member.name for member in other.members]
    assert found[0].phone == other.people[0].phone


def test_branch_of_a_general_branch_is_named_with_it(made):
    top = node(Kind.GENERAL_BRANCH, "丙村党总支", township=made.root.township)
    branch = node(Kind.BRANCH, "东片党支部", top)
    grid = node(Kind.GRID, "东网格", branch)
    group = node(Kind.GROUP, "东党小组", grid)
    node(Kind.HUB, "东中心户", group)
    assert card(made, Kind.GROUP, group).organisation == "丙村党总支东片党支部"


@pytest.mark.parametrize("kind", [Kind.MEMBER, Kind.HOUSEHOLD, Kind.HUB, Kind.GROUP])
def test_cards_cost_the_same_for_any_number(made, kind):
    costs = []
    for name, n in (("丁村", 1), ("戊村", 4)):
        place = village(made.root.township, name, groups=n, hubs=n, members=n, households=n).root
        nodes = list(queries.with_card(made.clerk, kind, place).select_related("root", "branch"))
        with CaptureQueriesContext(connection) as asked:
            sheets.cards_of(made.clerk, kind, nodes, on=TODAY)
        costs.append(len(asked))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(("lines", "left"), [(1, 4), (15, 4), (16, 3), (18, 1), (19, 4), (30, 4)])
def test_room_for_notes_shrinks_before_a_page_is_turned(made, lines, left):
    found = card(made, Kind.MEMBER, made.members[0])
    full = sheets.HolderCard(**{**vars(found), "rows": found.rows[:1] * lines})
    assert len(full.notes) == left
