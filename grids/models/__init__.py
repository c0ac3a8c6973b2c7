"""The tree, its people and what each place is."""

from grids.models.bands import BandException, BandRule, PersonalBand
from grids.models.drafts import EntryDraft
from grids.models.finding import ListMemory, SavedView
from grids.models.imports import ColumnMemory, RosterUpload
from grids.models.node import Node, VillagerGroup
from grids.models.people import Person, Post
from grids.models.profiles import (
    BranchProfile,
    GridCover,
    GridProfile,
    GroupProfile,
    HouseholdProfile,
    HubProfile,
    MemberProfile,
)
from grids.models.reserve import ReserveCadre

__all__ = [
    "BandException",
    "BandRule",
    "BranchProfile",
    "ColumnMemory",
    "EntryDraft",
    "GridCover",
    "GridProfile",
    "GroupProfile",
    "HouseholdProfile",
    "HubProfile",
    "ListMemory",
    "MemberProfile",
    "Node",
    "Person",
    "PersonalBand",
    "Post",
    "ReserveCadre",
    "RosterUpload",
    "SavedView",
    "VillagerGroup",
]
