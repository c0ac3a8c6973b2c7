"""manage.py load_demo: the invented township with one account per role; a second run changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.demo import errands, load, town
from township.models import Township, User


class Command(BaseCommand):
    """Loads the demo once and prints the accounts each time."""

    help = "装入演示乡镇（12个村、79个党小组、约3100户），已装入时不改动任何数据。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load unless there, then say what is there."""
        outline = town.read()
        township = Township.objects.filter(code=outline["code"]).first()
        if township is None:
            township = load.load(town.build(outline))
            counts = "，".join(f"{label} {count}" for label, count in load.summary(township))
            self.stdout.write(f"已装入演示乡镇“{township}”：{counts}。")
            made = load.accounts(township)
            errands.run_errands(township, since=town.SINCE, by=User.objects.get(username="clerk"))
        else:
            self.stdout.write(f"演示乡镇“{township}”已在，数据没有改动。")
            made = load.accounts(township)
        self.stdout.write("演示账号（岗位 / 账号 / 密码）：")
        for account, password in made:
            self.stdout.write(f"  {account.title:　<8} {account.username:<12} {password}")
