"""Rosters of the three edges the document has no annex for: 乡领导 (E0), 总支班子 (E1), 党小组长 (E3)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from grids.choices import BandCode, HubKind, Kind, Role
from grids.notes import annotated
from liaison.choices import Level
from liaison.queries import Edge, Place, Roster
from liaison.sheets.annex3 import NO_HUB
from liaison.sheets.frame import (
    Frame,
    Phone,
    committee_posts,
    full,
    group_name,
    names,
    phones,
    place_note,
    short_note,
)
from township.sheets import Column, Sheet, Values

WORK = "党组织网格化管理服务工作"
_BY_HOLDER = ("holder_code",)


@dataclass(frozen=True)
class _Sizes:
    """How much stands under each 党总支 and 党支部."""

    grids: Mapping[int, int]
    groups: Mapping[int, int]
    members: Mapping[int, int]
    households: Mapping[int, int]


def _sizes(roster: Roster) -> _Sizes:
    return _Sizes(
        _under((p.root, p.branch, 1) for p in roster.places.values() if p.kind == Kind.GRID),
        _under((p.root, p.branch, 1) for p in roster.places.values() if p.kind == Kind.GROUP),
        _under((m.root, m.branch, 1) for m in roster.members.values()),
        _under((row.root, row.branch, row.n) for row in roster.household_counts),
    )


def _under(rows: Iterable[tuple[int, int | None, int]]) -> Counter[int]:
    """Sums by top organisation and by branch; a village without 党总支 is both, and counted once."""
    found: Counter[int] = Counter()
    for root, branch, n in rows:
        for place in {root, branch or root}:
            found[place] += n
    return found


def _by_holder(roster: Roster, edges: list[Edge]) -> list[Edge]:
    """In the order of the tree, a holder's targets together in the place of the first."""
    edges.sort(key=lambda edge: (roster.order[edge.target], edge.holder.person))
    first: dict[int, int] = {}
    for i, edge in enumerate(edges):
        first.setdefault(edge.holder.person, i)
    return sorted(edges, key=lambda edge: first[edge.holder.person])


# --- 乡领导→党（总）支部 -----------------------------------------------------------------------------

TOWN = (
    Column("seq", "序号", width=9, kind="int"),
    Column("leader", "乡领导", width=15, merge_by=_BY_HOLDER),
    Column("post", "职务", width=22, merge_by=_BY_HOLDER),
    Column("phone", "电话", width=27, merge_by=_BY_HOLDER),
    Column("target", "包挂党（总）支部", width=34),
    Column("secretary", "书记", width=15),
    Column("secretary_phone", "书记电话", width=27),
    Column("groups", "党小组数", width=12, kind="int", align="right"),
    Column("members", "党员数", width=11, kind="int", align="right"),
    Column("households", "农户数", width=12, kind="int", align="right"),
    Column("since", "起始时间", width=24, kind="date"),
    Column("remark", "备注", width=30, align="left"),
    Column("target_code", "党组织编号", hidden=True),
    Column("holder_code", "乡领导编号", hidden=True),
)


def town_edges(roster: Roster, only: int | None = None) -> list[Edge]:
    """Who of the 乡 looks after which organisation; `only` is the one branch of a 党总支 that is printed."""
    wanted = [edge for edge in roster.edges if edge.level == Level.TOWN_LEADER]
    return _by_holder(roster, [e for e in wanted if e.target in roster.places and only in (None, e.target)])


def town_leaders(
    roster: Roster, frame: Frame, *, label: str, phone: Phone = full, only: int | None = None
) -> Sheet:
    """乡领导包挂联系党支部花名册: one row for each leader and organisation; no ratio is set for it."""
    return Sheet(
        columns=TOWN,
        rows=lambda: _town_rows(roster, phone, only),
        **frame.around(
            annex=10, label=label, title=f"{WORK}乡领导包挂联系党支部花名册", measure="个、人、户"
        ),
    )


def _town_rows(roster: Roster, phone: Phone, only: int | None) -> Iterator[Values]:
    sizes = _sizes(roster)
    for seq, edge in enumerate(town_edges(roster, only), 1):
        place = roster.places[edge.target]
        secretaries = roster.holders(place.pk, Role.SECRETARY)
        yield (
            seq,
            edge.holder.name,
            roster.titles.get(edge.holder.person, str(Role.TOWN_LEADER.label)),
            phone(edge.holder.phone, place.root),
            _full_name(roster, place),
            names(secretaries),
            phones(secretaries, place.root, phone),
            sizes.groups[place.pk],
            sizes.members[place.pk],
            sizes.households[place.pk],
            edge.since,
            edge.remark,
            str(place.pk),
            str(edge.holder.person),
        )


def _full_name(roster: Roster, place: Place) -> str:
    """A branch of a 党总支 by both names."""
    return place.name if place.pk == place.root else f"{roster.name(place.root)}{place.name}"


# --- 总支班子→网格党支部 -----------------------------------------------------------------------------

GENERAL = (
    Column("seq", "序号", width=9, kind="int"),
    Column("general_branch", "党总支", width=24, merge_by=("root_code",)),
    Column("holder", "总支班子成员", width=15, merge_by=_BY_HOLDER),
    Column("post", "职务", width=17, merge_by=_BY_HOLDER),
    Column("phone", "电话", width=27, merge_by=_BY_HOLDER),
    Column("branch", "包挂党支部", width=25),
    Column("secretary", "书记", width=14),
    Column("secretary_phone", "书记电话", width=27),
    Column("grids", "网格数", width=10, kind="int", align="right"),
    Column("groups", "党小组数", width=10, kind="int", align="right"),
    Column("members", "党员数", width=10, kind="int", align="right"),
    Column("households", "农户数", width=11, kind="int", align="right"),
    Column("since", "起始时间", width=24, kind="date"),
    Column("remark", "备注", width=28, align="left"),
    Column("root_code", "党总支编号", hidden=True),
    Column("holder_code", "成员编号", hidden=True),
)


def branch_edges(roster: Roster) -> list[Edge]:
    """Who of a 党总支 looks after which of its branches."""
    wanted = [edge for edge in roster.edges if edge.level == Level.GENERAL_BRANCH]
    return _by_holder(roster, [edge for edge in wanted if edge.target in roster.places])


def general_branch(roster: Roster, frame: Frame, *, label: str, phone: Phone = full) -> Sheet:
    """总支班子成员包挂联系网格党支部花名册: one row for each member of the 总支班子 and branch."""
    return Sheet(
        columns=GENERAL,
        rows=lambda: _branch_rows(roster, phone),
        **frame.around(
            annex=11,
            label=label,
            title=f"{WORK}总支班子成员包挂联系网格党支部花名册",
            measure="个、人、户",
        ),
    )


def _branch_rows(roster: Roster, phone: Phone) -> Iterator[Values]:
    sizes, lines = _sizes(roster), branch_edges(roster)
    load = Counter(edge.holder.person for edge in lines)
    band = roster.measure.band(BandCode.GENERAL_BRANCH)
    noted: set[int] = set()
    for seq, edge in enumerate(lines, 1):
        place, person = roster.places[edge.target], edge.holder.person
        note = "" if person in noted else short_note(band, "包挂", load[person])
        noted.add(person)
        secretaries = roster.holders(place.pk, Role.SECRETARY)
        yield (
            seq,
            roster.name(place.root),
            edge.holder.name,
            committee_posts(roster, person, (place.root,)),
            phone(edge.holder.phone, place.root),
            place.name,
            names(secretaries),
            phones(secretaries, place.root, phone),
            sizes.grids[place.pk],
            sizes.groups[place.pk],
            sizes.members[place.pk],
            sizes.households[place.pk],
            edge.since,
            annotated(edge.remark, note),
            str(place.root),
            str(person),
        )


# --- 党小组长→中心户（示范岗） -----------------------------------------------------------------------

_BY_GROUP = ("branch", "group")
LEADERS = (
    Column("seq", "序号", width=10, kind="int"),
    Column("branch", "党支部", width=26, merge_by=("branch",)),
    Column("group", "党小组（网格）", width=38, merge_by=_BY_GROUP),
    Column("leader", "党小组长", width=15, merge_by=_BY_GROUP),
    Column("leader_phone", "电话", width=27, merge_by=_BY_GROUP),
    Column("hub", "中心户（示范岗）", width=24),
    Column("hub_kind", "类别", width=14),
    Column("hub_head", "负责人", width=15),
    Column("head_phone", "负责人电话", width=27),
    Column("members", "联系党员数", width=13, kind="int", align="right"),
    Column("served", "周边农户数", width=13, kind="int", align="right"),
    Column("remark", "备注", width=36, align="left"),
    Column("hub_code", "中心户编号", hidden=True),
)


def led_hubs(roster: Roster) -> list[Place]:
    """Hubs in the reader's scope, in the order of the tree."""
    found = [roster.places[pk] for pk in roster.seen_hubs if pk in roster.places]
    return sorted(found, key=lambda hub: roster.order[hub.pk])


def group_leaders(roster: Roster, frame: Frame, *, label: str, phone: Phone = full) -> Sheet:
    """党小组长联系中心户（示范岗）花名册: one row for each hub, those of a leader together."""
    return Sheet(
        columns=LEADERS,
        rows=lambda: _leader_rows(roster, phone),
        **frame.around(
            annex=13, label=label, title=f"{WORK}党小组长联系中心户（示范岗）花名册", measure="个、人、户"
        ),
    )


def _leader_rows(roster: Roster, phone: Phone) -> Iterator[Values]:
    counts = Counter(member.hub for member in roster.members.values())
    seq = 0
    for group, found in groupby(led_hubs(roster), key=lambda hub: hub.group):
        hubs: Sequence[Place] = list(found)
        note = place_note(roster, BandCode.LEADER, group, "组长联系", len(hubs))
        for i, hub in enumerate(hubs):
            seq += 1
            yield (seq, *_leader_cells(roster, hub, phone, counts[hub.pk], note if i == 0 else ""))


def _leader_cells(roster: Roster, hub: Place, phone: Phone, members: int, note: str) -> Values:
    """A hub under its leader; how full the hub itself is stands in annex 3."""
    facts = roster.hubs.get(hub.pk, NO_HUB)
    leaders = roster.holders(hub.group, Role.GROUP_LEADER)
    heads = roster.holders(hub.pk, Role.HUB_HEAD)
    return (
        roster.name(hub.branch or hub.root),
        group_name(roster, hub.group),
        names(leaders),
        phones(leaders, hub.root, phone),
        hub.name,
        HubKind(facts.kind).label,
        names(heads),
        phones(heads, hub.root, phone),
        members,
        facts.served,
        annotated(facts.remark, note),
        str(hub.pk),
    )
