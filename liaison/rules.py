"""Who may hold which upper edge, and the bands of 二(四)1."""

from collections.abc import Mapping

from grids.choices import COMMITTEE_ROLES, BandCode, Kind, Role
from grids.rules import Band, Bands
from liaison.choices import Level

# Which ratio an upper level is held against; the document sets none for 乡领导.
BAND_OF: Mapping[str, BandCode | None] = {
    Level.TOWN_LEADER: None,
    Level.GENERAL_BRANCH: BandCode.GENERAL_BRANCH,
    Level.COMMITTEE: BandCode.COMMITTEE,
}
HOLDER_ROLES: Mapping[str, tuple[str, ...]] = {
    Level.TOWN_LEADER: (Role.TOWN_LEADER,),
    Level.GENERAL_BRANCH: COMMITTEE_ROLES,
    Level.COMMITTEE: COMMITTEE_ROLES,
}
TARGET_KINDS: Mapping[str, tuple[str, ...]] = {
    Level.TOWN_LEADER: (Kind.GENERAL_BRANCH, Kind.BRANCH),
    Level.GENERAL_BRANCH: (Kind.BRANCH,),
    Level.COMMITTEE: (Kind.GROUP,),
}


def band_of(bands: Bands, level: str) -> Band | None:
    """The band in force at an upper level, None where there is none or it is off."""
    code = BAND_OF[level]
    band = bands[code] if code else None
    return band if band and band.is_on else None
