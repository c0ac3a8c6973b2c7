import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grids import tree
from grids.choices import (
    AbsenceReason,
    BandCode,
    BandMode,
    BranchSetting,
    CloseReason,
    GridShape,
    HubKind,
    Kind,
    PersonalReason,
    Role,
)
from grids.models import (
    BandException,
    BandRule,
    BranchProfile,
    GridProfile,
    HouseholdProfile,
    HubProfile,
    MemberProfile,
    Node,
    PersonalBand,
    Post,
    VillagerGroup,
)
from liaison.models import Contact
from liaison.sheets import Frame
from reports.choices import FilingState
from reports.filing.checks.queries import last_accepted, read
from reports.filing.checks.rules import CHECKS
from reports.filing.checks.running import RULES, blocking, judge, run, standings, to_explain
from reports.filing.frozen import freeze
from reports.models import Campaign, Filing, Snapshot
from reports.statistics.queries import read as read_numbers
from reports.statistics.sheets import annex1
from reports.statistics.sources import sources
from tests.factories import PersonFactory, TownshipFactory, UserFactory, appoint, node, village
from tests.reports.filing.checks.conftest import TODAY, Town, sound

NO_QUERIES_FOR_ROWS = 20 + len(sources())  # annex 1 asks each of its sources once


def material(town: Town):
    return read(township_id=town.township.pk, root=None, on=TODAY)


def sentences(found) -> list[tuple[str, str]]:
    return [(one.check.code, one.text) for one in found if one.severity != "hint"]


# --- the table --------------------------------------------------------------------------------------


def test_all_nineteen_rules_are_declared_in_order():
    assert [check.code for check in CHECKS] == [f"K{n:02d}" for n in range(1, 20)]
    assert all(check.title and check.clause and check.message for check in CHECKS)


def test_a_rule_runs_or_says_what_it_waits_for_or_what_holds_it():
    assert {check.code for check in CHECKS if check.code not in RULES} == {
        check.code for check in CHECKS if not check.cases and (check.waits or check.held_by)
    }
    assert {check.code for check in CHECKS if check.waits} == set()


def test_a_sound_village_breaks_no_rule(town):
    assert town.texts() == []


def test_a_village_alone_gives_what_it_gives_among_others(town):
    other, _ = sound(town.township, "乙村")
    Post.objects.filter(node=other.groups[0], role=Role.GROUP_LEADER).delete()
    alone = sentences(run(town.township.pk, other.root, on=TODAY))
    assert alone == sentences(run(town.township.pk, None, on=TODAY)) == [("K05", "第1党小组没有组长。")]
    assert town.found(root=town.made.root) == []


# --- places -----------------------------------------------------------------------------------------


def test_a_total_that_is_not_the_sum_is_found(town):
    sound(town.township, "乙村")
    found = material(town)
    found.totals.numbers["grid_count"] += 1
    assert sentences(judge(found)) == [("K01", "附件1“组织设置·网格数”合计为5，各党组织相加为4。")]


def test_persons_counted_once_are_no_wrong_total(town):
    other, _ = sound(town.township, "乙村")
    person = town.committee[0]
    appoint(person, Role.COMMITTEE, other.root)
    Contact.objects.filter(target=other.groups[0]).update(holder=person)
    assert [code for code, _ in sentences(judge(material(town)))] == []


def test_a_grid_without_group_is_named(town):
    tree_grid = node(Kind.GRID, "第三网格", town.made.root)
    GridProfile.objects.create(node=tree_grid)
    assert town.texts() == [("K02", "block", "第三网格没有建党小组，地域网格数与村民党小组数不等。")]
    (finding,) = town.found()
    assert (finding.url, finding.subject) == (
        f"/grids/nodes/add/?parent={tree_grid.pk}&kind=group",
        f"node:{tree_grid.pk}",
    )


def test_an_industry_grid_without_group_is_in_order(town):
    GridProfile.objects.create(node=node(Kind.GRID, "果业网格", town.made.root), shape=GridShape.INDUSTRY)
    assert town.texts() == []


def test_groups_that_do_not_add_up_are_found(town):
    found = material(town)
    found.organisations[0].counts.numbers["industry_group_count"] = 1
    assert sentences(judge(found)) == [
        ("K02", "甲村党支部党小组共2个，村民党小组2个与行业产业党小组1个相加不等。")
    ]


def test_fewer_grids_than_villager_groups_ask_why(town):
    VillagerGroup.objects.bulk_create(
        VillagerGroup(root=town.made.root, name=name) for name in ("二社", "三社")
    )
    assert town.texts() == [("K03", "warn", "甲村党支部有村民小组3个，网格只有2个（第1网格、第2网格）。")]


def test_a_group_without_committee_member_is_named(town):
    Contact.objects.filter(target=town.made.groups[1]).delete()
    assert town.texts() == [("K05", "warn", "第2党小组没有支部委员包挂。")]
    assert town.found()[0].url == f"/liaison/contacts/add/?level=E2&target={town.made.groups[1].pk}"


def test_a_group_without_leader_is_named(town):
    Post.objects.filter(node=town.made.groups[1], role=Role.GROUP_LEADER).delete()
    assert town.texts() == [("K05", "warn", "第2党小组没有组长。")]
    assert town.found()[0].url == f"/grids/posts/add/?node={town.made.groups[1].pk}"


def test_more_leaders_than_groups_are_named(town):
    appoint(town.made.people[1], Role.GROUP_LEADER, town.made.groups[0])
    names = "、".join(town.made.people[i].name for i in (0, 1))
    assert town.texts() == [("K05", "block", f"第1党小组有2名组长：{names}，组长人数多于党小组数。")]


def test_annex_2_that_differs_from_annex_1_is_found(town):
    found = material(town)
    found.organisations[0].counts.distinct["e2_targets"] |= {1, 2}
    found.organisations[0].counts.distinct["e2_holders"] |= {-1}
    assert sentences(judge(found)) == [
        ("K05", "甲村党支部附件2有2个党小组，附件1“委员→党小组”对象为4个，党小组数为2个。"),
        ("K06", "甲村党支部附件2有2名委员（甲村委员1、甲村委员2），附件1“委员→党小组”为3人。"),
    ]


def test_a_committee_of_eight_is_named(town):
    for i in range(3, 9):
        appoint(
            PersonFactory(township=town.township, root=town.made.root, name=f"甲村委员{i}"),
            Role.COMMITTEE,
            town.made.root,
        )
    names = "、".join(f"甲村委员{i}" for i in range(1, 9))
    assert town.texts() == [("K06", "block", f"甲村党支部委员会有8人，不应超过7人：{names}。")]


def test_a_hub_of_no_kind_is_named(town):
    hub = town.made.hubs[0]
    HubProfile.objects.filter(node=hub).delete()
    assert town.texts() == [("K07", "block", f"{hub.name}没有登记是中心户还是示范岗，附件1漏计。")]


def test_hubs_that_differ_between_annexes_are_found(town):
    HubProfile.objects.filter(node=town.made.hubs[0]).update(hub_kind=HubKind.DEMO_POST)
    found = material(town)
    assert judge(found) == [one for one in judge(found) if one.severity == "hint"]
    found.organisations[0].counts.numbers["e3_targets"] = 5
    assert sentences(judge(found)) == [
        (
            "K07",
            "甲村党支部的中心户（示范岗）附件2为4个，附件3为4个，附件1按类别为4个，“组长→中心户”对象为5个。",
        )
    ]


# --- people -----------------------------------------------------------------------------------------


def test_parts_larger_than_all_members_are_found(town):
    found = material(town)
    found.organisations[0].counts.numbers["probationary_count"] = 99
    assert sentences(judge(found)) == [("K04", "甲村党支部“党员·预备”99人，多于党员总数8人。")]


def test_a_floating_member_who_takes_part_is_named(town):
    MemberProfile.objects.filter(node=town.made.members[2]).update(is_floating=True)
    name = town.made.members[2].name
    assert town.texts() == [("K04", "warn", f"{name}是流动党员，仍登记为参加联户。")]
    MemberProfile.objects.filter(node=town.made.members[2]).update(
        takes_part=False, absence_reason=AbsenceReason.AWAY
    )
    assert town.texts() == []


def test_a_member_without_hub_is_named_and_so_are_the_households(town):
    mine = town.made.members[0]
    tree.place(placements=[(mine, town.made.groups[0])])
    names = "、".join(h.name for h in town.made.households[:3])
    assert town.texts() == [
        ("K09", "block", f"{mine.name}联系3户（{names}），但没有编入中心户（示范岗），不在附件3。"),
        ("K08", "warn", f"{mine.name}没有编入中心户（示范岗）。"),
    ]
    assert [(one.url, one.spot.where) for one in town.found()] == [
        (f"/grids/nodes/{mine.pk}/move/", "第1网格 › 第1党小组")
    ] * 2


def test_a_member_without_hub_who_heads_one_may_have_households(town):
    tree.place(placements=[(town.made.members[0], town.made.groups[0])])
    appoint(town.made.people[0], Role.HUB_HEAD, town.made.hubs[0])
    assert [code for code, _, _ in town.texts()] == ["K08"]


def test_members_of_an_office_need_no_hub(town):
    root = node(Kind.BRANCH, "机关党支部", township=town.township)
    BranchProfile.objects.create(node=root, setting=BranchSetting.OFFICE)
    person = PersonFactory(township=town.township, root=root)
    MemberProfile.objects.create(node=node(Kind.MEMBER, person.name, root), person=person)
    assert town.texts() == []


def test_a_member_twice_in_annex_3_is_named(town):
    """The database keeps a person to one membership, so the rows are made up."""
    found = material(town)
    first, second = (found.roster.members[one.pk] for one in (town.made.members[0], town.made.members[2]))
    members = {**found.roster.members, second.pk: second._replace(person=first.person, name=first.name)}
    twice = replace(found, roster=replace(found.roster, members=members))
    hubs = "、".join(town.made.hubs[i].name for i in (0, 1))
    assert sentences(judge(twice)) == [("K08", f"{first.name}同时编入2个中心户（示范岗）：{hubs}。")]


def test_a_member_whose_hub_was_closed_is_named(town):
    hub = town.made.hubs[0]
    Node.objects.filter(pk=hub.pk).update(closed_on=TODAY, close_reason=CloseReason.DISSOLVED)
    HubProfile.objects.filter(node=hub).delete()
    texts = [text for code, text in sentences(run(town.township.pk, None, on=TODAY)) if code == "K08"]
    assert texts == [
        "甲村党支部附件3有6名党员，附件1“中心户→党员”对象为8名，党员总数为8名。",
        *(f"{one.name}所在的中心户（示范岗）已注销，附件3没有这名党员。" for one in town.made.members[:2]),
    ]


def test_households_of_a_member_who_has_left_are_named(town):
    gone = town.made.members[1]
    Node.objects.filter(pk=gone.pk).update(closed_on=TODAY, close_reason=CloseReason.DECEASED)
    names = "、".join(h.name for h in town.made.households[3:6])
    assert town.texts() == [
        ("K09", "block", f"{gone.name}已注销，名下还有3户：{names}。"),
        (
            "K10",
            "block",
            f"甲村党支部附件4有21户，附件1“党员→户”对象为24户，农户数为24户，不在附件4的有{names}。",
        ),
    ]


def test_a_household_twice_is_named(town):
    first, second = town.made.households[0], town.made.households[-1]
    Node.objects.filter(pk=second.pk).update(name=first.name)
    HouseholdProfile.objects.filter(node=second).update(door="1号")
    members = "、".join(town.made.members[i].name for i in (0, -1))
    assert town.texts() == [("K10", "block", f"{first.name}（一社1号）在附件4列了2次，分别由{members}联系。")]
    HouseholdProfile.objects.filter(node__in=[first, second]).update(door="")
    assert town.texts() == []


def test_a_member_who_looks_after_the_own_home_is_asked_about(town):
    Node.objects.filter(pk=town.made.households[0].pk).update(name=town.made.members[0].name)
    name = town.made.members[0].name
    assert town.texts() == [("K10", "warn", f"{name}与联系党员同名，可能是党员自己家。")]


def test_floating_members_that_differ_are_named(town):
    MemberProfile.objects.filter(node=town.made.members[0]).update(
        is_floating=True, takes_part=False, absence_reason=AbsenceReason.AWAY
    )
    found = material(town)
    found.organisations[0].counts.numbers["floating_count"] = 0
    name = town.made.members[0].name
    assert sentences(judge(found)) == [
        ("K16", f"甲村党支部附件1流动党员0人，花名册上标为流动的1人：{name}。")
    ]


def test_an_officer_who_left_the_roll_is_named(town):
    leader = town.made.members[0]
    Node.objects.filter(parent=leader).update(parent=town.made.members[1])
    Node.objects.filter(pk=leader.pk).update(closed_on=TODAY, close_reason=CloseReason.TRANSFERRED)
    post = Post.objects.get(person=town.made.people[0])
    assert town.texts() == [
        ("K19", "block", f"{leader.name}已注销（组织关系转出），仍登记为第1党小组党小组长。")
    ]
    assert town.found()[0].url == f"/grids/posts/{post.pk}/end/"


def test_who_is_in_annex_2_without_a_seat_is_named(town):
    Post.objects.filter(person=town.committee[1]).update(until=TODAY)
    contact = Contact.objects.get(holder=town.committee[1])
    assert town.texts() == [("K19", "block", "甲村委员2在附件2包挂第2党小组，但在这个党组织没有委员任职。")]
    assert town.found()[0].url == f"/liaison/contacts/{contact.pk}/end/"


# --- ratios -----------------------------------------------------------------------------------------


@pytest.fixture
def band(town):
    """Only 党员→户 is looked at, and has to be explained."""

    def put(mode: str, low: int = 3, high: int = 3) -> None:
        for code in BandCode.values:
            BandRule.objects.update_or_create(
                township=town.township,
                year=2026,
                code=code,
                defaults={
                    "low": low,
                    "high": high,
                    "hard": 30,
                    "mode": mode if code == BandCode.MEMBER else BandMode.OFF,
                },
            )

    return put


def ratios(town: Town) -> list[tuple[str, str, str]]:
    found = [one for one in run(town.township.pk, None, on=TODAY) if one.check.code == "K11"]
    return [(one.severity, one.text, one.note) for one in found]


def test_the_mode_of_a_ratio_decides_how_heavy_it_weighs(town, band):
    tree.place(placements=[(town.made.households[0], town.made.members[1])])
    less, more = (town.made.members[i].name for i in (0, 1))
    expected = [
        (f"{less}联系2户，应为3–3户，少1户。", "联系2户，少1户"),
        (f"{more}联系4户，应为3–3户，超1户。", "联系4户，超1户"),
    ]
    band(BandMode.CHECK)
    assert ratios(town) == [("warn", *one) for one in expected]
    band(BandMode.ADVISORY)
    assert ratios(town) == [("hint", *one) for one in expected]
    assert to_explain(run(town.township.pk, None, on=TODAY)) == []
    band(BandMode.OFF)
    assert ratios(town) == []


def test_an_own_range_and_an_accepted_exception_are_respected(town, band):
    band(BandMode.CHECK)
    tree.place(placements=[(town.made.households[0], town.made.members[1])])
    assert len(ratios(town)) == 2
    PersonalBand.objects.create(node=town.made.members[0], low=0, high=2, reason=PersonalReason.AGE)
    clerk = UserFactory(township=town.township)
    BandException.objects.create(
        node=town.made.members[1],
        code=BandCode.MEMBER,
        reason="住户分散",
        until=date(2026, 12, 31),
        asked_by=clerk,
        confirmed_by=clerk,
        confirmed_on=TODAY,
    )
    assert ratios(town) == []


def test_a_member_who_cannot_serve_is_to_have_no_households(town, band):
    band(BandMode.CHECK)
    MemberProfile.objects.filter(node=town.made.members[0]).update(
        takes_part=False, absence_reason=AbsenceReason.AWAY
    )
    name = town.made.members[0].name
    assert ratios(town) == [("warn", f"{name}不参加联户，名下还有3户。", "联系3户，超3户")]


def test_every_ratio_names_its_holder(town):
    HubProfile.objects.filter(node=town.made.hubs[0]).update(served_households=40)
    Contact.objects.filter(target=town.made.groups[1]).delete()
    found = [one for one in run(town.township.pk, town.made.root, on=TODAY) if one.check.code == "K11"]
    assert Counter(one.subject.split(":")[-1] for one in found) == {"E2": 1, "E4": 4, "E5": 8, "R19": 1}
    texts = {one.subject.split(":")[-1]: one.text for one in found}
    assert (texts["E2"], texts["R19"]) == (
        "甲村委员2包挂0个，应为1–2个，少1个。",
        f"{town.made.hubs[0].name}周边40户，应为10–15户，超25户。",
    )


# --- against the last time ----------------------------------------------------------------------------


def test_a_jump_over_a_fifth_asks_why(town):
    previous = {town.made.root.pk: {"household_count": 20, "member_count": 6, "grid_count": 0}}
    found = run(town.township.pk, None, on=TODAY, previous=previous)
    assert sentences(found) == [
        ("K17", "甲村党支部“组织设置·网格数”由0变为2，上次为0。"),
        ("K17", "甲村党支部“党员·总数”由6变为8，增加33%。"),
    ]


def test_the_last_accepted_submission_is_what_is_compared(town):
    clerk = UserFactory(township=town.township)
    campaign = Campaign.objects.create(
        township=town.township,
        year=2026,
        title_name="青河乡",
        cut_off=date(2026, 9, 10),
        due_on=date(2026, 9, 16),
    )
    filing = Filing.objects.create(campaign=campaign, root=town.made.root, state=FilingState.ACCEPTED)
    sheet = annex1(
        read_numbers(township_id=town.township.pk, on=TODAY), Frame("青河乡", "T01", 2026, "青河乡", TODAY)
    )
    frozen = json.loads(json.dumps(freeze(sheet)))
    Snapshot.objects.create(filing=filing, number=1, by=clerk, sheets={"1": frozen}, sha256="0")
    assert last_accepted(town.township.pk) == last_accepted(town.township.pk, town.made.root)
    numbers = last_accepted(town.township.pk)[town.made.root.pk]
    assert (numbers["household_count"], numbers["e5_holders"], numbers["e5_targets"]) == (24, 8, 24)
    assert sentences(run(town.township.pk, None, on=TODAY, previous={town.made.root.pk: numbers})) == []
    Filing.objects.update(state=FilingState.RETURNED)
    assert last_accepted(town.township.pk) == {}


# --- the run ------------------------------------------------------------------------------------------


def test_how_each_rule_stands_is_told(town):
    Post.objects.filter(node=town.made.groups[1], role=Role.GROUP_LEADER).delete()
    found = town.found()
    words = {line.check.code: line.word for line in standings(found, compared=False)}
    assert [code for code, word in words.items() if word == "待建"] == []
    assert (words["K01"], words["K05"], words["K17"], words["K18"]) == (
        "通过",
        "",
        "还没有已接收的上报",
        "由系统保证",
    )


def test_findings_that_block_come_first(town):
    Contact.objects.filter(target=town.made.groups[1]).delete()
    GridProfile.objects.create(node=node(Kind.GRID, "第三网格", town.made.root))
    found = town.found()
    assert [one.severity for one in found] == ["block", "warn"]
    assert (len(blocking(found)), len(to_explain(found))) == (1, 1)


def test_more_villages_and_rows_ask_no_more_queries(db):
    def asked(villages: int, groups: int) -> int:
        township = TownshipFactory()
        for i in range(villages):
            village(township, f"{township.code}{i}村", groups=groups)
        with CaptureQueriesContext(connection) as queries:
            assert run(township.pk, None, on=TODAY)
        return len(queries)

    assert asked(1, 1) == asked(4, 3) <= NO_QUERIES_FOR_ROWS
