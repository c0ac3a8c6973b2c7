"""The list of bad inputs on every register, as files and as pasted rows: nothing breaks, nothing changes."""

import json
from datetime import date

import pytest
from django.db import transaction
from django.test import TestCase

from grids.choices import Role
from grids.imports import uploads
from grids.imports.mends import Mends
from grids.imports.reading.book import dump_sheets
from grids.imports.reading.files import RawSheet
from grids.imports.reading.redaction import redact
from grids.models import HouseholdProfile, HubProfile, MemberProfile, Node, Person, Post, RosterUpload
from grids.registers.register import REGISTERS
from grids.registers.rows import GivenRow
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import TownshipFactory, UserFactory, appoint, village
from tests.grids.imports import hostile
from tests.grids.imports.hostile import (
    BLOCKED,
    CLEANED,
    COUNT,
    DATE,
    FLAG,
    KEY,
    NAME,
    PHONE,
    TEXT,
    Col,
    Table,
)

TODAY = date(2026, 11, 23)
ROLES = {"phone": PHONE, "number": COUNT, "date": DATE, "bool": FLAG, "choice": KEY, "code": TEXT}
# What a register reads although the roster only tells of it, or the other way round.
TAKES_FIRST = "、13800000009"  # two phones in a cell: the first one, which is the one that is there
COUNT_BLANKS = ("'—'", "''")


class _Undone(Exception):
    """Leaves a block whose writes nobody wants."""


def rosters() -> list[str]:
    """The registers of the roster; ledgers of other rooms are read by the same code."""
    return [one.code for one in REGISTERS.values() if one.room == "rosters"]


class HostileRegisters(TestCase):
    """One village for all; whatever a case writes is undone before the next one."""

    @classmethod
    def setUpTestData(cls):
        cls.village = village(TownshipFactory(), "东坡村", groups=1, hubs=1, members=2, households=2)
        cls.clerk = UserFactory(township=cls.village.root.township)
        people = cls.village.people
        for place, names in (
            (cls.village.households, ("王军", "赵兰")),
            (cls.village.members, ("白子龙", "李明")),
        ):
            for node, name in zip(place, names, strict=False):
                node.name = name
                node.save()
        for person, name in zip(people, ("白子龙", "李明"), strict=True):
            person.name = name
            person.save()
        HouseholdProfile.objects.filter(node=cls.village.households[0]).update(phone="13911110001")
        MemberProfile.objects.filter(node=cls.village.members[0]).update(is_floating=True)
        HubProfile.objects.update(served_households=16)
        appoint(people[0], Role.COMMITTEE, cls.village.root)
        Contact.objects.create(
            township=cls.village.root.township, level=Level.COMMITTEE, holder=people[0],
            target=cls.village.groups[0], since=date(2026, 9, 1),
        )  # fmt: skip

    # --- the tables -------------------------------------------------------------------------------------

    def table(self, code: str) -> Table:
        register = REGISTERS[code]
        row = register.rows(self.clerk, self.village.root)[0]
        columns = [
            Col(
                column.title,
                NAME if column.key == "name" and code != "hub" else ROLES.get(column.kind, TEXT),
                row.cells[column.key],
                needed=column.required,
            )
            for column in register.columns
            if row.cells[column.key]
        ]
        return Table(code, tuple(columns))

    def cases(self, code: str) -> list[hostile.Case]:
        """A line of holders alone is a whole line of 包挂, so that 同上 below it has nothing to add there."""
        found = hostile.cases(self.table(code))
        return [case for case in found if code != "contact" or len(case.cells) < 3 or case.number != 16]

    def snapshot(self):
        models = (Node, HouseholdProfile, MemberProfile, HubProfile, Person, Post, Contact)
        return [list(model.objects.order_by("pk").values()) for model in models]

    def session(self, code, cells, faults=None, merges=None):
        sheet = RawSheet("名册", [row[:] for row in cells], faults=faults or {}, merges=merges or [])
        redact([sheet])
        upload = RosterUpload(
            township=self.clerk.township, by=self.clerk, file_name="名册.xlsx", source=code,
            chosen_branch=self.village.root.name, rows=json.loads(json.dumps(dump_sheets([sheet]))),
        )  # fmt: skip
        return uploads.mend(upload=upload, by=self.clerk, today=TODAY, mends=Mends())

    # --- files ------------------------------------------------------------------------------------------

    def put(self, code: str) -> int:
        before, cases = self.snapshot(), self.cases(code)
        confirmed: set[tuple[int, str]] = set()
        for case in cases:
            with self.subTest(case.name), transaction.atomic():
                upload = self.session(code, case.cells, case.faults, case.merges)
                self.judge(case, upload)
                kind = (case.number, case.verdict)
                if kind not in confirmed:  # what is judged alike is held back alike
                    confirmed.add(kind)
                    uploads.confirm(upload=upload, by=self.clerk, today=TODAY, part=True)
                    if case.verdict != CLEANED or all(row["state"] == "same" for row in upload.preview):
                        assert self.snapshot() == before
                transaction.set_rollback(True)
        return len(cases)

    def judge(self, case, upload):
        told = [(row["row"], issue) for row in upload.preview for issue in row["issues"]]
        here = [i for row, i in told if row == case.row and i["column"] in ("", case.column)]
        assert hostile.NUMBER not in f"{upload.rows}{upload.preview}{upload.report}"
        assert all(issue["message"].endswith(("。", "？")) for _, issue in told), told
        states = {row["row"]: row["state"] for row in upload.preview}
        if case.verdict == BLOCKED:
            assert upload.report["blocks"]
        elif case.verdict == CLEANED:
            assert states.get(case.row) == "same", (states, told, upload.report["blocks"])
        elif TAKES_FIRST in case.name:
            assert states[case.row] == "same"
        else:
            assert here, (states, told, upload.report["blocks"])
            assert states[case.row] in ("error", "suspect"), told

    @pytest.mark.sqlite_only
    def test_files_of_households(self):
        assert self.put("household") >= 60

    # One register's files and the paste go before PostgreSQL too; the rest is the same reading and judging.
    def test_files_of_members(self):
        assert self.put("member") >= 60

    @pytest.mark.sqlite_only
    def test_files_of_hubs(self):
        assert self.put("hub") >= 20

    @pytest.mark.sqlite_only
    def test_files_of_posts(self):
        assert self.put("post") >= 40

    @pytest.mark.sqlite_only
    def test_files_of_contacts(self):
        assert self.put("contact") >= 20

    # --- paste ------------------------------------------------------------------------------------------

    def test_pasted_rows(self):
        """The check of the paste grid says the same of the same cells."""
        before, count = self.snapshot(), 0
        for code in rosters():
            register, table = REGISTERS[code], self.table(code)
            row = register.rows(self.clerk, self.village.root)[0]
            keys = {column.title: column.key for column in register.columns}
            for case in hostile.cases(table):
                if not case.column or case.faults or case.verdict == BLOCKED or len(case.cells) > 2:
                    continue
                value = case.cells[1][table.titles.index(case.column)]
                key, count = keys[case.column], count + 1
                given = GivenRow(
                    "r1", row.id, row.seen, {**row.cells, key: "" if value is None else str(value)}
                )
                with self.subTest(f"paste {case.name}"):
                    found = register.check([given], user=self.clerk, place=self.village.root)
                    wrong = [said for said in found.errors if said.column in ("", key)]
                    assert all(said.text.endswith(("。", "？")) for said in found.errors)
                    if case.verdict == CLEANED and code == "post" and key == "name" and wrong:
                        assert "不能改姓名" in wrong[0].text  # whose post it is stays, however spelled
                    elif case.verdict == CLEANED and not _empties(case):
                        assert found.errors == []
                    elif case.verdict != CLEANED and TAKES_FIRST not in case.name:
                        assert wrong, found
        assert count >= 120
        assert self.snapshot() == before

    @pytest.mark.sqlite_only
    def test_markup_is_only_text(self):
        for code in rosters():
            for name, cells in hostile.markup(self.table(code)):
                with self.subTest(name), transaction.atomic():
                    upload = self.session(code, cells)
                    assert upload.preview or upload.report["blocks"]
                    transaction.set_rollback(True)


def _empties(case: hostile.Case) -> bool:
    """A blank in a pasted row empties the cell, where a file's blank says nothing."""
    return any(case.name.endswith(word) for word in COUNT_BLANKS)
