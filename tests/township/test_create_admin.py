import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import TownshipFactory
from township.choices import OfficeRole
from township.models import AuditEvent, User

pytestmark = pytest.mark.django_db


def create(**options: str) -> str:
    out = StringIO()
    call_command("create_admin", stdout=out, **options)
    return out.getvalue()


def test_there_is_no_default_account():
    assert not User.objects.exists()


def test_first_administrator_gets_a_random_password_printed_once():
    password = re.search(r"密码：(\S+)", create(username="guanli"))[1]
    account = User.objects.get(username="guanli")
    assert account.check_password(password)
    assert account.must_change_password
    assert (account.office_role, account.is_superuser) == (OfficeRole.SYSTEM_ADMIN, False)
    assert AuditEvent.objects.get().who == "系统命令"
    assert password not in create(username="other")


def test_administrator_of_one_township():
    township = TownshipFactory(code="T77")
    create(username="guanli", township="T77", full_name="本乡管理员")
    assert User.objects.get().township == township


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"username": "guanli"}, "已存在"),
        ({"username": "a b"}, "用户名"),
        ({"username": "new", "township": "T99"}, "没有代码为 T99 的乡镇"),
    ],
)
def test_refusals_are_in_chinese_and_make_nothing(options, words):
    create(username="guanli")
    with pytest.raises(CommandError, match=words):
        create(**options)
    assert User.objects.count() == 1
