"""One form for each step: what the table needs of it, and what its kind asks for."""

from datetime import date
from typing import Any

from django import forms

from grids.forms.fields import DayField, offer, prose
from services.models import Ticket
from services.tickets.choices import ChaseKind, TicketKind
from services.tickets.forms.intake import lines_of
from services.tickets.forms.kinds import KindFields, kind_choices
from services.tickets.given import GivenPaper
from services.tickets.queries.people import agents
from services.tickets.rules import (
    ARCHIVE,
    ASSIGN,
    CALL_BACK,
    CHASE,
    COMPLETE,
    DECLINE,
    DELIVER,
    EXPLAIN,
    FINISH,
    MOST_WORDS,
    NOTIFY,
    PART,
    REOPEN,
    TICKET,
    TURN,
    WITHDRAW,
    WORKED,
)  # fmt: skip
from services.visits.choices import Satisfaction
from township.lifecycle import Step

FIELDS = {
    FINISH: ("text", "day"),
    COMPLETE: ("day", "kind"),
    EXPLAIN: ("day", "who"),
    DELIVER: ("day", "who"),
    CALL_BACK: ("day", "satisfaction"),
    ARCHIVE: ("box",),
    PART: ("part", "day", "text"),
    CHASE: ("chase", "who", "text"),
    ASSIGN: ("agent", "office", "text"),
    NOTIFY: ("papers",),
    TURN: ("kind", "text"),
    DECLINE: ("text", "basis"),
    WITHDRAW: ("text",),
    REOPEN: ("kind", "consented", "text"),
}
CHANGES_KIND = frozenset({COMPLETE, TURN, REOPEN})


class StepForm(KindFields):
    """The fields of one step, named by the table; today and the usual answer are filled in."""

    day = DayField(label="日期", required=False, help_text="")
    kind = forms.ChoiceField(label="件型", required=False, choices=kind_choices(WORKED))
    part: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="单位", required=False, empty_label="请选择"
    )
    chase = forms.ChoiceField(label="方式", required=False, choices=ChaseKind.choices)
    who = prose("谁", 40, required=False)
    agent: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="代办员", required=False, empty_label="请选择"
    )
    office = prose("承办单位", 40, required=False)
    satisfaction = forms.ChoiceField(
        label="满意度", required=False, choices=[("", "请选择"), *Satisfaction.choices]
    )
    box = forms.IntegerField(label="归档盒号", required=False, min_value=1, max_value=999)
    papers = prose("材料", MOST_WORDS, rows=4, required=False)
    consented = forms.BooleanField(label="申办人已签字委托代办", required=False)
    text = prose("说明", MOST_WORDS, rows=2, required=False)
    basis = prose("依据", 200, required=False, help_text="哪个文件、哪一条")

    def __init__(
        self, *args: Any, ticket: Ticket, step: Step, user: Any, today: date, box: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": f"id_{step.code}_%s", **kwargs})
        self.ticket, self.step = ticket, step
        self._keep(ticket)
        for name, title in step.needs.items():
            self.fields[name].label, self.fields[name].required = title, True
        self._offer(ticket, user, today)
        if step.code == FINISH:
            self.fields["day"].label = "办结日期"
        usual = {"day": today, "box": box, "office": ticket.office, "who": self._usual_who(ticket, user)}
        for name, value in usual.items():
            self.initial.setdefault(name, value)
        if step.code in CHANGES_KIND:
            self._fill_kind(ticket, today)

    def _keep(self, ticket: Ticket) -> None:
        """The step's own fields, in their order, and those of the kinds where it sets one."""
        kinds = (*self.PROMISE, *self.OUTER) if self.step.code in CHANGES_KIND else ()
        wanted = [*FIELDS[self.step.code], *kinds]
        if ticket.consented and "consented" in wanted:
            wanted.remove("consented")
        self.fields = {name: self.fields[name] for name in wanted}
        if self.step.code in CHANGES_KIND:
            self.add_part_rows(ticket)

    def _offer(self, ticket: Ticket, user: Any, today: date) -> None:
        if "part" in self.fields:
            offer(self, "part", ticket.parts.filter(done_on=None))
        if "agent" in self.fields:
            offer(self, "agent", agents(user, ticket.node, on=today, standing=ticket.agent_id))
        if "chase" in self.fields and ticket.kind != TicketKind.JOINT:
            self.initial["chase"] = ChaseKind.CHASE
        if "papers" in self.fields:
            self.fields["papers"].help_text = "一行一份，一次写全：告知以后不能再要求补别的。"

    def _usual_who(self, ticket: Ticket, user: Any) -> str:
        if self.step.code == DELIVER:
            return ticket.applicant_name
        if self.step.code == EXPLAIN:
            return str(user.full_name)
        lead = ticket.parts.filter(done_on=None).first() if ticket.kind == TicketKind.JOINT else None
        return lead.office if lead else ticket.handed_to or ticket.office

    def _fill_kind(self, ticket: Ticket, today: date) -> None:
        version = ticket.version
        kind = ticket.kind if ticket.kind in WORKED else ticket.kind_at_acceptance
        usual = version.default_kind if version else TicketKind.PROMISED
        self.initial.setdefault("kind", kind if kind in WORKED else usual)
        self.initial.setdefault(
            "promised_days", ticket.promised_days or (version.promised_days if version else None)
        )
        for name in self.OUTER:
            self.initial.setdefault(name, getattr(ticket, name))
        self.initial["handed_on"] = self.initial["handed_on"] or today

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """All but those that hang on a kind."""
        by_kind = {*self.PROMISE, *self.OUTER}
        return [self[name] for name in self.fields if name not in by_kind and not name.startswith("part_")]

    def facts(self) -> dict[str, Any]:
        """What the action is given."""
        data = dict(self.cleaned_data)
        if data.get("part"):
            data["part"] = data["part"].pk
        if "papers" in data:
            data["papers"] = [GivenPaper(line, here=False) for line in lines_of(data["papers"])]
        return data


def step_forms(
    ticket: Ticket, steps: list[Step], *, user: Any, today: date, box: int, typed: StepForm | None = None
) -> list[StepForm]:
    """A form for each step that can be taken; the one that was refused as it was typed."""
    return [
        typed
        if typed is not None and typed.step.code == step.code
        else StepForm(ticket=ticket, step=step, user=user, today=today, box=box)
        for step in steps
    ]


def step_of(code: str) -> Step | None:
    """The step of that code, if there is one."""
    return next((step for step in TICKET.steps if step.code == code), None)
