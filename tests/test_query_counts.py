"""Every page asks the database as often for 2,000 rows of each thing as for 20, and seldom at all.

The addresses come from access_matrix.py, so a new list is counted without being entered here.
"""

from dataclasses import dataclass
from datetime import date
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now

from grids import tree
from grids.choices import Kind, Role
from grids.imports import report
from grids.imports.choices import UploadState
from grids.models import BranchProfile, Node, Person, Post, RosterUpload, VillagerGroup
from liaison.choices import Level
from liaison.models import Contact
from reports.choices import LeadingDuty, RecordKind
from reports.models import (
    Campaign,
    CaseEntry,
    DutyItem,
    ExportCounter,
    ExportJob,
    ExportRecord,
    Filing,
    HandoverPreset,
    Inspection,
    LeadingMember,
    PlanTarget,
    RecordFiling,
    ReviewFinding,
    SupportRecord,
)
from reports.statistics.sources import sources
from services.models import (
    CardIssue,
    DemoHousehold,
    EducationEvent,
    FloatingMember,
    FourClearCheck,
    GridEvent,
    Imprint,
    ItemMaterial,
    ItemVersion,
    Matter,
    PartyMeeting,
    ServiceItem,
    ServiceTeam,
    Sign,
    Suggestion,
    TeamActivity,
    Venue,
    Visit,
    VisitPlan,
    Volunteer,
)
from services.visits.choices import Need
from tests.access_matrix import ROWS
from tests.access_seats import ADMIN, AUDITOR, CLERK
from tests.access_world import address, session_of
from tests.factories import SINCE, TownshipFactory, UserFactory, Village, village
from tests.plain_prints import books_only_read, tables_as_text
from township.choices import Deed, OfficeRole
from township.models import AuditEvent, Township, User

FEW, MANY = 20, 2000
MOST, MOST_OF_A_PLACE = 18, 25  # a place shows facts, posts, children and history on one page
LOGGED = 7  # a file on its way out: its number, the entry and the line in the logs, and their transaction
ROWS_BEHIND = 11  # of annex 1: its workbook brings the rows that its numbers count, people with their posts
PLACE = "/grids/nodes/{root}/"
MOST_OF_THE_CHECKS = 32  # all four annexes are read there to be held against each other, and what is done
CHECKS = "/reports/checks/"
MOST_OF_THE_GOALS, GOALS = 29, "/goals/"  # each measure counts its own list
# Pages that read all of annex 1 ask each register behind it once; these are counted above.
ROSTERS = 7
ANNEX1 = ("/reports/statistics/", "/reports/annexes/1/", "/reports/supervision/targets/", CHECKS)
# What the tree is asked for, beside its first sight.
TREE_QUERIES = ("village={root}&depth=grid", "open={root}", "q=网格", "show=problems", "show=closed")


@dataclass
class Office:
    """A township with `n` of everything, and a session for each seat that sees lists."""

    made: Village
    sessions: dict[str, str]


def _branches(township: Township, n: int) -> list[Node]:
    """`n` more villages in one go; each is a tree of one row."""
    first = 1 + max(Node.objects.values_list("tree_id", flat=True), default=0)
    made = Node.objects.bulk_create(
        Node(
            township=township,
            kind=Kind.BRANCH,
            name=f"{i}村党支部",
            tree_id=first + i,
            lft=1,
            rght=2,
            level=0,
        )
        for i in range(n)
    )
    Node.objects.filter(tree_id__gte=first).update(root=F("pk"))
    BranchProfile.objects.bulk_create(BranchProfile(node=node, village=node.name[:-3]) for node in made)
    return made


def _rows(made: Village, clerk: User, n: int) -> None:
    """`n` of all that does not come with a village."""
    township, root = made.root.township, made.root
    VillagerGroup.objects.bulk_create(VillagerGroup(root=root, name=f"{i + 2}社") for i in range(n))
    Person.objects.bulk_create(
        Person(township=township, root=root, name=f"重名{i // 2}", phone=f"139{i:08d}" if i % 2 else "")
        for i in range(n)
    )
    Post.objects.bulk_create(
        Post(township=township, person=person, node=node, role=role, since=SINCE, term_until=date(2026, 9, 2))
        for role, nodes in ((Role.GROUP_LEADER, made.groups), (Role.HUB_HEAD, made.hubs))
        for person, node in zip(made.people, nodes, strict=True)
    )
    Contact.objects.bulk_create(
        Contact(township=township, level=Level.COMMITTEE, holder=person, target=group, since=SINCE)
        for person, group in zip(made.people, made.groups, strict=True)
    )
    RosterUpload.objects.bulk_create(
        RosterUpload(
            township=township,
            by=clerk,
            file_name=f"{i}.xlsx",
            state=UploadState.REFUSED,
            report=report.refusal(f"{i}.xlsx", "文件打不开。"),
        )
        for i in range(n)
    )
    ExportJob.objects.bulk_create(
        ExportJob(user=clerk, township=township, organisation=root, annex=3, year=2026) for _ in range(n)
    )
    today = localdate()
    days = {"cut_off": today, "due_on": today}
    campaign = Campaign.objects.create(township=township, year=today.year, title_name="青河乡", **days)
    Filing.objects.bulk_create(
        Filing(campaign=campaign, root=branch)
        for branch in Node.objects.filter(township=township, parent=None)
    )
    _supervised(root, n)
    _noticed(made)
    _visited(made, clerk, n)
    RecordFiling.objects.bulk_create(
        RecordFiling(
            township=township, root=root, kind=RecordKind.RUNNING, number=f"{i}", filed_on=today, title="报告"
        )
        for i in range(n)
    )
    LeadingMember.objects.bulk_create(
        LeadingMember(
            township=township, year=today.year, duty=LeadingDuty.MEMBER, name=f"成员{i}", person=person
        )
        for i, person in enumerate(Person.objects.filter(township=township)[:n])
    )
    AuditEvent.objects.bulk_create(
        AuditEvent(user=clerk, who=str(clerk), township=township, deed=Deed.CHANGE, target=f"{i}")
        for i in range(n)
    )
    _exports(made, clerk, n)
    User.objects.bulk_create(
        User(username=f"{township.code}-{i}", full_name="演示账号", township=township) for i in range(n)
    )


def _supervised(root: Node, n: int) -> None:
    """`n` rows in each book of supervision."""
    today = localdate()
    of = {"township": root.township, "root": root}
    rows = {
        DutyItem: {"year": today.year, "matter": "划分网格", "owner": "书记", "due_on": today},
        Inspection: {"day": today, "inspectors": "督查组", "looked_at": "公示牌"},
        ReviewFinding: {
            "project": "牌",
            "problem": "缺",
            "owner": "书记",
            "raised_on": today,
            "due_on": today,
        },
        SupportRecord: {"year": today.year, "kind": "people", "content": "指导员1名"},
        PlanTarget: {"year": today.year, "code": "member_count", "number": 5},
        CaseEntry: {"day": today, "title": "议事", "text": "门前议事"},
    }
    for model, facts in rows.items():
        model.objects.bulk_create(model(**of, **facts) for _ in range(n))


def _served(made: Village, n: int) -> None:
    """`n` rows in the ledgers of services, and `n` meetings."""
    root, today = made.root, localdate()
    rows = {
        PartyMeeting: {"unit": root, "kind": "assembly", "day": today},
        EducationEvent: {"root": root, "day": today, "form": "talk"},
        TeamActivity: {"root": root, "day": today},
        ServiceTeam: {"root": root, "kind": "other", "basis": "need", "leader": "李平"},
        Volunteer: {"root": root},
        Venue: {"root": root},
    }
    for model, facts in rows.items():
        title = next(name for name in ("topic", "title", "name") if hasattr(model, name))
        model.objects.bulk_create(model(**facts, **{title: f"第{i}"}) for i in range(n))
    FloatingMember.objects.bulk_create(
        FloatingMember(member=one, destination="银川市", since=SINCE, reason="work") for one in made.members
    )
    DemoHousehold.objects.bulk_create(DemoHousehold(member=one, industry="苹果") for one in made.members)


def _noticed(made: Village) -> None:
    """Of every grid a board that hangs and was printed with nothing on it, cards handed out, a suggestion."""
    day = localdate()
    Sign.objects.bulk_create(Sign(node=grid, hung_on=day) for grid in made.grids)
    Imprint.objects.bulk_create(Imprint(node=grid, notice="board", printed_on=day) for grid in made.grids)
    CardIssue.objects.bulk_create(
        CardIssue(node=grid, day=day, cards=1, handed_by="李") for grid in made.grids
    )
    Suggestion.objects.bulk_create(Suggestion(node=grid, text="路灯坏了") for grid in made.grids)


def _visited(made: Village, clerk: User, n: int) -> None:
    """A visit to every household, as many matters, events, checks and services planned."""
    today, at = localdate(), now()
    of = {"township": made.root.township, "written_by": clerk}
    said = {"need": Need.ROADS, "content": "修路", "raised_on": today}
    grids, homes, people = made.grids, made.households, made.people
    Matter.objects.bulk_create(Matter(**of, **said, node=grid) for grid in grids)
    Visit.objects.bulk_create(
        Visit(**of, node=grid, household=home, visitor=person, happened_on=today, plain=True)
        for grid, home, person in zip(grids[::2], homes[::2], people[::2], strict=True)
    )
    GridEvent.objects.bulk_create(
        GridEvent(**of, node=grid, kind="sudden", found_at=at, arrived_at=at, place="村口", matter="水管破裂")
        for grid in grids
    )
    FourClearCheck.objects.bulk_create(
        FourClearCheck(**of, node=grid, checked_on=today, people_ok=True) for grid in grids
    )
    VisitPlan.objects.bulk_create(
        VisitPlan(household=home, need=Need.JOBS, consented=True, interval=30, next_on=today)
        for home in homes
    )


def _catalogued(township: Township, n: int) -> None:
    """A catalogue of `n` items, each with a material."""
    items = ServiceItem.objects.bulk_create(ServiceItem(township=township, code=f"{i}") for i in range(n))
    said = {
        "number": 1,
        "since": localdate(),
        "category": "other",
        "default_kind": "instant",
        "office": "窗口",
    }
    versions = ItemVersion.objects.bulk_create(
        ItemVersion(item=item, name=f"代办{item.code}", **said) for item in items
    )
    ItemMaterial.objects.bulk_create(
        ItemMaterial(version=version, position=1, name="户口簿") for version in versions
    )


def _exports(made: Village, clerk: User, n: int) -> None:
    """A log of exports of `n` lines, and the numbers to go on with."""
    township, year = made.root.township, localdate().year
    told = {"user": clerk, "who": str(clerk), "township": township}
    events = AuditEvent.objects.bulk_create(AuditEvent(deed=Deed.EXPORT, **told) for _ in range(n))
    ExportRecord.objects.bulk_create(
        ExportRecord(
            year=year,
            number=number,
            serial=f"{township.code}{number}",
            organisation=made.root,
            rows=1,
            event=event,
            **told,
        )
        for number, event in enumerate(events, 1)
    )
    HandoverPreset.objects.bulk_create(
        HandoverPreset(township=township, name=f"{i}", source="household") for i in range(n)
    )
    ExportCounter.objects.create(township=township, year=year, last=n)


def office(n: int) -> Office:
    township = TownshipFactory()
    made = village(township, "甲村", groups=n, hubs=1, members=1, households=1)
    _branches(township, n // 10)  # 200 are more villages than any township has
    roles = {ADMIN: OfficeRole.SYSTEM_ADMIN, CLERK: OfficeRole.CLERK, AUDITOR: OfficeRole.AUDITOR}
    users = {seat: UserFactory(township=township, office_role=role) for seat, role in roles.items()}
    _rows(made, users[CLERK], n)
    _served(made, n)
    _catalogued(township, n)
    return Office(made, {seat: session_of(user) for seat, user in users.items()})


def most_of(url: str) -> int:
    """How often a page may ask."""
    more = len(sources()) - ROSTERS if url.startswith(ANNEX1) else 0
    if url.startswith(CHECKS):
        return MOST_OF_THE_CHECKS + more
    if url == GOALS:
        return MOST_OF_THE_GOALS
    if url.endswith("/1/xlsx/"):
        return MOST + LOGGED + ROWS_BEHIND + 3 * more  # counted, read and told
    if more:
        return MOST + more
    if url.endswith(("/xlsx/", "/pdf/")):
        return MOST + LOGGED
    return MOST_OF_A_PLACE if url == PLACE else MOST


def addresses() -> list[tuple[str, str, str]]:
    """Seat, method and address of every page that names no single row."""
    found = []
    for row in ROWS:
        seats = row.get or row.post or ()
        seat = next((seat for seat in (CLERK, ADMIN, AUDITOR) if seat in seats), None)
        if (
            seat
            and seat not in row.led_on
            and not row.kind
            and "token" not in row.args  # names one row, too
            and (row.get or row.url.endswith(("_export", "_download")))
        ):
            found.append((seat, "get" if row.get else "post", address(row, None)))
    found += [(CLERK, "get", f"{reverse('grids:tree')}?{query}") for query in TREE_QUERIES]
    found += [(CLERK, "get", PLACE), (CLERK, "get", "/grids/tree/{root}/children/")]
    return found


@pytest.mark.sqlite_only  # how often a page asks is the page's doing, not the database's
class QueryCountTest(TestCase):
    """Two townships in one database, one a hundred times the other."""

    @classmethod
    def setUpTestData(cls):
        cls.few, cls.many = office(FEW), office(MANY)

    def test_the_planted_trees_are_whole(self):
        assert tree.verify() == []

    def test_every_page_asks_as_often_for_2000_rows_as_for_20(self):
        for seat, method, url in addresses():
            with self.subTest(f"{method} {url}"):
                self.count(self.few, seat, method, url)  # what a process reads once is no part of a page
                few, many = (self.count(place, seat, method, url) for place in (self.few, self.many))
                assert few == many
                assert many <= most_of(url)

    def count(self, place, seat, method, url):
        self.client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: place.sessions[seat]})
        send = getattr(self.client, method)
        url = url.format(root=place.made.root.pk)
        with CaptureQueriesContext(connection) as queries, tables_as_text(), books_only_read():
            response = send(url)
        assert response.status_code == 200 or url == reverse("township:login")
        if response.streaming:
            b"".join(response.streaming_content)
        return len(queries)
