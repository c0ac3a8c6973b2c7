"""A September in the browser: the office opens the year at the desk, the village files on a phone."""

import zipfile
from collections.abc import Callable

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from reports.batches import actions as batches
from reports.choices import FilingState
from reports.models import Filing
from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, UserFactory, secretary
from tests.reports.filing.checks.conftest import sound

pytestmark = pytest.mark.django_db(transaction=True)


def packed(office: Page) -> set[str]:
    """What is in the zip of everything."""
    office.goto("/reports/jobs/")
    office.get_by_role("link", name="打包导出").first.click()
    office.get_by_role("button", name="开始打包").click()
    assert batches.run_queue() == 1
    office.reload()
    with office.expect_download() as download:
        office.get_by_role("button", name="下载压缩包").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        return set(archive.namelist())


def new_campaign(office: Page) -> None:
    """The year's round, due today."""
    office.get_by_role("link", name="年度任务").first.click()
    office.get_by_role("link", name="新建年度任务").first.click()
    office.get_by_label("统计截止日期").fill(f"{localdate():%Y-%m-%d}")
    office.get_by_label("上报截止日期").fill(f"{localdate():%Y-%m-%d}")
    office.get_by_role("button", name="保存").click()
    expect(office.locator("main")).to_contain_text("各项时限已列出")


def test_from_an_empty_campaign_to_the_archive(
    open_page: Callable[[str], Page],
    overflow: Callable[[Page], int],
    settings,
    tmp_path,
    monkeypatch,
):
    settings.EXPORT_DIR = tmp_path
    monkeypatch.setattr(batches, "start_process", lambda _: None)  # a process of its own is tried elsewhere
    township = TownshipFactory(name="青河乡")
    made, _ = sound(township, "甲村")
    office, village = open_page("notebook"), open_page("phone")
    sign_in(office, UserFactory(township=township))
    sign_in(village, secretary(made))

    new_campaign(office)

    village.goto("/reports/filings/")
    village.get_by_role("button", name="甲村党支部：开始填报").click()
    village.get_by_role("link", name="书面材料").first.click()
    assert overflow(village) == 0
    village.get_by_role("button", name="保存").click()
    expect(village.locator("main")).to_contain_text("书面材料已保存")
    village.goto(Filing.objects.get().get_absolute_url())
    village.get_by_role("button", name="书记审核").click()
    village.get_by_role("button", name="上报", exact=True).click()
    expect(village.locator("main")).to_contain_text("已上报，等乡党政办接收")
    assert overflow(village) == 0

    office.goto("/reports/filings/")
    office.get_by_role("link", name="甲村党支部：打开").click()
    office.get_by_role("link", name="逐行看附件4").click()
    wrong = made.households[2]
    office.get_by_role("link", name=f"批注：{wrong.name}", exact=True).first.click()
    office.get_by_label("哪一项").select_option("address")
    office.get_by_label("批注").fill("门牌不对，请核对")
    office.get_by_role("button", name="写上").click()
    office.get_by_label("理由").fill("请改好批注的一处")
    office.get_by_role("button", name="退回").click()
    expect(office.locator("main")).to_contain_text("已退回")

    village.goto("/reports/filings/")
    village.get_by_role("link", name="甲村党支部：打开").click()
    expect(village.get_by_text("门牌不对，请核对")).to_be_in_viewport()  # it opens on the first comment
    village.get_by_role("link", name="去改").click()
    village.get_by_role("link", name="修改", exact=True).first.click()
    village.get_by_label("门牌").fill("一组99号")
    village.get_by_role("button", name="保存").click()
    village.goto(Filing.objects.get().get_absolute_url())
    village.get_by_role("button", name="已改好").click()
    village.get_by_role("button", name="书记审核").click()
    village.get_by_role("button", name="上报", exact=True).click()

    office.goto(Filing.objects.get().get_absolute_url())
    expect(office.locator("#news")).to_contain_text("一组99号")
    office.get_by_role("button", name="接收").click()
    office.get_by_role("button", name="归档").click()
    assert Filing.objects.get().state == FilingState.ARCHIVED

    names, day = packed(office), f"{localdate():%Y%m%d}"
    for begins, ends in (
        (f"甲村党支部/青河乡_甲村党支部_附件4_{day}", ".xlsx"),
        (f"甲村党支部/青河乡_甲村党支部_书面材料_{day}", ".docx"),
        (f"全乡/青河乡_附件1_{day}", ".xlsx"),
    ):
        assert any(name.startswith(begins) and name.endswith(ends) for name in names), (begins, names)
