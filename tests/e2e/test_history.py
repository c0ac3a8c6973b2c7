"""Histories in a browser: an undo by its preview, a value put back, a day looked up; all pages whole."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, make_aware
from playwright.sync_api import Page, expect

from grids.actions import nodes as places
from grids.actions.undo import undo
from grids.models import Node
from grids.queries.footprints import tracked_models
from tests import factories
from tests.e2e.signing_in import sign_in
from township.history import records_of
from township.models import Action

pytestmark = pytest.mark.django_db(transaction=True)
DAYS_AGO = 20


class Town:
    """A village of three weeks ago with changes of today."""

    def __init__(self) -> None:
        self.township = factories.TownshipFactory(name="青河乡")
        self.own = factories.village(self.township, "东坡村", groups=2, hubs=2, members=2, households=4)
        self.secretary = factories.secretary(self.own)
        self.clerk = factories.UserFactory(township=self.township)
        self.then = localdate() - timedelta(days=DAYS_AGO)
        for model in tracked_models():
            records_of(model).objects.update(history_date=make_aware(datetime.combine(self.then, time(9))))
        self.hub, self.household = self.own.hubs[0], self.own.households[0]
        self.old_name = self.hub.name
        places.change_node(node=self.hub, data={"name": "东坡新户"}, by=self.clerk, reason="换牌")
        self.renamed = Action.objects.latest("pk")
        places.move_node(node=self.household, to=self.own.members[-1], by=self.secretary, reason="就近联系")
        self.moved = Action.objects.latest("pk")


@pytest.fixture
def town() -> Town:
    """The village and its people."""
    return Town()


def test_a_mistaken_change_is_found_previewed_and_undone(town: Town, browser_page: Page):
    page = browser_page
    sign_in(page, town.secretary)
    page.goto(reverse("grids:actions"))
    page.get_by_role("link", name="修改资料").first.click()
    expect(page.get_by_text("东坡新户").first).to_be_visible()
    page.get_by_role("link", name="撤销这次操作").click()
    expect(page.get_by_role("table")).to_contain_text("中心户（示范岗）")
    page.get_by_label("撤销原因").fill("牌子没换")
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.locator("body")).to_contain_text("已撤销“修改资料”")
    page.goto(town.hub.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text(town.old_name)


def test_an_old_value_is_put_back_from_the_history(town: Town, browser_page: Page):
    page = browser_page
    sign_in(page, town.secretary)
    page.goto(town.household.get_absolute_url())
    page.get_by_role("link", name="全部历史、恢复旧值").click()
    page.get_by_role("button", name=f"上级恢复为{town.own.members[0].name}").click()
    expect(page.locator("body")).to_contain_text("已恢复旧值")
    expect(page.locator(".history > li").first).to_contain_text("恢复旧值")
    assert Node.objects.get(pk=town.household.pk).parent_id == town.own.members[0].pk


def test_a_day_is_picked_on_the_tree_and_followed_to_a_household(town: Town, notebook_page: Page):
    page = notebook_page
    sign_in(page, town.secretary)
    page.goto(reverse("grids:tree"))
    page.get_by_text("查看某一天的情况").click()
    page.get_by_label("哪一天").fill(f"{town.then:%Y-%m-%d}")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text(f"{town.then:%Y-%m-%d} 的情况")).to_be_visible()
    group = page.locator("tr.tree-row", has_text=town.own.groups[0].name).first
    group.get_by_role("link", name=f"展开{town.own.groups[0].name}").click()
    expect(page.get_by_role("link", name=town.old_name, exact=True)).to_be_visible()
    expect(page.get_by_text("东坡新户")).to_have_count(0)
    page.goto(reverse("grids:node_then", args=[town.household.pk]) + f"?on={town.then:%Y-%m-%d}")
    expect(page.locator("ol.chain")).to_contain_text(town.own.members[0].name)
    page.get_by_role("link", name="回到现在").click()
    expect(page.locator("ol.chain")).to_contain_text(town.own.members[-1].name)


def test_the_pages_fit_and_have_no_accessibility_faults(
    town: Town, browser_page: Page, axe_violations: Callable, overflow: Callable
):
    page = browser_page
    sign_in(page, town.clerk)
    undo(action=town.moved, by=town.clerk)
    on = f"?on={town.then:%Y-%m-%d}"
    addresses = [
        reverse("grids:actions"),
        reverse("grids:action", args=[town.renamed.pk]),
        reverse("grids:action", args=[town.moved.pk]),
        reverse("grids:action_undo", args=[town.renamed.pk]),
        reverse("grids:action_undo", args=[town.moved.pk]),
        reverse("grids:timeline", args=["node", town.hub.pk]),
        reverse("grids:timeline", args=["person", town.own.people[0].pk]),
        reverse("grids:node_then", args=[town.household.pk]),
        reverse("grids:node_then", args=[town.household.pk]) + on,
        reverse("grids:tree") + on,
        reverse("grids:tree") + "?on=2020-01-01",
        reverse("grids:node_list", args=["household"]) + on,
        reverse("reports:annex", args=[4]) + on,
    ]
    faults = []
    for address in addresses:
        page.goto(address)
        faults += [f"{address}: {fault}" for fault in axe_violations(page)]
        if overflow(page) > 0:
            faults.append(f"{address}: {overflow(page)} px too wide")
    assert faults == []
