"""Annexes 2, 3 and 4: the three rosters of 包挂联系, built from plain rows."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from grids.choices import COMMITTEE_ROLES, BandCode, HubKind, Kind, Role, Standing
from grids.notes import annotated
from grids.rules import Band
from liaison.choices import Level
from liaison.queries import Edge, Holder, HouseholdRow, HubFacts, MemberRow, Place, Roster
from township.sheets import SIGNATURES, Column, Sheet, Values

NONE = "—"
NO_HUB = HubFacts(HubKind.CENTRAL, "", None, "")

Phone = Callable[[str, int], str]


@dataclass(frozen=True)
class Frame:
    """What stands around a roster's table, and what its hidden sheet remembers."""

    township: str
    code: str
    year: int
    unit: str  # 填报单位
    as_of: date
    root: str = ""  # name of the one organisation, blank for the whole township
    exported: str = ""

    def around(self, *, annex: int, title: str, measure: str) -> dict[str, Any]:
        """The arguments of a Sheet that all annexes share."""
        return {
            "annex": f"附件{annex}",
            "title": f"{self.township}{title}",
            "unit": self.unit,
            "as_of": f"{self.as_of.year}年{self.as_of.month}月{self.as_of.day}日",
            "measure": measure,
            "foot": SIGNATURES,
            "meta": {
                "annex": str(annex),
                "township": self.code,
                "year": str(self.year),
                "root": self.root,
                "exported": self.exported,
            },
        }


def full(phone: str, root: int) -> str:
    """Phones as they are: for exports by those who may have them."""
    return phone


def short_note(band: Band, subject: str, n: int) -> str:
    """A band note as a roster prints it: nothing within the band, else '联系16户，超1户'."""
    verdict = band.verdict(n)
    if verdict == "ok":
        return ""
    gap = band.low - n if verdict == "under" else n - band.high
    return f"{subject}{n}{band.unit}，{'少' if verdict == 'under' else '超'}{gap}{band.unit}"


def place_note(roster: Roster, code: str, pk: int | None, subject: str, n: int) -> str:
    """The note of a place under its own range; lying outside with the office's consent is said as that."""
    note = short_note(roster.measure.band(code, pk), subject, n)
    accepted = roster.measure.accepted(code, pk)
    return f"{note}（已认可：{accepted.reason}）" if note and accepted else note


def _branch(roster: Roster, row: MemberRow) -> str:
    return roster.name(row.branch or row.root)


def _group(roster: Roster, group: int | None) -> str:
    """第一党小组（东坡村第一网格）."""
    place = roster.places.get(group or 0)
    if place is None:
        return ""
    grid = roster.name(place.grid)
    return f"{place.name}（{grid}）" if grid else place.name


def _names(holders: tuple[Holder, ...]) -> str:
    return "、".join(holder.name for holder in holders)


def _phones(holders: tuple[Holder, ...], root: int, phone: Phone) -> str:
    return "、".join(phone(holder.phone, root) for holder in holders if holder.phone)


def _sorted_members(roster: Roster) -> list[MemberRow]:
    """Members by branch, grid, group, hub and place within; those not yet placed come last."""

    def key(row: MemberRow) -> tuple[Any, ...]:
        return (
            roster.order.get(row.branch or row.root, ()),
            row.group is None,
            roster.order.get(row.group or 0, ()),
            row.hub is None,
            roster.order.get(row.hub or 0, ()),
            row.position,
            row.pk,
        )

    return sorted(roster.members.values(), key=key)


# --- 附件2 ------------------------------------------------------------------------------------------

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
        _committee_posts(roster, edge.holder.person, (place.branch, place.root)),
        phone(edge.holder.phone, place.root),
        place.name,
        roster.name(place.grid),
        _names(leaders),
        _phones(leaders, place.root, phone),
        counts.members[place.pk],
        counts.hubs[place.pk],
        roster.households_by_grid.get(place.grid or 0, 0),
        edge.since,
    )


def _committee_posts(roster: Roster, person: int, places: tuple[int | None, ...]) -> str:
    """书记、组织委员: what the person is in this branch, else in the organisation above it."""
    for pk in places:
        labels = [
            Role(role).label
            for role in COMMITTEE_ROLES
            if any(holder.person == person for holder in roster.posts.get((pk or 0, role), ()))
        ]
        if labels:
            return "、".join(labels)
    return ""


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


# --- 附件3 ------------------------------------------------------------------------------------------

_BY_HUB = ("hub_code",)
ANNEX3 = (
    Column("seq", "序号", width=10, kind="int"),
    Column("branch", "党支部", width=22, merge_by=("branch",)),
    Column("group", "党小组（网格）", width=26, merge_by=("branch", "group")),
    Column("leader", "党小组长", width=14, merge_by=("branch", "group")),
    Column("hub", "中心户（示范岗）名称", width=21, merge_by=_BY_HUB),
    Column("hub_kind", "类别", width=13, merge_by=_BY_HUB),
    Column("hub_head", "负责人及电话", width=28, merge_by=_BY_HUB),
    Column("plate_no", "标识牌编号", width=15, merge_by=_BY_HUB),
    Column("served", "周边农户数", width=11, kind="int", align="right", merge_by=_BY_HUB),
    Column("member", "联系党员姓名", width=16),
    Column("standing", "党员类别", width=17),
    Column("member_phone", "党员电话", width=27),
    Column("floating", "是否流动", width=11),
    Column("count", "联系党员数", width=11, kind="int", align="right", merge_by=_BY_HUB),
    Column("remark", "备注", width=26, align="left"),
    Column("member_code", "党员编号", hidden=True),
    Column("hub_code", "中心户编号", hidden=True),
)


def annex3(roster: Roster, frame: Frame, *, phone: Phone = full) -> Sheet:
    """党员中心户包挂联系花名册: one row for each member under a hub."""
    return Sheet(
        columns=ANNEX3,
        rows=lambda: _annex3_rows(roster, phone),
        **frame.around(annex=3, title="党组织网格化管理服务工作党员中心户包挂联系花名册", measure="人、户"),
    )


def linked_members(roster: Roster) -> list[MemberRow]:
    """Members that stand in annex 3, in printing order."""
    return [row for row in _sorted_members(roster) if row.hub in roster.places]


def _annex3_rows(roster: Roster, phone: Phone) -> Iterator[Values]:
    seq = 0
    for hub, rows in groupby(linked_members(roster), key=lambda row: row.hub):
        members = list(rows)
        cells = _hub_cells(roster, members[0], phone, len(members))
        for i, row in enumerate(members):
            seq += 1
            notes = cells.notes if i == 0 else ()
            yield (
                seq,
                *cells.front,
                row.name,
                Standing(row.standing).label,
                phone(row.phone, row.root),
                "是" if row.is_floating else "否",
                len(members),
                annotated(row.remark, *notes),
                str(row.pk),
                str(hub),
            )


@dataclass(frozen=True)
class _HubCells:
    """The merged cells of one hub, and the notes on its first row."""

    front: Values
    notes: tuple[str, ...]


def _hub_cells(roster: Roster, row: MemberRow, phone: Phone, n: int) -> _HubCells:
    hub = row.hub or 0
    facts = roster.hubs.get(hub, NO_HUB)
    heads = "、".join(
        f"{head.name} {phone(head.phone, row.root)}".strip() for head in roster.holders(hub, Role.HUB_HEAD)
    )
    front = (
        _branch(roster, row),
        _group(roster, row.group),
        _names(roster.holders(row.group, Role.GROUP_LEADER)),
        roster.name(hub),
        HubKind(facts.kind).label,
        heads,
        facts.plate_no,
        facts.served,
    )
    served = "" if facts.served is None else place_note(roster, BandCode.DENSITY, hub, "周边", facts.served)
    return _HubCells(front, (place_note(roster, BandCode.HUB, hub, "联系", n), served))


# --- 附件4 ------------------------------------------------------------------------------------------

_BY_MEMBER = ("member_code",)
ANNEX4 = (
    Column("seq", "序号", width=12, kind="int"),
    Column("branch", "党支部", width=23, merge_by=("branch",)),
    Column("group", "党小组（网格）", width=27, merge_by=("branch", "group")),
    Column("hub", "所属中心户（岗）", width=22, merge_by=_BY_HUB),
    Column("member", "党员姓名", width=17, merge_by=_BY_MEMBER),
    Column("member_phone", "党员电话", width=27, merge_by=_BY_MEMBER),
    Column("householder", "联系群众户主姓名", width=20),
    Column("address", "村民小组/门牌", width=28, align="left"),
    Column("size", "家庭人口数", width=13, kind="int", align="right"),
    Column("household_phone", "户联系电话", width=27),
    Column("since", "联系起始时间", width=24, kind="date"),
    Column("count", "联系户数", width=12, kind="int", align="right", merge_by=_BY_MEMBER),
    Column("remark", "备注", width=30, align="left"),
    Column("household_code", "户编号", hidden=True),
    Column("member_code", "党员编号", hidden=True),
    Column("hub_code", "中心户编号", hidden=True),
)


def annex4(roster: Roster, frame: Frame, *, phone: Phone = full, household_phone: bool = False) -> Sheet:
    """党员包挂联系花名册: one row for each household a member looks after."""
    columns = tuple(c for c in ANNEX4 if household_phone or c.key != "household_phone")
    return Sheet(
        columns=columns,
        rows=lambda: _annex4_rows(roster, phone, household_phone=household_phone),
        **frame.around(annex=4, title="党组织网格化管理服务工作党员包挂联系花名册", measure="人、户"),
    )


def linked_households(roster: Roster) -> int:
    """Rows of annex 4."""
    return sum(1 for row in roster.households if row.member in roster.members)


def _annex4_rows(roster: Roster, phone: Phone, *, household_phone: bool) -> Iterator[Values]:
    by_member: dict[int, list[HouseholdRow]] = {}
    for household in roster.households:
        by_member.setdefault(household.member, []).append(household)
    seq = 0
    for row in _sorted_members(roster):
        households = by_member.get(row.pk, ())
        front = (
            _branch(roster, row),
            _group(roster, row.group),
            roster.name(row.hub),
            row.name,
            phone(row.phone, row.root),
        )
        codes = (str(row.pk), str(row.hub or ""))
        note = place_note(roster, BandCode.MEMBER, row.pk, "联系", len(households))
        for i, household in enumerate(households):
            seq += 1
            yield (
                seq,
                *front,
                household.name,
                (household.villager_group or "") + household.door,
                household.size,
                *((phone(household.phone, row.root),) if household_phone else ()),
                household.since,
                len(households),
                annotated(household.remark, note if i == 0 else ""),
                str(household.pk),
                *codes,
            )
