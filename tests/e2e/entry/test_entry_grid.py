"""The paste grid over a made-up town: an input method, keys, choices, pasting, undoing."""

import pytest
from playwright.sync_api import expect

from tests.e2e.entry_harness.desk import COUNT, DAY, GROUP, NAME, PHONE, REMARK, block

TITLES = "户主\t手机\t入党时间\t血型"


# --- typing -----------------------------------------------------------------------------------------


def test_an_input_method_works_on_a_selected_cell_and_no_letter_leaks(opened):
    desk = opened()
    desk.at(2, NAME).compose("n", "ni", "ni'h", "ni'hao", final="你好")
    expect(desk.page.locator(".entry-area")).to_have_value("你好")
    desk.press("Enter")
    expect(desk.cell(2, NAME)).to_have_text("你好")
    expect(desk.cell(3, NAME)).to_have_text("演示户3")
    expect(desk.page.locator(".entry-area")).to_have_value("")


def test_keys_belong_to_the_input_method_while_it_composes(opened):
    desk = opened()
    desk.at(2, NAME).compose("zhong", final=None)
    stopped = desk.page.evaluate("""() => ["Enter", "Tab", "ArrowDown", "Escape", "F8", "s"].map((key) => {
        const given = {key, keyCode: 229, isComposing: true, ctrlKey: key === "s", cancelable: true};
        const event = new KeyboardEvent("keydown", Object.assign({bubbles: true}, given));
        document.querySelector(".entry-area").dispatchEvent(event);
        return event.defaultPrevented;
    })""")
    assert stopped == [False] * 6
    desk.compose(final="中")
    desk.press("Tab")
    expect(desk.cell(2, NAME)).to_have_text("中")
    expect(desk.cell(1, NAME)).to_have_text("演示户1")


def test_leaving_a_composition_with_the_mouse_loses_nothing(opened):
    desk = opened()
    desk.at(2, REMARK).compose("bei", final=None)
    desk.at(4, NAME)
    expect(desk.cell(2, REMARK)).to_have_text("bei")
    expect(desk.cell(4, NAME)).to_have_text("演示户4")
    desk.type("李四")
    expect(desk.cell(4, NAME)).to_have_text("李四")


def test_a_composition_on_a_read_only_cell_changes_nothing(opened):
    desk = opened()
    desk.at(2, 0).compose("ni", final="你")
    desk.press("Enter")
    expect(desk.cell(2, 0)).to_have_text("H0002")
    expect(desk.part("said")).to_contain_text("只读")


def test_keys_move_and_edit_as_in_excel(opened):
    desk = opened()
    desk.at(2, NAME).type("王", "Tab")
    desk.type("第二党小组", "Tab")
    desk.type("13900000000")
    assert (
        desk.page.locator("td[aria-selected=true]").get_attribute("id") == f"r3-{NAME}"
    )  # under where Tab began
    desk.press("F2")
    desk.type("的家")
    expect(desk.cell(3, NAME)).to_have_text("演示户3的家")
    desk.at(3, NAME).press("F2")
    desk.page.keyboard.type("不要")
    desk.press("Escape")
    expect(desk.cell(3, NAME)).to_have_text("演示户3的家")
    desk.press("Control+End")
    expect(desk.cell(12, REMARK)).to_have_attribute("aria-selected", "true")
    desk.press("Control+Home", "ArrowRight", "Control+ArrowDown")
    expect(desk.cell(12, NAME)).to_have_attribute("aria-selected", "true")
    desk.press("Shift+Enter", "Home", "End", "PageUp")
    expect(desk.cell(1, REMARK)).to_have_attribute("aria-selected", "true")


def test_delete_empties_the_range_and_undo_fills_it_again(opened):
    desk = opened()
    desk.at(1, NAME).press("Shift+ArrowDown", "Shift+ArrowRight", "Delete")
    assert [desk.cell(row, column).inner_text() for row in (1, 2) for column in (NAME, GROUP)] == [""] * 4
    desk.press("Control+z")
    expect(desk.cell(2, NAME)).to_have_text("演示户2")
    desk.press("Control+y")
    expect(desk.cell(2, NAME)).to_have_text("")


def test_choices_are_found_by_initials_and_by_characters(opened):
    desk = opened()
    desk.at(1, GROUP).type("ds", "Tab")
    expect(desk.cell(1, GROUP)).to_have_text("第三党小组")
    desk.at(1, GROUP).compose("di", final="第")
    expect(desk.page.locator(".entry-options [role=option]")).to_have_count(3)
    desk.press("ArrowDown", "Enter")
    expect(desk.cell(1, GROUP)).to_have_text("第二党小组")
    desk.at(1, GROUP)
    desk.page.locator(".entry-drop").click()
    desk.page.locator(".entry-options li", has_text="第一党小组").click()
    expect(desk.cell(1, GROUP)).to_have_text("第一党小组")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2016.7.1", "2016-07-01"),
        ("2016年7月", "2016-07"),
        ("201607", "2016-07"),
        ("20160701", "2016-07-01"),
        ("2016/7/1", "2016-07-01"),
        ("２０１６．７．１", "2016-07-01"),
        ("2016年7月1日", "2016-07-01"),
    ],
)
def test_a_day_in_any_form_is_shown_in_one(opened, typed, shown):
    desk = opened(rows=2)
    desk.at(1, DAY).type(typed)
    expect(desk.cell(1, DAY)).to_have_text(shown)
    expect(desk.part("faults")).to_be_hidden()


def test_what_cannot_be_right_is_named_at_once(opened):
    desk = opened(rows=4)
    desk.at(1, PHONE).type("1.38E+10")
    desk.at(2, DAY).type("2016.2.30")
    desk.at(3, COUNT).type("31")
    desk.at(4, GROUP).type("第七党小组")
    items = desk.part("fault-list").locator("li")
    expect(items).to_have_count(4)
    expect(items.nth(0)).to_contain_text("第 1 行 联系电话")
    expect(desk.cell(1, PHONE)).to_have_attribute("aria-invalid", "true")
    expect(desk.part("status")).to_contain_text("错 4")


def test_long_numbers_stay_text(opened):
    desk = opened(rows=2)
    desk.at(1, NAME).paste("00123\t\t０１３８0000 0001\r\n")
    expect(desk.cell(1, NAME)).to_have_text("00123")
    expect(desk.cell(1, PHONE)).to_have_text("013800000001")


# --- pasting ----------------------------------------------------------------------------------------


def test_paste_reads_quotes_breaks_and_the_last_line_break(opened):
    desk = opened(rows=4)
    desk.at(1, NAME).paste('"甲""大"""\t第一党小组\r\n"乙\n丙"\t第二党小组\r\n')
    expect(desk.cell(1, NAME)).to_have_text('甲"大"')
    assert desk.cell(2, NAME).text_content() == "乙\n丙"
    expect(desk.cell(3, NAME)).to_have_text("演示户3")
    desk.at(1, NAME).press("Shift+ArrowDown", "Control+c")
    assert desk.clipboard() == '甲"大"\n"乙\n丙"'


def test_paste_past_the_last_row_adds_rows_and_one_undo_takes_them_away(opened):
    desk = opened(rows=3)
    desk.at(3, NAME).paste(block(5))
    expect(desk.part("status")).to_contain_text("共 7 行")
    expect(desk.part("notice")).to_contain_text("1 行改在已有的行上，4 行是新增")
    expect(desk.cell(7, NAME)).to_have_text("农户5")
    expect(desk.page.locator(".entry-table tbody tr")).to_have_count(8)
    desk.press("Control+z")
    expect(desk.part("status")).to_contain_text("共 3 行 · 改动 0")
    expect(desk.cell(3, NAME)).to_have_text("演示户3")
    expect(desk.page.locator(".entry-table tbody tr")).to_have_count(4)
    desk.press("Control+y")
    expect(desk.cell(7, NAME)).to_have_text("农户5")


def test_a_pasted_row_of_titles_is_mapped_and_unknown_titles_are_named(opened):
    desk = opened(rows=3)
    desk.at(1, REMARK).paste(f"{TITLES}\n甲\t13900000001\t2016.7\tO\n乙\t13900000002\t\tA\n")
    expect(desk.cell(1, NAME)).to_have_text("甲")
    expect(desk.cell(2, PHONE)).to_have_text("13900000002")
    expect(desk.cell(1, DAY)).to_have_text("2016-07")
    expect(desk.part("notice")).to_contain_text("“血型”")
    expect(desk.cell(1, REMARK)).to_have_text("")


def test_one_copied_row_fills_the_selection(opened):
    desk = opened(rows=5)
    desk.at(1, GROUP).press("Shift+ArrowRight", "Control+c")
    desk.at(2, GROUP).press("Shift+ArrowDown", "Shift+ArrowDown", "Control+v")
    assert [desk.cell(row, PHONE).inner_text() for row in range(1, 6)] == ["13800000001"] * 4 + [
        "13800000005"
    ]
    desk.at(1, NAME).press("Shift+ArrowDown", "Control+d")
    expect(desk.cell(2, NAME)).to_have_text("演示户1")


def test_cut_and_paste_move_cells(opened):
    desk = opened(rows=3)
    desk.at(1, NAME).press("Control+x")
    desk.at(3, NAME).press("Control+v")
    expect(desk.cell(1, NAME)).to_have_text("")
    expect(desk.cell(3, NAME)).to_have_text("演示户1")


def test_nothing_is_cut_off_without_a_word(opened):
    desk = opened(rows=3, limit=5)
    desk.at(3, NAME).paste(block(4))
    expect(desk.part("notice")).to_contain_text("最多 5 行")
    expect(desk.part("status")).to_contain_text("改动 0")
    desk.at(1, REMARK).paste("备注\t多出来的\n")
    expect(desk.part("notice")).to_contain_text("右边 1 列超出表格")
    desk.at(1, 0).paste("H9\t王")
    expect(desk.part("notice")).to_contain_text("“编号”")
    expect(desk.cell(1, 0)).to_have_text("H0001")
    expect(desk.cell(1, NAME)).to_have_text("王")


def test_five_hundred_rows_are_pasted_and_checked_within_a_second(opened, record_property):
    desk = opened(rows=1000 - 300)
    desk.at(1, NAME).press("Control+ArrowDown", "ArrowDown", "Control+Home", "ArrowRight")
    desk.paste(block(500))
    desk.page.wait_for_function(
        "performance.getEntriesByName('entry-paste').some(e => e.entryType === 'measure')"
    )
    took = desk.page.evaluate("performance.getEntriesByName('entry-paste', 'measure')[0].duration")
    record_property("milliseconds", round(took))
    print(f"500 rows pasted and checked in {took:.0f} ms")
    expect(desk.part("status")).to_contain_text("错 25")
    assert took < 1000


def test_the_browsers_own_menu_opens_over_an_input_and_can_paste(opened):
    desk = opened(rows=4)
    desk.page.evaluate("addEventListener('contextmenu', (event) => { window.over = event.target.tagName; })")
    desk.cell(2, NAME).click(button="right")
    assert desk.page.evaluate("window.over") == "TEXTAREA"
    desk.press("Escape")
    desk.paste("甲\r\n乙\r\n")
    expect(desk.cell(2, NAME)).to_have_text("甲")
    expect(desk.cell(3, NAME)).to_have_text("乙")


def test_a_drag_of_the_mouse_selects_and_the_row_number_selects_the_row(opened):
    desk = opened(rows=6)
    desk.cell(2, NAME).hover()
    desk.page.mouse.down()
    desk.cell(4, PHONE).hover()
    desk.page.mouse.up()
    expect(desk.part("count")).to_have_text("已选 3 行 × 3 列")
    desk.page.locator("#r5 th").click()
    expect(desk.part("count")).to_have_text("已选 1 行 × 10 列")
    desk.press("Control+c")
    assert desk.clipboard().startswith("H0005\t演示户5\t")
