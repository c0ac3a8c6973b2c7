"""The world that every address is asked about: two townships, three villages, a browser for each seat."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.cookies import SimpleCookie

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from grids.choices import BandCode, BandScope, PersonalReason, Role
from grids.imports import report
from grids.imports.choices import UploadState
from grids.models import (
    BandException,
    Node,
    PersonalBand,
    Post,
    RosterUpload,
    SavedView,
)
from liaison.choices import Edge, Level, Preset, Step, WishKind
from liaison.models import Batch, Contact, Proposal, ProposalRow, Wish
from reports.choices import LeadingDuty, RecordKind
from reports.exportlog.actions import Leaving, issue
from reports.filing.frozen import fingerprint
from reports.filing.queries import live_sheets
from reports.models import (
    Blank,
    BlankMark,
    Campaign,
    CaseEntry,
    Deadline,
    DutyItem,
    DutyReview,
    ExportBatch,
    ExportJob,
    ExportRecord,
    Figure,
    Filing,
    FilingComment,
    HandoverPreset,
    Inspection,
    LeadingMember,
    PlanTarget,
    RecordFiling,
    ReviewFinding,
    ReviewMeeting,
    Snapshot,
    SupportRecord,
)
from tests.access_seats import (
    BESIDE,
    FOREIGN,
    GROUP_LEADER,
    MEMBER,
    MISSING,
    NOBODY,
    OTHER,
    OWN,
    SEATS,
    SECRETARY,
    SEES,
    Row,
)
from tests.access_services_world import catalogued, noticed, served, visited
from tests.factories import (
    SINCE,
    PersonFactory,
    TownshipFactory,
    UserFactory,
    Village,
    appoint,
    group_leader,
    secretary,
    village,
)
from township import history
from township.attachments import keeping
from township.attachments.keeping import ATTACHMENTS
from township.attachments.reading import Attachment
from township.choices import JobState, OfficeRole
from township.middleware import SEEN, STARTED
from township.models import Action, User

NO_SUCH = 9_999_999


@dataclass
class World:
    """Two townships, three villages, and a signed-in browser for every seat."""

    users: dict[str, User]
    sessions: dict[str, str]
    pks: dict[str, dict[str, int]]
    personal: dict[tuple[str, str], int]  # rows that belong to whoever made them, by kind and seat
    browser: Client

    def pk(self, kind: str, position: str, seat: str) -> int:
        if position == MISSING:
            return NO_SUCH
        if position == OWN and (kind, seat) in self.personal:
            return self.personal[kind, seat]
        return self.pks[kind][position]

    def client(self, seat: str) -> Client:
        """The browser with this seat's session, whatever an earlier request did to its cookies."""
        self.browser.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: self.sessions[seat]})
        return self.browser


def _pks(made: Village, user: User, position: str) -> dict[str, int]:
    """One row of each kind: in the first group, or in the last one for `BESIDE`."""
    at = -1 if position == BESIDE else 0
    group, person = made.groups[at], PersonFactory(township=made.root.township, root=made.root)
    contact = Contact.objects.create(
        township=made.root.township, level=Level.COMMITTEE, holder=person, target=group, since=SINCE
    )
    return {
        "household": made.households[at].pk,
        "member": made.members[at].pk,
        "person": made.people[at].pk,
        "group": group.pk,
        "hub": made.hubs[at].pk,
        "root": made.root.pk,
        "post": appoint(person, Role.GROUP_LEADER, group).pk,
        "contact": contact.pk,
        "grid": made.grids[at].pk,
        **_proposed(made, at, user),
        **_banded(made, at, user),
        **_filed(made, user),
        **_supervised(made),
        **_recorded(made),
        **served(made, at),
        **noticed(made, person, at),
        **visited(made, at, user),
        **catalogued(made.root.township),
        "villager_group": made.root.villager_groups.get().pk,
        "action": _action(made.households[at], user).pk,
        "account": user.pk,
        "job": _job(user).pk,
        "zip": _zip(user).pk,
        "upload": _upload(user).pk,
        "view": _view(user).pk,
        "blank": _blank(user).pk,
        "export_record": _exported(made, user).pk,
        "preset": _preset(made, user).pk,
    }


def _preset(made: Village, user: User) -> HandoverPreset:
    """What a receiver wants of the township: households by name."""
    columns = [{"code": "name", "heading": "户主", "codes": {}}]
    return HandoverPreset.objects.create(
        township=user.township, name=f"方案{made.root.pk}-{user.pk}-{HandoverPreset.objects.count()}",
        source="household", columns=columns,
    )  # fmt: skip


def _exported(made: Village, user: User) -> ExportRecord:
    """A line of the log of exports: one file of the village's."""
    leaving = Leaving(
        township=made.root.township,
        name="附件4.xlsx",
        table="附件4",
        format="xlsx",
        rows=3,
        organisation=made.root,
    )
    return issue(leaving, lambda serial: serial.encode(), by=user).record


def _proposed(made: Village, at: int, user: User) -> dict[str, int]:
    """A finished proposal for one grid with a row to decide on, and a wish."""
    asked = {"township": made.root.township, "place": made.grids[at], "edge": Edge.MEMBER}
    batch = Batch.objects.create(by=user, preset=Preset.LEAST, **asked)
    proposal = Proposal.objects.create(
        batch=batch,
        preset=Preset.LEAST,
        scope=BandScope.GRID,
        year=2026,
        state=JobState.DONE,
        weights={"change": 60, "relative": 40, "balance": 2},
        counts={"kept": 1, "changed": 1, "new": 0, "released": 0, "open": 0},
        before={"uncovered": 0},
        **asked,
    )
    household, member = made.households[at], made.members[at]
    row = ProposalRow.objects.create(
        proposal=proposal,
        target=household,
        old_node=member,
        new_node=member,
        grid=made.grids[at],
        step=Step.CHANGED,
        reason="nearer",
    )
    wish = Wish.objects.create(target=household, holder_node=member, kind=WishKind.PIN, since=SINCE)
    return {"batch": batch.pk, "proposal": proposal.pk, "proposal_row": row.pk, "wish": wish.pk}


def _banded(made: Village, at: int, user: User) -> dict[str, int]:
    """A range of its own for one member, and an exception asked for one group."""
    own = PersonalBand.objects.create(
        node=made.members[at], low=0, high=5, reason=PersonalReason.AGE, since=SINCE
    )
    asked = BandException.objects.create(
        node=made.groups[at], code=BandCode.LEADER, reason="山大沟深", until=date(2099, 12, 31), asked_by=user
    )
    return {"own_band": own.pk, "exception": asked.pk}


def _filed(made: Village, user: User) -> dict[str, int]:
    """The township's campaign of this year, and what the village has filed in it."""
    today = localdate()
    campaign, _ = Campaign.objects.get_or_create(
        township=made.root.township,
        year=today.year,
        defaults={"title_name": "青河乡", "cut_off": today, "due_on": today},
    )
    deadline, _ = Deadline.objects.get_or_create(
        campaign=campaign, code="R21", defaults={"title": "标识牌", "owner": "village", "due_on": today}
    )
    filing, _ = Filing.objects.get_or_create(campaign=campaign, root=made.root)
    sheets = live_sheets(filing, on=today)
    number = filing.snapshots.count() + 1
    snapshot = Snapshot.objects.create(
        filing=filing,
        number=number,
        by=user,
        sheets=sheets,
        report_text="推进情况",
        sha256=fingerprint(sheets, "推进情况"),
    )
    figure, _ = Figure.objects.get_or_create(
        campaign=campaign,
        root=made.root,
        code="grid_count",
        defaults={"number": 3, "reason": "刚分", "by": user},
    )
    comment = FilingComment.objects.create(filing=filing, text="请核对", by=user)
    return {
        "campaign": campaign.pk,
        "deadline": deadline.pk,
        "filing": filing.pk,
        "snapshot": snapshot.pk,
        "figure": figure.pk,
        "filing_comment": comment.pk,
    }


def _supervised(made: Village) -> dict[str, int]:
    """A row in each book of supervision, and a meeting with minutes."""
    root, today = made.root, localdate()
    campaign = Campaign.objects.get(township=root.township, year=today.year)
    of = {"township": root.township, "root": root}
    minutes = {"kept_name": ATTACHMENTS.keep(b"%PDF-1.4", ".pdf"), "file_name": "记录.pdf", "file_size": 8}
    inspection = Inspection.objects.create(**of, day=today, inspectors="督查组", looked_at="公示牌")
    finding = ReviewFinding.objects.create(
        **of, project="公示牌", problem="没有更新", owner="书记", raised_on=today, due_on=today
    )
    meeting, _ = ReviewMeeting.objects.get_or_create(
        campaign=campaign, seq=1, defaults={"day": today, **minutes}
    )
    post = Post.objects.filter(node=root, role=Role.SECRETARY).first()
    review, _ = DutyReview.objects.get_or_create(
        **of,
        year=today.year,
        defaults={"secretary": post.person if post else made.people[0], "grade": "good", "day": today},
    )
    rows = {
        "duty": DutyItem(**of, year=today.year, matter="网格划分", owner="书记", due_on=today),
        "support": SupportRecord(**of, year=today.year, kind="people", content="指导员1名"),
        "target": PlanTarget(**of, year=today.year, code="member_count", number=5),
        "case": CaseEntry(**of, day=today, title="议事", text="门前议事", **minutes),
    }
    for row in rows.values():
        row.save()
    return {
        "inspection": inspection.pk,
        "finding": finding.pk,
        "meeting": meeting.pk,
        "review": review.pk,
        **{kind: row.pk for kind, row in rows.items()},
    }


def _recorded(made: Village) -> dict[str, int]:
    """A 备案 of the village with its file, and a seat of the township's leading group."""
    town, today = made.root.township, localdate()
    count = RecordFiling.objects.filter(township=town).count()
    record = RecordFiling(
        township=town,
        root=made.root,
        kind=RecordKind.DIVIDING,
        number=f"{count + 1}号",
        filed_on=today,
        title="网格划分方案",
    )
    keeping.put(record, Attachment("方案.pdf", ".pdf", b"%PDF-1.7\n%%EOF"))
    record.save()
    seat = LeadingMember.objects.create(
        township=town, year=today.year, duty=LeadingDuty.MEMBER, name=f"成员{count}"
    )
    return {"record_filing": record.pk, "leading_member": seat.pk}


def _job(user: User) -> ExportJob:
    return ExportJob.objects.create(
        user=user, township=user.township, annex=3, year=2026, state=JobState.DONE, sha256="0" * 64
    )


def _zip(user: User) -> ExportBatch:
    """A finished zip whose file has gone."""
    return ExportBatch.objects.create(
        user=user, township=user.township, year=2026, tables=[4], formats=["xlsx"], places=[0],
        state=JobState.DONE,
    )  # fmt: skip


def _upload(user: User) -> RosterUpload:
    return RosterUpload.objects.create(
        township=user.township,
        by=user,
        file_name="花名册.xlsx",
        sha256="0" * 64,
        state=UploadState.REFUSED,
        report=report.refusal("花名册.xlsx", "文件打不开。"),
    )


def _action(household: Node, user: User) -> Action:
    with history.action(by=user, title="修改资料") as act:
        household.position += 1
        history.save(household, by=user, fields=["position"])
    return Action.objects.get(pk=act.pk)


def _blank(user: User) -> Blank:
    """A blank of one head over one free row, with its first cell marked."""
    cells = [[1, 1, "党员总数", "t", 0], [1, 2, "农户数", "t", 0], [2, 1, "", "", 0], [2, 2, "", "", 0]]
    look = {"name": "表", "shown": True, "height": 2, "width": 2, "widths": [60, 60], "hidden_columns": []}
    look |= {"heights": {}, "hidden_rows": [], "merges": [], "tables": False, "cells": cells}
    look["styles"] = [["", False, "trbl", False, False, ""]]
    blank = Blank.objects.create(
        township=user.township, title="空表", year=2026, file_name="空表.xlsx", looks=[look], by=user
    )
    BlankMark.objects.create(blank=blank, sheet=0, row=2, column=1, code="member_count")
    return blank


def _view(user: User) -> SavedView:
    count = SavedView.objects.filter(by=user).count()
    return SavedView.objects.create(
        by=user, township=user.township, listing="household", name=f"视图{count}", query="state=unlinked"
    )


def build() -> World:
    town, far = TownshipFactory(), TownshipFactory()
    own, other = (village(town, name, hubs=1, members=1, households=1) for name in ("甲村", "乙村"))
    foreign = village(far, "丙村", hubs=1, members=1, households=1)
    users = {
        role.value: UserFactory(township=town, office_role=role)
        for role in (OfficeRole.SYSTEM_ADMIN, OfficeRole.CLERK, OfficeRole.LEADER, OfficeRole.AUDITOR)
    }
    by_post = UserFactory(township=town, office_role=OfficeRole.BY_POST)
    own.people[0].user = by_post
    own.people[0].save()
    users |= {SECRETARY: secretary(own), GROUP_LEADER: group_leader(own), MEMBER: by_post}
    users[NOBODY] = UserFactory(township=town, office_role=OfficeRole.BY_POST)
    colleague, stranger = UserFactory(township=town), UserFactory(township=far)
    pks: dict[str, dict[str, int]] = {kind: {} for kind in SEES}
    for made, account, position in (
        (own, colleague, OWN),
        (own, colleague, BESIDE),
        (other, colleague, OTHER),
        (foreign, stranger, FOREIGN),
    ):
        for kind, pk in _pks(made, account, position).items():
            pks[kind][position] = pk
    personal = {("job", seat): _job(users[seat]).pk for seat in SEATS}
    personal |= {("upload", seat): _upload(users[seat]).pk for seat in SEATS}
    personal |= {("zip", seat): _zip(users[seat]).pk for seat in SEATS}
    personal |= {("view", seat): _view(users[seat]).pk for seat in SEATS}
    return World(users, {seat: session_of(users[seat]) for seat in SEATS}, pks, personal, Client())


def session_of(user: User) -> str:
    """The key of a session just begun."""
    client = Client()
    client.force_login(user)
    session = client.session
    # Stamped ahead of time: on a slow machine a page would otherwise refresh the stamp, and so write.
    session[STARTED] = session[SEEN] = time.time() + 3600
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes() -> Iterator[list[str]]:
    """Tables that the requests inside wrote to."""
    found: list[str] = []

    def note(execute, sql, params, many, context):
        words = sql.split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            found.append(words[1 if words[0] == "UPDATE" else 2].strip('"'))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def address(row: Row, pk: int | None) -> str:
    in_query = "{pk}" in row.query
    args = dict(row.args) if pk is None or in_query else {**row.args, "pk": pk}
    query = f"?{row.query.format(pk=pk)}" if row.query else ""
    return reverse(row.url, kwargs=args) + query
