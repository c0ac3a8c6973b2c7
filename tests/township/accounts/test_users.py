from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from grids.models import Person
from tests.factories import (
    PASSWORD,
    PersonFactory,
    TownshipFactory,
    UserFactory,
    secretary,
    village,
)
from township.accounts import actions
from township.choices import Deed, OfficeRole
from township.models import AuditEvent, User

USERS = reverse("township:users")
ADD = reverse("township:user_add")
pytestmark = pytest.mark.django_db


@pytest.fixture
def township():
    return TownshipFactory()


@pytest.fixture
def admin(township) -> User:
    return UserFactory(
        username="guanli", full_name="系统管理员", office_role=OfficeRole.SYSTEM_ADMIN, township=township
    )


@pytest.fixture
def page(client, admin) -> Client:
    client.force_login(admin)
    return client


def edit(account: User) -> str:
    return reverse("township:user_edit", args=[account.pk])


def form_of(account: User, **changed: object) -> dict[str, object]:
    found = {
        "username": account.username,
        "full_name": account.full_name,
        "phone": account.phone,
        "office_role": account.office_role,
        "township": account.township_id,
        "is_active": "on" if account.is_active else "",
    }
    return {**found, **changed}


@pytest.mark.parametrize("role", [role for role in OfficeRole if role != OfficeRole.SYSTEM_ADMIN])
def test_only_the_system_administrator_manages_accounts(client, township, role):
    client.force_login(UserFactory(township=township, office_role=role))
    assert client.get(USERS).status_code == 403
    assert client.get(reverse("township:users_export")).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.unlock(account=UserFactory(), by=UserFactory(office_role=role))


def test_new_account_shows_its_password_once_and_must_change_it(page, admin, township):
    answer = page.post(
        ADD,
        {
            "username": "dangzheng",
            "full_name": "演示乡党政办",
            "phone": "",
            "office_role": "clerk",
            "township": township.pk,
        },
    )
    account = User.objects.get(username="dangzheng")
    password = answer.context["password"]
    assert account.check_password(password)
    assert account.must_change_password
    assert password not in page.get(edit(account)).content.decode()
    event = AuditEvent.objects.get(deed=Deed.ACCOUNT)
    assert (event.user, event.township, event.note) == (admin, township, "新建，乡党政办")
    assert password not in str(vars(event))
    first = Client()
    first.post(reverse("township:login"), {"username": "dangzheng", "password": password})
    assert first.get(reverse("reports:home")).url == reverse("township:password")


def test_every_account_but_the_administrators_needs_a_township(client):
    client.force_login(UserFactory(office_role=OfficeRole.SYSTEM_ADMIN, township=None))
    form = {"username": "x", "full_name": "演示账号", "office_role": "clerk", "township": ""}
    assert "township" in client.post(ADD, form).context["form"].errors
    assert client.post(ADD, {**form, "office_role": "system_admin"}).status_code == 200
    assert User.objects.filter(username="x", township=None).exists()


def test_one_person_one_account_by_phone(page, township):
    UserFactory(phone="13912345678", township=township)
    form = {"username": "x", "full_name": "演示账号", "office_role": "clerk", "township": township.pk}
    errors = page.post(ADD, {**form, "phone": "13912345678"}).context["form"].errors
    assert "一人一号" in str(errors)


def test_administrator_of_a_township_sees_and_gives_accounts_of_that_township_only(page, admin):
    foreign = UserFactory()
    assert [account.pk for account in page.get(USERS).context["accounts"]] == [admin.pk]
    for name in ("user_edit", "user_person"):
        assert page.get(reverse(f"township:{name}", args=[foreign.pk])).status_code == 404
    for name in ("user_reset", "user_unlock"):
        assert page.post(reverse(f"township:{name}", args=[foreign.pk])).status_code == 404
    form = {"username": "x", "full_name": "演示账号", "office_role": "clerk", "township": foreign.township_id}
    assert "township" in page.post(ADD, form).context["form"].errors


def test_role_change_takes_effect_on_the_next_request_and_says_what_changed(page, township):
    account = UserFactory(township=township, office_role=OfficeRole.AUDITOR)
    theirs = Client()
    theirs.force_login(account)
    assert theirs.get(reverse("township:audit")).status_code == 200
    page.post(edit(account), form_of(account, office_role="leader"))
    assert theirs.get(reverse("township:audit")).status_code == 403
    assert AuditEvent.objects.get(deed=Deed.ACCOUNT).note == "岗位：审计员→乡领导"
    assert account.history.first().history_user.username == "guanli"


def test_closed_account_is_out_at_once(page, township):
    account = UserFactory(township=township, office_role=OfficeRole.AUDITOR)
    theirs = Client()
    theirs.force_login(account)
    page.post(edit(account), form_of(account, is_active=""))
    assert theirs.get(reverse("township:audit")).status_code == 302
    assert (
        theirs.post(
            reverse("township:login"), {"username": account.username, "password": PASSWORD}
        ).status_code
        == 200
    )


def test_nobody_changes_the_own_role(page, admin):
    page.post(edit(admin), form_of(admin, office_role="clerk", is_active="", full_name="新名"))
    admin.refresh_from_db()
    assert (admin.office_role, admin.is_active, admin.full_name) == (OfficeRole.SYSTEM_ADMIN, True, "新名")
    admin.office_role = OfficeRole.CLERK
    with pytest.raises(PermissionDenied):
        actions.change_account(account=admin, by=User.objects.get(pk=admin.pk))


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "password", "must_change_password", "id"])
def test_fields_outside_the_form_are_not_taken(page, township, field):
    account = UserFactory(township=township)
    before = getattr(account, field)
    page.post(edit(account), form_of(account, **{field: "1", "username": "renamed"}))
    account.refresh_from_db()
    assert (getattr(account, field), account.username) == (before, account.username)
    assert account.username != "renamed"


def test_reset_ends_sessions_and_takes_the_lock_off(page, township):
    account = UserFactory(township=township, office_role=OfficeRole.AUDITOR)
    theirs = Client()
    theirs.force_login(account)
    for _ in range(5):
        Client().post(reverse("township:login"), {"username": account.username, "password": "wrong"})
    password = page.post(reverse("township:user_reset", args=[account.pk])).context["password"]
    assert theirs.get(reverse("township:audit")).status_code == 302
    again = Client().post(reverse("township:login"), {"username": account.username, "password": password})
    assert again.status_code == 302


def test_own_password_is_not_reset_here(page, admin):
    page.post(reverse("township:user_reset", args=[admin.pk]))
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)


def test_locked_account_shows_as_locked_and_is_unlocked(page, township):
    account = UserFactory(township=township)
    for _ in range(5):
        Client().post(reverse("township:login"), {"username": account.username, "password": "wrong"})
    assert [a.pk for a in page.get(USERS, {"state": "locked"}).context["accounts"]] == [account.pk]
    unlock = reverse("township:user_unlock", args=[account.pk])
    page.post(unlock)
    page.post(unlock)
    assert not page.get(USERS, {"state": "locked"}).context["accounts"]
    assert AuditEvent.objects.filter(deed=Deed.ACCOUNT, note="解除锁定").count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"guanli", "zhibu", "tingyong"}),
        ({"q": "支部"}, {"zhibu"}),
        ({"q": "ZHIBU"}, {"zhibu"}),
        ({"q": "1390000"}, {"zhibu"}),
        ({"role": "by_post"}, {"zhibu", "tingyong"}),
        ({"state": "closed"}, {"tingyong"}),
        ({"state": "active", "role": "by_post"}, {"zhibu"}),
        ({"state": "nonsense"}, set()),
    ],
)
def test_filters_of_the_list_and_of_its_export(page, township, query, found):
    UserFactory(
        username="zhibu", full_name="演示支部", phone="13900002222", township=township, office_role="by_post"
    )
    UserFactory(username="tingyong", township=township, office_role="by_post", is_active=False)
    assert {account.username for account in page.get(USERS, query).context["accounts"]} == found
    answer = page.get(reverse("township:users_export"), query)
    book = load_workbook(BytesIO(answer.getvalue()))
    cells = {str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell}
    assert {"guanli", "zhibu", "tingyong"} & cells == found


def test_export_is_logged_and_keeps_phones_as_text(page, township):
    UserFactory(phone="013900002222", full_name="=1+1", township=township)
    book = load_workbook(BytesIO(page.get(reverse("township:users_export")).getvalue()))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {"013900002222", "=1+1"} <= {cell.value for cell in cells}
    event = AuditEvent.objects.get(deed=Deed.EXPORT)
    assert (event.target, event.rows) == ("账号列表", 2)


@pytest.mark.parametrize("n", [3, 40])
def test_list_asks_the_database_the_same_number_of_times(page, township, n, django_assert_num_queries):
    made = village(township)
    for person in [*made.people, *(PersonFactory(township=township, root=made.root) for _ in range(n))][:n]:
        person.user = UserFactory(township=township, office_role="by_post")
        person.save()
    page.get(USERS)  # the first page of a session also stamps it
    with django_assert_num_queries(6):
        assert page.get(USERS).context["page_obj"].paginator.count == n + 1


# --- whose account it is


def test_account_is_linked_to_the_person_of_the_exact_name(page, township):
    made = village(township)
    person = made.people[0]
    account = UserFactory(township=township, office_role="by_post", full_name=person.name)
    url = reverse("township:user_person", args=[account.pk])
    assert page.get(url).context["people"] == [person]
    assert page.get(url, {"name": person.name[:-1]}).context["people"] == []
    assert page.post(url, {"name": person.name, "person": person.pk}).url == edit(account)
    person.refresh_from_db()
    assert person.user == account
    assert person.history.first().history_user.username == "guanli"


def test_link_moves_and_is_taken_off(page, admin, township):
    first, second = PersonFactory(township=township), PersonFactory(township=township)
    account = UserFactory(township=township, office_role="by_post")
    actions.link_person(account=account, person=first, by=admin)
    url = reverse("township:user_person", args=[account.pk])
    page.post(url, {"name": second.name, "person": second.pk})
    assert list(Person.objects.filter(user=account)) == [second]
    page.post(url, {"person": ""})
    assert not Person.objects.filter(user=account).exists()


def test_person_of_another_township_cannot_be_linked(page, admin, township):
    stranger = PersonFactory(name="同名")
    account = UserFactory(township=township, office_role="by_post", full_name="同名")
    url = reverse("township:user_person", args=[account.pk])
    assert page.get(url).context["people"] == []
    page.post(url, {"name": "同名", "person": stranger.pk})
    stranger.refresh_from_db()
    assert stranger.user is None
    with pytest.raises(ValidationError):
        actions.link_person(account=account, person=stranger, by=admin)


def test_person_with_an_account_gets_no_second_one(admin, township):
    made = village(township)
    person = secretary(made).person
    account = UserFactory(township=township, office_role="by_post")
    with pytest.raises(ValidationError):
        actions.link_person(account=account, person=person, by=admin)


def test_office_account_is_linked_to_nobody(page, admin, township):
    person = PersonFactory(township=township)
    account = UserFactory(township=township, office_role=OfficeRole.CLERK, full_name=person.name)
    assert page.get(reverse("township:user_person", args=[account.pk])).context["people"] == []
    with pytest.raises(ValidationError):
        actions.link_person(account=account, person=person, by=admin)


def test_new_role_takes_the_person_off(page, township):
    made = village(township)
    account = secretary(made)
    page.post(edit(account), form_of(account, office_role="leader"))
    assert not Person.objects.filter(user=account).exists()
