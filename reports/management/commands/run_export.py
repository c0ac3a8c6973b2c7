"""Print one export job, then whatever else waits; started by the web pages in a process of its own."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.annexes.actions import run_job, run_queue
from reports.models import ExportJob


class Command(BaseCommand):
    """`manage.py run_export 12`."""

    help = "生成一个导出任务的 PDF，然后处理其余排队的任务（由网页启动，一般不用手工运行）。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The job."""
        parser.add_argument("job", type=int, help="任务编号")

    def handle(self, *args: Any, **options: Any) -> None:
        """Pages first: printing gives way to people at work on the same machine."""
        if not ExportJob.objects.filter(pk=options["job"]).exists():
            raise CommandError(f"没有编号为 {options['job']} 的导出任务。")
        os.nice(5)
        run_job(options["job"])
        run_queue()
