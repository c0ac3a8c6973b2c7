"""The registers as tables for files: boards or plates with where they hang, cards handed out."""

from collections.abc import Iterable
from datetime import date

from grids.models import Node
from services.models import CardIssue
from services.notices.choices import HangState, Notice
from township.days import in_words
from township.sheets import Column, Sheet, Values

SIGNATURES = ("审核人", "填表人", "填报时间")
_SEQ = Column("seq", "序号", width=12, kind="int")
_REST = (
    Column("state", "状态", width=26),
    Column("made", "制作日期", width=24, kind="date"),
    Column("hung", "挂牌日期", width=24, kind="date"),
    Column("place", "安装位置", width=44, align="left"),
    Column("keeper", "责任人", width=24),
    Column("remark", "备注", width=34, align="left"),
)
_ISSUES = (
    _SEQ,
    Column("village", "村（党组织）", width=40, align="left"),
    Column("place", "发放范围", width=50, align="left"),
    Column("day", "发放日期", width=24, kind="date"),
    Column("cards", "发放张数", width=22, kind="int"),
    Column("households", "发放户数", width=22, kind="int"),
    Column("handed", "发放人", width=24),
    Column("remark", "备注", width=40, align="left"),
)


def signs(notice: str, rows: Iterable[Node], *, unit: str, as_of: str) -> Sheet:
    """安装登记表 of boards or plates."""
    village = Column("village", "村（党组织）", width=36, align="left")
    name = Column("name", "网格" if notice == Notice.BOARD else "中心户（示范岗）", width=34, align="left")
    number = (Column("number", "编号", width=20),) if notice == Notice.PLATE else ()
    return Sheet(
        title=f"{'网格公示牌' if notice == Notice.BOARD else '党员中心户（示范岗）标识牌'}安装登记表",
        columns=(_SEQ, village, name, *number, *_REST),
        rows=[_sign(seq, notice, node) for seq, node in enumerate(rows, 1)],
        foot=SIGNATURES,
        unit=unit,
        as_of=as_of,
    )


def _sign(seq: int, notice: str, node: Node) -> Values:
    sign = getattr(node, "sign", None)
    number = (plate_no(node),) if notice == Notice.PLATE else ()
    if sign is None:
        rest: Values = (str(HangState.NONE.label), None, None, "", "", "")
    else:
        rest = (str(sign.state.label), sign.made_on, sign.hung_on, sign.place, sign.keeper, sign.remark)
    return (seq, node.root.name if node.root else "", node.name, *number, *rest)


def plate_no(hub: Node) -> str:
    """The plate's number; blank without a profile."""
    profile = getattr(hub, "hub_profile", None)
    return profile.plate_no if profile else ""


def place_of(issue: CardIssue) -> str:
    """第一网格 第一党小组."""
    grid = issue.node.grid
    return f"{grid.name} {issue.node.name}" if grid else issue.node.name


def issues(rows: Iterable[CardIssue], *, unit: str, as_of: str) -> Sheet:
    """民情联系卡发放登记表."""
    found: list[Values] = []
    cards = households = 0
    for seq, row in enumerate(rows, 1):
        village = row.node.root.name if row.node.root else ""
        found.append(
            (seq, village, place_of(row), row.day, row.cards, row.households, row.handed_by, row.remark)
        )
        cards, households = cards + row.cards, households + (row.households or 0)
    return Sheet(
        title="民情联系卡发放登记表",
        columns=_ISSUES,
        rows=found,
        totals=((None, "合计", "", None, cards, households, "", ""),),
        foot=SIGNATURES,
        unit=unit,
        as_of=as_of,
    )


def until(day: date) -> str:
    """The day up to which a register is told."""
    return f"截止日期：{in_words(day)}"
