"""Contact cards in a browser: a secretary finds a member's page on the phone and takes the card along."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, secretary, village

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_secretary_takes_cards_on_the_phone(phone_page, overflow, axe_violations):
    own = village(TownshipFactory(name="青河乡"), "甲村", groups=1, hubs=1)
    page = phone_page
    sign_in(page, secretary(own))
    page.goto(own.members[0].get_absolute_url())
    assert overflow(page) == 0
    with page.expect_download() as coming:
        page.get_by_role("button", name="我联系的户").click()
    card = coming.value
    assert card.suggested_filename.startswith(f"青河乡_{own.members[0].name}_我联系的户_")
    assert Path(card.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="全部联系卡").click()
    page.get_by_label("卡片").select_option(label="谁联系我")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("button", name="下载全部 6 张")).to_be_visible()
    assert (overflow(page), axe_violations(page)) == (0, [])
    with page.expect_download() as coming:
        page.get_by_role("button", name=f"下载{own.households[0].name}的卡").click()
    assert coming.value.suggested_filename.startswith(f"青河乡_{own.households[0].name}_谁联系我_")
