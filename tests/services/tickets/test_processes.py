"""Many windows at once, and machines that stop in the middle."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.models import Ticket, TicketBook
from tests.factories import TownshipFactory, secretary, village

HERE = Path(__file__).resolve()
WINDOWS = 20


@pytest.fixture
def made(database_of_processes):
    return village(TownshipFactory(name="青河乡"), "甲村", groups=1, hubs=1, members=1, households=1)


def run(what, made, *more):
    env = {**os.environ, "PYTHONPATH": str(HERE.parents[3])}
    command = [sys.executable, str(HERE.with_name("processes.py")), what]
    of = [str(secretary(made).pk), str(made.grids[0].pk)]
    done = subprocess.run(
        [*command, *of, *more], env=env, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_twenty_windows_at_once_get_numbers_without_gap_or_repeat(made):
    run("at_once", made, str(WINDOWS))
    numbers = Ticket.objects.order_by("serial").values_list("serial", "no")
    assert list(numbers) == [(n, f"2026-01-{n:04d}") for n in range(1, WINDOWS + 1)]
    assert TicketBook.objects.get().last == WINDOWS


def test_a_machine_that_stops_in_the_middle_of_a_step_leaves_it_undone_or_done(made):
    told = json.loads(run("walk", made))
    assert [one["step"] for one in told] == [
        "take_in", "chase", "notify", "complete", "finish", "deliver", "callback", "archive", "reopen",
        "decline", "explain",
    ]  # fmt: skip
    assert all(one["changed"] and one["kills"] >= 3 for one in told), told
    assert Ticket.objects.get().state == "told"
