"""Make the first system administrator: there is no default account, and the password is printed once."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from township.accounts import actions
from township.choices import OfficeRole
from township.models import Township, User


class Command(BaseCommand):
    """`manage.py create_admin --username NAME [--full-name NAME] [--township CODE]`."""

    help = "新建一个系统管理员账号，随机密码只显示这一次。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the account; without a township it manages the accounts of all townships."""
        parser.add_argument("--username", required=True, help="登录账号")
        parser.add_argument("--full-name", default="系统管理员", help="姓名")
        parser.add_argument("--township", default="", help="乡镇代码；不写则管理全部乡镇的账号")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Save the account and print its first password."""
        code = options["township"]
        township = Township.objects.filter(code=code).first()
        if code and township is None:
            raise CommandError(f"没有代码为 {code} 的乡镇。")
        account = User(
            username=options["username"],
            full_name=options["full_name"],
            township=township,
            office_role=OfficeRole.SYSTEM_ADMIN,
        )
        try:
            account.full_clean(exclude=["password"])
        except ValidationError as why:
            raise CommandError("；".join(why.messages)) from why
        password = actions.add_account(account=account, by=None)
        self.stdout.write(f"账号：{account.username}\n密码：{password}\n密码只显示这一次，首次登录须修改。")
