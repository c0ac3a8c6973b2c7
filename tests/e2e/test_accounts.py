"""Signing in, the first password and the screen preferences, as people meet them."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD, UserFactory
from township.choices import OfficeRole

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page, username: str) -> None:
    page.goto("/login/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_sign_in_page_says_what_was_wrong_and_is_accessible(browser_page, axe_violations, overflow):
    UserFactory(username="clerk")
    browser_page.goto("/login/")
    browser_page.get_by_label("账号").fill("clerk")
    browser_page.get_by_label("密码").fill("wrong")
    browser_page.get_by_role("button", name="登录").click()
    expect(browser_page.get_by_role("alert").filter(has_text="还可以试 4 次")).to_be_visible()
    assert (axe_violations(browser_page), overflow(browser_page)) == ([], 0)


def test_large_text_is_kept_after_signing_in_again(notebook_page, axe_violations, overflow):
    UserFactory(username="admin", office_role=OfficeRole.SYSTEM_ADMIN)
    sign_in(notebook_page, "admin")
    notebook_page.get_by_role("button", name="大字版").click()
    notebook_page.get_by_role("button", name="高对比").click()
    notebook_page.locator("summary.top-btn").click()
    notebook_page.get_by_role("button", name="退出登录").click()
    # Signing out asks the phone's outbox first, so the click returns before the page goes.
    notebook_page.wait_for_url("**/login/**")
    sign_in(notebook_page, "admin")
    expect(notebook_page.locator("html")).to_have_class(re.compile(r"^large contrast\b"))
    assert (axe_violations(notebook_page), overflow(notebook_page)) == ([], 0)


def test_first_password_is_changed_before_anything_else(phone_page):
    UserFactory(username="admin", office_role=OfficeRole.SYSTEM_ADMIN, must_change_password=True)
    sign_in(phone_page, "admin")
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("修改密码")
    phone_page.get_by_label("现在的密码").fill(PASSWORD)
    phone_page.get_by_label("新密码", exact=False).nth(0).fill("Dongpo#7-village")
    phone_page.get_by_label("再输一遍新密码").fill("Dongpo#7-village")
    phone_page.get_by_role("button", name="保存新密码").click()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("账号管理")
