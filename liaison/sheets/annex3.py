"""Annex 3, 党员中心户包挂联系花名册: one row for each member under a hub."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from grids.choices import BandCode, HubKind, Role, Standing
from grids.notes import annotated
from liaison.queries import HubFacts, MemberRow, Roster
from liaison.sheets.frame import (
    Frame,
    Phone,
    branch_name,
    full,
    group_name,
    names,
    place_note,
    sorted_members,
)
from township.sheets import Column, Sheet, Values

NO_HUB = HubFacts(HubKind.CENTRAL, "", None, "")
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
    return [row for row in sorted_members(roster) if row.hub in roster.places]


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
        branch_name(roster, row),
        group_name(roster, row.group),
        names(roster.holders(row.group, Role.GROUP_LEADER)),
        roster.name(hub),
        HubKind(facts.kind).label,
        heads,
        facts.plate_no,
        facts.served,
    )
    served = "" if facts.served is None else place_note(roster, BandCode.DENSITY, hub, "周边", facts.served)
    return _HubCells(front, (place_note(roster, BandCode.HUB, hub, "联系", n), served))
