"""Loading a township's households from a workbook, against django-import-export's default path.

Both sides do what a clerk does: look at what would change, then write it, with history. The baseline
gets the easier half: the branches, groups and members it needs are there already, and each row names
its member by number.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import tablib
from django.conf import settings
from django.db import connection
from import_export import fields, resources, widgets
from xlsxwriter import Workbook

from grids import tree
from grids.choices import Kind
from grids.imports.actions import load_rows
from grids.imports.reading.rosters import read_roster
from grids.models import HouseholdProfile, Node
from reports.bench import Figure, Size
from reports.demo import town
from reports.demo.town import NUMERALS
from township import history
from township.models import Township

TITLES = (
    "党支部",
    "所在网格",
    "党小组",
    "中心户",
    "党员姓名",
    "党员电话",
    "户主姓名",
    "村民小组/门牌",
    "家庭人口数",
)
DAY = date(2026, 9, 1)
HOUSEHOLDS_A_MEMBER, MEMBERS_A_GROUP, GROUPS_A_VILLAGE = 13, 4, 7


def rows(size: Size) -> list[tuple[Any, ...]]:
    """One line a household, 364 a village."""
    made = []
    names = list(_names())
    for n in range(size.households):
        member = n // HOUSEHOLDS_A_MEMBER
        village = member // MEMBERS_A_GROUP // GROUPS_A_VILLAGE
        group = NUMERALS[member // MEMBERS_A_GROUP % GROUPS_A_VILLAGE]
        made.append(
            (
                f"{names[village]}村党支部", f"第{group}网格", f"第{group}党小组",
                f"{names[member // 2 * 2]}户", names[member], f"1990{member:07d}",
                names[-n % len(names)], f"{group}社{n + 1}号", n % 7 + 1,
            )
        )  # fmt: skip
    return made


def _names() -> Iterator[str]:
    """Some four thousand different names; households share them, as in life."""
    outline = town.read()
    for given in outline["given"]:
        for surname in outline["surnames"]:
            yield surname + given


def workbook(size: Size, folder: Path) -> Path:
    """The rows as a workbook with a title line, as villages send them."""
    file = folder / "花名册.xlsx"
    with Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet("花名册")
        page.write(0, 0, "党员联系户花名册")
        for number, row in enumerate([TITLES, *rows(size)], start=1):
            page.write_row(number, 0, row)
    return file


class HouseholdResource(resources.ModelResource):
    """The baseline: a plain resource, saved row by row the way the library does it out of the box."""

    parent = fields.Field("parent", "member", widgets.ForeignKeyWidget(Node, "pk"))

    class Meta:
        model = Node
        fields = ("id", "name", "parent")
        import_id_fields: tuple[str, ...] = ("name", "parent")
        skip_unchanged = True

    def before_save_instance(self, instance: Node, row: Any, **kwargs: Any) -> None:
        """What the row does not say follows from the member."""
        member = instance.parent
        if member is None:
            raise ValueError("a row without a member")
        instance.kind, instance.township, instance.since = Kind.HOUSEHOLD, member.township, DAY
        instance.root, instance.branch, instance.grid = member.root, member.branch, member.grid
        instance.group, instance.hub = member.group, member.hub

    def after_save_instance(self, instance: Node, row: Any, **kwargs: Any) -> None:
        """The household's own table."""
        history.save(
            HouseholdProfile(node=instance, door=row["door"], size=row["size"]), by=None, reason="对照"
        )


def load_against_import_export(size: Size) -> Figure:
    """Seconds of preview and writing, theirs to ours."""
    with tempfile.TemporaryDirectory() as folder:
        file = workbook(size, Path(folder))
        township = history.save(Township(code="OURS", name="本系统乡"), by=None)
        ours = seconds(lambda: load(file, township))
        theirs = seconds(baseline(size, Path(folder)))
    value = theirs / ours
    return Figure(
        "load_households",
        f"{size.households}户花名册预览并写入，import-export 默认方式用时对照本系统",
        ours,
        theirs,
        "秒",
        "≥ 20",
        value,
        value >= 20,
    )


def load(file: Path, township: Township) -> None:
    """As the upload page does it: the file is read once, then compared, then compared again and written."""
    reading = read_roster(file)
    for dry_run in (True, False):
        entry = load_rows(reading=reading, name=file.name, township=township, today=DAY, dry_run=dry_run)
        if entry["errors"]:
            raise ValueError(entry["errors"][:3])


def baseline(
    size: Size, folder: Path, *, code: str = "THEIRS", runs: tuple[bool, ...] = (True, False)
) -> Callable[[], None]:
    """Prepare members and workbook untimed; the answer reads, checks and, unless it is a dry run, writes."""
    township = history.save(Township(code=code, name=f"对照乡{code}"), by=None)
    members = _members(size, township)
    file = folder / "对照.xlsx"
    with Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ("name", "member", "door", "size"))
        for number, row in enumerate(rows(size), start=1):
            page.write_row(number, 0, (row[6], members[row[4]], row[7], row[8]))

    def run() -> None:
        resource_, data = HouseholdResource(), tablib.Dataset().load(file.read_bytes(), format="xlsx")
        for dry_run in runs:
            resource_.import_data(data, dry_run=dry_run, raise_errors=True)

    return run


def _members(size: Size, township: Township) -> dict[str, int]:
    """Members of the baseline's township, in the same villages as ours."""
    names: dict[str, list[str]] = {}
    for row in rows(size):
        names.setdefault(row[0], []).append(row[4])
    found: dict[str, int] = {}
    for village, members in names.items():
        root = tree.add(node=Node(township=township, kind=Kind.BRANCH, name=village))
        with tree.tree_write(lambda root=root: {root.pk}):  # type: ignore[misc]
            above = root
            for kind in (Kind.GRID, Kind.GROUP):
                [above] = tree.plant(
                    root=root, new=[Node(township=township, kind=kind, name="一", parent=above)]
                )
            layer = [
                Node(township=township, kind=Kind.MEMBER, name=name, parent=above)
                for name in dict.fromkeys(members)
            ]
            found.update({node.name: node.pk for node in tree.plant(root=root, new=layer)})
            tree.renumber([root.pk])
    return found


def seconds(job: Callable[[], object]) -> float:
    """How long a job takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


# --- memory -----------------------------------------------------------------------------------------

LIMIT_MB = 300
# The command and its parsing child are the only processes this small one has waited for.
MEASURED = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
)


def load_memory(size: Size) -> Figure:
    """Peak memory of `manage.py import_roster` or of its parsing child; the bound is absolute."""
    with tempfile.TemporaryDirectory() as folder:
        file = workbook(size, Path(folder))
        history.save(Township(code="MEMORY", name="内存乡"), by=None)
        command = [sys.executable, "manage.py", "import_roster", str(file), "--township", "MEMORY"]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *command],
            env={**os.environ, "DATABASE_URL": _database_url()},
            stdout=subprocess.PIPE, text=True, check=True, cwd=settings.BASE_DIR,
        )  # fmt: skip
    peak = float(done.stdout.split()[-1])
    return Figure(
        "load_memory",
        f"导入{size.households}户的内存峰值，对照上限{LIMIT_MB}MB",
        peak,
        LIMIT_MB,
        "MB",
        "≤ 1",
        peak / LIMIT_MB,
        peak <= LIMIT_MB,
    )


def _database_url() -> str:
    """The scratch database for a process of its own."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
