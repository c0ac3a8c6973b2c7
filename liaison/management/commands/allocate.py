"""`manage.py allocate --input FILE.json --output FILE.json`: one allocation in its neutral form."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liaison.allocation.engine import Effort, allocate
from liaison.allocation.exchange import answer, read_instance, unused
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
        source, target = options["input"], options["output"]
        if not target.parent.is_dir() or target.is_dir():  # before the searching
            raise CommandError(f"写不了 {target}：没有这个文件夹，或它本身是文件夹。")
        data = _read(source)
        try:
            instance = read_instance(data)
        except BadInstance as why:
            raise CommandError(f"{source}：{why}") from why
        if odd := unused(data):
            self.stderr.write(f"没有用到：{'、'.join(odd)}。")
        found = allocate(instance, Effort(options["budget"]))
        _write(target, json.dumps(answer(instance, found), ensure_ascii=False, indent=1) + "\n")
        goal = found.objective
        self.stdout.write(
            f"待落实 {goal.uncovered}，超上限 {goal.over}，跨网格 {goal.cross}，不足下限 {goal.under}，"
            f"软成本 {goal.soft}{'，已证明最优' if found.proved else '，未证明最优'}"
        )


def _because(why: OSError) -> str:
    known = {
        FileNotFoundError: "没有这个文件",
        PermissionError: "没有权限",
        IsADirectoryError: "它是文件夹",
    }
    return known.get(type(why), "磁盘或文件系统有问题") + f"（{why.strerror}）"


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as why:
        raise CommandError(f"读不了 {path}：{_because(why)}") from why
    except (ValueError, RecursionError) as why:  # its encoding, its form, or brackets without end
        raise CommandError(f"{path}：不是有效的 JSON 文件（UTF-8）") from why


def _write(path: Path, text: str) -> None:
    """All of it or nothing: whoever waits for the file never reads a part."""
    part = path if path.exists() and not path.is_file() else path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        if part != path:
            part.replace(path)
    except OSError as why:
        if part != path:
            part.unlink(missing_ok=True)
        raise CommandError(f"写不了 {path}：{_because(why)}") from why
