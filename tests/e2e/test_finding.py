"""Finding in a browser: the box by keyboard, lists as they were left, and a bulk edit from tick to undo."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from grids.choices import Kind
from grids.models import HouseholdProfile, SavedView, VillagerGroup
from tests import factories

LIST = "/grids/household/"


@pytest.fixture
def town(transactional_db):
    """Two villages and their office."""
    township = factories.TownshipFactory(name="青河乡")
    own = factories.village(township, "东坡村", groups=2, hubs=1, members=1, households=4)
    factories.village(township, "石桥村", groups=1, hubs=1, members=1, households=2)
    VillagerGroup.objects.create(root=own.root, name="二社", position=1)
    return own, factories.UserFactory(township=township)


def enter(page, user, live_server):
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def test_the_box_is_worked_by_keyboard_alone(town, notebook_page, live_server):
    own, clerk = town
    sought = factories.node(Kind.HOUSEHOLD, "单晓霞", own.members[0])
    factories.node(Kind.HOUSEHOLD, "单晓燕", own.members[0])
    page = enter(notebook_page, clerk, live_server)
    page.goto(LIST)
    page.keyboard.press("/")
    expect(page.locator("#global-search")).to_be_focused()
    page.keyboard.type("sx")
    options = page.locator("#suggestions [role=option]")
    expect(options).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#global-search")).to_have_attribute(
        "aria-activedescendant", options.first.get_attribute("id")
    )
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{sought.get_absolute_url()}")


def test_the_ime_key_opens_the_box_and_composing_asks_nothing(town, notebook_page, live_server):
    _, clerk = town
    page = enter(notebook_page, clerk, live_server)
    page.goto(LIST)
    key = (
        "new KeyboardEvent('keydown', { key: '、', bubbles: true, cancelable: true })"  # no key of a keyboard
    )
    page.evaluate(f"document.body.dispatchEvent({key})")
    expect(page.locator("#global-search")).to_be_focused()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "suggest" in request.url else None)
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "dong", "selectionStart": 4, "selectionEnd": 4})
    page.wait_for_function("document.getElementById('global-search').value === 'dong'")
    with page.expect_response("**/suggest/**"):
        session.send("Input.insertText", {"text": "东坡"})
    assert len(asked) == 1
    assert "dong" not in asked[0]


def test_a_list_comes_back_as_it_was_left(town, notebook_page, live_server):
    own, clerk = town
    page = enter(notebook_page, clerk, live_server)
    page.goto(LIST)
    page.locator("#id_village").select_option(str(own.root.pk))
    page.get_by_label("排序").select_option("pinyin")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("link", name="导出 8 户")).to_be_visible()
    page.goto("/")
    page.get_by_role("link", name="农户", exact=True).first.click()
    expect(page.get_by_text("已恢复上次的筛选")).to_be_visible()
    expect(page.get_by_role("link", name="导出 8 户")).to_be_visible()
    page.get_by_text("存为视图").click()
    page.get_by_label("视图名称").fill("东坡")
    page.get_by_role("button", name="保存视图").click()
    expect(page.get_by_role("link", name="东坡", exact=True)).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="清除", exact=True).click()
    expect(page.get_by_role("link", name="导出 10 户")).to_be_visible()
    page.get_by_role("link", name="东坡", exact=True).click()
    expect(page.get_by_role("link", name="导出 8 户")).to_be_visible()


def test_rows_are_ticked_previewed_and_changed(town, browser_page, live_server, overflow, axe_violations):
    own, clerk = town
    page = enter(browser_page, clerk, live_server)
    page.goto(f"{LIST}?village={own.root.pk}")
    page.get_by_label(f"选中{own.households[0].name}").check()
    page.get_by_label(f"选中{own.households[1].name}").check()
    page.get_by_role("button", name="批量修改勾选的 2 条").click()
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.get_by_label("村民小组").select_option(label="二社")
    page.get_by_role("button", name="预览修改资料").click()
    expect(page.get_by_text("现在还没有写入")).to_be_visible()
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="确认修改资料 2 户").click()
    expect(page.get_by_text("已修改资料：2 户农户。")).to_be_visible()
    expect(page.get_by_role("link", name="查看或撤销这次操作")).to_be_visible()
    assert HouseholdProfile.objects.filter(villager_group__name="二社").count() == 2


def test_keys_save_forms_and_show_themselves(town, notebook_page, live_server):
    own, clerk = town
    page = enter(notebook_page, clerk, live_server)
    page.goto(f"{LIST}?group={own.groups[0].pk}&village={own.root.pk}")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="快捷键")).to_be_visible()
    page.keyboard.press("n")  # not while a dialog stands
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/nodes/add/**")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("处需要改正")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("F8")
    expect(page.get_by_label("户主姓名")).to_be_focused()
    page.keyboard.type("n/?单晓霞")
    expect(page.get_by_label("户主姓名")).to_have_value("n/?单晓霞")
    page.get_by_label("户主姓名").fill("单晓霞")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已新增农户“单晓霞”。")).to_be_visible()
    assert "/nodes/add/" in page.url


def test_pages_of_finding_fit_and_have_no_faults(town, browser_page, live_server, overflow, axe_violations):
    own, clerk = town
    SavedView.objects.create(
        by=clerk, township=clerk.township, listing="household", name="未联户", shared=True
    )
    page = enter(browser_page, clerk, live_server)
    for url in (
        f"{LIST}?village={own.root.pk}&state=no_group&sort=strokes",
        reverse("grids:saved_views", args=["household"]),
        "/grids/search/?q=d",
        "/grids/search/?q=d&kind=household",
        "/grids/search/?q=没有",
        "/grids/people/?sort=pinyin",
        "/grids/posts/?sort=strokes",
    ):
        page.goto(url)
        assert (url, axe_violations(page), overflow(page)) == (url, [], 0)
    page.goto(LIST)
    page.get_by_text("显示的列").click()
    page.locator("#global-search").fill("dp")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    assert (axe_violations(page), overflow(page)) == ([], 0)


def test_finding_and_changing_need_no_script(town, browser, live_server):
    own, clerk = town
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="zh-CN")
    page = enter(context.new_page(), clerk, live_server)
    page.goto("/")
    page.locator("#global-search").fill(own.households[0].name)
    page.locator("#global-search").press("Enter")
    expect(page.get_by_role("link", name=own.households[0].name, exact=True)).to_be_visible()
    page.goto(f"{LIST}?village={own.root.pk}")
    page.locator("summary", has_text="显示的列").click()
    page.get_by_role("checkbox", name="人口").uncheck()
    page.get_by_role("button", name="显示这些列").click()
    expect(page.get_by_role("columnheader", name="人口")).to_have_count(0)
    page.get_by_label(f"选中{own.households[0].name}").check()
    page.get_by_role("button", name="批量修改勾选的农户").click()
    page.get_by_label("村民小组").select_option(label="二社")
    page.get_by_role("button", name="预览修改资料").click()
    page.get_by_role("button", name="确认修改资料 1 户").click()
    expect(page.get_by_text("已修改资料：1 户农户。")).to_be_visible()
    context.close()
