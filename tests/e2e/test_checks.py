"""勾稽检查 in a browser: a secretary on the phone is led to what is missing, and then told to file."""

import pytest
from playwright.sync_api import expect

from grids.choices import Role
from grids.models import Post
from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, secretary
from tests.reports.filing.checks.conftest import sound

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_secretary_mends_what_the_checks_found(phone_page, overflow, axe_violations):
    made, _ = sound(TownshipFactory(name="青河乡"), "甲村")
    Post.objects.filter(node=made.groups[1], role=Role.GROUP_LEADER).delete()
    page = phone_page
    sign_in(page, secretary(made))
    page.goto("/reports/checks/")
    expect(page.get_by_role("link", name="要说明 1 处").first).to_be_visible()
    assert (overflow(page), axe_violations(page)) == (0, [])
    page.get_by_role("link", name=f"{made.groups[1].name}没有组长。登记组长").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("任职")
    appointed = Post.objects.create(
        township=made.root.township, person=made.people[-1], node=made.groups[1], role=Role.GROUP_LEADER
    )
    assert appointed.pk
    page.goto("/reports/checks/")
    expect(page.get_by_text("全部通过，可以上报")).to_be_visible()
