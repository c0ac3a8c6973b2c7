from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, UserFactory
from township.choices import Deed, OfficeRole
from township.models import AuditEvent, User

LOGIN = reverse("township:login")
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return UserFactory(username="guanli", office_role=OfficeRole.SYSTEM_ADMIN)


def try_in(client: Client, password: str = "wrong", username: str = "guanli", **extra: str):
    return client.post(LOGIN, {"username": username, "password": password, **extra})


def events(deed: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(deed=deed))


def test_sign_in_opens_home_and_is_logged(client, admin):
    response = try_in(client, PASSWORD)
    assert (response.status_code, response.url) == (302, "/")
    (event,) = events(Deed.SIGN_IN)
    assert (event.user, event.township, event.address) == (admin, admin.township, "127.0.0.1")


def test_sign_in_changes_session_key_and_leaves_no_account_history(client, admin):
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    before, rows = session.session_key, admin.history.count()
    try_in(client, PASSWORD)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert admin.history.count() == rows


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/accounts/", "/accounts/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_leads_only_to_our_own_pages(client, admin, target, expected):
    assert try_in(client, PASSWORD, next=target).url == expected


def test_unknown_account_and_wrong_password_get_the_same_answer(admin):
    known, unknown = try_in(Client()), try_in(Client(), username="guanll")
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors
    assert "还可以试 4 次" in known.content.decode()


def test_inactive_account_gets_the_same_answer(client, admin):
    UserFactory(username="lizhi", is_active=False)
    gone, unknown = try_in(client, PASSWORD, "lizhi"), try_in(client, username="nobody")
    assert gone.context["form"].errors == unknown.context["form"].errors


def test_remaining_tries_count_down_to_the_lock(client, admin):
    said = [try_in(client).context["form"].non_field_errors()[0] for _ in range(4)]
    assert [line[14] for line in said] == ["4", "3", "2", "1"]
    locked = try_in(client)
    assert locked.status_code == 429
    assert "账号已暂时锁定" in locked.content.decode()


def test_locked_account_refuses_the_right_password_until_half_an_hour_has_passed(client, admin):
    for _ in range(5):
        try_in(client)
    assert try_in(client, PASSWORD).status_code == 429
    assert events(Deed.SIGN_IN_FAILED)[0].note == "账号已锁定"
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert try_in(client, PASSWORD).status_code == 302


def test_tries_during_the_lock_do_not_lengthen_it(client, admin):
    for _ in range(5):
        try_in(client)
    until = AccessAttempt.objects.get().attempt_time
    try_in(client)
    assert AccessAttempt.objects.get().attempt_time == until


def test_lock_is_by_account_not_by_address(client, admin):
    UserFactory(username="neighbour", office_role=OfficeRole.AUDITOR)
    for _ in range(5):
        try_in(client)
    assert try_in(client, PASSWORD, "neighbour").status_code == 302


def test_full_width_spelling_is_the_same_account_for_the_lock(client, admin):
    for _ in range(5):
        try_in(client, username="ｇｕａｎｌｉ")
    assert try_in(client, PASSWORD).status_code == 429


def test_one_address_is_slowed_after_sixty_tries_a_minute(client, admin, settings):
    settings.SIGN_IN_TRIES_PER_MINUTE = 3
    for number in range(3):
        try_in(client, username=f"guess{number}")
    refused = try_in(client, PASSWORD)
    assert refused.status_code == 429
    assert "登录太频繁" in refused.content.decode()
    assert len(events(Deed.SIGN_IN_FAILED)) == 3
    other = client.post(LOGIN, {"username": "guanli", "password": PASSWORD}, REMOTE_ADDR="10.0.0.9")
    assert other.status_code == 302


def test_failed_try_names_the_account_but_never_what_was_typed_for_an_unknown_one(client, admin):
    try_in(client)
    try_in(client, username="Qinghe-2026-typed-into-the-wrong-field")
    unknown, known = events(Deed.SIGN_IN_FAILED)
    assert (known.user, known.township, unknown.user, unknown.who) == (
        admin,
        admin.township,
        None,
        "未知账号",
    )
    assert "Qinghe" not in f"{unknown.target}{unknown.note}{unknown.who}"


@pytest.mark.parametrize("form", [{}, {"username": "guanli"}, {"password": "x"}])
def test_empty_field_is_no_try(client, admin, form):
    response = client.post(LOGIN, form)
    assert response.status_code == 200
    assert not AuditEvent.objects.exists()
    assert not AccessAttempt.objects.exists()


def test_signed_in_visitor_of_the_sign_in_page_goes_home(client, admin):
    client.force_login(admin)
    assert client.get(LOGIN).url == "/"


def test_sign_out_ends_the_session_and_clears_the_browser(client, admin):
    client.force_login(admin)
    key = client.session.session_key
    response = client.post(reverse("township:logout"))
    assert response.url == LOGIN
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies"'
    assert not Session.objects.filter(session_key=key).exists()
    assert [event.user for event in events(Deed.SIGN_OUT)] == [admin]


def test_sign_out_twice_is_no_error(client):
    assert client.post(reverse("township:logout")).url == LOGIN
    assert not AuditEvent.objects.exists()


def test_sign_out_by_link_does_nothing(client, admin):
    client.force_login(admin)
    assert client.get(reverse("township:logout")).status_code == 405
    assert client.get(reverse("township:users")).status_code == 200


def test_own_hash_is_argon2_outside_tests():
    from django.conf import settings as real  # the lazy object also shows the overridden list

    assert "Argon2" in real.PASSWORD_HASHERS[1]
