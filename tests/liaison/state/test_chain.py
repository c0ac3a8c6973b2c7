"""The chain of a household up to the 乡, complete and broken, whole phones and masked ones."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grids import tree
from grids.choices import BranchSetting, Kind, Role
from grids.models import BranchProfile, MemberProfile, Node
from liaison.choices import Level
from liaison.models import Contact
from liaison.state.queries import chain_of, chains_of
from tests.factories import PersonFactory, TownshipFactory, UserFactory, appoint, group_leader, node, village
from tests.liaison.state.conftest import TODAY


@pytest.fixture
def made(db):
    """A village in which everybody is in charge of something: the chain has no gap."""
    made = village(TownshipFactory(), "甲村")
    township = made.root.township
    appoint(made.people[1], Role.HUB_HEAD, made.hubs[0])
    appoint(made.people[2], Role.GROUP_LEADER, made.groups[0])
    appoint(made.people[3], Role.COMMITTEE, made.root)
    leader = PersonFactory(township=township, name="乡领导甲", phone="13900009999")
    appoint(leader, Role.TOWN_LEADER, None)
    for level, holder, target in (
        (Level.COMMITTEE, made.people[3], made.groups[0]),
        (Level.TOWN_LEADER, leader, made.root),
    ):
        Contact.objects.create(township=township, level=level, holder=holder, target=target)
    return made


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


def steps(links):
    return [(link.level, link.holders[0].name if link.holders else link.missing) for link in links]


def test_a_household_is_followed_up_to_the_township(made, clerk):
    links = chain_of(clerk, made.households[0], on=TODAY)
    assert steps(links) == [
        ("农户", made.households[0].name),
        ("党员", made.people[0].name),
        ("中心户", made.people[1].name),
        ("党小组长", made.people[2].name),
        ("支部委员", made.people[3].name),
        ("乡领导", "乡领导甲"),
    ]
    assert [link.missing for link in links] == [""] * 6
    assert links[0].place == "一社1号"
    assert links[2].place == made.hubs[0].name
    assert links[1].holders[0].phone == made.people[0].phone


def test_each_missing_step_is_said_with_the_way_to_mend_it(made, clerk):
    group = Node.objects.get(pk=made.groups[1].pk)
    household = Node.objects.get(pk=made.households[-1].pk)
    links = chain_of(clerk, household, on=TODAY)
    assert steps(links)[2:5] == [
        ("中心户", "没有登记负责人"),
        ("党小组长", "没有登记党小组长"),
        ("支部委员", "没有委员包挂"),
    ]
    assert links[3].url == f"{reverse('grids:post_add')}?node={group.pk}"
    assert links[4].url == f"{reverse('liaison:contact_add')}?level=E2&target={group.pk}"
    household = tree.move(node=household, to=group)
    assert steps(chain_of(clerk, household, on=TODAY))[1:3] == [
        ("党员", "还没有联系党员"),
        ("党小组长", "没有登记党小组长"),
    ]
    household = tree.move(node=household, to=made.grids[1])
    assert steps(chain_of(clerk, household, on=TODAY))[2] == ("党小组长", "没有登记党小组长")
    member = tree.move(node=made.members[0], to=made.groups[0])
    links = chain_of(clerk, member, on=TODAY)
    assert steps(links)[1] == ("中心户", "还没有编入中心户")
    assert links[1].url == reverse("grids:node_move", args=[member.pk])


def test_a_member_of_no_group_and_a_grid_without_one(made, clerk):
    member = tree.move(node=made.members[0], to=made.root)
    assert steps(chain_of(clerk, member, on=TODAY))[1:4] == [
        ("中心户", "还没有编入中心户"),
        ("党小组长", "还没有编入党小组"),
        ("支部委员", "没有党小组，委员无从包挂"),
    ]
    grid = node(Kind.GRID, "第9网格", made.root)
    household = node(Kind.HOUSEHOLD, "户主九", grid)
    assert steps(chain_of(clerk, household, on=TODAY))[2] == ("党小组长", "还没有建党小组")


def test_readers_are_offered_no_repair_and_masked_phones(made, clerk):
    leader = group_leader(made)
    links = chain_of(leader, made.households[0], on=TODAY)
    phones = [holder.phone for link in links for holder in link.holders if holder.phone]
    assert len(phones) >= 5
    assert all("•" in phone for phone in phones)
    Contact.objects.all().delete()
    assert {link.url for link in chain_of(leader, made.households[0], on=TODAY) if link.missing} == {""}


def test_under_a_general_branch_its_committee_stands_between(made, clerk):
    top = node(Kind.GENERAL_BRANCH, "乙村党总支", township=made.root.township)
    branch = node(Kind.BRANCH, "乙村第一党支部", top)
    links = chain_of(clerk, branch, on=TODAY)
    assert steps(links) == [
        ("党支部", "没有登记书记"),
        ("总支班子", "没有总支班子成员联系这个党支部"),
        ("乡领导", "没有乡领导包挂"),
    ]
    person = PersonFactory(township=top.township, root=top)
    for level in (Level.GENERAL_BRANCH, Level.TOWN_LEADER):
        Contact.objects.create(township=top.township, level=level, holder=person, target=branch)
    above = steps(chain_of(clerk, branch, on=TODAY))[1:]
    assert above == [("总支班子", person.name), ("乡领导", person.name)]
    assert steps(chain_of(clerk, top, on=TODAY))[1] == ("乡领导", "没有乡领导包挂")


def test_a_member_of_an_office_has_no_hub_to_miss(made, clerk):
    office = node(Kind.BRANCH, "机关党支部", township=made.root.township)
    BranchProfile.objects.create(node=office, village="", setting=BranchSetting.OFFICE)
    member = node(Kind.MEMBER, "机关党员", office)
    MemberProfile.objects.create(node=member, person=PersonFactory(township=office.township))
    assert [link.level for link in chain_of(clerk, member, on=TODAY)] == ["党员", "党支部", "乡领导"]


def test_many_chains_are_those_of_each_one_in_as_many_queries(made, clerk):
    nodes = list(Node.objects.filter(root=made.root))
    first = [next(node for node in nodes if node.kind == kind) for kind in {node.kind for node in nodes}]
    chains_of(clerk, first, on=TODAY)  # reads the scope once
    with CaptureQueriesContext(connection) as few:
        chains_of(clerk, first, on=TODAY)
    with CaptureQueriesContext(connection) as many:
        together = chains_of(clerk, nodes, on=TODAY)
    assert len(many) == len(few)
    assert all(together[node.pk] == chain_of(clerk, node, on=TODAY) for node in first)


def test_the_page_says_it_and_counts_what_hangs_below(made, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("liaison:chain", args=[made.hubs[0].pk]))
    assert page.context["missing"] == 0
    assert page.context["below"].sentence == "2名党员，6户"
    assert [child.note for child in page.context["below"].children] == ["3户", "3户"]
    text = page.content.decode()
    for word in (made.people[1].name, made.people[1].phone, "环环相接", "13900009999"):
        assert word in text
    assert "还没有联系党员" not in text
    assert client.get(reverse("liaison:chain", args=[made.households[0].pk])).context["below"] is None
    shown = client.get(made.households[0].get_absolute_url()).content.decode()
    assert reverse("liaison:chain", args=[made.households[0].pk]) in shown
