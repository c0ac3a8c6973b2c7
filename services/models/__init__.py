"""Visits, Party life, teams and volunteers, boards and cards: a module for each room."""

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
    "DemoHousehold",
    "EducationEvent",
    "FloatingContact",
    "FloatingMember",
    "HelpRecord",
    "MeetingAttendance",
    "PartyMeeting",
    "ServiceTeam",
    "TeamActivity",
    "Venue",
    "Volunteer",
    "VolunteerPoint",
]
