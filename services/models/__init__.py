"""Visits, Party life, teams and volunteers, boards and cards: a module for each room."""

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
from services.models.visits import DiaryRemark, Visit, VisitCompanion, VisitPace, VisitPhoto, VisitPlan

__all__ = [
    "Appraisal",
    "CardIssue",
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
    "Matter",
    "MeetingAttendance",
    "PartyMeeting",
    "ServiceTeam",
    "Sign",
    "StaffContact",
    "Suggestion",
    "TeamActivity",
    "Venue",
    "Visit",
    "VisitCompanion",
    "VisitPace",
    "VisitPhoto",
    "VisitPlan",
    "Volunteer",
    "VolunteerPoint",
]
