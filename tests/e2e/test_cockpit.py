"""The desk in a browser: old numbers renew themselves, a reminder reaches the secretary, text is copied."""

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, UserFactory, secretary, village
from tests.reports.cockpit.conftest import begin

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_clerk_chases_and_the_secretary_is_told(open_page, overflow, axe_violations):
    township = TownshipFactory(name="青河乡")
    clerk, made = UserFactory(township=township), village(township, groups=1, hubs=1)
    begin(township, clerk, localdate().year)
    desk = open_page("notebook")
    sign_in(desk, clerk)
    matrix = desk.get_by_role("region", name="各村进度")
    expect(matrix.get_by_role("link", name="附件2：待说明")).to_be_visible()  # counted since the page came
    expect(matrix.get_by_text("未核对")).to_have_count(0)
    assert (overflow(desk), axe_violations(desk)) == (0, [])
    matrix.get_by_role("button", name=f"{made.root.name}：催办").click()
    desk.get_by_role("button", name="复制").click()
    expect(desk.locator("#live")).to_contain_text("已复制")
    assert (overflow(desk), axe_violations(desk)) == (0, [])
    phone = open_page("phone")
    sign_in(phone, secretary(made))
    expect(phone.get_by_role("link", name="待办 1 件")).to_be_visible()
    expect(phone.get_by_text("附件1至4还没有开始填报").first).to_be_visible()
    assert (overflow(phone), axe_violations(phone)) == (0, [])
    phone.get_by_role("button", name="开始填报").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(made.root.name)
