"""A visit from a phone: with signal, without it, after a sign-in ran out, by a second user of the phone."""

import io

import pytest
from django.contrib.sessions.models import Session
from PIL import Image
from playwright.sync_api import Page, expect

from services.models import Visit, VisitPhoto
from tests.e2e.conftest import PLAIN
from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, group_leader, member, village

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "/m/visit/new/"


@pytest.fixture
def made(db):
    return village(TownshipFactory(name="青河乡"), groups=2, hubs=1, members=2, households=2)


@pytest.fixture
def known_complaints() -> tuple[str, ...]:
    """Lines are cut here, and sign-ins run out."""
    return ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED", "status of 401", "status of 422")


# What is sent arrives, its answer does not.
LOSES_ANSWERS = """() => {
  const send = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await send(...asked);
    if (String(asked[0]).includes("/m/visits/")) throw new TypeError("lost");
    return answer;
  };
}"""


def ready(page: Page) -> None:
    """The form stands, and the worker has what it needs to open it without signal."""
    page.goto(FORM)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")


def write(page: Page, home: str, words: str) -> None:
    """In five touches and some words, as in a yard."""
    page.locator(".p-home", has_text=home).first.tap()
    page.get_by_label("民情内容").fill(words)


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).tap()


def said(page: Page):
    return page.locator("[data-visit-done]:not([hidden]) .p-done-words")


def logged() -> list[str]:
    return list(Visit.objects.order_by("pk").values_list("content", flat=True))


def test_with_signal_it_takes_three_touches_and_the_words(phone_page, made, overflow, axe_violations):
    sign_in(phone_page, group_leader(made))
    phone_page.goto("/m/")
    assert (overflow(phone_page), axe_violations(phone_page)) == (0, [])
    phone_page.get_by_role("link", name="记一次走访").first.tap()
    home = made.households[0].name
    phone_page.get_by_label("找农户").fill(home[-3:])
    write(phone_page, home, "路灯坏了")
    phone_page.get_by_text("要办理的事、日期、照片").tap()
    small = phone_page.evaluate(
        """() => [...document.querySelectorAll("main a, main button, main input, main select, .p-tabs a")]
        .map((one) => (one.closest(".p-chip, .p-tick, .p-add") || one))
        .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5)
        .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert small == []
    assert (overflow(phone_page), axe_violations(phone_page)) == (0, [])
    out = io.BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(out, "JPEG", quality=95)
    photo = {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    phone_page.locator("[data-photos-add] input").set_input_files(photo)
    expect(phone_page.get_by_role("img", name="照片 1")).to_be_visible()
    sizes = []
    phone_page.on("request", lambda one: sizes.append(len(one.post_data_buffer or b"")))
    save(phone_page)
    expect(said(phone_page)).to_contain_text("已保存")
    assert (logged(), Visit.objects.get().visitor.user is not None) == (["路灯坏了"], True)
    assert VisitPhoto.objects.get().visit == Visit.objects.get()
    assert 0 < max(sizes) < 310 * 1024 < len(out.getvalue())  # shrunk in the phone
    phone_page.get_by_role("link", name="看这次走访").tap()
    expect(phone_page.get_by_role("img", name="照片1.jpg")).to_be_visible()


@pytest.mark.parametrize(("size", "least"), [("normal", 43.5), ("large", 59.5)])
def test_from_the_first_page_to_saved_in_five_touches_at_most(phone_page, made, size, least, overflow):
    user = group_leader(made, text_size=size)
    sign_in(phone_page, user)
    phone_page.add_init_script(
        """addEventListener("pointerdown", () => {
        sessionStorage.n = 1 + Number(sessionStorage.n || 0); }, true)"""
    )
    phone_page.goto("/m/")
    phone_page.get_by_role("link", name="记一次走访").first.tap()
    write(phone_page, made.households[0].name, "路灯坏了")
    heights = phone_page.evaluate(
        """() => [...document.querySelectorAll(".p-home, .p-chip span, .p-save button, textarea, .p-tabs a")]
        .filter((one) => one.offsetParent).map((one) => one.getBoundingClientRect().height)"""
    )
    assert min(heights) >= least
    assert overflow(phone_page) == 0
    save(phone_page)
    expect(said(phone_page)).to_contain_text("已保存")
    assert int(phone_page.evaluate("sessionStorage.n")) <= 5
    assert logged() == ["路灯坏了"]


def test_without_signal_it_waits_in_the_phone_and_goes_out_once_in_its_order(phone_page, made, overflow):
    context = phone_page.context
    sign_in(phone_page, group_leader(made))
    ready(phone_page)
    first, second = made.households[:2]
    write(phone_page, first.name, "没写完的话")
    expect(phone_page.locator("[data-homes-chosen]")).to_contain_text(first.name)
    phone_page.wait_for_timeout(600)  # the draft is kept when the hands rest
    context.set_offline(True)
    phone_page.close()
    page = context.new_page()
    page.goto(FORM)  # opened without signal: the page that needs none, with the draft in it
    expect(page.get_by_role("heading", name="没有网络，可以先记走访")).to_be_attached()
    expect(page.get_by_label("民情内容")).to_have_value("没写完的话")
    assert overflow(page) == 0
    page.get_by_label("民情内容").fill("第一条")
    save(page)
    expect(said(page)).to_contain_text("已存在手机里")
    page.get_by_role("button", name="再记一次").tap()
    write(page, second.name, "第二条")
    save(page)
    expect(page.locator("[data-phone-unsent]")).to_have_text("待传 2")
    expect(page.locator("[data-queue-list] li")).to_have_count(2)
    page.close()
    page = context.new_page()
    page.goto("/m/")
    expect(page.locator("[data-queue-list] li")).to_have_count(2)  # still there after the tab was closed
    assert logged() == []
    context.set_offline(False)
    expect(page.locator("[data-phone-unsent]")).to_be_hidden()
    assert logged() == ["第一条", "第二条"]
    page.goto("/m/outbox/")
    expect(page.get_by_text("没有待上传的走访")).to_be_visible()
    assert Visit.objects.count() == 2
    kept = page.evaluate(
        """async () => { const found = [];
        for (const name of await caches.keys())
          for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
        return found; }"""
    )
    assert {path for path in kept if not path.startswith("/static/")} == {"/m/offline/"}


def test_an_answer_that_was_lost_makes_no_second_visit(phone_page, made):
    sign_in(phone_page, group_leader(made))
    ready(phone_page)
    write(phone_page, made.households[0].name, "只有一次")
    phone_page.evaluate(LOSES_ANSWERS)  # in the page: a route is passed by where the worker sends the request
    save(phone_page)
    expect(said(phone_page)).to_contain_text("已存在手机里")
    phone_page.goto("/m/outbox/")
    expect(phone_page.get_by_text("没有待上传的走访")).to_be_visible()
    assert logged() == ["只有一次"]


def test_an_expired_sign_in_keeps_the_outbox_and_another_account_sees_nothing(phone_page, made):
    user = group_leader(made)
    sign_in(phone_page, user)
    ready(phone_page)
    Session.objects.all().delete()
    write(phone_page, made.households[0].name, "登录过期时写的")
    save(phone_page)
    expect(phone_page.get_by_text("登录已过期，写好的都还在手机里")).to_be_visible()
    expect(said(phone_page)).to_contain_text("已存在手机里")
    sign_in(phone_page, member(made))
    phone_page.goto("/m/outbox/")
    expect(phone_page.get_by_text("没有待上传的走访")).to_be_visible()
    expect(phone_page.locator("[data-phone-unsent]")).to_be_hidden()
    phone_page.goto("/m/")
    phone_page.get_by_role("button", name="退出登录").tap()
    phone_page.wait_for_url("**/login/**")
    assert logged() == []
    sign_in(phone_page, user)
    phone_page.goto("/m/")
    expect(phone_page.locator("[data-phone-unsent]")).to_be_hidden()
    assert logged() == ["登录过期时写的"]


def test_what_is_refused_is_mended_and_signing_out_asks_first(phone_page, made, axe_violations):
    context = phone_page.context
    sign_in(phone_page, group_leader(made))
    ready(phone_page)
    context.set_offline(True)
    write(phone_page, made.households[0].name, "要修渠")
    phone_page.get_by_text("要办理的事、日期、照片").tap()
    phone_page.get_by_label("走访日期").fill("2099-01-01")
    save(phone_page)
    expect(said(phone_page)).to_contain_text("已存在手机里")
    context.set_offline(False)
    phone_page.goto("/m/outbox/")
    expect(phone_page.get_by_text("需修改")).to_be_visible()
    expect(phone_page.get_by_text("走访日期：这一天还没有到。")).to_be_visible()
    assert axe_violations(phone_page) == []
    phone_page.goto("/m/")
    phone_page.get_by_role("button", name="退出登录").tap()
    expect(phone_page.get_by_text("还有 1 条走访没有上传")).to_be_visible()
    phone_page.get_by_role("button", name="不退出").tap()
    phone_page.goto("/m/outbox/")
    phone_page.get_by_role("button", name="修改").tap()
    expect(phone_page.get_by_label("民情内容")).to_have_value("要修渠")
    phone_page.get_by_label("走访日期").fill("2026-09-01")
    save(phone_page)
    expect(said(phone_page)).to_contain_text("已保存")
    assert [f"{day}" for day in Visit.objects.values_list("happened_on", flat=True)] == ["2026-09-01"]
    made.root.township.phones_keep = False
    made.root.township.save()
    phone_page.goto(FORM)  # switched off: nothing is kept any more, and saving still works
    expect(phone_page.get_by_text("这部手机不能暂存，保存时要有网络。")).to_be_visible()
    left = phone_page.evaluate(
        """() => new Promise((done) => { const open = indexedDB.open("township-phone", 1);
        open.onsuccess = () => { const all = open.result.transaction("packs").objectStore("packs").count();
        all.onsuccess = () => done(all.result); }; })"""
    )
    assert left == 0
    write(phone_page, made.households[1].name, "直接上传")
    save(phone_page)
    expect(said(phone_page)).to_contain_text("已保存")
    assert logged() == ["要修渠", "直接上传"]


def test_a_full_phone_sends_at_once_or_says_that_nothing_was_saved(phone_page, made):
    sign_in(phone_page, group_leader(made))
    ready(phone_page)
    phone_page.evaluate(
        """() => { for (const name of ["add", "put"]) IDBObjectStore.prototype[name] = () => {
        throw new DOMException("full", "QuotaExceededError"); }; }"""
    )
    write(phone_page, made.households[0].name, "手机满了")
    expect(phone_page.get_by_text("手机存储空间不够")).to_be_visible()
    phone_page.context.set_offline(True)
    save(phone_page)
    expect(phone_page.get_by_text("没有网络，没有保存。请不要关闭这一页")).to_be_visible()
    phone_page.context.set_offline(False)
    save(phone_page)
    expect(said(phone_page)).to_contain_text("已保存")
    assert logged() == ["手机满了"]


def test_on_plain_http_the_open_page_keeps_what_is_written(open_page, made, settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, PLAIN]
    page = open_page("phone", host=PLAIN)
    sign_in(page, group_leader(made))
    page.goto(FORM)
    assert page.evaluate("[isSecureContext, Boolean(navigator.serviceWorker)]") == [False, False]
    page.context.set_offline(True)
    write(page, made.households[0].name, "没有证书的地方")
    save(page)
    expect(said(page)).to_contain_text("已存在手机里")
    page.context.set_offline(False)
    expect(page.locator("[data-phone-unsent]")).to_be_hidden()
    assert logged() == ["没有证书的地方"]


AGED = """(days) => new Promise((done) => { const open = indexedDB.open("township-phone", 1);
open.onsuccess = () => { const all = open.result.transaction(["items", "packs"], "readwrite");
  for (const name of ["items", "packs"]) all.objectStore(name).openCursor().onsuccess = (event) => {
    const cursor = event.target.result;
    if (!cursor) return;
    const row = cursor.value, then = Date.now() - days * 86400000;
    cursor.update(Object.assign(row, name === "items" ? { written: then } : { at: then }));
    cursor.continue();
  };
  all.oncomplete = () => { open.result.close(); done(null); }; }; })"""


def test_after_seven_days_it_is_gone_and_two_days_before_it_says_so(phone_page, made):
    context = phone_page.context
    sign_in(phone_page, group_leader(made))
    ready(phone_page)
    context.set_offline(True)
    write(phone_page, made.households[0].name, "忘了上传")
    save(phone_page)
    expect(said(phone_page)).to_contain_text("已存在手机里")
    phone_page.evaluate(AGED, 6)
    phone_page.goto("/m/outbox/")
    expect(phone_page.get_by_text("有 1 条走访快满 7 天")).to_be_visible()
    expect(phone_page.get_by_text("1 天后删除")).to_be_visible()
    phone_page.evaluate(AGED, 8)
    phone_page.goto("/m/outbox/")
    expect(phone_page.get_by_text("有 1 条走访超过 7 天没有上传，已按规定从手机里删除")).to_be_visible()
    expect(phone_page.get_by_text("这部手机里也没有可用的名单")).to_be_visible()  # names are gone, too
    expect(phone_page.locator("[data-phone-unsent]")).to_be_hidden()
    context.set_offline(False)
    phone_page.goto("/m/outbox/")
    expect(phone_page.get_by_text("没有待上传的走访")).to_be_visible()
    assert logged() == []
