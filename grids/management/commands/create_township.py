"""Make an empty township, ready for rosters."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from township import audit, history
from township.choices import Deed
from township.models import Township


class Command(BaseCommand):
    """create_township --code T01 --name 青河乡."""

    help = "新建一个空的乡镇"

    def add_arguments(self, parser: CommandParser) -> None:
        """Code and name."""
        parser.add_argument("--code", required=True, help="代码，如 T01")
        parser.add_argument("--name", required=True, help="名称，如 青河乡")

    def handle(self, *args: Any, code: str, name: str, **options: Any) -> None:
        """Refuse a code or name that is taken; the same pair again changes nothing."""
        code, name = code.strip(), name.strip()
        if not code or not name or len(code) > 12 or len(name) > 30:
            raise CommandError("代码为 1 到 12 个字，名称为 1 到 30 个字。")
        with transaction.atomic():
            known = Township.objects.filter(code=code).first()
            if known is not None and known.name == name:
                self.stdout.write(f"{name}（{code}）已经存在，没有改动。")
                return
            if known is not None:
                raise CommandError(f"代码 {code} 已用于“{known.name}”，请换一个代码。")
            if Township.objects.filter(name=name).exists():
                raise CommandError(f"已有名为“{name}”的乡镇，请核对代码。")
            township = history.save(Township(code=code, name=name), by=None, reason="新建乡镇")
            audit.record(by=None, deed=Deed.CREATE, target=f"乡镇 {name}", township=township)
        self.stdout.write(f"已新建 {name}（{code}）。")
