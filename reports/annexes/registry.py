"""Annex number → what it is and how its sheets are built; filing and versions are laid over this table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from grids import access
from grids.models import Node
from liaison import queries as liaison
from liaison import sheets as rosters
from liaison.sheets import Frame
from reports.choices import SUPPLEMENTS, Paper, annex_label
from reports.statistics import queries as statistics
from reports.statistics import sheets as statistics_sheets
from reports.statistics.beside import Jump, jumps, last_year
from reports.statistics.details import Details, details
from reports.statistics.screen import links
from township.masks import mask_phone
from township.models import Township
from township.sheets import Sheet
from township.sheets.html import Look


@dataclass(frozen=True)
class Order:
    """What is to be printed for whom; without a user it is the office's own machine that asks."""

    township: Township
    year: int
    today: date
    organisation: Node | None = None  # 党总支 or 党支部; None: the whole township
    user: Any = None
    on_screen: bool = False
    household_phone: bool = False
    upper: bool = False
    beside: bool = False  # last year's numbers of annex 1 under each
    paper: str = Paper.A3
    exported: str = ""
    past: bool = False  # as it stood on a day gone by
    title_name: str = ""  # the 乡's name in titles, where a campaign says another

    @property
    def place(self) -> str:
        """Name of the part of the township that is printed; blank for all of it."""
        return self.organisation.name if self.organisation else ""

    def frame(self) -> Frame:
        """What stands around the table."""
        return Frame(
            township=self.title_name or self.township.name,
            code=self.township.code,
            year=self.year,
            unit=self.place or f"中共{self.township.name}委员会",
            as_of=self.today,
            root=self.place,
            exported=self.exported,
        )

    def phone(self, phone: str, root: int) -> str:
        """Full for the office and for a village's own secretary, and never on a screen."""
        if self.on_screen:
            return mask_phone(phone)
        if self.user is None or access.sees_full_phone(self.user, root):
            return phone
        return mask_phone(phone)


@dataclass(frozen=True)
class Built:
    """Sheets ready to render, and how many rows they have."""

    sheets: tuple[Sheet, ...]
    rows: int
    look: Look | None = None  # what the page shows of a cell beyond its text
    typed: bool = False  # annex 1 of this year has columns that villages type in
    jumps: Sequence[Jump] = ()  # numbers of annex 1 far from last year's
    details: Callable[[], Details] | None = None  # the rows behind the numbers, read when a workbook is made

    def detailed(self) -> "Built":
        """With the detail sheets behind, and each number leading to its own."""
        if self.details is None:
            return self
        found = self.details()
        sheets = tuple(replace(sheet, leads=found.leads) for sheet in self.sheets)
        return replace(self, sheets=sheets + found.sheets, rows=self.rows + found.rows, details=None)


@dataclass(frozen=True)
class Annex:
    """One annex: its name, a line about it, what can be chosen, and its builder."""

    number: int
    title: str
    short: str
    line: str
    build: Callable[[Order], Built]
    options: tuple[str, ...] = ()
    personal: bool = True  # holds names and phones: watermarked when it leaves by the web

    @property
    def label(self) -> str:
        """附件4."""
        return annex_label(self.number)

    @property
    def is_supplement(self) -> bool:
        """True for a roster that the document has no annex for."""
        return self.number in SUPPLEMENTS


def _read(order: Order, *parts: str) -> liaison.Roster:
    return liaison.read_roster(
        township_id=order.township.pk,
        on=order.today,
        organisation=order.organisation,
        user=order.user,
        parts=parts,
    )


def build_annex1(order: Order) -> Built:
    """Statistics of the organisations the user sees whole."""
    found = statistics.read(
        township_id=order.township.pk,
        on=order.today,
        organisation=order.organisation,
        user=order.user,
        year=order.year,
    )
    paper = Paper.A3 if order.on_screen else order.paper
    frame, layout = order.frame(), statistics.layout_of(order.township.pk, order.year)
    before = last_year(order.township.pk, order.organisation, order.year) if order.beside else None
    sheet = statistics_sheets.annex1(found, frame, layout, statistics.reasons(found, order.year))
    return Built(
        tuple(statistics_sheets.papers(sheet, layout, "A4" if paper == Paper.A4 else "A3")),
        len(found),
        look=links(found, on=order.today if order.past else None, before=before) if order.on_screen else None,
        typed=bool(layout.extra),
        jumps=jumps(found, before or {}),
        details=lambda: details(found, frame, on=order.today),
    )


def build_annex2(order: Order) -> Built:
    """Committee members and their groups."""
    roster = _read(order, "members", "edges")
    sheet = rosters.annex2(roster, order.frame(), phone=order.phone, upper=order.upper)
    return Built((sheet,), len(rosters.annex2_edges(roster)))


def build_annex3(order: Order) -> Built:
    """Hubs and their members."""
    roster = _read(order, "members")
    sheet = rosters.annex3(roster, order.frame(), phone=order.phone)
    return Built((sheet,), len(rosters.linked_members(roster)))


def build_annex4(order: Order) -> Built:
    """Members and their households."""
    roster = _read(order, "members", "households")
    sheet = rosters.annex4(roster, order.frame(), phone=order.phone, household_phone=order.household_phone)
    return Built((sheet,), rosters.linked_households(roster))


def build_town_leaders(order: Order) -> Built:
    """乡领导 and their organisations; for one branch of a 党总支 its own lines only."""
    roster = _read(order, "members", "edges", "titles")
    at = order.organisation
    only = at.pk if at is not None and at.parent_id is not None else None
    sheet = rosters.town_leaders(roster, order.frame(), label=annex_label(10), phone=order.phone, only=only)
    return Built((sheet,), len(rosters.town_edges(roster, only)))


def build_general_branch(order: Order) -> Built:
    """总支班子 and their branches."""
    roster = _read(order, "members", "edges")
    sheet = rosters.general_branch(roster, order.frame(), label=annex_label(11), phone=order.phone)
    return Built((sheet,), len(rosters.branch_edges(roster)))


def build_group_leaders(order: Order) -> Built:
    """Leaders of Party groups and their hubs."""
    roster = _read(order, "members", "hubs")
    sheet = rosters.group_leaders(roster, order.frame(), label=annex_label(13), phone=order.phone)
    return Built((sheet,), len(rosters.led_hubs(roster)))


ANNEXES: Mapping[int, Annex] = {
    annex.number: annex
    for annex in (
        Annex(
            1,
            "基层党组织网格化管理服务工作情况统计表",
            "情况统计表",
            "每个党（总）支部一行，合计在前，A3 横排，或分三张 A4。",
            build_annex1,
            options=("paper", "beside"),
            personal=False,
        ),
        Annex(
            2,
            "党组织网格化管理服务工作支部委员包挂联系花名册",
            "支部委员包挂党小组",
            "支部委员各包挂哪些党小组，一个委员一个党小组一行。",
            build_annex2,
            options=("upper",),
        ),
        Annex(
            3,
            "党组织网格化管理服务工作党员中心户包挂联系花名册",
            "中心户联系党员",
            "每个中心户（示范岗）联系哪些党员，一名党员一行。",
            build_annex3,
        ),
        Annex(
            4,
            "党组织网格化管理服务工作党员包挂联系花名册",
            "党员联系群众",
            "每名党员联系哪些群众，一户一行。",
            build_annex4,
            options=("household_phone",),
        ),
    )
}
SUPPLEMENTARY: Mapping[int, Annex] = {
    annex.number: annex
    for annex in (
        Annex(
            10,
            f"{rosters.WORK}乡领导包挂联系党支部花名册",
            "乡领导包挂党支部",
            "乡领导各包挂哪些党（总）支部，一名领导一个党（总）支部一行。",
            build_town_leaders,
        ),
        Annex(
            11,
            f"{rosters.WORK}总支班子成员包挂联系网格党支部花名册",
            "总支班子联系党支部",
            "总支班子成员各包挂哪些网格党支部，一名成员一个党支部一行；没有党总支的村不填。",
            build_general_branch,
        ),
        Annex(
            13,
            f"{rosters.WORK}党小组长联系中心户（示范岗）花名册",
            "组长联系中心户",
            "党小组长各联系哪些中心户（示范岗），一个中心户（示范岗）一行。",
            build_group_leaders,
        ),
    )
}
PRINTABLE: Mapping[int, Annex] = {**ANNEXES, **SUPPLEMENTARY}
