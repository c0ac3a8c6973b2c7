"""manage.py bench: our speed as ratios against named baselines, all in one run on a scratch database."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from reports.bench import SIZES, Figure
from reports.bench.allocation import (
    allocate_group,
    allocate_township,
    allocate_village,
    allocate_village_joint,
)
from reports.bench.desk import desk_queries
from reports.bench.district import allocate_district
from reports.bench.entry import save_against_single_pages
from reports.bench.finding import search_names
from reports.bench.moves import move_with_many_villages
from reports.bench.previews import preview_against_dry_run
from reports.bench.rosters import load_against_import_export, load_memory
from reports.bench.sheets import pdf_memory, xlsx_against_openpyxl
from reports.bench.statistics import annex1_district, annex1_villages
from reports.bench.tickets import inbox, register
from reports.bench.undoing import undo_against_load
from reports.bench.visits import coverage, due_list

CASES = {
    "annex4_xlsx": xlsx_against_openpyxl,
    "annex4_pdf_memory": pdf_memory,
    "tree_move": move_with_many_villages,
    "search_names": search_names,
    "load_memory": load_memory,
    "load_households": load_against_import_export,
    "undo_load": undo_against_load,
    "preview_rows": preview_against_dry_run,
    "entry_save": save_against_single_pages,
    "allocate_group": allocate_group,
    "allocate_village": allocate_village,
    "allocate_village_joint": allocate_village_joint,
    "allocate_township": allocate_township,
    "allocate_district": allocate_district,
    "annex1_villages": annex1_villages,
    "annex1_district": annex1_district,
    "desk_queries": desk_queries,
    "visits_due": due_list,
    "visits_coverage": coverage,
    "tickets_inbox": inbox,
    "tickets_register": register,
}


class Command(BaseCommand):
    """Prints a line per figure; exit 1 when a bound is missed."""

    help = "测量速度和内存，结果为与对照方法的比值；在临时数据库上运行，不动现有数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Size, output file and, for one figure alone, its code."""
        parser.add_argument("--size", choices=SIZES, default="town", help="规模")
        parser.add_argument("--json", type=Path, help="把结果写入这个文件")
        parser.add_argument("--only", choices=CASES, action="append", help="只测这一项（可重复）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure each case on a fresh scratch database of the configured engine."""
        size = SIZES[options["size"]]
        if options["json"] and not options["json"].parent.is_dir():  # before the measuring
            raise CommandError(f"没有这个文件夹：{options['json'].parent}。")
        figures: list[Figure] = []
        _keep_in_a_file()
        databases = setup_databases(verbosity=0, interactive=False)
        try:
            for code in options["only"] or CASES:
                figures.append(CASES[code](size))
                self.stdout.write(figures[-1].line())
        finally:
            teardown_databases(databases, verbosity=0)
        if options["json"]:
            found = {"size": options["size"], "figures": [asdict(figure) for figure in figures]}
            options["json"].write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
        if not all(figure.holds for figure in figures):
            sys.exit(1)


def _keep_in_a_file() -> None:
    """SQLite's scratch database as an office has it: in memory, no disk and no other process take part."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.DATA_DIR / "bench.sqlite3")
