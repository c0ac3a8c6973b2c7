"""Annex 2, 支部委员包挂联系花名册: one row for each member of a committee and Party group."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grids.choices import BandCode, Kind, Role
from grids.notes import annotated
from liaison.choices import Level
from liaison.queries import Edge, Place, Roster
from liaison.sheets.frame import (
    NONE,
    Frame,
    Phone,
    committee_posts,
    full,
    names,
    phones,
    place_note,
    short_note,
)
from township.sheets import Column, Sheet, Values

_BY_HOLDER = ("holder_code", "branch")
ANNEX2 = (
    Column("seq", "序号", width=9, kind="int"),
    Column("general_branch", "党总支", width=16, merge_by=("root_code",)),
    Column("branch", "党支部", width=20, merge_by=("root_code", "branch")),
    Column("member", "支部委员姓名", width=14, merge_by=_BY_HOLDER),
    Column("post", "党内职务", width=15, merge_by=_BY_HOLDER),
    Column("phone", "联系电话", width=27, merge_by=_BY_HOLDER),
    Column("group", "包挂党小组", width=19),
    Column("grid", "所属网格", width=20),
    Column("leader", "党小组长姓名", width=14),
    Column("leader_phone", "党小组长电话", width=27),
    Column("members", "党员数", width=9, kind="int", align="right"),
    Column("hubs", "中心户（示范岗）数", width=12, kind="int", align="right"),
    Column("households", "农户数", width=10, kind="int", align="right"),
    Column("since", "包挂起始时间", width=25, kind="date"),
    Column("remark", "备注", width=25, align="left"),
    Column("root_code", "党组织编号", hidden=True),
    Column("holder_code", "委员编号", hidden=True),
)
ANNEX2_UPPER = (
    Column("town_leader", "乡包挂领导", width=18, merge_by=("root_code", "branch")),
    Column("general_member", "总支班子成员", width=18, merge_by=("root_code", "branch")),
)


@dataclass(frozen=True)
class _GroupCounts:
    """Members and hubs by group."""

    members: Counter[int | None]
    hubs: Counter[int | None]


def annex2(roster: Roster, frame: Frame, *, phone: Phone = full, upper: bool = False) -> Sheet:
    """支部委员包挂联系花名册: one row for each member of a committee and group; `upper` adds E0 and E1."""
    columns = (ANNEX2[0], *ANNEX2_UPPER, *ANNEX2[1:]) if upper else ANNEX2
    return Sheet(
        columns=columns,
        rows=lambda: _annex2_rows(roster, phone, upper=upper),
        **frame.around(annex=2, title="党组织网格化管理服务工作支部委员包挂联系花名册", measure="个、人、户"),
    )


def annex2_edges(roster: Roster) -> list[Edge]:
    """The lines of annex 2 in printing order: a member's groups stand together, in the place of the first."""
    edges = [e for e in roster.edges if e.level == Level.COMMITTEE and e.target in roster.places]
    edges.sort(key=lambda e: (roster.order[e.target], e.holder.person))
    first: dict[tuple[int, int], int] = {}
    for i, edge in enumerate(edges):
        first.setdefault((_branch_of(roster, edge), edge.holder.person), i)
    branch_first: dict[int, int] = {}
    for i, edge in enumerate(edges):
        branch_first.setdefault(_branch_of(roster, edge), i)
    return sorted(edges, key=lambda e: (branch_first[b := _branch_of(roster, e)], first[b, e.holder.person]))


def _branch_of(roster: Roster, edge: Edge) -> int:
    place = roster.places[edge.target]
    return place.branch or place.root


def _annex2_rows(roster: Roster, phone: Phone, *, upper: bool) -> Iterator[Values]:
    counts = _GroupCounts(
        Counter(m.group for m in roster.members.values()),
        Counter(p.group for p in roster.places.values() if p.kind == Kind.HUB),
    )
    lines = annex2_edges(roster)
    load = Counter(edge.holder.person for edge in lines)
    above = _upper_names(roster) if upper else {}
    noted: set[int] = set()
    for seq, edge in enumerate(lines, 1):
        row = _annex2_row(roster, edge, phone, counts)
        note = ""
        if edge.holder.person not in noted:
            note = short_note(roster.measure.band(BandCode.COMMITTEE), "包挂", load[edge.holder.person])
            noted.add(edge.holder.person)
        notes = (note, place_note(roster, BandCode.LEADER, edge.target, "组长联系", counts.hubs[edge.target]))
        place = roster.places[edge.target]
        leading = _upper_cells(place, above) if upper else ()
        yield (seq, *leading, *row, annotated(edge.remark, *notes), str(place.root), str(edge.holder.person))


def _annex2_row(roster: Roster, edge: Edge, phone: Phone, counts: _GroupCounts) -> Values:
    place = roster.places[edge.target]
    root = roster.places[place.root]
    general = root.name if root.kind == Kind.GENERAL_BRANCH else NONE
    branch = roster.name(place.branch) or NONE
    leaders = roster.holders(place.pk, Role.GROUP_LEADER)
    return (
        general,
        branch,
        edge.holder.name,
        committee_posts(roster, edge.holder.person, (place.branch, place.root)),
        phone(edge.holder.phone, place.root),
        place.name,
        roster.name(place.grid),
        names(leaders),
        phones(leaders, place.root, phone),
        counts.members[place.pk],
        counts.hubs[place.pk],
        roster.households_by_grid.get(place.grid or 0, 0),
        edge.since,
    )


def _upper_cells(place: Place, above: Mapping[tuple[str, int], list[str]]) -> Values:
    """Who of the 乡 looks after the organisation or its branch, and who of the 总支 after the branch."""
    branch = place.branch or 0
    town = [*above.get((Level.TOWN_LEADER, place.root), ())]
    town += [name for name in above.get((Level.TOWN_LEADER, branch), ()) if name not in town]
    general = above.get((Level.GENERAL_BRANCH, branch), ())
    return ("、".join(town), "、".join(general) or NONE)


def _upper_names(roster: Roster) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for edge in roster.edges:
        names = found.setdefault((edge.level, edge.target), [])
        if edge.holder.name not in names:
            names.append(edge.holder.name)
    return found
