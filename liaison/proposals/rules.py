"""The presets and words of proposals, on plain values."""

from collections.abc import Mapping

from grids.choices import AbsenceReason, BandCode, CloseReason, Kind
from liaison.allocation.changes import WORDS, Reason
from liaison.allocation.instance import Weights
from liaison.allocation.wording import GROUPS, HOUSEHOLDS, HUBS, MEMBERS, Nouns
from liaison.choices import Edge, Preset

ENGINE = "1"  # goes up when the same question may get another answer

# allocation §2: a change costs as much as so many steps of ten metres
WEIGHTS: Mapping[str, Weights] = {
    Preset.LEAST: Weights(change=1000),
    Preset.EVEN: Weights(change=60),
    Preset.NEAR: Weights(change=10),
}
PRESET_LINES: Mapping[str, str] = {
    Preset.LEAST: "现有联系能不动就不动，只补缺口、减超额。",
    Preset.EVEN: "兼顾少变动、就近和各人户数均衡。",
    Preset.NEAR: "按门牌就近重新排，变动最多。",
}
NOUNS: Mapping[str, Nouns] = {
    Edge.MEMBER: HOUSEHOLDS,
    Edge.HUB: MEMBERS,
    Edge.LEADER: HUBS,
    Edge.COMMITTEE: GROUPS,
    Edge.GENERAL_BRANCH: Nouns("网格党支部", "个", "总支班子成员", area="全总支"),
    Edge.TOWN_LEADER: Nouns("党（总）支部", "个", "乡领导", area="全乡"),
}
TARGET_KIND: Mapping[str, str] = {
    Edge.MEMBER: Kind.HOUSEHOLD,
    Edge.HUB: Kind.MEMBER,
    Edge.LEADER: Kind.HUB,
    Edge.COMMITTEE: Kind.GROUP,
    Edge.GENERAL_BRANCH: Kind.BRANCH,
    Edge.TOWN_LEADER: Kind.BRANCH,
}
HOLDER_KIND: Mapping[str, str] = {
    Edge.MEMBER: Kind.MEMBER,
    Edge.HUB: Kind.HUB,
    Edge.LEADER: Kind.GROUP,
}
BAND_CODE: Mapping[str, str | None] = {
    Edge.MEMBER: BandCode.MEMBER,
    Edge.HUB: BandCode.HUB,
    Edge.LEADER: BandCode.LEADER,
    Edge.COMMITTEE: BandCode.COMMITTEE,
    Edge.GENERAL_BRANCH: BandCode.GENERAL_BRANCH,
    Edge.TOWN_LEADER: None,
}
# Why the contact of before is gone, where more is known than the engine's word.
FLOATING = "floating"
GONE_WORDS: Mapping[str, str] = {
    FLOATING: "原联系人流动外出",
    AbsenceReason.AWAY: "原联系人外出",
    AbsenceReason.OTHER: "原联系人不能履职",
    CloseReason.DECEASED: "原联系人去世",
    CloseReason.TRANSFERRED: "原联系人转出",
    CloseReason.EXPELLED: "原联系人出党",
}
REASON_WORDS: Mapping[str, str] = {**{str(code): text for code, text in WORDS.items()}, **GONE_WORDS}
MENDED_BY_GONE = (Reason.UNABLE, Reason.FIRST, Reason.NO_ROOM)  # reasons that knowing more may replace
