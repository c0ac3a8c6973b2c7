"""What must never happen the database refuses, with a Chinese sentence; what people edit has a history."""

from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from grids.choices import BandCode, BandScope, Kind, PersonalReason, Role
from grids.imports.choices import UploadState
from grids.models import (
    BandException,
    BandRule,
    ColumnMemory,
    EntryDraft,
    HouseholdProfile,
    ListMemory,
    MemberProfile,
    Node,
    Person,
    PersonalBand,
    Post,
    ReserveCadre,
    RosterUpload,
    SavedView,
    VillagerGroup,
)
from liaison.choices import Edge, Level, Preset, Step, WishKind
from liaison.models import Batch, Contact, Proposal, ProposalRow, Wish
from reports.exportlog.actions import Leaving, issue
from reports.exportlog.rules import GUARDED
from reports.models import (
    Blank,
    BlankMark,
    Campaign,
    Chase,
    CheckNote,
    Deadline,
    DutyReview,
    ExportCounter,
    ExportRecord,
    Figure,
    Filing,
    HandoverPreset,
    LeadingMember,
    PlanTarget,
    RecordFiling,
    ReportTemplate,
    ReviewFinding,
    ReviewMeeting,
    Snapshot,
    StatisticsForm,
    SupportRecord,
)
from services.models import (
    Appraisal,
    CardIssue,
    DemoHousehold,
    EducationEvent,
    FloatingContact,
    FloatingMember,
    GridPage,
    HelpRecord,
    Hotline,
    Imprint,
    MeetingAttendance,
    PartyMeeting,
    ServiceTeam,
    Sign,
    Suggestion,
    Venue,
    Volunteer,
    VolunteerPoint,
)
from tests.factories import (
    SINCE,
    PersonFactory,
    TownshipFactory,
    UserFactory,
    Village,
    appoint,
    node,
    village,
)
from tests.services.tickets import rows as tickets
from tests.services.tickets import rows_tickets
from tests.services.visits import rows as visits
from tests.worlds import remembered
from township import audit
from township.choices import OfficeRole
from township.models import Township, User

OURS = ("township", "grids", "liaison", "services", "reports")
# Models nobody edits on a page, each with its reason.
WITHOUT_HISTORY = {
    "township.PasswordRecord": "written by a change of password only",
    "township.AuditEvent": "the log itself; the database refuses a change",
    "grids.ColumnMemory": "a habit of an account, no fact of the roster",
    "grids.RosterUpload": "what it changes has its own history",
    "grids.EntryDraft": "what was typed and not yet saved",
    "grids.ListMemory": "a habit of an account, no fact of the roster",
    "grids.SavedView": "a question to a list",
    "services.LookupTry": "a count of one hour",
    "township.Action": "what the rows of a history point to",
    "services.TicketBook": "numbers that only grow; the errands that have them have a history",
    "reports.Chase": "a log of reminders; nobody edits it",
    "reports.CheckTally": "numbers counted from the roster, which has its own history",
    "reports.ExportJob": "the state of a process",
    "reports.ExportBatch": "the state of a process",
    "reports.ExportCounter": "a number that only grows",
    "reports.ExportRecord": "the log itself; the database refuses a change",
    "reports.FilingEvent": "a log of steps; nobody edits it",
    "reports.Snapshot": "frozen; nobody edits it",
    "reports.Blank": "a form as it came; its log says who brought it",
    "reports.BlankMark": "where a form asks for what, no fact of the roster; its log says who",
    "liaison.Batch": "an order for proposals; what is accepted has its own history",
    "liaison.Proposal": "a worksheet; what is accepted has its own history",
    "liaison.ProposalRow": "each row keeps who decided; what is accepted has its own history",
}
EARLIER = date(2020, 1, 1)


@pytest.fixture
def unguarded(made) -> None:
    """Without the guard that refuses every change of the log of exports before a constraint could."""
    audit.unguard(connection, **GUARDED)


@pytest.fixture
@remembered
def made(db) -> Village:
    """A village in which each row that a case breaks stands second in its queryset's order."""
    made = village(TownshipFactory(), groups=2, hubs=2)
    township, root = made.root.township, made.root
    village(township, "乙村", groups=1, hubs=1, members=1, households=1)
    VillagerGroup.objects.create(root=root, name="二社")
    for person in made.people[:2]:
        appoint(person, Role.GROUP_LEADER, made.groups[0])
        Contact.objects.create(
            township=township, level=Level.COMMITTEE, holder=person, target=made.groups[0], since=SINCE
        )
    node(Kind.GRID, "第3网格", root)
    for number in "12":
        UserFactory(township=township, phone=f"1390000000{number}")
        PersonFactory(township=township, name="同名")
    for letter in "ab":
        ColumnMemory.objects.create(
            township=township, by=User.objects.order_by("pk").first(), fingerprint=letter * 64
        )
        keeper = User.objects.order_by("pk").first()
        ListMemory.objects.create(user=keeper, listing=letter)
        SavedView.objects.create(township=township, by=keeper, listing="people", name=letter)
        EntryDraft.objects.create(user=keeper, register=letter, node=root, rows=[])
    RosterUpload.objects.create(
        township=township, by=User.objects.first(), file_name="x.xlsx", sha256="0" * 64, rows=[]
    )
    _blank(township)
    _ratios(made)
    _filings(made)
    _supervised(made)
    _noticed(made)
    _records(made)
    _proposals(made)
    _exports(township)
    _served(made)
    visits.two_of_each(made)
    tickets.two_of_each(township)
    rows_tickets.two_of_each(township, User.objects.order_by("pk").first())
    return made


def _served(made: Village) -> None:
    """Two rows in each ledger of services, and the township's centre last."""
    root, township = made.root, made.root.township
    of_root = {"root": root}
    stations = [root, Node.objects.filter(parent=None).exclude(pk=root.pk).earliest("pk")]
    for at, letter in enumerate("ab"):
        member, year = made.members[at], 2025 + at
        ReserveCadre.objects.create(
            **of_root, township=township, name=letter, nomination="branch", nominated_on=SINCE,
            target_post="other", state_on=SINCE,
        )  # fmt: skip
        PartyMeeting.objects.create(unit=root, kind="assembly", day=SINCE, topic=letter)
        MeetingAttendance.objects.create(meeting=PartyMeeting.objects.earliest("pk"), member=member)
        Appraisal.objects.create(branch=root, year=year, assessed=3, excellent=1, qualified=2)
        EducationEvent.objects.create(**of_root, day=SINCE, form="talk", topic=letter)
        FloatingMember.objects.create(member=member, destination="银川市", since=SINCE, reason="work")
        away = FloatingMember.objects.earliest("pk")
        FloatingContact.objects.create(floating=away, day=SINCE, channel=("qq", "phone")[at])
        team = {"kind": "other", "basis": "need", "leader": "李平", "founded_on": SINCE}
        ServiceTeam.objects.create(**of_root, name=letter, **team)
        Volunteer.objects.create(**of_root, name=letter, joined_on=SINCE)
        VolunteerPoint.objects.create(township=township, root=stations[at], name=letter)
        DemoHousehold.objects.create(member=member, industry="苹果", since=SINCE)
        demo = DemoHousehold.objects.earliest("pk")
        HelpRecord.objects.create(demo=demo, day=SINCE, kind=("market", "channel")[at])
        Venue.objects.create(**of_root, name=letter, opened_on=SINCE)
    VolunteerPoint.objects.create(township=township, name="中心")


def _supervised(made: Village) -> None:
    """Two meetings and reviews, a finding, a support record, a target."""
    root, campaign = made.root, Campaign.objects.order_by("pk").first()
    of = {"township": root.township, "root": root}
    for seq in (1, 2):
        ReviewMeeting.objects.create(campaign=campaign, seq=seq, day=SINCE)
        DutyReview.objects.create(**of, year=2024 + seq, secretary=made.people[0], grade="good", day=SINCE)
    ReviewFinding.objects.create(
        **of, project="公示牌", problem="没有更新", owner="书记", raised_on=SINCE, due_on=SINCE
    )
    SupportRecord.objects.create(**of, year=2026, kind="funds", content="修缮", amount=1)
    PlanTarget.objects.create(**of, year=2026, code="member_count", number=5)


def _noticed(made: Village) -> None:
    """Two of everything that hangs, is printed, handed out or published."""
    township, root = made.root.township, made.root
    other = node(Kind.BRANCH, "另一党支部", township=township)
    for place in (None, None):
        Hotline.objects.create(township=TownshipFactory(), root=place, phone="110")
    for place in (root, other):
        Hotline.objects.create(township=township, root=place, phone="110")
    for grid in made.grids:
        Sign.objects.create(node=grid, made_on=SINCE, hung_on=SINCE)
        Imprint.objects.create(node=grid, notice="board", printed_on=SINCE)
        CardIssue.objects.create(node=grid, day=SINCE, cards=3, handed_by="李")
        GridPage.objects.create(node=grid, published_on=SINCE, names=True)
        Suggestion.objects.create(node=grid, text="路灯坏了")


def _exports(township: Township) -> None:
    """Two lines of the log of exports."""
    for number in (1, 2):
        HandoverPreset.objects.create(township=township, name=f"方案{number}", source="household")
        leaving = Leaving(township=township, name=f"{number}.xlsx", table="附件4", format="xlsx", rows=1)
        issue(leaving, lambda serial: serial.encode(), by=None)
    ExportCounter.objects.create(township=township, year=2025)


def _blank(township: Township) -> None:
    blank = Blank.objects.create(
        township=township, title="空表", year=2026, file_name="空表.xlsx", looks=[], by=User.objects.first()
    )
    for column in (1, 2):
        BlankMark.objects.create(blank=blank, sheet=0, row=5, column=column, code="member_count")


def _ratios(made: Village) -> None:
    for code in (BandCode.HUB, BandCode.MEMBER):
        BandRule.objects.create(
            township=made.root.township, year=2026, code=code, low=5, high=10, hard=20, scope=BandScope.GRID
        )
    for member in made.members[:2]:
        PersonalBand.objects.create(node=member, low=0, high=5, reason=PersonalReason.AGE, since=SINCE)
    BandException.objects.create(
        node=made.root, code=BandCode.HUB, reason="山大沟深", until=SINCE, asked_by=User.objects.first()
    )


def _filings(made: Village) -> None:
    by, root = User.objects.first(), made.root
    for year in (2025, 2026):
        campaign = Campaign.objects.create(
            township=root.township, year=year, title_name="青河乡", cut_off=SINCE, due_on=SINCE
        )
    for other in Node.objects.filter(kind=Kind.BRANCH).order_by("pk")[:2]:
        filing = Filing.objects.create(campaign=campaign, root=other)
        Chase.objects.create(campaign=campaign, root=other, on=SINCE, owes="附件1至4", by=by)
    for number in (1, 2):
        Deadline.objects.create(
            campaign=campaign, code=f"R{number}", title="例会", owner="office", due_on=SINCE
        )
        Snapshot.objects.create(filing=filing, number=number, by=by, sheets={}, sha256="0" * 64)
        CheckNote.objects.create(filing=filing, rule="K11", subject=f"node:{number}", text="分散", by=by)
        Figure.objects.create(campaign=campaign, root=root, code=f"c{number}", number=number, by=by)
        StatisticsForm.objects.create(township=root.township, year=2026, version=number, columns=[], by=by)


def _records(made: Village) -> None:
    town = made.root.township
    for letter in "ab":
        RecordFiling.objects.create(
            township=town, root=made.root, kind="running", number=letter, filed_on=SINCE, title="报告"
        )
        LeadingMember.objects.create(township=town, year=2026, duty="member", name=letter)
        ReportTemplate.objects.create(township=town, year=2026, level=letter, text="标题")


def _proposals(made: Village) -> None:
    asked = {"township": made.root.township, "place": made.root, "edge": Edge.MEMBER, "preset": Preset.LEAST}
    batch = Batch.objects.create(by=User.objects.first(), **asked)
    proposal = Proposal.objects.create(batch=batch, scope=BandScope.VILLAGE, year=2026, **asked)
    for household, member in zip(made.households[:2], made.members, strict=False):
        ProposalRow.objects.create(proposal=proposal, target=household, step=Step.OPEN)
        Wish.objects.create(target=household, holder_node=member, kind=WishKind.PIN, since=SINCE)
    for holder in made.members[:2]:
        Wish.objects.create(target=made.households[2], holder_node=holder, kind=WishKind.AVOID, since=SINCE)


def of(kind):
    return Node.objects.filter(kind=kind).order_by("pk")


# constraint: the rows to break, and how; a callable is given the row before the broken one
BROKEN = {
    "node_closed_with_reason": (of(Kind.HUB), {"closed_on": SINCE}),
    "node_name_written": (of(Kind.HUB), {"name": ""}),
    "node_not_own_parent": (of(Kind.HOUSEHOLD), {"parent": models.F("pk")}),
    "node_top_is_branch": (of(Kind.MEMBER), {"parent": None}),
    "node_root_known": (of(Kind.MEMBER), {"root": None}),
    "node_general_branch_on_top": (of(Kind.GRID), {"kind": Kind.GENERAL_BRANCH}),
    "node_above_groups_plain": (of(Kind.GRID), {"group": models.F("pk")}),
    "node_group_in_grid": (of(Kind.GROUP), {"grid": models.F("pk")}),
    "node_hub_in_group": (of(Kind.HUB), {"group": models.F("pk")}),
    "node_member_place": (of(Kind.MEMBER), {"hub": models.F("pk")}),
    "node_top_name_once": (of(Kind.BRANCH), lambda first: {"name": first.name}),
    "node_name_once_under_parent": (of(Kind.GRID), lambda first: {"name": first.name}),
    "node_one_group_per_grid": (
        of(Kind.GROUP),
        lambda first: {"parent": first.parent_id, "grid": first.parent_id},
    ),
    "villager_group_once": (VillagerGroup.objects.order_by("root", "pk"), lambda first: {"name": first.name}),
    "person_once": (Person.objects.filter(name="同名").order_by("pk"), lambda first: {"phone": first.phone}),
    "person_named": (Person.objects.order_by("pk"), {"name": ""}),
    "person_emptied_has_no_account": (
        Person.objects.filter(name="同名").order_by("pk"),
        lambda first: {"merged_into": first.pk, "user": User.objects.first()},
    ),
    "post_once": (Post.objects.order_by("pk"), lambda first: {"person": first.person_id}),
    "post_has_place": (Post.objects.order_by("pk"), {"node": None}),
    "post_dates_in_order": (Post.objects.order_by("pk"), {"until": EARLIER}),
    "post_term_ends_after_start": (Post.objects.order_by("pk"), {"term_until": EARLIER}),
    "member_absence_only_when_absent": (MemberProfile.objects.order_by("pk"), {"absence_reason": "illness"}),
    "member_absence_dates": (MemberProfile.objects.order_by("pk"), {"absent_since": SINCE}),
    "band_rule_once_a_year": (BandRule.objects.order_by("pk"), lambda first: {"code": first.code}),
    "band_rule_in_order": (BandRule.objects.order_by("pk"), {"low": 11}),
    "personal_band_once": (PersonalBand.objects.order_by("pk"), lambda first: {"node": first.node_id}),
    "personal_band_in_order": (PersonalBand.objects.order_by("pk"), {"low": 6}),
    "personal_band_dates": (PersonalBand.objects.order_by("pk"), {"until": EARLIER}),
    "band_exception_confirmed_by_somebody": (BandException.objects.all(), {"confirmed_on": SINCE}),
    "proposal_row_once": (ProposalRow.objects.order_by("pk"), lambda first: {"target": first.target_id}),
    "wish_names_one_holder": (Wish.objects.order_by("pk"), {"holder_node": None}),
    "wish_one_pin": (
        Wish.objects.filter(kind=WishKind.PIN).order_by("pk"),
        lambda first: {"target": first.target_id},
    ),
    "campaign_once_a_year": (Campaign.objects.order_by("pk"), lambda first: {"year": first.year}),
    "campaign_days_in_order": (Campaign.objects.order_by("pk"), {"due_on": EARLIER}),
    "campaign_visit_every": (Campaign.objects.order_by("pk"), {"visit_every": 6}),
    "deadline_once": (Deadline.objects.order_by("pk"), lambda first: {"code": first.code}),
    "filing_once": (Filing.objects.order_by("pk"), lambda first: {"root": first.root_id}),
    "snapshot_once": (Snapshot.objects.order_by("pk"), lambda first: {"number": first.number}),
    "chase_once_a_day": (Chase.objects.order_by("pk"), lambda first: {"root": first.root_id}),
    "check_note_once": (CheckNote.objects.order_by("pk"), lambda first: {"subject": first.subject}),
    "handover_preset_once": (HandoverPreset.objects.order_by("pk"), lambda first: {"name": first.name}),
    "export_counter_once": (ExportCounter.objects.order_by("pk"), lambda first: {"year": first.year}),
    "export_number_once": (ExportRecord.objects.order_by("pk"), lambda first: {"number": first.number}),
    "record_number_once": (RecordFiling.objects.order_by("pk"), lambda first: {"number": first.number}),
    "record_withdrawn_with_reason": (RecordFiling.objects.order_by("pk"), {"withdrawn_on": SINCE}),
    "leading_member_once": (LeadingMember.objects.order_by("pk"), lambda first: {"name": first.name}),
    "leading_member_left_with_reason": (LeadingMember.objects.order_by("pk"), {"left_on": SINCE}),
    "report_template_once": (ReportTemplate.objects.order_by("pk"), lambda first: {"level": first.level}),
    "figure_once": (Figure.objects.order_by("pk"), lambda first: {"code": first.code}),
    "figure_not_negative": (Figure.objects.order_by("pk"), {"number": -1}),
    "figure_number_or_text": (Figure.objects.order_by("pk"), {"text": "两样"}),
    "statistics_form_version_once": (
        StatisticsForm.objects.order_by("pk"),
        lambda first: {"version": first.version},
    ),
    "wish_once": (
        Wish.objects.filter(kind=WishKind.AVOID).order_by("pk"),
        lambda first: {"holder_node": first.holder_node_id},
    ),
    "household_size_sensible": (HouseholdProfile.objects.order_by("pk"), {"size": 51}),
    "column_memory_once": (
        ColumnMemory.objects.order_by("pk"),
        lambda first: {"fingerprint": first.fingerprint},
    ),
    "entry_draft_once": (EntryDraft.objects.order_by("pk"), lambda first: {"register": first.register}),
    "list_memory_once": (ListMemory.objects.order_by("pk"), lambda first: {"listing": first.listing}),
    "saved_view_once": (SavedView.objects.order_by("pk"), lambda first: {"name": first.name}),
    "upload_rows_only_while_waiting": (RosterUpload.objects.all(), {"state": UploadState.APPLIED}),
    "contact_once": (Contact.objects.order_by("pk"), lambda first: {"holder": first.holder_id}),
    "contact_dates_in_order": (Contact.objects.order_by("pk"), {"until": EARLIER}),
    "user_township_needed": (
        User.objects.filter(office_role=OfficeRole.CLERK).order_by("pk"),
        {"township": None},
    ),
    "user_phone_once": (User.objects.exclude(phone="").order_by("pk"), lambda first: {"phone": first.phone}),
    "meeting_once": (ReviewMeeting.objects.order_by("pk"), {"seq": 1}),
    "meeting_seq_of_year": (ReviewMeeting.objects.order_by("pk"), {"seq": 7}),
    "finding_of_village": (ReviewFinding.objects.order_by("pk"), {"root": None}),
    "finding_days_in_order": (ReviewFinding.objects.order_by("pk"), {"due_on": EARLIER}),
    "finding_closed_when_rechecked": (ReviewFinding.objects.order_by("pk"), {"state": "closed"}),
    "duty_review_once": (DutyReview.objects.order_by("pk"), {"year": 2025}),
    "support_amount_of_funds": (SupportRecord.objects.order_by("pk"), {"kind": "goods"}),
    "target_named_once": (PlanTarget.objects.order_by("pk"), {"name": "新建场所"}),
    "hotline_of_township_once": (
        Hotline.objects.filter(root=None).order_by("pk"),
        lambda first: {"township": first.township_id},
    ),
    "hotline_of_village_once": (
        Hotline.objects.exclude(root=None).order_by("pk"),
        lambda first: {"root": first.root_id},
    ),
    "sign_made_before_hung": (Sign.objects.order_by("pk"), {"hung_on": date(2000, 1, 1)}),
    "imprint_once": (Imprint.objects.order_by("pk"), lambda first: {"node": first.node_id}),
    "card_issue_counts": (CardIssue.objects.order_by("pk"), {"households": 9}),
    "grid_page_shows_something": (GridPage.objects.order_by("pk"), {"names": False}),
    "suggestion_handled_with_answer": (Suggestion.objects.order_by("pk"), {"state": "handled"}),
    "target_above_zero": (PlanTarget.objects.order_by("pk"), {"number": 0}),
    "reserve_once": (ReserveCadre.objects.order_by("pk"), lambda first: {"name": first.name}),
    "reserve_reviewed_with_words": (ReserveCadre.objects.order_by("pk"), {"state": "training"}),
    "party_meeting_once": (PartyMeeting.objects.order_by("pk"), lambda first: {"topic": first.topic}),
    "attendance_once": (MeetingAttendance.objects.order_by("pk"), lambda one: {"member": one.member_id}),
    "appraisal_once": (Appraisal.objects.order_by("pk"), lambda first: {"year": first.year}),
    "appraisal_adds_up": (Appraisal.objects.order_by("pk"), {"assessed": 9}),
    "education_floating_within": (EducationEvent.objects.order_by("pk"), {"attendees": 1, "floating": 2}),
    "floating_once": (FloatingMember.objects.order_by("pk"), lambda first: {"member": first.member_id}),
    "floating_back_after_leaving": (FloatingMember.objects.order_by("pk"), {"returned_on": EARLIER}),
    "floating_contact_once": (
        FloatingContact.objects.order_by("pk"),
        lambda first: {"channel": first.channel},
    ),
    "team_name_once": (ServiceTeam.objects.order_by("pk"), lambda first: {"name": first.name}),
    "team_ends_after_start": (ServiceTeam.objects.order_by("pk"), {"ended_on": EARLIER}),
    "volunteer_once": (Volunteer.objects.order_by("pk"), lambda first: {"name": first.name}),
    "volunteer_leaves_after_joining": (Volunteer.objects.order_by("pk"), {"left_on": EARLIER}),
    "one_station_per_village": (
        VolunteerPoint.objects.exclude(root=None).order_by("pk"),
        lambda first: {"root": first.root_id},
    ),
    "one_centre_per_township": (VolunteerPoint.objects.order_by("pk"), {"root": None}),
    "demo_household_once": (DemoHousehold.objects.order_by("pk"), lambda first: {"member": first.member_id}),
    "demo_ends_after_start": (DemoHousehold.objects.order_by("pk"), {"ended_on": EARLIER}),
    "help_record_once": (HelpRecord.objects.order_by("pk"), lambda first: {"kind": first.kind}),
    "venue_name_once": (Venue.objects.order_by("pk"), lambda first: {"name": first.name}),
    "venue_ends_after_start": (Venue.objects.order_by("pk"), {"ended_on": EARLIER}),
    **visits.BROKEN,
    **tickets.BROKEN,
    **rows_tickets.BROKEN,
    "blank_cell_once": (BlankMark.objects.order_by("pk"), {"column": 1}),
}


# A check that comes out as NULL passes: these rows had slipped through.
MISSING_KEYS = {
    "node_group_in_grid": (of(Kind.GROUP), {"grid": None}),
    "node_hub_in_group": (of(Kind.HUB), {"group": None}),
    "node_member_place": (of(Kind.MEMBER), {"hub": None, "group": None}),
}


def our_models() -> list[type[models.Model]]:
    return [
        model
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        if not model.__name__.startswith("Historical") and not model._meta.auto_created
    ]


def our_constraints() -> dict[str, models.BaseConstraint]:
    return {constraint.name: constraint for model in our_models() for constraint in model._meta.constraints}


def test_every_constraint_is_broken_here():
    assert set(BROKEN) == set(our_constraints())


@pytest.mark.parametrize(("name", "case"), [*BROKEN.items(), *MISSING_KEYS.items()])
def test_the_database_itself_refuses(unguarded, name, case):
    rows, change = case
    found = list(rows.all()[:2])
    broken = found[-1]
    change = change(found[0]) if callable(change) else change
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        type(broken).objects.filter(pk=broken.pk).update(**change)
    fields = getattr(our_constraints()[name], "fields", ("no such column",))
    # SQLite names the columns of a unique index, PostgreSQL always the constraint.
    assert name in str(refusal.value) or all(field in str(refusal.value) for field in fields)


def test_every_refusal_has_a_chinese_sentence():
    for name, constraint in our_constraints().items():
        said = str(constraint.violation_error_message)
        assert said.endswith("。"), name
        assert not any(letter.isascii() and letter.isalpha() for letter in said), name


def test_unique_fields_refuse_in_chinese_too():
    for model in our_models():
        for field in model._meta.fields:
            if field.unique and not field.primary_key:
                assert "already" not in str(field.error_messages["unique"]), field


def test_every_model_people_edit_keeps_its_history():
    bare = {model._meta.label for model in our_models() if not hasattr(model, "history")}
    assert bare == set(WITHOUT_HISTORY)
