"""A clerk's way with workbooks: template, filled in Excel, uploaded, confirmed; and a roster reconciled."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from grids.models import HouseholdProfile, Node, Person
from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, UserFactory, Village, village
from township.models import User

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = 4  # the first line below the header, as Excel counts


@pytest.fixture
def made() -> Village:
    return village(TownshipFactory(name="青河乡"), "东坡村")


@pytest.fixture
def clerk(made: Village) -> User:
    return UserFactory(township=made.root.township)


def upload(page: Page, label: str, file: Path, button: str) -> None:
    page.get_by_label(label).set_input_files(file)
    page.get_by_role("button", name=button, exact=True).click()


def test_template_filled_uploaded_and_confirmed(
    notebook_page: Page, made, clerk, tmp_path: Path, axe_violations: Callable[[Page], list[str]]
):
    page = notebook_page
    sign_in(page, clerk)
    page.goto("/grids/household/")
    page.get_by_role("link", name="用工作簿").click()
    assert axe_violations(page) == []
    with page.expect_download() as coming:
        page.get_by_role("button", name="下载空白模板").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(coming.value.path()).read_bytes()))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[FIRST - 1]}
    for row, (name, phone) in enumerate((("演示户甲", "13800000001"), ("演示户乙", "138")), FIRST + 2):
        sheet.cell(row, columns["户主姓名"], name)
        sheet.cell(row, columns["网格"], "第1网格")
        sheet.cell(row, columns["户联系电话"], phone)
    book.save(tmp_path / "填好的.xlsx")
    upload(page, "农户工作簿", tmp_path / "填好的.xlsx", "上传并预览")
    expect(page.locator("main")).to_contain_text("新增 1 行")
    expect(page.locator("main")).to_contain_text("错误 1 行")
    page.get_by_label("“户联系电话”改为").fill("13800000002")
    page.get_by_role("button", name="改", exact=True).click()
    expect(page.locator("main")).to_contain_text("新增 2 行")
    assert not Node.objects.filter(name="演示户甲").exists()  # nothing is written yet
    page.get_by_role("button", name="确认导入").click()
    page.get_by_text("已导入，所有更改都记入了历史。").wait_for()
    phones = HouseholdProfile.objects.filter(node__name__startswith="演示户").values_list("phone", flat=True)
    assert sorted(phones) == ["13800000001", "13800000002"]


def test_a_roster_is_reconciled(
    browser_page: Page,
    made,
    clerk,
    tmp_path: Path,
    axe_violations: Callable[[Page], list[str]],
    overflow: Callable[[Page], int],
):
    page = browser_page
    book = openpyxl.Workbook()
    book.active.append(["党员姓名", "手机号码", "公民身份号码"])
    for number, (member, person) in enumerate(zip(made.members, made.people, strict=True)):
        book.active.append([member.name, "13911112222" if not number else person.phone, "510101199001011232"])
    book.active.append(["对方新党员", "13700000001", ""])
    book.save(tmp_path / "名册.xlsx")
    sign_in(page, clerk)
    page.goto(f"/grids/registers/member/reconcile/?node={made.root.pk}")
    upload(page, "党员工作簿", tmp_path / "名册.xlsx", "上传")
    expect(page.locator("main")).to_contain_text("不收集的列已删去，没有保存：公民身份号码")
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="开始比对").click()
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.get_by_label("联系电话采用对方：13911112222").check()
    page.get_by_role("button", name="写入所选").click()
    page.get_by_text("已写入 1 行、1 格").wait_for()
    assert Person.objects.get(pk=made.people[0].pk).phone == "13911112222"
    page.get_by_role("link", name="仅对方有").click()
    expect(page.locator("tbody")).to_contain_text("对方新党员")
    page.get_by_role("button", name="放进批量录入").click()
    page.wait_for_url("**/entry/member/**")
    expect(page.locator("main")).to_contain_text("发现")
