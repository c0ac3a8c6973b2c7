"""People in a browser: namesakes while typing, a handover from the closing page, a merge and its undoing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from grids.choices import Role
from grids.models import Node, Person, Post
from liaison.choices import Level
from liaison.models import Contact
from tests import factories


@pytest.fixture
def town(transactional_db):
    """A village whose first member leads a group, has a contact, and was entered a second time."""
    township = factories.TownshipFactory(name="青河乡")
    own = factories.village(township, "东坡村", groups=2, hubs=2, members=2, households=3)
    leader = own.people[0]
    post = factories.appoint(leader, Role.GROUP_LEADER, own.groups[0])
    Post.objects.filter(pk=post.pk).update(term_until=localdate() + timedelta(days=20))
    factories.appoint(leader, Role.COMMITTEE, own.root)
    Contact.objects.create(township=township, level=Level.COMMITTEE, holder=leader, target=own.groups[1])
    twin = factories.PersonFactory(
        township=township, root=own.root, name=leader.name, phone=f"137{leader.phone[3:]}"
    )
    return own, leader, twin, post, factories.UserFactory(township=township)


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


def test_a_namesake_shows_while_one_types_and_is_confirmed(town, enter, notebook_page):
    own, leader, _, _, clerk = town
    page = enter(notebook_page, clerk)
    page.goto(reverse("grids:person_add") + f"?root={own.root.pk}")
    page.get_by_label("姓名", exact=False).first.press_sequentially(leader.name)
    expect(page.locator(".twins")).to_contain_text("2 个同名的人")
    page.get_by_label("联系电话").press_sequentially(f"136{leader.phone[3:]}")
    expect(page.locator(".twins")).to_contain_text("很可能是同一人")
    page.get_by_label("确认不是同一人").check()
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/grids/people/*/")
    assert Person.objects.filter(name=leader.name).count() == 3


def test_somebody_leaves_and_all_is_handed_over_and_taken_back(town, enter, notebook_page):
    own, leader, _, _, clerk = town
    page = enter(notebook_page, clerk)
    page.goto(reverse("grids:node_close", args=[own.members[0].pk]))
    page.get_by_role("link", name="先办交接").click()
    expect(page.get_by_label("党员位置")).to_have_value("transferred")
    mate = own.people[1]
    page.get_by_label("农户全部交给").select_option(str(mate.pk))
    page.get_by_role("button", name="办理交接").click()
    page.wait_for_url(f"**{leader.get_absolute_url()}")
    assert not Post.objects.filter(person=leader, until=None).exists()
    assert Node.objects.get(pk=own.members[0].pk).closed_on == localdate()
    assert Node.objects.filter(parent=own.members[1], kind="household").count() == 6
    assert not Contact.objects.filter(holder=leader, until=None).exists()
    page.get_by_role("link", name="查看或撤销").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("交接")


def test_two_records_are_compared_and_merged(town, enter, notebook_page):
    _, leader, twin, _, clerk = town
    page = enter(notebook_page, clerk)
    page.goto(reverse("grids:duplicates"))
    page.get_by_role("link", name="比较并合并").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("合并两条记录")
    page.get_by_label(twin.phone).check()
    page.get_by_label("已核实是同一个人").check()
    page.get_by_role("button", name="合并为一条记录").click()
    page.wait_for_url(f"**{leader.get_absolute_url()}")
    expect(page.locator("main")).to_contain_text("合并进来的记录")
    leader.refresh_from_db()
    assert leader.phone == twin.phone
    page.goto(twin.get_absolute_url())
    expect(page.locator("main")).to_contain_text("已并入")


def test_pages_of_people_fit_and_have_no_accessibility_faults(
    town, enter, browser_page, axe_violations, overflow
):
    own, leader, twin, post, clerk = town
    pages = [
        leader.get_absolute_url(),
        reverse("grids:person_handover", args=[leader.pk]),
        reverse("grids:duplicates"),
        reverse("grids:person_merge", args=[leader.pk]),
        reverse("grids:person_merge", args=[leader.pk]) + f"?with={twin.pk}",
        reverse("grids:post_edit", args=[post.pk]),
        reverse("grids:post_end", args=[post.pk]),
        reverse("grids:post_add") + f"?node={own.root.pk}",
        reverse("grids:posts") + "?term=soon",
        reverse("grids:people") + "?term=soon",
    ]
    page = enter(browser_page, clerk)
    faults = {}
    for url in pages:
        assert page.goto(url).status == 200
        faults[url] = (overflow(page), axe_violations(page))
    assert faults == {url: (0, []) for url in pages}
    page.goto(reverse("grids:person_add") + f"?root={own.root.pk}")
    page.locator("#id_name").press_sequentially(leader.name)
    expect(page.locator(".twins .notice")).to_be_visible()
    assert (overflow(page), axe_violations(page)) == (0, [])
