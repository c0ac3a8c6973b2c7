"""比例区间 in a browser: a ratio changed after its preview, and an exception asked, confirmed and seen."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from grids import tree
from grids.choices import BandCode, PersonalReason
from grids.models import BandException, PersonalBand
from grids.queries.bands import bands_in_force
from tests import factories
from tests.factories import Village
from township.models import User


@pytest.fixture
def town(transactional_db) -> tuple[Village, User, User]:
    """A village whose first member has 16 households, its secretary, and the office."""
    township = factories.TownshipFactory(name="青河乡")
    own = factories.village(township, "东坡村", groups=2, hubs=2, members=2, households=3)
    going = [(household, own.members[0]) for household in own.households[3:16]]
    tree.place(placements=going, by=None, reason="", on=None)
    return own, factories.UserFactory(township=township), factories.secretary(own)


@pytest.fixture
def look(axe_violations: Callable, overflow: Callable) -> Callable[[Page], list[str]]:
    """What is wrong with the page one stands on."""

    def faults(page: Page) -> list[str]:
        wide = overflow(page)
        return [*([f"{wide} px too wide"] if wide else []), *axe_violations(page)]

    return faults


def enter(page: Page, user: User, live_server) -> None:
    """A session without the sign-in page, which has tests of its own."""
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])


def test_the_office_changes_a_ratio_after_seeing_its_effect(town, browser_page, live_server, look):
    _, clerk, _ = town
    page, year = browser_page, localdate().year
    enter(page, clerk, live_server)
    page.goto(reverse("liaison:bands"))
    expect(page.get_by_role("main")).to_contain_text("农户 24 户 ÷ 15 = 至少 2 名能履职党员；现有 8 名")
    expect(page.get_by_role("img", name="需要 2，现有 8").first).to_be_visible()
    assert look(page) == []
    page.get_by_role("link", name=f"修改 {year} 年区间").click()
    page.get_by_label("党员联系群众：上限").fill("9")
    page.get_by_role("button", name="预览影响").click()
    expect(page.get_by_text("上限不能小于下限 10。")).to_be_visible()
    assert look(page) == []
    page.get_by_label("党员联系群众：下限").fill("1")
    page.get_by_label("党员联系群众：上限").fill("16")
    page.get_by_role("button", name="预览影响").click()
    expect(page.get_by_role("main")).to_contain_text("超出的党员 1 → 0 名；不足的党员 7 → 4 名")
    assert look(page) == []
    page.get_by_role("button", name=f"确认保存 {year} 年区间").click()
    expect(page.get_by_role("status").first).to_contain_text(f"已保存 {year} 年的比例区间")
    band = bands_in_force(clerk.township_id, year=year)[BandCode.MEMBER]
    assert (band.low, band.high) == (1, 16)


def test_an_exception_goes_from_the_village_to_the_office_and_back(town, browser_page, live_server, look):
    own, clerk, secretary = town
    page = browser_page
    enter(page, secretary, live_server)
    page.goto(own.members[0].get_absolute_url())
    expect(page.get_by_role("main")).to_contain_text("超过15")
    page.get_by_role("link", name="申请例外").click()
    expect(page.get_by_label("党员联系群众（16户，一般为10–15户，超1户）")).to_be_checked()
    page.get_by_label("理由").fill("邻组没有党员")
    page.get_by_label("有效至").fill("2099年12月31日")
    assert look(page) == []
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("status").first).to_contain_text("等乡党政办认可后生效")
    PersonalBand.objects.create(node=own.members[7], low=0, high=5, reason=PersonalReason.AGE)
    page.goto(reverse("liaison:own_bands"))
    assert look(page) == []
    enter(page, clerk, live_server)
    page.goto(reverse("liaison:exceptions"))
    expect(page.get_by_role("navigation", name="比例区间的各页")).to_contain_text("1 项待认可")
    assert look(page) == []
    page.get_by_role("button", name="认可").click()
    page.get_by_role("dialog").get_by_role("button", name="继续").click()
    expect(page.get_by_role("status").first).to_contain_text("已认可")
    assert BandException.objects.get().confirmed_by == clerk
    enter(page, secretary, live_server)
    page.goto(own.members[0].get_absolute_url())
    expect(page.get_by_role("main")).to_contain_text("已认可至2099-12-31：邻组没有党员")
    expect(page.get_by_role("link", name="申请例外")).to_have_count(0)
