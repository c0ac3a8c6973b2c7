"""`manage.py allocate --input FILE.json --output FILE.json`: one allocation in its neutral form."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liaison.allocation.engine import Effort, allocate
from liaison.allocation.exchange import answer, read_instance
from liaison.allocation.instance import BadInstance


class Command(BaseCommand):
    """Read an instance, solve it, write the answer with its explanations."""

    help = "编排包挂联系：读入一个算例（JSON），写出最优结果和说明。"
    requires_system_checks = []  # touches no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files to read and to write, and how long to search."""
        parser.add_argument("--input", type=Path, required=True, metavar="FILE.json", help="算例")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE.json", help="结果")
        parser.add_argument("--budget", type=int, metavar="N", help="最多搜索多少步（缺省：直到证明最优）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Solve, or say in a sentence what is wrong with the file."""
        try:
            instance = read_instance(json.loads(options["input"].read_text(encoding="utf-8")))
        except OSError as why:
            raise CommandError(f"读不了 {options['input']}：{why.strerror}") from why
        except ValueError as why:  # JSON, encoding, or a contradiction inside
            told = str(why) if isinstance(why, BadInstance) else "不是有效的 JSON 文件（UTF-8）"
            raise CommandError(f"{options['input']}：{told}") from why
        found = allocate(instance, Effort(options["budget"]))
        text = json.dumps(answer(instance, found), ensure_ascii=False, indent=1)
        options["output"].write_text(text + "\n", encoding="utf-8")
        goal = found.objective
        self.stdout.write(
            f"待落实 {goal.uncovered}，超上限 {goal.over}，跨网格 {goal.cross}，不足下限 {goal.under}，"
            f"软成本 {goal.soft}{'，已证明最优' if found.proved else '，未证明最优'}"
        )
