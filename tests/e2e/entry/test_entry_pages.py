"""The paste grid on the pages of the product: pasting, mending, saving, clashes, drafts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from grids.models import Node
from tests import factories
from tests.e2e.signing_in import sign_in
from township.models import Action

REGISTERS = ["household", "hub", "member", "post", "contact"]
TITLES = "户主姓名\t门牌\t户联系电话\t网格\t血型"


@pytest.fixture
def town(transactional_db):
    """A village of two grids with 24 households, and its office."""
    township = factories.TownshipFactory(name="青河乡")
    return factories.village(township, "东坡村"), factories.UserFactory(township=township)


def open_register(page, user, village, code="household"):
    if page.url == "about:blank":
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        sign_in(page, user)
    page.goto(f"{reverse('grids:entry', args=[code])}?node={village.root.pk}")
    expect(page.locator(".entry-grid.is-ready")).to_be_visible()
    return page


def cell(page, row, column):
    return page.locator(".entry-table tbody tr").nth(row - 1).locator("td").nth(column)


def paste(page, text):
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def test_pasted_households_are_checked_mended_and_saved_as_one_action(town, notebook_page):
    village, clerk = town
    page = open_register(notebook_page, clerk, village)
    expect(page.locator("[data-entry-status]")).to_contain_text("共 24 行")
    page.keyboard.press("Control+End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    paste(
        page, f"{TITLES}\r\n新户甲\t101号\t13900000001\t第1网格\tO\r\n新户乙\t102号\t139000\t第1网格\tA\r\n"
    )
    expect(page.locator("[data-entry-notice]")).to_contain_text("“血型”")
    expect(page.locator("[data-entry-fault-list]")).to_contain_text("第 26 行 户联系电话")
    page.keyboard.press("F8")
    page.keyboard.type("13900000002")
    page.keyboard.press("Enter")
    expect(page.locator("[data-entry-faults]")).to_be_hidden()
    before = Action.objects.count()
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator("[data-entry-said]")).to_contain_text("已保存")
    expect(page.locator("[data-entry-status]")).to_contain_text("共 26 行 · 改动 0")
    assert Node.objects.filter(name__in=["新户甲", "新户乙"]).count() == 2
    assert Action.objects.count() == before + 1


@pytest.fixture
def two_pages(browser, live_server):
    """Two clerks at two machines."""
    contexts = [browser.new_context(base_url=live_server.url, locale="zh-CN") for _ in range(2)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def test_two_clerks_on_one_household_see_both_values(town, two_pages):
    village, clerk = town
    mine = open_register(two_pages[0], clerk, village)
    theirs = open_register(two_pages[1], factories.UserFactory(township=clerk.township), village)
    for page, name in ((mine, "我改的"), (theirs, "对方改的")):
        cell(page, 1, 0).click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    with theirs.expect_navigation():
        theirs.keyboard.press("Control+s")
    mine.keyboard.press("Control+s")
    dialog = mine.locator("[data-entry-conflicts]")
    expect(dialog).to_contain_text("用对方的：对方改的")
    expect(dialog).to_contain_text("用我的：我改的")
    dialog.get_by_text("全部用我的").click()
    with mine.expect_navigation():
        dialog.get_by_text("按所选保存").click()
    expect(cell(mine, 1, 0)).to_have_text("我改的")


def test_a_draft_waits_for_the_clerk_until_it_is_saved(town, notebook_page):
    village, clerk = town
    page = open_register(notebook_page, clerk, village)
    page.on("dialog", lambda dialog: dialog.accept())
    cell(page, 2, 0).click()
    page.keyboard.type("没保存的")
    page.keyboard.press("Enter")
    with page.expect_response("**/draft/**"):
        page.evaluate("window.dispatchEvent(new Event('blur'))")
    open_register(page, clerk, village)
    expect(page.locator("[data-entry-draft]")).to_contain_text("的草稿（1 行）")
    page.locator("[data-entry-restore]").click()
    expect(cell(page, 2, 0)).to_have_text("没保存的")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator("[data-entry-draft]")).to_be_hidden()
    assert Node.objects.filter(name="没保存的").count() == 1


@pytest.mark.parametrize("code", REGISTERS)
def test_every_register_fits_and_has_no_accessibility_faults(
    town, browser_page, code, axe_violations, overflow
):
    village, clerk = town
    page = open_register(browser_page, clerk, village, code)
    page.locator(".entry-area").focus()
    page.keyboard.press("F2")
    assert axe_violations(page) == []
    assert overflow(page) == 0
