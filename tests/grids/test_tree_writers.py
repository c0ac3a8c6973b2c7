"""Eight processes move rows at once: with the lock nothing is wrong afterwards, without it something is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from grids import tree
from grids.models import Node
from tests.factories import TownshipFactory, village

WRITERS, MOVES = 8, 100
HERE = Path(__file__).resolve()


def database_url() -> str:
    """The test database's address, for processes of its own."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    return (
        f"postgresql://{settings['USER']}{password}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    )


def run_writers(moves: int, mode: str) -> list[subprocess.CompletedProcess[str]]:
    """Start all writers, let them go together, and wait."""
    env = {**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(HERE.parents[2])}
    command = [sys.executable, str(HERE.with_name("tree_writer.py"))]
    writers = [
        subprocess.Popen(
            [*command, str(seed), str(moves), mode],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for seed in range(WRITERS)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline().strip() == "ready", writer.stderr.read() if writer.stderr else ""
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    return [
        subprocess.CompletedProcess(writer.args, writer.returncode, out, err)
        for writer in writers
        for out, err in [writer.communicate(timeout=400)]
    ]


@pytest.fixture
def three_villages(transactional_db):
    """Some 200 rows in three trees, so that writers meet often."""
    township = TownshipFactory()
    for name in ("甲村", "乙村", "丙村"):
        village(township, name, groups=3, hubs=2, members=2, households=4)
    connection.close()
    return Node.objects.count()


def test_eight_writers_leave_no_wrong_row(three_villages):
    done = run_writers(MOVES, "locked")
    assert [process.returncode for process in done] == [0] * WRITERS, done[0].stderr
    assert tree.verify() == []
    assert Node.objects.count() == three_villages


def test_without_the_lock_rows_go_wrong(three_villages):
    run_writers(MOVES // 2, "unlocked")
    assert tree.verify() != []
    tree.repair()
    assert [fault for fault in tree.verify() if fault.repairable] == []
