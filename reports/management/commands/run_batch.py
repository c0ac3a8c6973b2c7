"""Make one zip of many tables, then whatever else waits; started by the web pages in a process of its own."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.batches.actions import run_job, run_queue
from reports.models import ExportBatch


class Command(BaseCommand):
    """`manage.py run_batch 12`."""

    help = "生成一个打包导出，然后处理其余排队的（由网页启动；服务器重启后也可手工运行，接着做）。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The zip."""
        parser.add_argument("batch", type=int, help="打包导出编号")

    def handle(self, *args: Any, **options: Any) -> None:
        """Pages first: packing gives way to people at work on the same machine."""
        if not ExportBatch.objects.filter(pk=options["batch"]).exists():
            raise CommandError(f"没有编号为 {options['batch']} 的打包导出。")
        os.nice(5)
        run_job(options["batch"])
        run_queue()
