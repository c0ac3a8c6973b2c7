"""A clerk's morning: a village's workbook arrives, goes in, is looked at, and comes out as annex 4."""

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from grids import tree
from grids.choices import Kind
from grids.models import Node
from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, UserFactory, secretary, village

pytestmark = pytest.mark.django_db(transaction=True)
ROSTERS = Path(__file__).parents[1] / "grids" / "imports" / "rosters"


@pytest.fixture
def clerk():
    """The office's account in a township without villages."""
    return UserFactory(township=TownshipFactory(name="青河乡"))


def upload(page: Page, file: Path) -> None:
    """From the menu to the preview."""
    page.get_by_role("link", name="导入花名册").first.click()
    page.get_by_label("花名册文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()


def test_from_a_workbook_to_annex_4(notebook_page: Page, clerk):
    page = notebook_page
    sign_in(page, clerk)
    upload(page, ROSTERS / "杨家沟村_flat.xlsx")
    expect(page.locator("main")).to_contain_text("杨家沟村党支部")
    expect(page.locator("main")).to_contain_text("299")
    assert Node.objects.count() == 0
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("main")).to_contain_text("已导入")
    assert Node.objects.filter(kind=Kind.HOUSEHOLD).count() == 299

    page.get_by_role("link", name="网格结构").first.click()
    expect(page.locator("tr.tree-row").first).to_have_attribute("tabindex", "0")  # tree.js is there
    page.locator("tr.tree-row").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("tr.tree-row[aria-level='2']")).to_have_count(6)

    page.get_by_role("link", name="附件1至4").first.click()
    page.goto("/reports/annexes/4/")
    expect(page.locator("main")).to_contain_text("青河乡党组织网格化管理服务工作党员包挂联系花名册")
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    names = {row[6].value for row in book.worksheets[0].iter_rows(min_row=5)}
    assert "阿依古丽·艾合买提" in names


def test_loading_the_same_file_again_says_that_nothing_changes(notebook_page: Page, clerk):
    page = notebook_page
    sign_in(page, clerk)
    upload(page, ROSTERS / "大坪村_member_rows.xlsx")
    page.get_by_role("button", name="确认导入").click()
    before = Node.history.count()
    upload(page, ROSTERS / "大坪村_member_rows.xlsx")
    expect(page.locator("main")).to_contain_text("没有变化")
    assert Node.history.count() == before


def test_a_file_that_is_no_roster_is_refused_in_one_sentence(notebook_page: Page, clerk, tmp_path: Path):
    page = notebook_page
    sign_in(page, clerk)
    wrong = tmp_path / "照片.xlsx"
    wrong.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    upload(page, wrong)
    expect(page.locator("main")).to_contain_text("请")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    assert Node.objects.count() == 0


def test_a_household_is_moved_to_another_member(notebook_page: Page, clerk):
    made = village(clerk.township, "甲村")
    page = notebook_page
    sign_in(page, clerk)
    page.goto(f"/grids/nodes/{made.households[0].pk}/")
    page.get_by_role("link", name="调整", exact=True).click()
    page.get_by_label("名称或拼音首字母").fill(made.members[1].name)
    page.get_by_label("名称或拼音首字母").press("Enter")
    page.locator("main tr", has_text=made.members[1].name).get_by_text("放到这里").click()
    expect(page.locator("main")).to_contain_text("3 → 2")
    page.get_by_label("原因").fill("联户调整")
    page.get_by_role("button", name="确认调整").click()
    page.wait_for_url(f"**/grids/nodes/{made.households[0].pk}/")
    household = Node.objects.get(pk=made.households[0].pk)
    assert (household.parent_id, tree.verify()) == (made.members[1].pk, [])


def test_a_secretary_on_a_phone_sees_the_own_village_only(phone_page: Page, clerk):
    own = village(clerk.township, "甲村")
    village(clerk.township, "乙村")
    sign_in(phone_page, secretary(own))
    expect(phone_page.locator("main")).to_contain_text("甲村党支部")
    phone_page.goto("/grids/tree/")
    expect(phone_page.locator("main")).not_to_contain_text("乙村")
    answer = phone_page.goto(f"/grids/nodes/{own.households[0].pk}/")
    assert answer is not None
    assert answer.status == 200
