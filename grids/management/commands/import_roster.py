"""Load rosters from files, each in its own transaction."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from grids.imports import actions, report
from township.models import Township


class Command(BaseCommand):
    """import_roster FILE… --township CODE [--branch NAME] [--dry-run] [--report FILE.json]."""

    help = "导入花名册（.xlsx、.xls、.csv），每个文件各自整体导入或整体不导入"

    def add_arguments(self, parser: CommandParser) -> None:
        """Files and where they go."""
        parser.add_argument("files", nargs="+", type=Path, help="花名册文件")
        parser.add_argument("--township", required=True, help="乡镇代码，如 T01")
        parser.add_argument("--branch", default="", help="文件里没有写明时，归入这个党支部")
        parser.add_argument("--dry-run", action="store_true", help="只试算，不写入")
        parser.add_argument("--report", dest="report_file", type=Path, help="把结果写成 JSON 文件")

    def handle(
        self,
        *args: Any,
        files: list[Path],
        township: str,
        branch: str,
        dry_run: bool,
        report_file: Path | None,
        **options: Any,
    ) -> None:
        """Load file after file; one that is refused does not hold up the others."""
        if report_file is not None:
            self._write(report_file, "", mode="a")  # afterwards it would be too late to find out
        known = Township.objects.filter(code=township).first()
        today = timezone.localdate()
        if known is None:
            why = f"没有代码为 {township} 的乡镇，请先用 create_township 新建。"
            entries = [report.refusal(str(path), why) for path in files]
        else:
            entries = [self._load(path, known, branch.strip(), dry_run, today) for path in files]
        if report_file is not None:
            content = {"township": township, "dry_run": dry_run, "files": entries}
            self._write(report_file, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        if known is None:
            raise CommandError(why)
        if any(entry["status"] == report.REFUSED for entry in entries):
            sys.exit(1)

    def _load(self, path: Path, township: Township, branch: str, dry_run: bool, today: Any) -> dict[str, Any]:
        if why := self._unreadable(path):
            entry = report.refusal(str(path), why)
        else:
            entry = actions.load_file(
                path=path, township=township, branch=branch, today=today, dry_run=dry_run
            )
            entry["file"] = str(path)  # two villages may call their files the same
        for line in report.summary(entry):
            self.stdout.write(line)
        return entry

    def _unreadable(self, path: Path) -> str:
        if path.is_dir():
            return "这是文件夹，不是文件，请写明要导入的文件。"
        if not path.is_file():
            return "没有找到这个文件，请检查路径。"
        return "" if os.access(path, os.R_OK) else "没有权限读取这个文件，请检查文件权限。"

    def _write(self, path: Path, content: str, *, mode: str = "w") -> None:
        try:
            with path.open(mode, encoding="utf-8") as stream:
                stream.write(content)
        except OSError:
            raise CommandError(f"写不了结果文件 {path}，没有导入，请检查路径和权限。") from None
