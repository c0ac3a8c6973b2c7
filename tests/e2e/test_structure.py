"""Structure work in a browser: move with a preview, split with live numbers, merge, raise, undo, gaps."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from grids import tree
from grids.choices import Role
from grids.models import Node
from tests import factories


@pytest.fixture
def town(transactional_db):
    """Two villages and their office."""
    township = factories.TownshipFactory(name="青河乡")
    own = factories.village(township, "东坡村", groups=2, hubs=2, members=2, households=3)
    factories.village(township, "石桥村")
    factories.appoint(own.people[0], Role.SECRETARY, own.root)
    factories.group_leader(own)
    return own, factories.UserFactory(township=township)


def enter(page: Page, user, live_server) -> Page:
    """A session without the sign-in page, which has tests of its own."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def test_households_are_moved_together_and_brought_back(town, notebook_page, live_server):
    own, clerk = town
    page = enter(notebook_page, clerk, live_server)
    page.goto(own.members[0].get_absolute_url())
    page.get_by_role("link", name="结构调整").click()
    page.get_by_role("link", name="调整多个下级").click()
    page.get_by_label("全部选中").check()
    expect(page.get_by_text("已选 3 项")).to_be_visible()
    page.get_by_role("button", name="下一步：选去处").click()
    page.get_by_role("link", name=f"放到{own.members[1].name}").click()
    expect(page.get_by_role("main")).to_contain_text("3户农户")
    expect(page.get_by_role("main")).to_contain_text("附件4 党员联系群众花名册：东坡村党支部 3 行")
    page.get_by_label("原因").fill("就近")
    page.get_by_role("button", name="确认调整").click()
    expect(page.get_by_role("status").first).to_contain_text("已把 3 项调整到")
    assert Node.objects.filter(parent=own.members[1]).count() == 6
    page.get_by_role("link", name="查看或撤销这次操作").click()
    page.get_by_role("link", name="撤销这次操作").click()
    page.get_by_role("main").get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status").first).to_contain_text("撤销")
    assert Node.objects.filter(parent=own.members[1]).count() == 3


def test_a_grid_is_split_with_both_sides_counted_at_every_tick(town, notebook_page, live_server):
    own, clerk = town
    page = enter(notebook_page, clerk, live_server)
    page.goto(reverse("grids:split", args=[own.grids[0].pk]))
    sides = page.locator("#sides")
    expect(sides).to_contain_text("党员 4 名")
    page.get_by_label(own.hubs[1].name).check()
    expect(sides.get_by_text("党员 2 名")).to_have_count(2)
    expect(sides).to_contain_text("第3党小组")
    expect(sides).to_contain_text("不再看到")
    page.get_by_label("一社").select_option("both")
    page.get_by_role("button", name="确认拆分").click()
    expect(page.get_by_role("status").first).to_contain_text("拆分出“第3网格”")
    assert tree.verify() == []


def test_two_grids_are_merged_and_a_branch_is_raised(town, notebook_page, live_server):
    own, clerk = town
    page = enter(notebook_page, clerk, live_server)
    page.goto(reverse("grids:merge", args=[own.grids[1].pk]))
    page.get_by_role("link", name="并入第1网格").click()
    expect(page.get_by_role("main")).to_contain_text("党小组“第2党小组”注销")
    page.get_by_role("button", name="确认合并").click()
    expect(page.get_by_role("status").first).to_contain_text("并入“第1网格”")
    page.goto(reverse("grids:raise", args=[own.root.pk]))
    page.get_by_label("党支部二").fill("")
    page.get_by_label("批准文号").fill("青党发〔2026〕8号")
    page.get_by_label("党支部一").fill("东坡村东片党支部")
    page.get_by_label("党支部一").press("Tab")
    expect(page.locator("#branches")).to_contain_text("东坡村东片党支部")
    page.get_by_role("button", name="确认升格").click()
    expect(page.get_by_role("status").first).to_contain_text("已升格为“东坡村党总支”")
    assert tree.verify() == []


def test_a_gap_is_mended_from_its_row(town, notebook_page, live_server):
    own, clerk = town
    tree.move(node=own.households[0], to=own.groups[0])
    page = enter(notebook_page, clerk, live_server)
    page.goto(reverse("grids:gaps"))
    page.get_by_role("link", name="农户没有联系党员").first.click()
    page.get_by_role("link", name=f"{own.households[0].name}：联户").click()
    page.get_by_role("link", name=f"放到{own.members[0].name}").click()
    page.get_by_role("button", name="确认调整").click()
    expect(page.get_by_role("status").first).to_contain_text("已把")
    assert Node.objects.get(pk=own.households[0].pk).parent_id == own.members[0].pk


def test_pages_fit_and_have_no_accessibility_faults(
    town, browser_page, live_server, axe_violations, overflow
):
    own, clerk = town
    tree.move(node=own.households[0], to=own.groups[0])
    many = f"{reverse('grids:children_move', args=[own.members[1].pk])}?pick={own.households[3].pk}"
    pages = [
        reverse("grids:structure", args=[own.root.pk]),
        reverse("grids:children_move", args=[own.members[1].pk]),
        many,
        f"{many}&to={own.members[0].pk}",
        f"{reverse('grids:node_move', args=[own.hubs[0].pk])}?to={own.groups[1].pk}",
        reverse("grids:split", args=[own.grids[0].pk]),
        reverse("grids:split", args=[own.hubs[0].pk]),
        reverse("grids:merge", args=[own.grids[0].pk]),
        f"{reverse('grids:merge', args=[own.grids[0].pk])}?into={own.grids[1].pk}",
        reverse("grids:raise", args=[own.root.pk]),
        reverse("grids:industry", args=[own.root.pk]),
        reverse("grids:gaps"),
        f"{reverse('grids:gaps')}?kind=unlinked",
        reverse("grids:gap_lane", args=[own.root.villager_groups.get().pk]),
    ]
    page = enter(browser_page, clerk, live_server)
    faults = {}
    for url in pages:
        assert page.goto(url).status == 200
        faults[url] = (overflow(page), axe_violations(page))
    assert faults == {url: (0, []) for url in pages}


def test_structure_work_needs_no_script(town, browser, live_server):
    own, clerk = town
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="zh-CN")
    page = enter(context.new_page(), clerk, live_server)
    page.goto(reverse("grids:split", args=[own.grids[0].pk]))
    page.get_by_label(own.hubs[1].name).check()
    page.get_by_role("button", name="重新计算两边").click()
    assert page.locator("#sides").inner_text().count("党员 2 名") == 2
    assert page.get_by_label(own.hubs[1].name).is_checked()
    page.get_by_role("button", name="确认拆分").click()
    assert "拆分出“第3网格”" in page.locator(".notice-success").inner_text()
    context.close()
