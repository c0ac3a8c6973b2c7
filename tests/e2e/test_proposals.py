"""Three members leave: from 需调整 to a roster that is right again, in a browser and on a phone."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from grids.choices import AbsenceReason, Kind, Role
from grids.models import MemberProfile, Node
from grids.tree import verify
from liaison.models import Proposal
from tests import factories
from township import history


@pytest.fixture
def town(transactional_db):
    """A village whose first grid loses three of its six members."""
    made = factories.village(
        factories.TownshipFactory(name="青河乡"), "东坡村", groups=2, hubs=2, members=3, households=4
    )
    for group, person in zip(made.groups, made.people, strict=False):
        factories.appoint(person, Role.GROUP_LEADER, group)
    for member in made.members[:3]:
        profile = MemberProfile.objects.get(node=member)
        profile.takes_part, profile.absence_reason = False, AbsenceReason.AWAY
        history.save(profile, by=None)
    return made, factories.secretary(made)


def enter(page: Page, user, live_server) -> Page:
    """A session without the sign-in page, which has tests of its own."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def contacts_of(made):
    rows = Node.objects.filter(root=made.root, kind=Kind.HOUSEHOLD, grid=made.grids[0])
    return dict(rows.values_list("name", "parent__name"))


def test_three_leave_and_the_secretary_only_corrects(
    town, browser_page, live_server, axe_violations, overflow
):
    made, secretary = town
    page = enter(browser_page, secretary, live_server)
    page.goto("/liaison/adjust/")
    expect(page.get_by_role("main")).to_contain_text("12户的联系人外出、流动或不能履职")
    assert (axe_violations(page), overflow(page)) == ([], 0)
    before = contacts_of(made)
    page.get_by_role("button", name="看联户建议").click()
    expect(page.get_by_role("main")).to_contain_text("已证明为最少")
    expect(page.get_by_role("img", name="原4")).to_have_count(6)  # a load bar for everybody concerned
    assert (axe_violations(page), overflow(page)) == ([], 0)
    proposal = Proposal.objects.get()
    first, second = proposal.rows.order_by("pk")[:2]
    taken = {first.new_node_id, *(m.pk for m in made.members[:3])}
    other = next(m for m in made.members[3:6] if m.pk not in taken)

    page.get_by_role("link", name=f"{first.target.name}：固定或换人").click()
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.get_by_label("联系人").select_option(str(other.pk))
    page.get_by_label("理由").fill("邻居")
    page.get_by_role("button", name="照此重新编排").click()
    expect(page.get_by_role("status").first).to_contain_text(f"固定：{first.target.name} — {other.name}")

    second = proposal.rows.get(target=second.target)  # solved again since
    page.get_by_role("checkbox", name=second.target.name).check()
    page.get_by_role("button", name="不采纳选中").click()
    expect(page.get_by_role("status").first).to_contain_text("1 行标为不采纳")
    page.get_by_role("button", name="重新编排").click()
    expect(page.get_by_role("status").first).to_contain_text("已按现在的情况重新编排")
    assert contacts_of(made) == before  # nothing yet

    page.get_by_role("button", name="采纳全部 12 行").click()
    page.get_by_role("dialog").get_by_role("button", name="继续").click()
    expect(page.get_by_role("status").first).to_contain_text("已采纳 12 行")
    after = contacts_of(made)
    assert after[first.target.name] == other.name
    assert after[second.target.name] not in {second.new_node.name, *(m.name for m in made.members[:3])}
    assert not {m.name for m in made.members[:3]} & set(after.values())
    assert verify() == []

    page.get_by_role("link", name="查看或撤销这次操作").click()
    expect(page.get_by_role("main")).to_contain_text("采纳编排")
    page.get_by_role("link", name="撤销这次操作").click()
    page.get_by_role("main").get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status").first).to_contain_text("撤销")
    assert contacts_of(made) == before
    page.goto("/liaison/adjust/")
    expect(page.get_by_role("main")).to_contain_text("12户的联系人")
