"""Signing in through the real page, as every browser test must."""

from playwright.sync_api import Page

from tests.factories import PASSWORD
from township.models import User


def sign_in(page: Page, user: User) -> None:
    """Type account and password, and wait for the first page behind them."""
    page.goto("/login/")
    page.get_by_label("账号").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("密码").press("Enter")
    page.wait_for_url("**/")
