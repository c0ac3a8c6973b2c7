"""The columns of each register and its rows as cells: declared once for page, workbook and print."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime

from grids.choices import Kind
from grids.ledgers.tables import LONG, NO_WRAP, Cell, Cells, Field, Reader, day_cell
from grids.models import Node
from services.models import GridEvent, Matter, Ticket, Visit, VisitPlan
from services.visits.choices import MatterState
from services.visits.queries.due import Coverage, Home, homes
from services.visits.queries.log import last_checks
from services.visits.queries.matters import is_late
from services.visits.queries.places import may_see_plans
from services.visits.rules import CHECK_EVERY, limit, occasion_words

if TYPE_CHECKING:
    from township.models import User

GRID = Field("网格", 30)
HOME = Field("农户", 20, NO_WRAP)


def grid_words(node: Node) -> str:
    """甲村党支部 第1网格; a top by its name alone."""
    return f"{node.root.name} {node.name}" if node.root and node.kind == Kind.GRID else node.name


def moment(at: datetime | None) -> Cell:
    """2026-09-16 08:30."""
    return Cell(f"{localtime(at):%Y-%m-%d %H:%M}" if at else "")


VISITS = (
    Field("农户（网格）", 26, NO_WRAP), Field("日期", 24, NO_WRAP, "center"), Field("民情内容", 84, LONG),
    GRID, Field("走访人", 22, NO_WRAP), Field("方式", 16, NO_WRAP, "center"),
    Field("事由", 20, NO_WRAP, "center"),
    Field("诉求类别", 26), Field("处置", 22, NO_WRAP), Field("满意度", 22, "", "center"),
)  # fmt: skip


def visits(user: "User | Any", rows: Sequence[Visit], on: date) -> Reader:
    """One line a visit, named by the household, else by the grid."""
    sees_plans = may_see_plans(user)

    def cells(row: Visit) -> Cells:
        return (
            Cell(row.household.name if row.household else row.node.name), day_cell(row.happened_on),
            Cell(row.words), Cell(grid_words(row.node)), Cell(row.visitor.name), Cell(row.get_mode_display()),
            Cell(occasion_words(row.occasion, sees_plans=sees_plans)), Cell(row.get_need_display()),
            Cell(row.get_disposal_display()),
            Cell(row.asked_back.get_satisfaction_display() if row.asked_back else ""),
        )  # fmt: skip

    return cells


MATTERS = (
    Field("内容", 78, "wrap"), Field("收集日期", 24, NO_WRAP, "center"), HOME, GRID, Field("诉求类别", 26),
    Field("层级", 20, NO_WRAP, "center"), Field("状态", 26, "", "center"), Field("承办人（单位）", 30),
    Field("期限", 24, NO_WRAP, "center"), Field("满意度", 22, NO_WRAP, "center"),
)  # fmt: skip
_LOOKS = {MatterState.ARCHIVED: "done", MatterState.ANSWERED: "wait", MatterState.PRESSED: "wait"}


def matter_state(row: Matter, on: date) -> Cell:
    """The state in words, late ones first to be seen."""
    if is_late(row, on):
        return Cell(f"{row.get_state_display()}，逾期 {(on - row.due_on).days} 天", "late")  # type: ignore[operator]
    return Cell(row.get_state_display(), _LOOKS.get(MatterState(row.state), "open"))


def matters(user: "User | Any", rows: Sequence[Matter], on: date) -> Reader:
    """One line a matter."""

    def cells(row: Matter) -> Cells:
        return (
            Cell(row.content), day_cell(row.raised_on), Cell(row.household.name if row.household else ""),
            Cell(grid_words(row.node)), Cell(row.get_need_display()), Cell(row.get_level_display()),
            matter_state(row, on), Cell(row.handler), day_cell(row.due_on),
            Cell(row.get_satisfaction_display()),
        )  # fmt: skip

    return cells


EVENTS = (
    Field("事项", 70, "wrap"), Field("类型", 26, NO_WRAP), Field("发现时间", 32, NO_WRAP, "center"), GRID,
    Field("地点", 34), Field("到场时间", 32, NO_WRAP, "center"), Field("上报", 44, "wrap"),
    Field("处置情况", 44, LONG), Field("办结", 24, NO_WRAP, "center"),
)  # fmt: skip


def events(user: "User | Any", rows: Sequence[GridEvent], on: date) -> Reader:
    """One line an event."""

    def cells(row: GridEvent) -> Cells:
        told = " ".join(
            part for part in (row.get_reported_to_display(), moment(row.reported_at).text) if part
        )
        return (
            Cell(row.matter), Cell(row.get_kind_display()), moment(row.found_at), Cell(grid_words(row.node)),
            Cell(row.place), moment(row.arrived_at), Cell(told), Cell(row.handling), day_cell(row.closed_on),
        )  # fmt: skip

    return cells


CHECKS = (
    Field("网格", 50), Field("村（党组织）", 40), Field("最近核对", 28, "", "center"),
    *(Field(title, 26, "", "center") for title in ("人员清", "设施清", "居住情况清", "隐患矛盾清")),
    Field("说明", 50, LONG),
)  # fmt: skip


def _tick(ok: bool, count: int | None) -> Cell:
    if not ok:
        return Cell("")
    return Cell("已核对" if count is None else f"已核对，{count}", "done")


def checks(user: "User | Any", rows: Sequence[Node], on: date) -> Reader:
    """One line a grid with its latest check: one query for all of them."""
    latest = last_checks([row.pk for row in rows])

    def cells(row: Node) -> Cells:
        last = latest.get(row.pk)
        place = Cell(row.root.name if row.root else "")
        if last is None:
            return (Cell(row.name), place, Cell("还没有核对", "late"), *[Cell("")] * 5)
        old = last.checked_on < limit(on, CHECK_EVERY)
        return (
            Cell(row.name), place, Cell(f"{last.checked_on:%Y-%m-%d}", "late" if old else "done"),
            _tick(last.people_ok, last.people_count), _tick(last.facility_ok, last.facility_count),
            _tick(last.housing_ok, last.housing_count), _tick(last.hazard_ok, last.hazard_count),
            Cell(last.note),
        )  # fmt: skip

    return cells


DUE = (
    Field("农户", 26, NO_WRAP), Field("网格", 44), Field("村民小组", 26), Field("门牌", 26),
    Field("联系党员", 26, NO_WRAP), Field("上次走访", 26, NO_WRAP, "center"),
    Field("间隔", 18, NO_WRAP, "center"), Field("超出", 28, "", "center"),
)  # fmt: skip


def over_words(home: Home) -> Cell:
    """从未走访, 超 12 天."""
    if home.over is None:
        return Cell("从未走访", "late")
    return Cell(f"超 {home.over} 天", "late") if home.over > 0 else Cell("")


def due(user: "User | Any", rows: Sequence[Node], on: date) -> Reader:
    """One line a household: two queries beyond the rows."""
    told = {home.pk: home for home in homes(user, rows, on)}

    def cells(row: Node) -> Cells:
        home = told[row.pk]
        return (
            Cell(home.name), Cell(f"{home.village} {home.grid}".strip()), Cell(home.lane), Cell(home.door),
            Cell(home.holder), day_cell(home.last), Cell(f"{home.every} 天"), over_words(home),
        )  # fmt: skip

    return cells


COVERAGE = (
    Field("网格", 50), Field("村（党组织）", 50), Field("已走访户数/农户数", 34, "num", "center"),
    Field("覆盖率", 26, "nowrap card-wide", "center"), Field("走访户次", 24, "num", "center"),
)  # fmt: skip


def covered(row: Coverage) -> Cells:
    """One line a grid."""
    village = row.node.root.name if row.node.root else ""
    return (
        Cell(row.node.name), Cell(village), Cell(f"{row.seen}/{row.homes} 户"),
        Cell(f"{row.percent}%", share=row.percent) if row.homes else Cell("没有农户"), Cell(str(row.visits)),
    )  # fmt: skip


PLANS = (
    Field("农户", 26, NO_WRAP), Field("服务需求", 34), Field("网格", 30), Field("村民小组、门牌", 40),
    Field("联系党员", 26, NO_WRAP), Field("间隔", 20, NO_WRAP, "center"), Field("下次走访", 28, "", "center"),
)  # fmt: skip


def plans(user: "User | Any", rows: Sequence[VisitPlan], on: date) -> Reader:
    """One line a service."""

    def cells(row: VisitPlan) -> Cells:
        home = row.household
        profile = getattr(home, "household_profile", None)
        lane = profile.villager_group.name if profile and profile.villager_group else ""
        parent = home.parent
        late = row.ended_on is None and row.next_on < on
        words = f"{row.next_on:%Y-%m-%d}" if row.ended_on is None else f"{row.ended_on:%Y-%m-%d} 结束"
        if row.ended_on is None and home.closed_on is not None:
            words = "本户已注销，请结束"
        return (
            Cell(home.name), Cell(row.get_need_display()), Cell(home.grid.name if home.grid else ""),
            Cell(f"{lane} {profile.door if profile else ''}".strip()),
            Cell(parent.name if parent and parent.kind == Kind.MEMBER else ""), Cell(f"{row.interval} 天"),
            Cell(words, "late" if late else "open"),
        )  # fmt: skip

    return cells


WALK = (
    Field("村民小组", 24), Field("门牌", 24), Field("户主", 22), Field("联系党员", 22),
    Field("上次走访", 24, "", "center"), Field("走访情况", 84), Field("需要办理的事项", 60),
)  # fmt: skip


ROOM = "\n\n"  # lines left free for the pen


def walk(home: Home, room: str = "") -> Cells:
    """One line of the sheet that is taken along; the last two are for the pen."""
    return (
        Cell(home.lane), Cell(home.door), Cell(home.name), Cell(home.holder),
        Cell(f"{home.last:%Y-%m-%d}" if home.last else "从未"), Cell(room), Cell(""),
    )  # fmt: skip


LEFT_HOMES = (
    Field("农户", 30), Field("网格", 50), Field("村民小组", 30), Field("门牌", 30),
    Field("上次走访", 30, "", "center"),
)  # fmt: skip


def left_home(home: Home) -> Cells:
    """One household to be handed over."""
    grid = f"{home.village} {home.grid}".strip()
    return Cell(home.name), Cell(grid), Cell(home.lane), Cell(home.door), day_cell(home.last)


LEFT_MATTERS = (
    Field("内容", 100, "wrap"), Field("收集日期", 26, NO_WRAP, "center"), Field("农户", 26),
    Field("状态", 30, "", "center"), Field("承办人（单位）", 36), Field("期限", 26, NO_WRAP, "center"),
)  # fmt: skip


def left_matter(row: Matter, on: date) -> Cells:
    """One open matter to be handed over."""
    return (
        Cell(row.content), day_cell(row.raised_on), Cell(row.household.name if row.household else ""),
        matter_state(row, on), Cell(row.handler), day_cell(row.due_on),
    )  # fmt: skip


LEFT_ERRANDS = (
    Field("代办事项", 80, "wrap"), Field("受理编号", 36, NO_WRAP), Field("申办人", 30, NO_WRAP),
    Field("状态", 36, NO_WRAP, "center"), Field("承诺办结日", 36, NO_WRAP, "center"),
)  # fmt: skip


def left_errand(row: Ticket) -> Cells:
    """One errand to be handed over."""
    return (
        Cell(row.subject), Cell(row.no), Cell(row.applicant_name), Cell(row.get_state_display()),
        day_cell(row.due_on),
    )  # fmt: skip


LEFT_PLANS = (
    Field("农户", 40),
    Field("服务需求", 60),
    Field("间隔", 30, "", "center"),
    Field("下次走访", 40, "", "center"),
)


def left_plan(row: VisitPlan) -> Cells:
    """One service to be handed over."""
    return (
        Cell(row.household.name), Cell(row.get_need_display()), Cell(f"{row.interval} 天"),
        day_cell(row.next_on),
    )  # fmt: skip
