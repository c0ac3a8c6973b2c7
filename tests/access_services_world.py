"""What stands in the rooms of services in the world that every address is asked about."""

from datetime import date

from django.utils.timezone import localdate, now

from grids.models import Person, ReserveCadre
from services.models import (
    Appraisal,
    CalendarDay,
    CalendarYear,
    CardIssue,
    DemoHousehold,
    EducationEvent,
    FloatingContact,
    FloatingMember,
    FourClearCheck,
    GridEvent,
    GridPage,
    HelpRecord,
    ItemMaterial,
    ItemVersion,
    Matter,
    MeetingAttendance,
    PartyMeeting,
    ServiceItem,
    ServiceTeam,
    StaffContact,
    Suggestion,
    TeamActivity,
    Ticket,
    Venue,
    Visit,
    VisitPhoto,
    VisitPlan,
    Volunteer,
    VolunteerPoint,
)
from services.notices.actions.staff import PHOTOS
from services.partylife.choices import MeetingKind
from services.visits.actions.photos import PHOTOS as VISIT_PHOTOS
from services.visits.choices import Need
from tests.access_seats import PHOTO, TOKEN
from tests.factories import SINCE, Village
from township.attachments import keeping
from township.attachments.reading import Attachment
from township.models import Township, User


def served(made: Village, at: int) -> dict[str, int]:
    """A row in each ledger of services, and a meeting with its minutes."""
    root, today, member = made.root, localdate(), made.members[at]
    year = today.year - Appraisal.objects.filter(branch=root).count()
    count = PartyMeeting.objects.filter(unit=root).count()
    meeting = PartyMeeting(unit=root, kind=MeetingKind.ASSEMBLY, day=today, topic=f"学习{count}")
    keeping.put(meeting, Attachment("记录.pdf", ".pdf", b"%PDF-1.7\n%%EOF"))
    meeting.save()
    MeetingAttendance.objects.create(meeting=meeting, member=member)
    away = FloatingMember.objects.create(member=member, destination="银川市", since=SINCE, reason="work")
    demo = DemoHousehold.objects.create(member=member, industry="苹果")
    station, _ = VolunteerPoint.objects.get_or_create(
        root=root, defaults={"township": root.township, "name": "服务站"}
    )
    rows = {
        "appraisals": Appraisal(branch=root, year=year, assessed=3, excellent=1, qualified=2),
        "education": EducationEvent(root=root, day=today, form="talk", topic="座谈"),
        "floating-contacts": FloatingContact(floating=away, day=today, channel="phone"),
        "teams": ServiceTeam(root=root, name=f"帮忙队{at}", kind="other", basis="need", leader="李平"),
        "volunteers": Volunteer(root=root, name=f"志愿者{at}", skills="电工"),
        "activities": TeamActivity(root=root, day=today, title="清扫"),
        "help": HelpRecord(demo=demo, day=today, kind="market"),
        "venues": Venue(root=root, name=f"会堂{at}"),
    }
    for row in rows.values():
        row.save()
    cadre = ReserveCadre.objects.create(
        township=root.township, root=root, name=f"后备{at}", nomination="branch", nominated_on=today,
        target_post="committee", state_on=today,
    )  # fmt: skip
    found = {
        "reserve": cadre,
        "party_meeting": meeting,
        "floating": away,
        "demo": demo,
        "stations": station,
        **rows,
    }
    return {kind: row.pk for kind, row in found.items()}


def noticed(made: Village, person: Person, at: int) -> dict[str, int]:
    """A group's leader with a picture, the grid's public page, cards handed out, a suggestion."""
    grid = made.grids[at]
    StaffContact.objects.create(
        person=person, photo=PHOTOS.keep(b"JPEG", ".jpg"), photo_sha256=PHOTO.ljust(64, "0")
    )
    page, _ = GridPage.objects.get_or_create(
        node=grid, defaults={"published_on": localdate(), "photos": True, "has_box": True}
    )
    if not GridPage.objects.filter(token=TOKEN).exists():
        page.token = TOKEN
        page.save()
    issue = CardIssue.objects.create(node=grid, day=localdate(), cards=3, handed_by="组长")
    suggestion = Suggestion.objects.create(node=grid, text="路灯坏了")
    return {"staff": person.pk, "issue": issue.pk, "suggestion": suggestion.pk}


def visited(made: Village, at: int, user: User) -> dict[str, int]:
    """A visit to a household with what it asked for, an event in its grid, a service planned, an errand."""
    today, home = localdate(), made.households[at]
    of = {"township": made.root.township, "node": made.grids[at], "written_by": user}
    matter = Matter.objects.create(**of, household=home, need=Need.ROADS, content="修路", raised_on=today)
    visit = Visit.objects.create(
        **of, household=home, visitor=made.people[at], happened_on=today, content="要修路", matter=matter
    )
    kept = VISIT_PHOTOS.keep(b"JPEG", ".jpg")
    photo = VisitPhoto.objects.create(visit=visit, kept_name=kept, file_name="照片1.jpg")
    told = {"found_at": now(), "reported_to": "branch", "reported_at": now()}
    event = GridEvent.objects.create(**of, **told, kind="hazard", place="村口", matter="护栏断了")
    plan = VisitPlan.objects.create(
        household=home, need=Need.ERRANDS, consented=True, interval=30, next_on=today
    )
    check = FourClearCheck.objects.create(**of, checked_on=today, people_ok=True)
    serial = Ticket.objects.filter(root=made.root).count() + 1
    ticket = Ticket.objects.create(
        **of, root=made.root, no=f"{today.year}-{made.root.pk:02d}-{serial:04d}", year=today.year,
        serial=serial, village_code=1, kind="promised", kind_at_acceptance="promised", state="working",
        subject="高龄津贴", applicant_name="李申办", consented=True, accepted_at=now(), due_on=today,
        agent=made.people[at],
    )  # fmt: skip
    found = {
        "ticket": ticket,
        "window": made.grids[at],
        "visit": visit,
        "visit_photo": photo,
        "matter": matter,
        "grid_event": event,
        "four_clear_check": check,
        "visit_plan": plan,
    }
    return {kind: row.pk for kind, row in found.items()}


def catalogued(town: Township) -> dict[str, int]:
    """An item with a material, a year and a day of the township's own."""
    count = ServiceItem.objects.filter(township=town).count()
    item = ServiceItem.objects.create(township=town, code=f"{count:03d}")
    version = ItemVersion.objects.create(
        item=item, number=1, since=SINCE, name=f"代办{count}", category="other", office="便民服务中心",
        default_kind="instant", promised_days=0,
    )  # fmt: skip
    ItemMaterial.objects.create(version=version, position=1, name="居民户口簿")
    year = CalendarYear.objects.create(township=town, year=2030 + count, source="县政府通知")
    day = CalendarDay.objects.create(
        township=town, day=date(2030 + count, 5, 1), kind="holiday", note="劳动节"
    )
    return {"service_item": item.pk, "calendar_year": year.pk, "calendar_day": day.pk}
