"""A clerk's path: wrong workbook, two cells mended, one row held, the rest loaded, file back, undone."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from grids.choices import Kind
from grids.imports.actions import load_file
from grids.models import Node, RosterUpload
from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
TITLES = ["序号", "党小组", "党员姓名", "联系电话", "身份证号", "户主姓名", "门牌", "人口", "备注"]
NUMBER = "620102197001011234"
CLEAN = [
    [1, "第一党小组", "白子龙", "13900000001", NUMBER, "王军", "3号", 3, ""],
    [2, "第二党小组", "李明", "13900000002", NUMBER, "周强", "8号", 2, ""],
]
WRONG = [
    [1, "第一党小组", "白子龙", "13900000001", NUMBER, "王军", "3号", 4, ""],
    [2, "", "白子龙", "13900000001", NUMBER, "赵*", "4号", 2, ""],
    [3, "七组", "李明", "13900000002", NUMBER, "孙红", "5号", 2, "住村口"],
    [4, "第二党小组", "李明", "13900000002", NUMBER, "", "6号", 2, ""],
    [5, "第二党小组", "李明", "13900000002", NUMBER, "冯静", "9号", 5, ""],
]


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """As villages send them: a merged title, merged holders, wide columns."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "花名册"
    page.append(["甲村党支部党员联系群众花名册"])
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(TITLES))
    for row in [TITLES, *rows]:
        page.append(row)
    if len(rows) > len(CLEAN):
        page.merge_cells("B3:B4")
    page.column_dimensions["F"].width = 22
    book.save(path)
    return path


@pytest.fixture
def clerk(tmp_path: Path):
    """The office's account in a township that knows 甲村 with two groups."""
    township = TownshipFactory(name="青河乡")
    load_file(path=workbook(tmp_path / "去年.xlsx", CLEAN), township=township, today=date(2026, 9, 1))
    return UserFactory(township=township)


def upload(page: Page, file: Path) -> None:
    page.goto("/grids/imports/new/")
    page.get_by_label("花名册文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/grids/imports/*/")


def row_of(page: Page, text: str) -> Locator:
    return page.locator(".import-rows tbody tr").filter(has_text=text)


def households() -> set[str]:
    return set(Node.objects.filter(kind=Kind.HOUSEHOLD).values_list("name", flat=True))


def test_wrong_workbook_mended_held_confirmed_continued_undone(notebook_page: Page, clerk, tmp_path: Path):
    page = notebook_page
    sign_in(page, clerk)
    upload(page, workbook(tmp_path / "甲村.xlsx", WRONG))
    expect(page.locator(".import-chips")).to_contain_text("错误 3 行")
    expect(page.locator("main")).to_contain_text("身份证号（没有读取，也没有保存）")

    star = row_of(page, "打了星号")
    star.get_by_label("4 行“户主姓名”改为").fill("赵兰")
    star.get_by_role("button", name="改", exact=True).click()
    expect(page.locator(".import-chips")).to_contain_text("错误 2 行")
    unknown = row_of(page, "第七党小组")
    unknown.get_by_label("“第七党小组”改为已有的").select_option("第二党小组")
    unknown.get_by_role("button", name="用已有的").click()
    expect(page.locator(".import-chips")).to_contain_text("错误 1 行")
    page.get_by_role("link", name="有变化").click()
    expect(row_of(page, "王军")).to_contain_text("3 → 4")
    assert households() == {"王军", "周强"}  # nothing is written yet

    page.get_by_role("button", name="只导入正确的 4 行").click()
    expect(page.locator("main")).to_contain_text("正确的行已导入")
    assert households() == {"王军", "周强", "赵兰", "孙红", "冯静"}

    with page.expect_download() as download:
        page.get_by_role("link", name="下载标红文件").click()
    marked = mended_copy(Path(download.value.path()), tmp_path / "甲村（标红）.xlsx")
    upload(page, marked)
    expect(page.locator("main")).to_contain_text("接着上次的导入")
    expect(page.locator(".import-chips")).to_contain_text("错误 0 行")
    page.get_by_role("button", name="确认导入 1 行").click()
    expect(page.locator("main")).to_contain_text("第 2 批")
    assert "钱多" in households()
    assert RosterUpload.objects.count() == 1

    page.get_by_role("button", name="撤销第 2 批导入").click()
    page.locator("#confirm").get_by_role("button", name="继续").click()
    expect(page.locator("main")).to_contain_text("已撤销")
    assert "钱多" not in households()
    page.get_by_role("button", name="撤销第 1 批导入").click()
    page.locator("#confirm").get_by_role("button", name="继续").click()
    expect(page.locator("h1 ~ *").first).to_contain_text("已撤销")
    assert households() == {"王军", "周强"}


def mended_copy(path: Path, target: Path) -> Path:
    """What the clerk does in Excel: looks at the red cell, reads the reason, writes the name."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    page = book["花名册"]
    assert {str(merge) for merge in page.merged_cells.ranges} == {"A1:I1", "B3:B4"}
    assert page.column_dimensions["F"].width == 22
    assert [page.cell(2, column).value for column in range(1, 11)] == [*TITLES, "错误说明"]
    assert page["E3"].value is None
    assert (page["F4"].value, page["B5"].value) == ("赵兰", "第二党小组")  # mended on the page already
    bad = page["F6"]
    assert bad.fill.fgColor.rgb == "FFFFC7CE"
    assert "没有户主姓名" in bad.comment.text
    assert "没有户主姓名" in page.cell(6, 10).value
    assert [page.cell(row, 10).value for row in (3, 4, 5, 7)] == [None] * 4
    bad.value = "钱多"
    book.save(target)
    return target


def test_columns_are_settled_by_hand_and_remembered(
    notebook_page: Page, clerk, tmp_path: Path, axe_violations: Callable[[Page], list[str]]
):
    page = notebook_page
    sign_in(page, clerk)
    book = openpyxl.Workbook()
    for row in [["党支部", "组号", "党员姓名", "当家人"], ["甲村党支部", "第一党小组", "白子龙", "吴平"]]:
        book.worksheets[0].append(row)
    book.save(tmp_path / "甲村.xlsx")
    page.goto("/grids/imports/new/")
    page.get_by_label("花名册文件").set_input_files(tmp_path / "甲村.xlsx")
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/columns/")
    expect(page.locator(".import-columns")).to_contain_text("吴平")
    assert axe_violations(page) == []
    page.get_by_label("B列“组号”作为").select_option("党小组")
    page.get_by_label("D列“当家人”作为").select_option("户主姓名")
    page.get_by_role("button", name="保存并预览").first.click()
    expect(row_of(page, "吴平")).to_contain_text("新增")
    book.worksheets[0].append(["甲村党支部", "第二党小组", "李明", "郑光"])
    book.save(tmp_path / "甲村十月.xlsx")
    upload(page, tmp_path / "甲村十月.xlsx")  # goes straight to the preview
    expect(row_of(page, "郑光")).to_contain_text("新增")
    page.get_by_role("link", name="对应列").click()
    page.get_by_role("button", name="忘记这种对应").click()
    expect(page.locator(".import-columns")).to_contain_text("没有认准")


def test_pages_fit_the_screen_and_are_accessible(
    browser_page: Page,
    clerk,
    tmp_path: Path,
    axe_violations: Callable[[Page], list[str]],
    overflow: Callable[[Page], int],
):
    page = browser_page
    sign_in(page, clerk)
    upload(page, workbook(tmp_path / "甲村.xlsx", WRONG))
    addresses = [page.url, f"{page.url}columns/", f"{page.url}?show=changing", "/grids/imports/"]
    for address in addresses:
        page.goto(address)
        assert axe_violations(page) == []
        assert overflow(page) == 0
    page.goto(addresses[0])
    page.get_by_role("button", name="只导入正确的").click()
    expect(page.locator("main")).to_contain_text("部分导入")
    assert overflow(page) == 0
    page.get_by_role("button", name="不再处理其余的行").click()
    page.locator("#confirm").get_by_role("button", name="继续").click()
    page.get_by_role("link", name="甲村.xlsx").click()
    expect(page.locator("main")).to_contain_text("第 1 批")
    assert axe_violations(page) == []
    assert overflow(page) == 0
