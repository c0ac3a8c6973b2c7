"""Exports, campaigns, what villages file and are chased for, official blanks, supervision."""

from reports.models.blanks import Blank, BlankMark
from reports.models.campaign import Campaign, Deadline
from reports.models.chasing import Chase, CheckTally
from reports.models.exports import ExportBatch, ExportCounter, ExportRecord
from reports.models.filing import CheckNote, Extension, Filing, FilingComment, FilingEvent, Snapshot
from reports.models.handover import HandoverPreset
from reports.models.jobs import ExportJob
from reports.models.records import LeadingMember, RecordFiling
from reports.models.statistics import Figure, StatisticsForm
from reports.models.supervision import (
    CaseEntry,
    DutyItem,
    DutyReview,
    Inspection,
    PlanTarget,
    ReviewFinding,
    ReviewMeeting,
    SupportRecord,
)
from reports.models.written import ReportTemplate, TownReport

__all__ = [
    "Blank",
    "BlankMark",
    "Campaign",
    "CaseEntry",
    "Chase",
    "CheckNote",
    "CheckTally",
    "Deadline",
    "DutyItem",
    "DutyReview",
    "ExportBatch",
    "ExportCounter",
    "ExportJob",
    "ExportRecord",
    "Extension",
    "Figure",
    "Filing",
    "FilingComment",
    "FilingEvent",
    "HandoverPreset",
    "Inspection",
    "LeadingMember",
    "PlanTarget",
    "RecordFiling",
    "ReportTemplate",
    "ReviewFinding",
    "ReviewMeeting",
    "Snapshot",
    "SupportRecord",
    "TownReport",
    "StatisticsForm",
]
