"""The paste grid over a made-up town: faults, filters, saving, drafts, clashes, access."""

import pytest
from playwright.sync_api import expect

from tests.e2e.entry_harness.desk import NAME, PHONE, REMARK, block

# --- faults, filters, rows --------------------------------------------------------------------------


def test_f8_walks_through_the_faults_and_a_click_in_the_list_goes_to_the_cell(opened):
    desk = opened(rows=2)
    desk.at(3, NAME).paste(block(60))
    expect(desk.part("fault-title")).to_have_text("错误（3）")
    desk.press("F8")
    expect(desk.cell(22, PHONE)).to_have_attribute("aria-selected", "true")
    desk.press("F8", "F8", "F8", "Shift+F8")
    expect(desk.cell(62, PHONE)).to_have_attribute("aria-selected", "true")
    desk.part("fault-list").locator("button").nth(1).click()
    expect(desk.cell(42, PHONE)).to_have_attribute("aria-selected", "true")
    desk.type("13900000000")
    expect(desk.part("fault-title")).to_have_text("错误（2）")


def test_the_server_judges_cleans_and_tells_of_the_bands(opened):
    desk = opened(rows=45)
    desk.at(1, NAME).type("wang")
    expect(desk.part("fault-list")).to_contain_text("姓名应为汉字")
    desk.at(2, NAME).type("李 四")
    expect(desk.cell(2, NAME)).to_have_text("李四")
    expect(desk.part("bands")).to_contain_text("✔ 本次改动后：第三党小组 15 户")
    desk.at(46, NAME).type("新户", "Tab")
    desk.type("ds", "Enter")
    expect(desk.part("bands")).to_contain_text("⚠ 本次改动后：第三党小组 16 户")
    desk.at(3, REMARK).type("长" * 31)
    expect(desk.part("status")).to_contain_text("提醒 1")


def test_a_new_row_is_not_scolded_while_it_is_being_typed(opened):
    desk = opened(rows=1)
    with desk.page.expect_response("**/check/"):
        desk.at(2, PHONE).type("13900000001", "Tab")
    expect(desk.part("faults")).to_be_hidden()
    desk.press("ArrowUp")
    expect(desk.part("fault-list")).to_contain_text("第 2 行 户主姓名")


def test_filters_show_only_changed_or_faulty_rows(opened):
    desk = opened(rows=20)
    desk.at(5, NAME).type("甲")
    desk.at(9, PHONE).type("12")
    lines = desk.page.locator(".entry-table tbody tr")
    desk.part("filter").select_option("changed")
    expect(lines).to_have_count(2)
    desk.part("filter").select_option("errors")
    expect(lines).to_have_count(1)
    expect(lines.locator("th")).to_have_text("9 ✖")
    desk.at(1, PHONE).press("Control+z")
    expect(lines).to_have_count(21)
    expect(desk.part("filter")).to_have_value("all")


def test_rows_are_added_and_only_new_ones_removed(opened):
    desk = opened(rows=2)
    desk.part("more").click()
    expect(desk.page.locator(".entry-table tbody tr")).to_have_count(13)
    desk.type("甲")
    desk.at(3, NAME)
    desk.part("remove").click()
    expect(desk.part("status")).to_contain_text("共 2 行 · 改动 0")
    desk.at(1, NAME)
    desk.part("remove").click()
    expect(desk.part("said")).to_contain_text("不能在这里移除")
    expect(desk.part("status")).to_contain_text("共 2 行 · 改动 0")


def test_a_row_may_be_marked_for_closing_where_that_is_allowed(opened):
    desk = opened(rows=2, actions=["close"])
    desk.at(2, NAME)
    desk.part("remove").click()
    expect(desk.page.locator("#r2 th")).to_have_text("2 销")
    desk.press("Control+s")
    desk.page.wait_for_url("**/saved/")
    assert list(desk.town.rows) == [1]


# --- saving, drafts, clashes ------------------------------------------------------------------------


def test_saving_writes_what_is_on_the_page(opened):
    desk = opened(rows=2)
    desk.at(1, NAME).type("甲")
    desk.at(3, NAME).type("乙")
    desk.press("Control+s")
    desk.page.wait_for_url("**/saved/")
    assert [desk.town.rows[key]["name"] for key in (1, 2, 3)] == ["甲", "演示户2", "乙"]


def test_a_refused_save_leads_to_the_first_fault(opened):
    desk = opened(rows=3)
    desk.at(3, NAME).type("zhao")
    desk.part("save").click()
    expect(desk.part("notice")).to_contain_text("没有保存")
    expect(desk.cell(3, NAME)).to_have_attribute("aria-selected", "true")
    assert desk.town.rows[3]["name"] == "演示户3"


def test_two_clerks_on_one_cell_choose(opened):
    desk = opened(rows=3)
    desk.at(1, NAME).type("我的甲")
    desk.at(2, PHONE).type("13911111111")
    desk.town.change(1, "name", "对方甲")
    desk.town.change(2, "phone", "13922222222")
    desk.town.change(2, "remark", "对方的备注")
    desk.press("Control+s")
    dialog = desk.part("conflicts")
    expect(dialog).to_contain_text("第 1 行 我的甲")
    expect(dialog).to_contain_text("用对方的：对方甲")
    expect(dialog).to_contain_text("用我的：13911111111")
    expect(desk.part("conflict-save")).to_be_disabled()
    desk.part("conflict-mine").click()
    dialog.get_by_label("用对方的：对方甲").check()
    desk.part("conflict-save").click()
    desk.page.wait_for_url("**/saved/")
    assert (desk.town.rows[1]["name"], desk.town.rows[2]["phone"]) == ("对方甲", "13911111111")


def test_a_draft_is_kept_and_offered_on_return(opened):
    desk = opened(rows=3)
    desk.at(1, NAME).type("甲")
    desk.at(4, NAME).type("新户")
    with desk.page.expect_response("**/draft/"):
        desk.page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(desk.part("status")).to_contain_text("草稿已保存 14:32")
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.open()
    expect(desk.part("draft")).to_contain_text("发现 14:32 的草稿（2 行）")
    desk.part("restore").click()
    expect(desk.cell(1, NAME)).to_have_text("甲")
    expect(desk.cell(4, NAME)).to_have_text("新户")
    desk.press("Control+z")
    expect(desk.cell(1, NAME)).to_have_text("演示户1")


def test_a_draft_not_yet_decided_upon_is_not_overwritten(opened):
    desk = opened(rows=3)
    desk.town.draft = {
        "at": "14:32",
        "rows": [{"id": 1, "seen": "1", "cells": {**desk.town.rows[1], "name": "甲"}}],
    }
    desk.open()
    desk.at(2, NAME).type("乙")
    with desk.page.expect_response("**/draft/"):
        desk.page.evaluate("window.dispatchEvent(new Event('blur'))")
    assert [row["cells"]["name"] for row in desk.town.draft["rows"]] == ["甲", "乙"]
    with desk.page.expect_response("**/draft/"):
        desk.part("discard").click()
    assert [row["cells"]["name"] for row in desk.town.draft["rows"]] == ["乙"]


def test_the_draft_is_sent_by_itself_within_twenty_seconds(opened):
    desk = opened(rows=1)
    desk.page.clock.install()
    desk.open()
    desk.at(1, NAME).type("甲")
    with desk.page.expect_response("**/draft/"):
        desk.page.clock.run_for(20_000)
    assert desk.town.draft["rows"][0]["cells"]["name"] == "甲"


def test_leaving_with_unsaved_changes_asks(opened):
    desk = opened(rows=1)
    asked = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.at(1, NAME).type("甲")
    desk.page.locator("#after").click()
    desk.page.wait_for_url("**/saved/")
    assert asked == ["beforeunload"]


def test_a_lost_session_or_line_loses_nothing(opened):
    desk = opened(rows=1)
    desk.town.options["signed_out"] = True
    desk.at(1, NAME).type("甲")
    desk.press("Control+s")
    expect(desk.part("notice")).to_contain_text("登录已过期")
    expect(desk.part("login")).to_be_visible()
    desk.page.context.set_offline(True)
    desk.press("Control+s")
    expect(desk.part("notice")).to_contain_text("网络不通")
    desk.page.context.set_offline(False)
    desk.town.options["signed_out"] = False
    desk.at(1, REMARK).type("还在")
    expect(desk.part("notice")).to_be_hidden()
    desk.press("Control+s")
    desk.page.wait_for_url("**/saved/")
    assert desk.town.rows[1]["name"] == "甲"


# --- everybody can use it ---------------------------------------------------------------------------


@pytest.mark.parametrize("way", [("F6",), ("Escape", "Tab")])
def test_the_keyboard_can_leave_the_grid(opened, way):
    desk = opened(rows=2)
    desk.at(1, NAME).press("Tab", *way)
    assert desk.page.evaluate("document.activeElement.closest('.entry-box') === null")
    desk.press("Shift+Tab")
    expect(desk.page.locator(".entry-area")).to_be_focused()


@pytest.mark.parametrize("screen", ["notebook", "phone"])
@pytest.mark.parametrize("query", ["", "?large=1&contrast=1"])
def test_the_grid_fits_and_has_no_accessibility_faults(opened, axe_violations, overflow, screen, query):
    desk = opened(rows=30, screen=screen, query=query)
    desk.page.evaluate("document.querySelector('.entry-area').focus()")
    desk.type("wang")
    expect(desk.part("fault-list")).to_contain_text("姓名应为汉字")
    desk.press("ArrowRight", "F2")
    expect(desk.page.locator(".entry-options")).to_be_visible()
    assert axe_violations(desk.page) == []
    assert overflow(desk.page) == 0


def test_on_a_phone_one_tap_selects_and_another_edits(opened):
    desk = opened(rows=30, screen="phone")
    desk.cell(3, NAME).tap()
    expect(desk.cell(3, NAME)).to_have_attribute("aria-selected", "true")
    expect(desk.page.locator(".entry-area")).not_to_be_focused()
    desk.cell(3, NAME).tap()
    expect(desk.page.locator(".entry-area")).to_be_focused()
    desk.type("家")
    expect(desk.cell(3, NAME)).to_have_text("演示户3家")


def test_without_javascript_the_page_offers_the_workbook(browser, serving):
    url, town = serving
    town.reset(1)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_role("link", name="下载工作簿模板")).to_be_visible()
    expect(page.locator(".entry-toolbar")).to_be_hidden()
    context.close()
