"""The tree and its pages in a browser: the keyboard, no sideways scrolling, no accessibility faults."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from grids.choices import Role
from tests import factories


@pytest.fixture
def town(transactional_db):
    """Two villages and their office."""
    township = factories.TownshipFactory(name="青河乡")
    own = factories.village(township, "东坡村", groups=3, hubs=2, members=2, households=4)
    factories.village(township, "石桥村")
    for group, person in zip(own.groups, own.people, strict=False):
        factories.appoint(person, Role.GROUP_LEADER, group)
    return township, own, factories.UserFactory(township=township)


def enter(page, user, live_server):
    """A session without the sign-in page, which has tests of its own."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def test_tree_is_worked_by_keyboard_alone(town, notebook_page, live_server):
    _, own, clerk = town
    page = enter(notebook_page, clerk, live_server)
    page.goto(reverse("grids:tree"))
    rows = page.locator("tr.tree-row:visible")
    expect(rows).to_have_count(2)
    rows.first.focus()
    page.keyboard.press("ArrowRight")
    expect(rows).to_have_count(5)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(rows).to_have_count(6)
    page.keyboard.press("ArrowLeft")
    expect(rows).to_have_count(5)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{own.grids[0].get_absolute_url()}")


def test_a_masked_phone_is_shown_on_request(town, notebook_page, live_server):
    township, own, _ = town
    page = enter(notebook_page, factories.UserFactory(township=township, office_role="leader"), live_server)
    page.goto(own.members[0].get_absolute_url())
    assert own.people[0].phone not in page.content()
    page.get_by_role("button", name="显示").first.click()
    expect(page.locator("body")).to_contain_text(own.people[0].phone)


def test_pages_with_people_and_forms_fit_and_have_no_accessibility_faults(
    town, browser_page, live_server, axe_violations, overflow
):
    _, own, clerk = town
    hub, member, household = own.hubs[0], own.members[0], own.households[0]
    move = reverse("grids:node_move", args=[household.pk])
    pages = [
        own.groups[0].get_absolute_url(),
        member.get_absolute_url(),
        reverse("grids:node_close", args=[hub.pk]),
        reverse("grids:post_add") + f"?node={hub.pk}",
        f"{move}?to={own.members[1].pk}",
    ]
    page = enter(browser_page, clerk, live_server)
    faults = {}
    for url in pages:
        assert page.goto(url).status == 200
        faults[url] = (overflow(page), axe_violations(page))
    assert faults == {url: (0, []) for url in pages}
