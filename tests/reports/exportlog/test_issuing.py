"""A number for every file that leaves: without gap, whoever else exports; no line, no file."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.utils.timezone import localdate

from reports.exportlog import actions
from reports.exportlog.actions import Leaving, issue, next_number
from reports.models import ExportCounter, ExportRecord
from tests.factories import TownshipFactory, UserFactory, village
from township.choices import Deed
from township.models import AuditEvent

WRITERS, FILES = 4, 15
HERE = Path(__file__).resolve()


@pytest.fixture
def clerk(db):
    return UserFactory(township=TownshipFactory(name="青河乡"), full_name="乡党政办甲")


def leaving(township, **more):
    return Leaving(township=township, name="青河乡_附件4.xlsx", table="附件4", format="xlsx", rows=7, **more)


def test_a_file_bears_its_number_and_the_log_all_that_is_asked_of_it(clerk):
    made = village(clerk.township, "甲村")
    year = localdate().year
    issued = issue(
        leaving(clerk.township, purpose="报县", organisation=made.root),
        lambda serial: f"页脚 {serial}".encode(),
        by=clerk,
    )
    content = issued.content.getvalue()
    assert content.decode() == f"页脚 青河乡{year}-000001"
    record = ExportRecord.objects.get()
    assert (record.serial, record.rows, record.purpose) == (f"青河乡{year}-000001", 7, "报县")
    assert (record.who, record.place, record.table) == (str(clerk), made.root.name, "附件4")
    assert record.sha256 == hashlib.sha256(content).hexdigest()
    assert record.event == AuditEvent.objects.get(deed=Deed.EXPORT)
    assert (record.event.target, record.event.note) == (
        "青河乡_附件4.xlsx",
        f"编号 青河乡{year}-000001，用途：报县",
    )


def test_numbers_begin_anew_for_each_township_and_year(clerk):
    other = TownshipFactory(name="白河乡")
    year = localdate().year
    ExportCounter.objects.create(township=clerk.township, year=year - 1, last=40)
    for township in (clerk.township, clerk.township, other):
        issue(leaving(township), str.encode, by=clerk)
    assert set(ExportRecord.objects.values_list("serial", flat=True)) == {
        f"青河乡{year}-000001",
        f"青河乡{year}-000002",
        f"白河乡{year}-000001",
    }


def test_without_a_line_no_file_and_no_number(clerk, monkeypatch):
    def full(**_):
        raise DatabaseError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(actions.audit, "record", full)
        with pytest.raises(DatabaseError):
            issue(leaving(clerk.township), str.encode, by=clerk)
    with pytest.raises(ZeroDivisionError):
        issue(leaving(clerk.township), lambda _: 1 // 0, by=clerk)
    assert next_number(clerk.township, localdate().year) == 1
    assert ExportRecord.objects.count() == AuditEvent.objects.filter(deed=Deed.EXPORT).count() == 0


def test_who_was_slower_gets_a_file_with_the_number_after(clerk):
    asked = leaving(clerk.township)
    quicker = iter([True])

    def make(serial):
        if next(quicker, False):
            issue(asked, str.encode, by=clerk)
        return serial.encode()

    issued = issue(asked, make, by=clerk)
    assert issued.record.number == 2
    assert issued.content.getvalue().decode() == issued.record.serial


def test_the_database_refuses_to_change_or_delete_a_line(clerk):
    record = issue(leaving(clerk.township), str.encode, by=clerk).record
    for change in (lambda: ExportRecord.objects.update(rows=1), record.delete):
        with pytest.raises(DatabaseError, match="不能修改或删除"), transaction.atomic():
            change()


def test_parallel_writers_leave_no_gap_and_no_double(database_of_processes):
    township = TownshipFactory(name="青河乡")
    env = {**os.environ, "PYTHONPATH": str(HERE.parents[3])}
    command = [sys.executable, str(HERE.with_name("writer.py")), str(township.pk), str(FILES)]
    writers = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) for _ in range(WRITERS)]
    faults = [writer.communicate(timeout=200)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS, faults
    rows = ExportRecord.objects.order_by("number")
    assert [row.number for row in rows] == list(range(1, WRITERS * FILES + 1))
    assert all(row.sha256 == hashlib.sha256(row.serial.encode()).hexdigest() for row in rows)
