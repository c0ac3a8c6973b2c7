"""谁联系谁, 联系链 and 金字塔 in a browser: from the worst bar to its repair, on two screens and on paper."""

import io

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from grids import tree
from grids.choices import PersonalReason, Role
from grids.models import Node, PersonalBand
from liaison.choices import Level
from liaison.models import Contact
from tests import factories


@pytest.fixture
def town(transactional_db):
    """A village: one member with 21 households, one with a range of the own, one household with nobody."""
    township = factories.TownshipFactory(name="青河乡")
    made = factories.village(township, "东坡村", groups=2, hubs=2, members=2, households=11)
    tree.place(placements=[(household, made.members[0]) for household in made.households[11:21]])
    tree.place(placements=[(made.households[-1], made.groups[1])])
    PersonalBand.objects.create(node=made.members[2], low=0, high=5, reason=PersonalReason.AGE)
    factories.appoint(made.people[0], Role.GROUP_LEADER, made.groups[0])
    factories.appoint(made.people[1], Role.COMMITTEE, made.root)
    Contact.objects.create(
        township=township, level=Level.COMMITTEE, holder=made.people[1], target=made.groups[0]
    )
    return made, factories.UserFactory(township=township)


@pytest.fixture
def enter(live_server):
    """A session without the sign-in page, which has tests of its own."""

    def entering(page, user):
        client = Client()
        client.force_login(user)
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )
        return page

    return entering


def width(page, part):
    """Of a piece of the first bar, on the screen."""
    return page.locator(f".load-bar {part}").first.bounding_box()["width"]


def test_the_worst_bar_leads_to_names_and_a_gap_to_its_repair(
    town, enter, browser_page, axe_violations, overflow
):
    made, clerk = town
    page = enter(browser_page, clerk)
    page.goto(reverse("liaison:edges"))
    first, second = page.locator(".holders tbody tr").nth(0), page.locator(".holders tbody tr").nth(1)
    expect(first).to_contain_text(made.members[0].name)
    expect(first.get_by_role("img", name="21户，超6户")).to_be_visible()
    expect(second).to_contain_text("个人区间 0–5（年满七十）")
    # The bar runs to the end of its scale, and the band is as wide as five of its twenty parts.
    assert width(page, ".load-fill") == pytest.approx(width(page, ".load-track"), abs=1)
    assert width(page, ".load-band") == pytest.approx(width(page, ".load-track") / 4, abs=2)
    first.locator("summary").click()
    expect(first.get_by_role("link", name=made.households[11].name, exact=True)).to_be_visible()
    assert (axe_violations(page), overflow(page)) == ([], 0)

    page.get_by_role("link", name="没有联系人的 1 户").click()
    assert overflow(page) == 0
    page.get_by_role("link", name=f"{made.households[-1].name}：联户").click()
    page.wait_for_url(f"**{reverse('grids:node_move', args=[made.households[-1].pk])}")


def test_the_chain_says_what_is_missing_and_the_pyramid_counts_it(
    town, enter, browser_page, axe_violations, overflow
):
    made, clerk = town
    page = enter(browser_page, clerk)
    household = Node.objects.get(pk=made.households[-1].pk)
    page.goto(household.get_absolute_url())
    page.get_by_role("link", name="联系人和电话").click()
    expect(page.locator(".ladder-missing").first).to_contain_text("还没有联系党员")
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.goto(reverse("liaison:pyramid"))
    expect(page.locator("svg.pyramid")).to_contain_text("党员 8名")
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.get_by_label("看哪里的").select_option(label=made.root.name)
    page.get_by_role("button", name="查看", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(made.root.name)
    page.locator("svg.pyramid").get_by_role("link", name="党员 8名").click()
    page.wait_for_url(f"**/liaison/edges/E5/?village={made.root.pk}")


def test_chain_and_pyramid_come_on_one_sheet_of_paper(town, enter, notebook_page):
    made, clerk = town
    page = enter(notebook_page, clerk)
    sheets = {}
    for name, url in (
        ("chain", reverse("liaison:chain", args=[made.members[0].pk])),
        ("pyramid", reverse("liaison:pyramid")),
    ):
        page.goto(url)
        with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as paper:
            box = list(paper.pages[0].mediabox)
            sheets[name] = (
                len(paper.pages),
                round(float(box[2]) / 72 * 25.4),
                round(float(box[3]) / 72 * 25.4),
            )
    assert sheets == {"chain": (1, 148, 210), "pyramid": (1, 210, 297)}
