"""A secretary hangs boards and opens a grid's page; a stranger's phone reads it and writes into the box."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from grids.choices import Role
from services.models import GridPage, Sign
from tests.e2e.signing_in import sign_in
from tests.factories import PersonFactory, TownshipFactory, appoint, secretary, village

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_board_is_hung_published_and_read_by_a_stranger(open_page, overflow, axe_violations, settings):
    cache.clear()
    settings.PUBLIC_URL = "https://party-grid.example"  # a code for this machine would lead nowhere
    township = TownshipFactory(name="青河乡")
    made = village(township, groups=2, hubs=1, members=1, households=1)
    chief = PersonFactory(township=township, root=made.root, name="李组长", phone="13900001111")
    appoint(chief, Role.GROUP_LEADER, made.groups[0])
    desk = open_page("notebook")
    sign_in(desk, secretary(made))
    desk.goto("/services/notices/board/")
    desk.get_by_label("选中本页全部").check()
    expect(desk.get_by_text("已选 2 项")).to_be_visible()
    desk.get_by_role("button", name="这些都已挂牌").click()
    expect(desk.get_by_text("已登记 2 块公示牌")).to_be_visible()
    assert (Sign.objects.count(), overflow(desk), axe_violations(desk)) == (2, 0, [])
    desk.get_by_role("link", name="第1网格", exact=True).click()
    desk.get_by_role("button", name="发布公开页").click()
    expect(desk.get_by_alt_text("公开页二维码")).to_be_visible()
    assert (overflow(desk), axe_violations(desk)) == (0, [])
    phone = open_page("phone")
    phone.goto(f"/p/g/{GridPage.objects.get().token}/")
    expect(phone.get_by_role("heading", name="李组长")).to_be_visible()
    expect(phone.get_by_text("13900001111")).to_have_count(0)  # numbers are not ticked
    assert (overflow(phone), axe_violations(phone)) == (0, [])
    phone.get_by_role("link", name="提意见建议").click()
    phone.get_by_label("您的意见建议").fill("路灯坏了")
    assert (overflow(phone), axe_violations(phone)) == (0, [])
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="已收到")).to_be_visible()
    desk.goto("/services/notices/suggestions/")
    expect(desk.get_by_role("link", name="路灯坏了")).to_be_visible()
