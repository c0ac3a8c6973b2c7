"""Export jobs, the year's campaign with its deadlines, what villages file, and official blanks."""

from reports.models.blanks import Blank, BlankMark
from reports.models.campaign import Campaign, Deadline
from reports.models.filing import CheckNote, Extension, Filing, FilingComment, FilingEvent, Snapshot
from reports.models.jobs import ExportJob

__all__ = [
    "Blank",
    "BlankMark",
    "Campaign",
    "CheckNote",
    "Deadline",
    "ExportJob",
    "Extension",
    "Filing",
    "FilingComment",
    "FilingEvent",
    "Snapshot",
]
