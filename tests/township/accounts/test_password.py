from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, UserFactory
from township.accounts import actions
from township.choices import Deed, OfficeRole
from township.models import AuditEvent, PasswordRecord, User

PAGE = reverse("township:password")
NEW = "Dongpo#7-village"
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return UserFactory(username="guanli", office_role=OfficeRole.SYSTEM_ADMIN, phone="13900001111")


@pytest.fixture
def page(client, admin) -> Client:
    client.force_login(admin)
    return client


def change(client: Client, new: str = NEW, old: str = PASSWORD):
    return client.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": new})


def test_change_keeps_this_session_and_ends_the_others(page, admin):
    elsewhere = Client()
    elsewhere.force_login(admin)
    assert change(page).url == "/"
    assert page.get(reverse("township:users")).status_code == 200
    assert elsewhere.get(reverse("township:users")).status_code == 302
    assert AuditEvent.objects.get().deed == Deed.PASSWORD


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("Short-1", "密码至少要有 10 个字符。"),
        ("onlysmallletters", "至少三种"),
        ("Guanli-2026-xx", "账号、姓名"),
        ("A-13900001111-b", "电话号码"),
        (PASSWORD, "最近 5 次"),
    ],
)
def test_weak_password_is_refused_with_its_reason(page, admin, new, words):
    errors = change(page, new).context["form"].errors["new_password2"]
    assert words in "".join(errors)
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)


def test_name_in_pinyin_is_refused(client):
    account = UserFactory(full_name="王建", office_role=OfficeRole.SYSTEM_ADMIN)
    client.force_login(account)
    assert "拼音" in str(change(client, "Wangjian-2026").context["form"].errors)


def test_wrong_old_password_changes_nothing(page, admin):
    assert "old_password" in change(page, old="nonsense").context["form"].errors
    assert not PasswordRecord.objects.exists()


def test_last_five_passwords_are_remembered_and_older_ones_forgotten(admin):
    for number in range(7):
        actions.change_password(user=admin, password=f"Grid-number-{number}", now=timezone.now())
    assert PasswordRecord.objects.filter(user=admin).count() == 5


@pytest.mark.parametrize(
    "stale",
    [
        {"must_change_password": True},
        {"password_changed_at": None},
        {"password_changed_at": timezone.now() - timedelta(days=91)},
    ],
)
def test_stale_password_must_be_changed_before_anything_else(page, admin, stale):
    User.objects.filter(pk=admin.pk).update(**stale)
    assert page.get(reverse("township:users")).url == PAGE
    assert page.get(PAGE).status_code == 200
    change(page)
    assert page.get(reverse("township:users")).status_code == 200


def test_stale_password_may_still_sign_out(page, admin):
    User.objects.filter(pk=admin.pk).update(must_change_password=True)
    assert page.post(reverse("township:logout")).url == reverse("township:login")


def test_random_passwords_pass_the_rules_and_differ(admin):
    made = {actions.random_password(admin) for _ in range(20)}
    assert len(made) == 20
    assert {len(password) for password in made} == {14}
