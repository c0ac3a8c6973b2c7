"""What happened in a grid, its four things looked through, the pace of a household, services planned."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate

from grids.actions.refusals import checked, in_words
from grids.models import Node, Person
from services.models import DiaryRemark, FourClearCheck, GridEvent, VisitPace, VisitPlan
from services.visits.actions.guards import require_change, require_log
from services.visits.queries.places import households, known_households, may_see_plans, rank_of
from township import audit, history
from township.choices import Deed
from township.days import not_after
from township.models import User

EVENT_FIELDS = (
    "kind", "found_at", "place", "matter", "count", "arrived_at", "reported_to", "reported_at", "handling",
    "closed_on",
)  # fmt: skip
CHECK_FIELDS = (
    "checked_on", "people_ok", "people_count", "facility_ok", "facility_count", "housing_ok",
    "housing_count", "hazard_ok", "hazard_count", "note",
)  # fmt: skip


def _fill(row: Any, data: Mapping[str, Any], fields: tuple[str, ...]) -> None:
    for name in fields:
        if name in data:
            setattr(row, name, data[name])


def keep_event(*, event: GridEvent | None, data: Mapping[str, Any], by: User, today: date) -> GridEvent:
    """A new 必到 or 必报, or what was written of one corrected; the same one twice is one."""
    row = event or GridEvent(township_id=data["node"].township_id, node=data["node"], written_by=by)
    if event is None:
        require_log(by, row.node)
    else:
        require_change(by, row)
    title = "修改必到必报" if event else "登记必到必报"
    _fill(row, data, EVENT_FIELDS)
    for name in ("found_at", "arrived_at", "reported_at"):
        moment = getattr(row, name)
        not_after(localdate(moment) if moment else None, today, name)
    not_after(row.closed_on, today, "closed_on")
    with history.action(by=by, title=title), in_words():
        again = {name: getattr(row, name) for name in ("kind", "found_at", "place", "matter")}
        if event is None and GridEvent.objects.filter(node=row.node, **again).exists():
            raise ValidationError("同样的一条刚才已经登记过。")
        checked(row)
        history.save(row, by=by, reason=title)
        audit.record(
            by=by, deed=Deed.CHANGE if event else Deed.CREATE, target=f"必到必报 {row}（编号 {row.pk}）"
        )
    return row


def keep_check(
    *, check: FourClearCheck | None, data: Mapping[str, Any], by: User, today: date
) -> FourClearCheck:
    """One 四清 of a grid, or a correction of it."""
    row = check or FourClearCheck(township_id=data["node"].township_id, node=data["node"], written_by=by)
    if check is None:
        require_log(by, row.node)
    else:
        require_change(by, row)
    title = "修改四清核对" if check else "登记四清核对"
    not_after(data["checked_on"], today, "checked_on")
    with history.action(by=by, title=title), in_words("这个网格当天已经核对过，请修改那一次。"):
        _fill(row, data, CHECK_FIELDS)
        checked(row)
        history.save(row, by=by, reason=title)
        audit.record(
            by=by, deed=Deed.CHANGE if check else Deed.CREATE, target=f"四清核对 {row}（编号 {row.pk}）"
        )
    return row


def set_pace(*, household: Node, pace: str, by: User) -> VisitPace | None:
    """How often this household is visited; blank goes back to what holds for all."""
    require_near(by, household)
    with (
        history.action(by=by, title="调整走访间隔"),
        in_words("刚才已有人调整过这一户的走访间隔，请刷新后再看。"),
    ):
        row = VisitPace.objects.select_for_update().filter(household=household).first()
        if not pace:
            history.remove_all(VisitPace, [row] if row else [], by=by, reason="恢复一般间隔")
            return None
        row = row or VisitPace(household=household)
        row.pace = pace
        checked(row)
        history.save(row, by=by, reason="调整走访间隔")
        audit.record(by=by, deed=Deed.CHANGE, target=f"走访间隔 {row}")
    return row


def require_near(by: User, household: Node) -> None:
    """Secretaries and those who work in the grid set a pace; a member asks them."""
    seen = households(by).filter(pk=household.pk).exists()
    if not seen or rank_of(by, _grid_of(household)) < 0:
        raise PermissionDenied("走访间隔由党小组长、村书记或乡党政办调整。")


def _grid_of(household: Node) -> Node:
    return household.grid or household.root or household


# --- services planned -------------------------------------------------------------------------------


def require_plan(by: User, household: Node | None = None) -> None:
    """Those who go there write it down; the office only counts (domain 10)."""
    if not may_see_plans(by):
        raise PermissionDenied("必访计划由村里登记，乡镇只看数量。")
    if household is not None and not known_households(by).filter(pk=household.pk).exists():
        raise PermissionDenied("您只能登记自己范围里的农户。")


def keep_plan(*, plan: VisitPlan | None, data: Mapping[str, Any], by: User) -> VisitPlan:
    """A service agreed with a household, or its interval and day changed. The log names no need."""
    row = plan or VisitPlan(household=data["household"], need=data["need"])
    require_plan(by, row.household)
    if row.household.closed_on is not None:
        raise ValidationError("这一户已注销，计划只能结束。")
    title = "修改必访计划" if plan else "登记必访计划"
    with history.action(by=by, title=title), in_words("这一户已有同样的必访计划。"):
        _fill(row, data, ("consented", "interval", "next_on"))
        checked(row)
        history.save(row, by=by, reason=title)
        audit.record(by=by, deed=Deed.CHANGE if plan else Deed.CREATE, target=f"必访计划（编号 {row.pk}）")
    return row


def end_plan(*, plan: VisitPlan, by: User, today: date) -> VisitPlan:
    """No longer needed, no longer agreed to, or nobody lives there any more."""
    require_plan(by, plan.household)
    if plan.ended_on is not None:
        raise ValidationError("这个计划已经结束。")
    with history.action(by=by, title="结束必访计划"), in_words():
        plan.ended_on = today
        history.save(plan, by=by, reason="结束必访计划", fields=["ended_on"])
        audit.record(by=by, deed=Deed.CLOSE, target=f"必访计划（编号 {plan.pk}）")
    return plan


# --- remarks ----------------------------------------------------------------------------------------


def require_remark(by: User, node: Node) -> None:
    """Raise PermissionDenied (403) unless the village's secretary or the office."""
    if rank_of(by, node) < 1:
        raise PermissionDenied("阅评由村书记或乡党政办填写。")


def remark(*, node: Node, person: Person | None, month: date, text: str, by: User) -> DiaryRemark | None:
    """What the secretary says to a month; blank takes it back. Words, no grade."""
    require_remark(by, node)
    with history.action(by=by, title="阅评民情日记"), in_words("这个月的阅评刚才已经保存过。"):
        row = DiaryRemark.objects.filter(node=node, person=person, month=month).first()
        if not text:
            history.remove_all(DiaryRemark, [row] if row else [], by=by, reason="撤回阅评")
            return None
        row = row or DiaryRemark(node=node, person=person, month=month)
        row.text = text
        checked(row)
        history.save(row, by=by, reason="阅评民情日记")
        audit.record(by=by, deed=Deed.CHANGE, target=f"民情日记阅评 {row}")
    return row
