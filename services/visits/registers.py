"""The registers of visits, each declared once: rows, columns, bar and words for one set of pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from grids.ledgers.tables import Field, Reader
from services.visits import tables
from services.visits.choices import EventKind, MatterLevel, MatterState
from services.visits.queries import due, log, matters
from services.visits.queries.log import Asked, with_last_check
from services.visits.queries.places import grids_in_sight, may_see_plans
from services.visits.rules import occasions


@dataclass(frozen=True)
class Register:
    """What the one set of pages needs to know of a kind of list."""

    code: str
    title: str
    unit: str
    fields: Sequence[Field]
    rows: Callable[..., Any]
    reader: Callable[..., Reader]
    clause: str
    empty: str  # what an empty list says, with the next step
    add: Sequence[tuple[str, str, str]] = ()  # address, its query, words on the button
    states: Sequence[tuple[str, str]] = ()
    states_for: Callable[[Any], Sequence[tuple[str, str]]] | None = None  # where they differ by reader
    state_label: str = "状态"
    without: Sequence[str] = ()  # fields of the bar it does not have
    link: Callable[[Any], str] | None = None  # where a row leads, when not to its own page

    @property
    def url(self) -> str:
        """Its page."""
        if self.code in ("visits", "matters"):
            return reverse(f"services:{self.code}")
        return reverse("services:register", args=[self.code])


def _choices(model: Any) -> Sequence[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in model.choices]


def _grids(user: Any, asked: Asked, *, on: Any) -> Any:
    return with_last_check(grids_in_sight(user, asked.village))


def home_url(row: Any) -> str:
    """All visits to a household."""
    return reverse("services:home", args=[row.pk])


def _occasions(user: Any) -> Sequence[tuple[str, str]]:
    return occasions(sees_plans=may_see_plans(user))


def _last_check(row: Any) -> str:
    """The latest one, with those before it."""
    return reverse("services:check", args=[row.last_check]) if row.last_check else ""


NEW_VISIT = ("services:visit_new", "", "记一次走访")
DAYS = ("visitor", "since", "until")
REGISTERS: Mapping[str, Register] = {
    one.code: one
    for one in (
        Register(
            code="visits",
            title="走访台账",
            unit="次",
            fields=tables.VISITS,
            rows=log.visits,
            reader=tables.visits,
            clause="二(四)2",
            empty="走访以后点“记一次走访”，半分钟记完；一切正常的勾一下就行。",
            add=(NEW_VISIT,),
            states_for=_occasions,
            state_label="事由",
        ),
        Register(
            code="due",
            title="该走未走",
            unit="户",
            fields=tables.DUE,
            rows=due.due,
            reader=tables.due,
            clause="二(四)2",
            empty="都走到了。一般间隔按年度任务，个别农户可在其走访页上另定间隔。",
            states=[(due.NEVER, "从未走访"), (due.OWN_PACE, "另定了间隔")],
            without=DAYS,
            link=home_url,
        ),
        Register(
            code="plans",
            title="必访计划",
            unit="项",
            fields=tables.PLANS,
            rows=due.plans,
            reader=tables.plans,
            clause="二(四)2",
            empty="征得本户同意后，把需要的服务登记在这里，到期会提醒。",
            add=(("services:plan_new", "", "登记必访计划"),),
            states=[(due.LATE, "已到期"), (due.ENDED, "已结束")],
            without=DAYS,
        ),
        Register(
            code="checks",
            title="四清核对",
            unit="个网格",
            fields=tables.CHECKS,
            rows=_grids,
            reader=tables.checks,
            clause="二(四)2",
            empty="先在“网格结构”里建网格，再逐个网格核对。",
            add=(("services:check_new", "", "登记四清核对"),),
            without=(*DAYS, "grid", "q"),
            link=_last_check,
        ),
        Register(
            code="events",
            title="必到必报",
            unit="件",
            fields=tables.EVENTS,
            rows=log.events,
            reader=tables.events,
            clause="二(四)2",
            empty="突发事件、意外事件、邻里纠纷到场后登记必到；隐患、损坏等上报后登记必报。",
            add=(
                ("services:event_new", "sort=attend", "登记必到"),
                ("services:event_new", "sort=report", "登记必报"),
            ),
            states=_choices(EventKind),
            state_label="类型",
            without=("visitor",),
        ),
        Register(
            code="matters",
            title="意见建议",
            unit="条",
            fields=tables.MATTERS,
            rows=matters.matters,
            reader=tables.matters,
            clause="二(四)2",
            empty="走访中要办的事会自动登记到这里；来访、来电的点“登记意见建议”。",
            add=(("services:matter_new", "", "登记意见建议"),),
            states=[
                (matters.OPEN, "未归档"),
                (matters.LATE, "逾期未办结"),
                *_choices(MatterState),
                *((str(level), f"在{level.label}办理") for level in MatterLevel),
            ],
            without=("visitor",),
        ),
    )
}
