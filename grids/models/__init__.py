"""The tree, its people and what each place is."""

from grids.models.imports import RosterUpload
from grids.models.node import Node, VillagerGroup
from grids.models.people import Person, Post
from grids.models.profiles import (
    BranchProfile,
    GridProfile,
    GroupProfile,
    HouseholdProfile,
    HubProfile,
    MemberProfile,
)

__all__ = [
    "BranchProfile",
    "GridProfile",
    "GroupProfile",
    "HouseholdProfile",
    "HubProfile",
    "MemberProfile",
    "Node",
    "Person",
    "Post",
    "RosterUpload",
    "VillagerGroup",
]
