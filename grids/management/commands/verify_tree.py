"""Compare every row of the tree with its parent, and repair the numbers if asked."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grids import tree
from grids.models import Node
from township.models import Township

SHOWN = 50


class Command(BaseCommand):
    """verify_tree [--township CODE] [--fix]."""

    help = "核对网格树；--fix 按上下级关系重新编号"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which township, and whether to repair."""
        parser.add_argument("--township", default="", help="只核对这个乡镇（代码）")
        parser.add_argument("--fix", action="store_true", help="重新计算序号和上级标记")

    def handle(self, *args: Any, township: str, fix: bool, **options: Any) -> None:
        """End with 1 while faults are left."""
        township_id = self._township(township)
        faults = tree.verify(township_id)
        if faults and fix:
            written = tree.repair(township_id)
            self.stdout.write(f"发现 {len(faults)} 处问题，已重新编号 {written} 行。")
            faults = tree.verify(township_id)
        if not faults:
            self.stdout.write("网格树完好。")
            return
        self._tell(faults)
        sys.exit(1)

    def _township(self, code: str) -> int | None:
        if not code:
            return None
        found = Township.objects.filter(code=code).values_list("pk", flat=True).first()
        if found is None:
            raise CommandError(f"没有代码为 {code} 的乡镇。")
        return found

    def _tell(self, faults: list[tree.Fault]) -> None:
        names = dict(
            Node.objects.filter(pk__in=[fault.node_id for fault in faults[:SHOWN]]).values_list("pk", "name")
        )
        self.stderr.write(f"发现 {len(faults)} 处问题：")
        for fault in faults[:SHOWN]:
            how = "" if fault.repairable else "（不能自动修复）"
            self.stderr.write(f"　{names.get(fault.node_id, '')}（{fault.node_id}）：{fault.message}{how}")
        if len(faults) > SHOWN:
            self.stderr.write(f"　还有 {len(faults) - SHOWN} 处没有列出。")
