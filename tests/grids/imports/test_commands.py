"""The three commands, as an office runs them."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from shutil import copytree

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from grids import tree
from grids.choices import Kind
from grids.models import Node
from tests.factories import TownshipFactory, village
from tests.grids.imports.villages import truth_path
from township.choices import Deed
from township.models import AuditEvent, Township

ROOT = Path(__file__).parents[3]
GOOD, OTHER = "大坪村_member_rows.xlsx", "青石湾村_annex4.xlsx"


def sample(name):
    return str(truth_path() / name)


@pytest.mark.django_db
class TestCreateTownship:
    def test_makes_one_and_only_once(self, capsys):
        call_command("create_township", code="T01", name="青河乡")
        call_command("create_township", code="T01", name="青河乡")
        assert Township.objects.get().history.count() == 1
        assert capsys.readouterr().out == "已新建 青河乡（T01）。\n青河乡（T01）已经存在，没有改动。\n"
        assert AuditEvent.objects.filter(deed=Deed.CREATE).count() == 1

    @pytest.mark.parametrize(
        ("code", "name"), [("T01", "白河乡"), ("T02", "青河乡"), ("", "白河乡"), ("T" * 13, "白河乡")]
    )
    def test_refuses_what_is_taken_or_too_long(self, code, name):
        TownshipFactory(code="T01", name="青河乡")
        with pytest.raises(CommandError):
            call_command("create_township", code=code, name=name)
        assert Township.objects.count() == 1


@pytest.mark.django_db
class TestImportRoster:
    @pytest.fixture(autouse=True)
    def _township(self):
        TownshipFactory(code="T01", name="青河乡")

    def test_each_file_has_its_own_entry_and_a_bad_one_holds_up_no_other(self, tmp_path, capsys):
        bad = tmp_path / "坏的.xlsx"
        bad.write_bytes(b"not a workbook")
        report = tmp_path / "report.json"
        files = [sample(GOOD), str(bad), str(tmp_path / "没有.xlsx"), sample(OTHER), sample(GOOD)]
        with pytest.raises(SystemExit) as ended:
            call_command("import_roster", *files, township="T01", report_file=report)
        assert ended.value.code == 1
        content = json.loads(report.read_text(encoding="utf-8"))
        assert (content["township"], content["dry_run"]) == ("T01", False)
        assert [(Path(e["file"]).name, e["status"]) for e in content["files"]] == [
            (GOOD, "applied"),
            ("坏的.xlsx", "refused"),
            ("没有.xlsx", "refused"),
            (OTHER, "applied"),
            (GOOD, "unchanged"),
        ]
        first, refused = content["files"][:2]
        assert (first["branch"], first["counts"]["household"]["new"]) == ("大坪村党支部", 169)
        [sheet] = first["sheets"]
        assert (sheet["name"], sheet["header_row"], sheet["columns"]["党员姓名"]) == ("花名册", 3, "member")
        assert first["not_collected"] == sheet["not_collected"] == ["性别", "出生年月", "入党时间"]
        assert set(refused["errors"][0]) == {"sheet", "row", "column", "value", "message"}
        assert "不收集的列：性别、出生年月、入党时间" in capsys.readouterr().out

    def test_dry_run_writes_nothing(self, tmp_path, capsys):
        report = tmp_path / "report.json"
        call_command("import_roster", sample(GOOD), township="T01", dry_run=True, report_file=report)
        assert not Node.objects.exists()
        assert json.loads(report.read_text(encoding="utf-8"))["files"][0]["status"] == "dry_run"
        assert "农户 新增169" in capsys.readouterr().out

    def test_branch_fills_in_for_a_file_that_names_none(self, tmp_path):
        path = tmp_path / "名册.csv"
        path.write_text("党小组,党员姓名,户主姓名\n第一党小组,白子龙,王军\n", encoding="utf-8")
        with pytest.raises(SystemExit):
            call_command("import_roster", str(path), township="T01")
        call_command("import_roster", str(path), township="T01", branch="甲村党支部")
        assert Node.objects.get(kind=Kind.HOUSEHOLD).root.name == "甲村党支部"

    def test_a_folder_is_no_file(self, tmp_path, capsys):
        with pytest.raises(SystemExit):
            call_command("import_roster", str(tmp_path), township="T01")
        assert "这是文件夹" in capsys.readouterr().out

    def test_files_of_one_name_are_told_apart(self, tmp_path):
        paths = [tmp_path / village / "名册.csv" for village in ("甲村", "乙村")]
        for path in paths:
            path.parent.mkdir()
            path.write_text(
                f"党支部,党小组,党员,户主\n{path.parent.name}党支部,一组,白子龙,王军\n", encoding="utf-8"
            )
        report = tmp_path / "r.json"
        call_command("import_roster", *map(str, paths), township="T01", report_file=report)
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
        assert [file["file"] for file in files] == [str(path) for path in paths]

    def test_unknown_township_and_unwritable_report_are_told(self, tmp_path):
        report = tmp_path / "r.json"
        with pytest.raises(CommandError, match="create_township"):
            call_command("import_roster", sample(GOOD), township="X", report_file=report)
        [entry] = json.loads(report.read_text(encoding="utf-8"))["files"]
        assert (entry["status"], "create_township" in entry["errors"][0]["message"]) == ("refused", True)
        with pytest.raises(CommandError, match="写不了结果文件"):
            call_command(
                "import_roster",
                sample(GOOD),
                township="T01",
                report_file=tmp_path / "no" / "r.json",
            )
        assert not Node.objects.exists()


@pytest.mark.django_db
class TestVerifyTree:
    def test_whole(self, capsys):
        village(TownshipFactory(code="T01"))
        call_command("verify_tree", township="T01")
        assert capsys.readouterr().out == "网格树完好。\n"

    def test_wrong_numbers_are_found_and_mended(self, capsys):
        made = village(TownshipFactory(code="T01"))
        Node.objects.filter(pk=made.hubs[0].pk).update(lft=1)
        with pytest.raises(SystemExit) as ended:
            call_command("verify_tree", township="T01")
        assert ended.value.code == 1
        assert made.hubs[0].name in capsys.readouterr().err
        call_command("verify_tree", township="T01", fix=True)
        assert tree.verify() == []

    def test_unknown_township(self):
        with pytest.raises(CommandError):
            call_command("verify_tree", township="X")


# --- kill -9 ----------------------------------------------------------------------------------------

# With so small a cache SQLite writes from the first rows on, as it does with a cache of usual size and
# a roster of many villages.
RUN = """
import sys
import django
from django.conf import settings
from django.core.management import call_command
settings.DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA cache_size=10;"
django.setup()
for command in sys.argv[1:]:
    call_command(*command.split("|"))
"""
HOUSEHOLDS = 600


def office_runs(folder, *commands):
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"TOWNSHIP_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "township.settings"}
    command = [sys.executable, "-c", RUN, *commands]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def office(tmp_path_factory, django_db_setup):
    """A database in a file with one village in it, and a workbook that takes a moment to write."""
    folder = tmp_path_factory.mktemp("office") / "data"
    folder.mkdir()
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as empty:
        empty.execute("VACUUM INTO ?", [str(folder / "township.sqlite3")])
    first = f"import_roster|{sample(GOOD)}|--township|T01"
    assert office_runs(folder, "create_township|--code|T01|--name|青河乡", first).wait() == 0
    lines = ["党支部,党小组,党员姓名,户主姓名,门牌"]
    for n in range(HOUSEHOLDS):
        lines.append(
            f"村{n // 100 + 1}村党支部,第{n // 50 % 2 + 1}党小组,党员{'甲乙丙丁戊'[n % 5]},户主,{n}号"
        )
    (folder / "大.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def contents(folder):
    with closing(sqlite3.connect(folder / "township.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: database.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}


@pytest.mark.sqlite_only
@pytest.mark.django_db  # for the empty tables that the office begins with
@pytest.mark.parametrize("written", [1, 500_000])
def test_kill_in_the_middle_of_writing_leaves_everything_as_it_was(office, tmp_path, written):
    """The write-ahead log grows while the one transaction runs; at a given size the process is shot."""
    folder = tmp_path / "data"
    copytree(office, folder)
    before = contents(folder)
    log = folder / "township.sqlite3-wal"
    child = office_runs(folder, f"import_roster|{folder / '大.csv'}|--township|T01")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(subprocess.TimeoutExpired):  # a short wait leaves the processor to the child
            child.wait(timeout=0.001)
            break
        if log.exists() and log.stat().st_size >= written:
            break
    child.kill()
    assert child.wait() == -signal.SIGKILL, "it ended before it could be shot"
    assert log.stat().st_size >= written
    assert contents(folder) == before


@pytest.mark.sqlite_only
@pytest.mark.django_db  # for the empty tables that the office begins with
def test_one_file_loaded_by_three_at_once_is_there_once_and_whole(office, tmp_path):
    folder = tmp_path / "data"
    copytree(office, folder)
    reports = [tmp_path / f"{number}.json" for number in range(3)]
    load = f"import_roster|{folder / '大.csv'}|--township|T01|--report"
    children = [office_runs(folder, f"{load}|{report}") for report in reports]
    assert [child.wait() for child in children] == [0, 0, 0]
    states = [json.loads(report.read_text(encoding="utf-8"))["files"][0]["status"] for report in reports]
    assert sorted(states) == ["applied", "unchanged", "unchanged"]
    assert len(contents(folder)["grids_householdprofile"]) == 169 + HOUSEHOLDS
    assert office_runs(folder, "verify_tree").wait() == 0
