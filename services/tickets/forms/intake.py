"""The window: who asks for what, which papers are here, and what the kind needs; and its correction."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from grids.forms.fields import NameField, PhoneField, offer, prose
from grids.models import Node
from services.models import ItemVersion, Ticket
from services.tickets.choices import TicketKind
from services.tickets.forms.kinds import KindFields, kind_choices
from services.tickets.given import GivenPaper
from services.tickets.queries.people import agents
from services.tickets.rules import MOST_PAPERS, MOST_WORDS
from services.visits.forms.entries import CLIENT_ID

HERE, MISSING, UNNEEDED = "here", "missing", "unneeded"
PAPER = [(HERE, "收到"), (MISSING, "还缺"), (UNNEEDED, "不用交")]


def lines_of(text: str) -> list[str]:
    """One paper a line."""
    return [line.strip()[:80] for line in text.splitlines() if line.strip()]


def material_detail(material: Any) -> str:
    """1份原件，村委会."""
    issuer = f"，{material.issuer}" if material.issuer else ""
    return f"{material.copies}份{material.get_kind_display()}{issuer}"[:60]


class IntakeForm(KindFields):
    """One errand; the kind says which part of it counts."""

    subject = prose("代办事项", 60, help_text="目录里没有的事项，写清楚要办什么。")
    applicant_name = NameField(label="申办人", max_length=30)
    applicant_phone = PhoneField(label="联系电话", required=False, help_text="告知和查询用，可以不填")
    consented = forms.BooleanField(label="申办人已签字委托代办", required=False)
    kind = forms.ChoiceField(label="件型", choices=kind_choices(list(TicketKind)), widget=forms.RadioSelect)
    more_here = prose("另外收到的材料", MOST_WORDS, rows=2, required=False, help_text="一行一份")
    more_missing = prose("还缺的其他材料", MOST_WORDS, rows=2, required=False, help_text="一行一份")
    reason = prose("不予办理的原因", MOST_WORDS, rows=2, required=False, help_text="必填")
    basis = prose("依据", 200, required=False, help_text="必填，哪个文件、哪一条")
    result = prose(
        "当场办结的结果", MOST_WORDS, required=False, help_text="当场办好并交给申办人的填写；没办完的留空"
    )
    agent: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="代办员", required=False, empty_label="请选择"
    )
    office = prose("承办单位", 40, required=False)
    client_id = forms.CharField(
        required=False, max_length=40, widget=forms.HiddenInput, validators=[CLIENT_ID]
    )

    def __init__(
        self, *args: Any, user: Any, node: Node, version: ItemVersion | None, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.node, self.version = node, version
        self.materials = list(version.materials.order_by("position")) if version else []
        offer(self, "agent", agents(user, node, on=today))
        if (person := getattr(user, "person", None)) is not None:
            self.initial.setdefault("agent", person.pk)
        for material in self.materials:
            self.fields[f"paper_{material.pk}"] = forms.ChoiceField(
                label=material.name, choices=PAPER, widget=forms.RadioSelect, required=False
            )
        self.add_part_rows()
        self.initial.setdefault("handed_on", today)
        if version is not None:
            del self.fields["subject"]
            for name, value in (
                ("kind", version.default_kind),
                ("promised_days", version.promised_days),
                ("office", version.office),
            ):
                self.initial.setdefault(name, value)

    @property
    def applicant_fields(self) -> list[forms.BoundField]:
        """Who asks."""
        return self.bound(("subject", "applicant_name", "applicant_phone", "consented"))

    @property
    def paper_rows(self) -> list[tuple[str, forms.BoundField]]:
        """Each material of the item, in how many copies, with its three answers."""
        return [(material_detail(one), self[f"paper_{one.pk}"]) for one in self.materials]

    @property
    def more_paper_fields(self) -> list[forms.BoundField]:
        """Papers the item does not name."""
        return self.bound(("more_here", "more_missing"))

    @property
    def worker_fields(self) -> list[forms.BoundField]:
        """Who does it."""
        return self.bound(("agent", "office"))

    def clean(self) -> dict[str, Any]:
        """Every paper has its answer; what is not handled needs none."""
        data = super().clean()
        if data.get("kind") == TicketKind.DECLINED:
            return data
        for material in self.materials:
            name = f"paper_{material.pk}"
            if name not in self.errors and not data.get(name):
                self.add_error(name, "请选收到、还缺或不用交。")
        if data.get("kind") and not data.get("consented"):
            self.add_error("consented", "申办人签字委托以后才能代办。")
        return data

    def papers(self) -> Sequence[GivenPaper]:
        """Those of the item that are asked for, then those written by hand; each once."""
        data = self.cleaned_data
        found = [
            GivenPaper(one.name, material_detail(one), here=data[f"paper_{one.pk}"] == HERE)
            for one in self.materials
            if data.get(f"paper_{one.pk}") in (HERE, MISSING)
        ]
        found += [GivenPaper(line) for line in lines_of(data.get("more_here") or "")]
        found += [GivenPaper(line, here=False) for line in lines_of(data.get("more_missing") or "")]
        return list({paper.name: paper for paper in found}.values())[: MOST_PAPERS + 1]

    def facts(self) -> dict[str, Any]:
        """What the action is given."""
        data = dict(self.cleaned_data)
        data["subject"] = data.get("subject") or (self.version.name if self.version else "")
        return {**data, "node": self.node, "version": self.version}


class EditForm(KindFields):
    """What was written down wrong; kind and state change by steps only."""

    subject = prose("代办事项", 60)
    applicant_name = NameField(label="申办人", max_length=30)
    applicant_phone = PhoneField(label="联系电话", required=False)
    office = prose("承办单位", 40, required=False)

    field_order = ("subject", "applicant_name", "applicant_phone", "office")
    BY_KIND = {TicketKind.PROMISED: KindFields.PROMISE, TicketKind.FORWARDED: KindFields.OUTER}
    NEEDED = ("promised_days", "handed_to", "handed_on", "outer_due")

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_kind = ticket.kind
        kept = self.BY_KIND.get(TicketKind(ticket.kind), ())
        for name in (*self.PROMISE, *self.OUTER):
            if name not in kept:
                del self.fields[name]
        if ticket.version_id is not None:
            del self.fields["subject"]
        for name, field in self.fields.items():
            self.initial.setdefault(name, getattr(ticket, name))
            field.required = field.required or name in self.NEEDED
        if ticket.kind == TicketKind.JOINT:
            self.add_part_rows(ticket)
