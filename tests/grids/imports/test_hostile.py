"""Bad inputs on every layout of a roster: no fault of ours, the right cell named, nothing changed."""

import json
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from grids.imports import uploads
from grids.imports.actions import load_rows
from grids.imports.mends import Mends
from grids.imports.reading.book import dump_sheets
from grids.imports.reading.files import RawSheet
from grids.imports.reading.redaction import redact
from grids.imports.reading.result import Limits
from grids.imports.reading.rosters import parse_sheets
from grids.models import HouseholdProfile, HubProfile, MemberProfile, Node, Person, Post, RosterUpload
from tests.factories import TownshipFactory, UserFactory
from tests.grids.imports import attacks, hostile
from tests.grids.imports.hostile import COUNT, DATE, FIXED, FLAG, KEY, NAME, PHONE, TEXT, Col, Table

# What is read of a file and refused is the same before both databases; the registers' files go before both.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
TODAY = date(2026, 9, 10)
BRANCH = Col("党支部", FIXED, "甲村党支部")
GROUP = Col("党小组", KEY, "第一党小组", needed=True)
MEMBER = Col("党员姓名", NAME, "白子龙")
TABLES = (
    Table(
        "households",
        (
            BRANCH,
            GROUP,
            MEMBER,
            Col("户主姓名", NAME, "王军", needed=True),
            Col("家庭人口数", COUNT, 3),
            Col("户联系电话", PHONE, "13911110001"),
            Col("联系起始时间", DATE, "2026-09-01"),
        ),
    ),
    Table(
        "members",
        (
            BRANCH,
            GROUP,
            Col("党员姓名", NAME, "李明", needed=True),
            Col("党员电话", PHONE, "13900000002"),
            Col("是否流动", FLAG, "是"),
            Col("是否参加联户", FLAG, "是"),
            Col("备注", TEXT, "住村口"),
        ),
    ),
    Table(
        "hubs",
        (
            BRANCH,
            GROUP,
            Col("党员中心户", NAME, "赵兰户", needed=True),
            Col("中心户电话", PHONE, "13900000003"),
            Col("周边农户数", COUNT, 16),
            Col("党员姓名", NAME, "赵兰"),
        ),
    ),
    Table(
        "leaders",
        (
            BRANCH,
            GROUP,
            Col("党小组长", NAME, "冯静"),
            Col("党小组长电话", PHONE, "13900000004"),
            Col("党员姓名", NAME, "冯静"),
            Col("户主姓名", NAME, "周强", needed=True),
            Col("家庭人口数", COUNT, 4),
        ),
    ),
)


def sheets_of(cells, faults=None, merges=None):
    sheet = RawSheet("名册", [row[:] for row in cells], faults=faults or {}, merges=merges or [])
    redact([sheet])
    return json.loads(json.dumps(dump_sheets([sheet])))


def snapshot():
    models = (Node, HouseholdProfile, MemberProfile, HubProfile, Person, Post)
    return [list(model.objects.order_by("pk").values()) for model in models]


def session(clerk, cells, **more):
    """The session a file with these cells would open, without the file."""
    upload = RosterUpload(
        township=clerk.township, by=clerk, file_name="名册.xlsx", rows=sheets_of(cells, **more)
    )
    return uploads.mend(upload=upload, by=clerk, today=TODAY, mends=Mends())


def load_good(clerk, table):
    reading = parse_sheets([RawSheet("名册", [table.titles, table.row])], limits=Limits())
    entry = load_rows(reading=reading, name="去年.xlsx", township=clerk.township, today=TODAY)
    assert entry["status"] == "applied", entry["errors"]


@pytest.fixture(params=TABLES, ids=lambda table: table.name)
def table(request):
    return request.param


@pytest.fixture
def clerk(db, table):
    """A clerk whose township has the good row already."""
    clerk = UserFactory(township=TownshipFactory(name="青河乡"))
    load_good(clerk, table)
    return clerk


@contextmanager
def undone(subtests, name):
    """A case of its own: whatever it writes is gone before the next one."""
    with subtests.test(name), transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_bad_cells(table, clerk, subtests):
    before, confirmed = snapshot(), set()
    for case in hostile.cases(table):
        with undone(subtests, case.name):
            upload = session(clerk, case.cells, faults=case.faults, merges=case.merges)
            judge(case, upload)
            kind = (case.number, case.verdict)
            if kind not in confirmed:  # what is judged alike is held back alike
                confirmed.add(kind)
                uploads.confirm(upload=upload, by=clerk, today=TODAY, part=True)
                assert snapshot() == before
    assert snapshot() == before


def judge(case, upload):
    told = [(row["row"], issue) for row in upload.preview for issue in row["issues"]]
    here = [issue for row, issue in told if row == case.row and issue["column"] in ("", case.column)]
    if case.verdict == hostile.BLOCKED:
        assert upload.report["blocks"]
    elif case.verdict == hostile.HELD:
        assert [issue for issue in here if issue["severity"] == "error"], told
        assert [case.row] == [row for _, row in upload.report["held"]]
    elif case.verdict == hostile.TOLD:
        assert here, upload.preview
    else:
        assert {row["state"] for row in upload.preview} <= {"same"}, upload.preview
        assert upload.report["held"] == upload.report["blocks"] == []
    assert all(issue["message"].endswith(("。", "？")) for _, issue in told)
    assert hostile.NUMBER not in f"{upload.rows}{upload.preview}{upload.report}"


def test_text_that_means_something_to_a_program_is_only_shown(table, client, clerk, subtests):
    client.force_login(clerk)
    for name, cells in hostile.markup(table):
        with undone(subtests, name):
            upload = session(clerk, cells)
            page = client.get(reverse("grids:import_preview", args=[upload.pk]), {"show": "all"})
            assert page.status_code == 200
            assert "<script>alert" not in page.content.decode()
            assert ">49<" not in page.content.decode()


def test_the_list_is_long_enough():
    cases = [case for table in TABLES for case in hostile.cases(table)]
    assert len({case.name for case in cases}) + len(attacks.REFUSED) >= 200
    assert len({case.number for case in cases}) >= 15
