"""What was submitted is exported the same for good, however the rosters go on."""

import io
import random
from datetime import date

import openpyxl
import pikepdf
import pytest
from django.core.exceptions import ValidationError

from grids.actions.nodes import change_node, close_node, create_node, move_node
from grids.actions.people import appoint, change_person
from grids.choices import CloseReason, Kind, Role
from grids.models import HouseholdProfile, Node, Person
from reports.filing import actions
from reports.filing.frozen import fingerprint
from reports.filing.printing import Taking, of_snapshot
from reports.filing.queries import FILED, live_sheets
from reports.models import Snapshot
from tests.reports.filing.conftest import TODAY

EDITS = 500


class Edits:
    """Edits through the doors the pages use, on any open row of the village."""

    def __init__(self, root, by, dice):
        self.root, self.by, self.dice = root, by, dice
        self.number = 0

    def any(self, *kinds):
        return self.dice.choice(list(Node.objects.open().filter(root=self.root, kind__in=kinds)))

    def rename(self):
        node = self.any(Kind.GRID, Kind.GROUP, Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD)
        change_node(node=node, data={"name": f"改名{self.number}"}, by=self.by)

    def resize(self):
        data = {"size": self.dice.randrange(1, 9), "door": f"{self.number}号", "remark": f"第{self.number}次"}
        change_node(node=self.any(Kind.HOUSEHOLD), data=data, by=self.by)

    def move(self):
        kind, above = self.dice.choice([(Kind.HOUSEHOLD, Kind.MEMBER), (Kind.MEMBER, Kind.HUB)])
        move_node(node=self.any(kind), to=self.any(above), by=self.by)

    def add(self):
        kind, above = self.dice.choice([(Kind.HOUSEHOLD, Kind.MEMBER), (Kind.MEMBER, Kind.HUB)])
        data = {"name": f"新{self.number}", "since": TODAY, "door": f"新{self.number}号"}
        create_node(kind=kind, parent=self.any(above), data=data, by=self.by)

    def close(self):
        node = self.any(Kind.MEMBER, Kind.HOUSEHOLD, Kind.HOUSEHOLD, Kind.HOUSEHOLD)
        close_node(node=node, on=TODAY, close_reason=CloseReason.MOVED_AWAY, below="release", by=self.by)

    def post(self):
        person = self.dice.choice(list(Person.objects.standing().filter(root=self.root)))
        role, kind = self.dice.choice([(Role.GROUP_LEADER, Kind.GROUP), (Role.ORGANISATION, Kind.BRANCH)])
        appoint(person=person, role=role, node=self.any(kind), since=TODAY, by=self.by, replace=True)

    def phone(self):
        person = self.dice.choice(list(Person.objects.standing().filter(root=self.root)))
        change_person(person=person, data={"phone": f"137{self.number:08d}"}, by=self.by)

    def make(self, wanted):
        """So many edits that were really written; how many of each kind."""
        kinds = (self.rename, self.resize, self.move, self.add, self.close, self.post, self.phone)
        done = dict.fromkeys((edit.__name__ for edit in kinds), 0)
        while sum(done.values()) < wanted:
            self.number += 1
            edit = self.dice.choice(kinds)
            try:
                edit()
            except ValidationError:  # a namesake, or somebody who holds the post already
                continue
            done[edit.__name__] += 1
        return done


def cells(content):
    book = openpyxl.load_workbook(content)
    return {tab.title: [[cell.value for cell in row] for row in tab.iter_rows()] for tab in book}


def pages(content):
    """Everything drawn on each page, letter for letter, with its size."""
    with pikepdf.open(content) as pdf:
        return [
            (
                list(map(float, page.mediabox)),
                pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page)),
            )
            for page in pdf.pages
        ]


def exported(pk, by, settings, folder):
    """The files of a snapshot; an own folder, since equal PDFs are else taken from the shelf."""
    settings.EXPORT_DIR = folder
    snapshot = Snapshot.objects.get(pk=pk)
    found = {}
    for number, suffix in [*((number, "xlsx") for number in FILED), (1, "pdf"), (4, "pdf")]:
        content = of_snapshot(snapshot, number, Taking(suffix), by=by).content
        reading = cells if suffix == "xlsx" else pages
        found[f"{number}.{suffix}"] = reading(io.BytesIO(content.read()))
    return found


@pytest.mark.sqlite_only  # what is compared is drawn from the snapshot alone
def test_a_snapshot_is_exported_the_same_after_500_edits(
    filing, made, clerk, village_secretary, settings, tmp_path, monkeypatch
):
    for code in ("review", "submit"):
        filing = actions.take_step(filing=filing, code=code, by=village_secretary, today=TODAY)
    snapshot = filing.snapshots.get()
    moment = date(2026, 9, 16)
    monkeypatch.setattr("reports.filing.printing.watermark", lambda by: f"{by} {moment}")
    monkeypatch.setattr("reports.filing.printing.foot_of", lambda _: "")  # each export has its own
    before = exported(snapshot.pk, clerk, settings, tmp_path / "before")
    done = Edits(made.root, clerk, random.Random(5)).make(EDITS)
    assert min(done.values()) > 30, done
    assert exported(snapshot.pk, clerk, settings, tmp_path / "after") == before
    # The rosters did go on, and so would their files.
    now = live_sheets(filing, on=TODAY)
    assert [n for n in now if now[n] == snapshot.sheets[n]] == []
    frozen = fingerprint(snapshot.sheets, "", snapshot.details)
    assert fingerprint(now, "", snapshot.details) != snapshot.sha256 == frozen
    assert HouseholdProfile.objects.filter(node__closed_on=TODAY).count() > 20
