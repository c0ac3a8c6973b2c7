"""Annex 4, 党员包挂联系花名册: one row for each household a member looks after."""

from collections.abc import Iterator

from grids.choices import BandCode
from grids.notes import annotated
from liaison.queries import HouseholdRow, Roster
from liaison.sheets.frame import Frame, Phone, branch_name, full, group_name, place_note, sorted_members
from township.sheets import Column, Sheet, Values

_BY_HUB = ("hub_code",)
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
    for row in sorted_members(roster):
        households = by_member.get(row.pk, ())
        front = (
            branch_name(roster, row),
            group_name(roster, row.group),
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
