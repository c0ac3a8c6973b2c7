import time

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory
from township.choices import OfficeRole
from township.middleware import SEEN, STARTED

PAGE = reverse("township:users")
LOGIN = reverse("township:login")
pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client) -> Client:
    client.force_login(UserFactory(office_role=OfficeRole.SYSTEM_ADMIN))
    client.get(PAGE)
    return client


def set_stamp(client: Client, **stamps: float) -> None:
    session = client.session
    session.update(stamps)
    session.save()


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_session_ends_after_thirty_idle_minutes(page, minutes, status):
    set_stamp(page, **{SEEN: time.time() - minutes * 60})
    assert page.get(PAGE).status_code == status


@pytest.mark.parametrize(("hours", "status"), [(11, 200), (13, 302)])
def test_session_ends_after_twelve_hours_however_busy(page, hours, status):
    set_stamp(page, **{STARTED: time.time() - hours * 3600})
    assert page.get(PAGE).status_code == status


def test_session_is_stamped_at_most_once_a_minute(page):
    first = page.session[SEEN]
    page.get(PAGE)
    assert page.session[SEEN] == first
    set_stamp(page, **{SEEN: first - 61})
    page.get(PAGE)
    assert page.session[SEEN] >= first


def test_ended_session_is_gone_from_the_server(page):
    key = page.session.session_key
    set_stamp(page, **{SEEN: time.time() - 3600})
    page.get(PAGE)
    assert not page.session.exists(key)


@pytest.mark.parametrize(("path", "expected"), [("/accounts/?q=x", "/accounts/%3Fq%3Dx"), ("/", "/")])
def test_stranger_comes_back_to_the_page_after_sign_in(client, path, expected):
    assert client.get(path).url == f"{LOGIN}?next={expected}"


def test_stranger_who_sent_a_form_is_not_led_back_to_an_address_without_a_page(client):
    assert client.post(reverse("township:preferences")).url == f"{LOGIN}?next=/"


def test_htmx_is_told_to_leave_the_page_for_the_sign_in(client):
    answer = client.get(PAGE, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, f"{LOGIN}?next=/")
    assert answer.content == b""


def test_pages_of_signed_in_users_are_kept_nowhere(page):
    assert page.get(PAGE).headers["Cache-Control"] == "no-store"


def test_unknown_address_is_a_chinese_404_for_strangers_too(client):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


def test_address_with_a_nul_is_refused_in_chinese(page):
    answer = page.get("/", {"q": "a\0b"})
    assert (answer.status_code, "没有" in answer.content.decode()) == (400, True)


def test_expired_form_says_that_nothing_was_saved():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(LOGIN, {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "这次提交没有保存" in answer.content.decode()


def test_forged_host_is_refused(client):
    assert client.get(LOGIN, headers={"host": "evil.example"}).status_code == 400


def test_an_address_that_only_takes_what_a_form_sends_says_so(page):
    answer = page.get(reverse("township:logout"))
    assert answer.status_code == 405
    assert "这个地址不能直接打开" in answer.content.decode()
