"""Solve one proposal, then whatever else waits; started by the web pages in a process of its own."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localdate

from liaison.models import Proposal
from liaison.proposals.actions import run_job, run_queue


class Command(BaseCommand):
    """`manage.py run_proposal 12`."""

    help = "编排一个村的包挂联系建议，然后处理其余排队的（由网页启动；服务器重启后也可手工运行，接着做）。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The proposal; without a number only the queue."""
        parser.add_argument("proposal", type=int, nargs="?", help="编排建议编号（不写：只处理排队的）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Pages first: solving gives way to people at work on the same machine."""
        pk, today = options["proposal"], localdate()
        if pk is not None and not Proposal.objects.filter(pk=pk).exists():
            raise CommandError(f"没有编号为 {pk} 的编排建议。")
        os.nice(5)
        if pk is not None:
            run_job(pk, on=today)
        done = run_queue(on=today)
        self.stdout.write(f"又处理了 {done} 份排队的建议。")
