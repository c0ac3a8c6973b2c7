"""A clerk's blank in the browser: uploaded, a cell clicked, proposals taken, the filled file downloaded."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, UserFactory, village
from tests.reports.blanks.books import saved, villages

pytestmark = pytest.mark.django_db(transaction=True)


def test_uploaded_clicked_filled_and_fit_for_a_phone(
    notebook_page: Page,
    phone_page: Page,
    axe_violations: Callable[[Page], list[str]],
    overflow: Callable[[Page], int],
    tmp_path: Path,
) -> None:
    township = TownshipFactory(name="青河乡")
    village(township, "甲村", households=1)
    clerk = UserFactory(township=township)
    file = tmp_path / "各村汇总表.xlsx"
    file.write_bytes(saved(villages()))
    page = notebook_page
    sign_in(page, clerk)
    page.goto("/reports/blanks/new/")
    page.get_by_label("空表文件").set_input_files(file)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.locator(".blank-panel")).to_contain_text("第 3 行起：各党（总）支部（附件1）")
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="采用打勾的").click()
    expect(page.locator("td.is-grown")).to_have_count(10)

    page.locator(".blank-cell").filter(has_text="E6").click()
    expect(page.get_by_role("heading", name="格 E6")).to_be_visible()
    page.locator("#cell-E6").select_option("grid_count")
    page.get_by_role("button", name="记下", exact=True).click()
    expect(page.locator(".blank-mark").filter(has_text="网格数")).to_be_visible()

    phone = phone_page
    sign_in(phone, clerk)
    for query in ("", "?column=C"):
        phone.goto(page.url.partition("?")[0] + query)
        assert (query, axe_violations(phone), overflow(phone)) == (query, [], 0)

    page.get_by_label("填哪里").select_option(label="全乡合计")
    with page.expect_download() as download:
        page.get_by_role("button", name="填好下载").click()
    download.value.save_as(tmp_path / "填好.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "填好.xlsx").worksheets[0]
    assert [sheet[cell].value for cell in ("B3", "C3", "E6", "C6")] == ["甲村党支部", 8, 2, "=SUM(C3:C5)"]
