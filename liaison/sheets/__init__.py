"""The rosters of 包挂联系, built from plain rows: annexes 2 to 4, and those the document has no annex for."""

from liaison.sheets.annex2 import annex2, annex2_edges
from liaison.sheets.annex3 import annex3, linked_members
from liaison.sheets.annex4 import annex4, linked_households
from liaison.sheets.frame import NONE, Frame, place_note, short_note
from liaison.sheets.supplementary import (
    WORK,
    branch_edges,
    general_branch,
    group_leaders,
    led_hubs,
    town_edges,
    town_leaders,
)

__all__ = [
    "NONE",
    "WORK",
    "Frame",
    "annex2",
    "annex2_edges",
    "annex3",
    "annex4",
    "branch_edges",
    "general_branch",
    "group_leaders",
    "led_hubs",
    "linked_households",
    "linked_members",
    "place_note",
    "short_note",
    "town_edges",
    "town_leaders",
]
