from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.factories import TownshipFactory, UserFactory
from township.accounts.queries import audit_events
from township.audit import client_address, record
from township.choices import Deed, OfficeRole
from township.models import AuditEvent, User

AUDIT = reverse("township:audit")
pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client) -> User:
    account = UserFactory(office_role=OfficeRole.AUDITOR)
    client.force_login(account)
    return account


@pytest.fixture
def clerk(auditor) -> User:
    return UserFactory(township=auditor.township, full_name="演示乡党政办")


@pytest.mark.parametrize("role", [role for role in OfficeRole if role != OfficeRole.AUDITOR])
def test_only_the_auditor_reads_the_log(client, role):
    client.force_login(UserFactory(office_role=role))
    assert client.get(AUDIT).status_code == 403
    assert client.get(reverse("township:audit_export")).status_code == 403
    assert not audit_events(UserFactory(office_role=role)).exists()


def test_auditor_sees_the_own_township_and_nobodys_failed_tries(client, auditor, clerk):
    own = record(by=clerk, deed=Deed.IMPORT)
    record(by=UserFactory(), deed=Deed.IMPORT)
    record(by=None, deed=Deed.ACCOUNT)
    tried = record(by=None, deed=Deed.SIGN_IN_FAILED, who="未知账号")
    assert [event.pk for event in client.get(AUDIT).context["events"]] == [tried.pk, own.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"a", "b"}),
        ({"deed": "import"}, {"a"}),
        ({"who": "党政办"}, {"a"}),
        ({"since": "2026-09-16", "until": "2026-09-16"}, {"b"}),
        ({"until": "2026-09-15"}, set()),
        ({"since": "2026-09-17", "until": "2026-09-16"}, set()),
        ({"since": "gestern"}, set()),
        ({"deed": "nonsense"}, set()),
    ],
)
def test_filters_of_the_page_and_of_its_export(client, auditor, clerk, monkeypatch, query, found):
    record(by=clerk, deed=Deed.IMPORT, target="a")
    at = datetime(2026, 9, 16, 23, 30, tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    record(by=auditor, deed=Deed.EXPORT, target="b")
    monkeypatch.undo()
    client.force_login(auditor)
    assert {event.target for event in client.get(AUDIT, query).context["events"]} == found
    answer = client.get(reverse("township:audit_export"), query)
    book = load_workbook(BytesIO(answer.getvalue()))
    cells = {cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}
    assert {"a", "b"} & cells == found


def test_taking_the_log_out_is_logged_itself(client, auditor, clerk):
    record(by=clerk, deed=Deed.IMPORT)
    client.get(reverse("township:audit_export"))
    event = AuditEvent.objects.get(deed=Deed.EXPORT)
    assert (event.user, event.target, event.rows, event.address) == (auditor, "操作日志", 1, "127.0.0.1")


def test_too_long_an_export_asks_for_dates(client, auditor, clerk, monkeypatch):
    monkeypatch.setattr("township.accounts.views.AUDIT_EXPORT_ROWS", 1)
    record(by=clerk, deed=Deed.IMPORT)
    record(by=clerk, deed=Deed.IMPORT)
    assert client.get(reverse("township:audit_export")).url == AUDIT
    assert not AuditEvent.objects.filter(deed=Deed.EXPORT).exists()


@pytest.mark.parametrize("n", [5, 60])
def test_page_asks_the_database_the_same_number_of_times(client, auditor, n, django_assert_num_queries):
    for number in range(n):
        record(by=auditor, deed=Deed.EXPORT, rows=number)
    client.get(AUDIT)  # the first page of a session also stamps it
    with django_assert_num_queries(5):
        assert client.get(AUDIT).context["page_obj"].paginator.count == n


@pytest.mark.parametrize(
    "statement", ["UPDATE township_auditevent SET who = 'x'", "DELETE FROM township_auditevent"]
)
def test_database_refuses_to_change_or_delete_an_entry(statement):
    record(by=None, deed=Deed.IMPORT)
    with (
        pytest.raises(Error, match="操作日志不能修改或删除"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.get().who == "系统命令"


def test_an_account_in_the_log_cannot_be_deleted(clerk):
    record(by=clerk, deed=Deed.IMPORT)
    with pytest.raises(Error):
        clerk.delete()


def test_entry_and_deed_are_one_transaction(clerk):
    with transaction.atomic():
        record(by=clerk, deed=Deed.IMPORT)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_long_words_are_cut_and_never_refused(clerk):
    event = record(by=clerk, deed=Deed.IMPORT, target="长" * 500, note="长" * 500, who="长" * 500)
    event.refresh_from_db()
    assert (len(event.target), len(event.note), len(event.who)) == (200, 300, 180)


def test_township_of_the_entry_may_be_named(clerk):
    other = TownshipFactory()
    assert record(by=clerk, deed=Deed.ACCOUNT, township=other).township == other


@pytest.mark.parametrize(
    ("proxy", "meta", "found"),
    [
        (False, {"REMOTE_ADDR": "10.1.1.1"}, "10.1.1.1"),
        (False, {"REMOTE_ADDR": "10.1.1.1", "HTTP_X_FORWARDED_FOR": "9.9.9.9"}, "10.1.1.1"),
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.2.2.2"}, "10.2.2.2"),
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.2.2.2"}, "10.2.2.2"),
        (True, {"REMOTE_ADDR": "127.0.0.1"}, "127.0.0.1"),
        (True, {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "<script>"}, None),
        (False, {"REMOTE_ADDR": ""}, None),
    ],
)
def test_address_is_believed_from_our_own_proxy_only(rf, settings, proxy, meta, found):
    settings.BEHIND_PROXY = proxy
    assert client_address(rf.get("/", **meta)) == found


def test_sessions_of_the_future_are_not_in_yesterdays_filter(client, auditor, clerk):
    record(by=clerk, deed=Deed.IMPORT)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert not client.get(AUDIT, {"until": yesterday.isoformat()}).context["events"]
