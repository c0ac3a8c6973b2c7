"""Visits, Party life, teams and volunteers, boards and cards: a module for each room."""

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

__all__ = [
    "Appraisal",
    "CardIssue",
    "DemoHousehold",
    "EducationEvent",
    "FloatingContact",
    "FloatingMember",
    "GridPage",
    "HelpRecord",
    "Hotline",
    "Imprint",
    "MeetingAttendance",
    "PartyMeeting",
    "ServiceTeam",
    "Sign",
    "StaffContact",
    "Suggestion",
    "TeamActivity",
    "Venue",
    "Volunteer",
    "VolunteerPoint",
]
