import pytest
from django.urls import reverse

from tests.factories import UserFactory
from township.choices import OfficeRole

PAGE = reverse("township:preferences")
pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    account = UserFactory(office_role=OfficeRole.SYSTEM_ADMIN)
    client.force_login(account)
    return account


@pytest.mark.parametrize(
    ("form", "size", "contrast"),
    [
        ({"text_size": "large"}, "large", False),
        ({"contrast": "high"}, "normal", True),
        ({"text_size": "huge", "contrast": "other"}, "normal", False),
        ({}, "normal", False),
    ],
)
def test_preferences_are_kept_without_history(client, user, form, size, contrast):
    rows = user.history.count()
    client.post(PAGE, form)
    user.refresh_from_db()
    assert (user.text_size, user.high_contrast, user.history.count()) == (size, contrast, rows)


def test_large_text_and_contrast_show_on_every_page_and_can_be_taken_back(client, user):
    client.post(PAGE, {"text_size": "large"})
    client.post(PAGE, {"contrast": "high"})
    html = client.get(reverse("township:users")).content.decode()
    assert 'class="large contrast"' in html
    client.post(PAGE, {"text_size": "normal"})
    client.post(PAGE, {"contrast": "normal"})
    assert 'class=""' in client.get(reverse("township:users")).content.decode()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/accounts/?q=x", "/accounts/?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("", "/"),
    ],
)
def test_returns_to_our_own_pages_only(client, user, target, expected):
    assert client.post(PAGE, {"next": target}).url == expected
