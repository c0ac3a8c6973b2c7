"""Export jobs, the campaign and its deadlines, what villages file and are chased for, official blanks."""

from reports.models.blanks import Blank, BlankMark
from reports.models.campaign import Campaign, Deadline
from reports.models.chasing import Chase, CheckTally
from reports.models.filing import CheckNote, Extension, Filing, FilingComment, FilingEvent, Snapshot
from reports.models.jobs import ExportJob

__all__ = [
    "Blank",
    "BlankMark",
    "Campaign",
    "Chase",
    "CheckNote",
    "CheckTally",
    "Deadline",
    "ExportJob",
    "Extension",
    "Filing",
    "FilingComment",
    "FilingEvent",
    "Snapshot",
]
