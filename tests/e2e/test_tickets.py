"""An errand from the window to its box on a phone, with its papers; and the resident who looks it up."""

from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from services.models import ItemMaterial, ItemVersion, ServiceItem, Ticket
from tests.e2e.signing_in import sign_in
from tests.factories import SINCE, TownshipFactory, secretary, village

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(transactional_db):
    township = TownshipFactory(name="青河乡")
    item = ServiceItem.objects.create(township=township, code="01")
    version = ItemVersion.objects.create(
        item=item, number=1, since=SINCE, name="高龄津贴申领", category="other", office="民政办",
        default_kind="promised", promised_days=5,
    )  # fmt: skip
    for position, name in enumerate(("户口簿", "近期照片"), 1):
        ItemMaterial.objects.create(version=version, position=position, name=name)
    return village(township, groups=1, hubs=1, members=1, households=1)


def printed(page: Page, paper: str) -> None:
    """The paper comes as a PDF."""
    with page.expect_download() as download:
        page.get_by_role("button", name=paper).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def step(page: Page, title: str, **typed: str) -> None:
    """Open a step, fill it in, take it."""
    fold = page.locator("details.step").filter(has=page.locator("summary", has_text=title)).first
    if not fold.evaluate("one => one.open"):
        fold.locator("summary").click()
    for label, value in typed.items():
        field = fold.get_by_label(label)
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    fold.get_by_role("button", name=title, exact=True).click()


def test_missing_papers_from_the_window_to_the_box(open_page, made, overflow, axe_violations, settings):
    cache.clear()
    settings.PUBLIC_URL = "https://party-grid.example"
    phone = open_page("phone")
    sign_in(phone, secretary(made))
    phone.goto("/m/")
    phone.get_by_role("link", name="受理代办件").click()
    assert (overflow(phone), axe_violations(phone)) == (0, [])
    phone.get_by_role("link", name="高龄津贴申领").click()
    phone.get_by_role("textbox", name="申办人").fill("李秀兰")
    phone.get_by_label("联系电话").fill("13900001234")
    phone.get_by_label("申办人已签字委托代办").check()
    expect(phone.get_by_label("上报单位")).to_be_hidden()
    phone.get_by_label("补办件").check()
    phone.get_by_role("button", name="全部收到").click()
    phone.get_by_role("group", name="近期照片").get_by_label("还缺").check()
    assert (overflow(phone), axe_violations(phone)) == (0, [])
    phone.get_by_role("button", name="受理", exact=True).click()
    expect(phone.get_by_role("heading", name="已受理")).to_be_visible()
    assert (overflow(phone), axe_violations(phone)) == (0, [])
    printed(phone, "一次性告知单")
    phone.get_by_role("link", name="打开这一件").click()
    assert (overflow(phone), axe_violations(phone)) == (0, [])
    step(phone, "材料补齐", 补齐后的件型="承诺件：要核对或报批，承诺几个工作日办完。")
    expect(phone.get_by_text("已材料补齐。")).to_be_visible()
    printed(phone, "受理回执")
    step(phone, "办结", 办理结果="已批准")
    printed(phone, "送达回证")
    step(phone, "送达", 签收人="李秀兰")
    step(phone, "回访", 满意度="满意")
    step(phone, "归档", 归档盒号="1")
    expect(phone.get_by_text("-01-D01-001")).to_be_visible()
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.kind_at_acceptance, ticket.kind) == ("archived", "supplement", "promised")
    stranger = open_page("phone")
    stranger.goto(f"/p/t/?no={ticket.no}")
    stranger.get_by_label("查询码", exact=False).fill(ticket.code)
    assert (overflow(stranger), axe_violations(stranger)) == (0, [])
    stranger.get_by_role("button", name="查询").click()
    expect(stranger.get_by_text("已归档").first).to_be_visible()
    expect(stranger.get_by_text("李秀兰")).to_have_count(0)
    assert (overflow(stranger), axe_violations(stranger)) == (0, [])
    desk = open_page("notebook")
    sign_in(desk, ticket.written_by)
    desk.goto("/services/tickets/register/")
    assert (overflow(desk), axe_violations(desk)) == (0, [])
    printed(desk, "打印登记册")
