"""Visits, Party life, teams and volunteers, boards and cards, errands: a module for each room."""

from services.models.catalogue import (
    DEFAULT_KINDS,
    CalendarDay,
    CalendarYear,
    ItemMaterial,
    ItemVersion,
    ServiceItem,
    TicketSettings,
)
from services.models.lookups import LookupTry
from services.models.matters import FourClearCheck, GridEvent, Matter
from services.models.notices import (
    CardIssue,
    GridPage,
    Hotline,
    Imprint,
    Sign,
    StaffContact,
    Suggestion,
)
from services.models.partylife import (
    Appraisal,
    EducationEvent,
    FloatingContact,
    FloatingMember,
    MeetingAttendance,
    PartyMeeting,
)
from services.models.teams import (
    DemoHousehold,
    HelpRecord,
    ServiceTeam,
    TeamActivity,
    Venue,
    Volunteer,
    VolunteerPoint,
)
from services.models.tickets import Chase, JointPart, Ticket, TicketBook, TicketPaper, TicketPause
from services.models.visits import DiaryRemark, Visit, VisitCompanion, VisitPace, VisitPhoto, VisitPlan

__all__ = [
    "DEFAULT_KINDS",
    "Appraisal",
    "CalendarDay",
    "CalendarYear",
    "CardIssue",
    "Chase",
    "DemoHousehold",
    "DiaryRemark",
    "EducationEvent",
    "FloatingContact",
    "FloatingMember",
    "FourClearCheck",
    "GridEvent",
    "GridPage",
    "HelpRecord",
    "Hotline",
    "Imprint",
    "ItemMaterial",
    "ItemVersion",
    "JointPart",
    "LookupTry",
    "Matter",
    "MeetingAttendance",
    "PartyMeeting",
    "ServiceItem",
    "ServiceTeam",
    "Sign",
    "StaffContact",
    "Suggestion",
    "TeamActivity",
    "Ticket",
    "TicketBook",
    "TicketPaper",
    "TicketPause",
    "TicketSettings",
    "Venue",
    "Visit",
    "VisitCompanion",
    "VisitPace",
    "VisitPhoto",
    "VisitPlan",
    "Volunteer",
    "VolunteerPoint",
]
