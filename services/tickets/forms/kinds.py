"""What each kind asks for beside the choice, at the window and wherever an errand changes its kind."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from grids.forms.fields import DayField, NameField, PhoneField, prose
from services.models import Ticket
from services.tickets.choices import TicketKind
from services.tickets.given import GivenPart
from services.tickets.rules import FLOWS, MOST_DAYS, MOST_PARTS

ROWS_SHOWN = 3  # of other offices; the others unfold


def kind_choices(kinds: Sequence[TicketKind]) -> list[tuple[str, str]]:
    """Kinds with what they are for."""
    return [(kind.value, f"{kind.label}：{FLOWS[kind].words}") for kind in kinds]


class KindFields(forms.Form):
    """Days of a promise, offices of a 联办件, where a 上报件 goes; only what the chosen kind needs counts."""

    promised_days = forms.IntegerField(
        label="承诺工作日", required=False, min_value=1, max_value=MOST_DAYS, help_text="必填，从受理次日起算"
    )
    handed_to = prose("上报单位", 40, required=False, help_text="必填")
    handed_on = DayField(label="上报日期", required=False, help_text="必填")
    outer_due = DayField(label="上级答复期限", required=False, help_text="必填")
    contact = NameField(label="对方代办员", required=False, max_length=30)
    contact_phone = PhoneField(label="对方电话", required=False)

    of_kind = ""  # where the form does not ask for it

    PROMISE = ("promised_days",)
    OUTER = ("handed_to", "handed_on", "outer_due", "contact", "contact_phone")

    def add_part_rows(self, ticket: Ticket | None = None) -> None:
        """Rows for other offices, the first of which leads; those the errand has stand in them."""
        for at in range(MOST_PARTS):
            title = "牵头单位" if at == 0 else "联办单位"
            self.fields[f"part_office_{at}"] = prose(title, 40, required=False)
            self.fields[f"part_due_{at}"] = DayField(label="期限", required=False, help_text="")
            self.fields[f"part_task_{at}"] = prose("办什么", 80, required=False)
        for at, part in enumerate(ticket.parts.all()[:MOST_PARTS] if ticket is not None else ()):
            cells = (("office", part.office), ("due", part.due_on), ("task", part.task))
            self.initial.update({f"part_{name}_{at}": value for name, value in cells})

    def bound(self, names: Sequence[str]) -> list[forms.BoundField]:
        """Those of the fields that the form has."""
        return [self[name] for name in names if name in self.fields]

    @property
    def promise_fields(self) -> list[forms.BoundField]:
        """承诺件."""
        return self.bound(self.PROMISE)

    @property
    def outer_fields(self) -> list[forms.BoundField]:
        """上报件."""
        return self.bound(self.OUTER)

    @property
    def part_rows(self) -> list[list[forms.BoundField]]:
        """联办件: a row for each office."""
        names = [(f"part_office_{n}", f"part_due_{n}", f"part_task_{n}") for n in range(MOST_PARTS)]
        return [row for row in map(self.bound, names) if row]

    @property
    def first_rows(self) -> list[list[forms.BoundField]]:
        """Those shown at once."""
        return self.part_rows[:ROWS_SHOWN]

    @property
    def more_rows(self) -> list[list[forms.BoundField]]:
        """Those that unfold."""
        return self.part_rows[ROWS_SHOWN:]

    def _parts(self) -> list[GivenPart]:
        """Offices with a day; half a row is an error at its cell."""
        found, data = [], self.cleaned_data
        for at in range(MOST_PARTS):
            office, due = data.get(f"part_office_{at}"), data.get(f"part_due_{at}")
            task = data.get(f"part_task_{at}") or ""
            if not (office or due or task) or f"part_due_{at}" in self.errors:
                continue
            if not office:
                self.add_error(f"part_office_{at}", ValidationError("请填写单位，或清空这一行。"))
            elif not due:
                self.add_error(f"part_due_{at}", ValidationError(f"请填写{office}的期限。"))
            else:
                found.append(GivenPart(office, due, task))
        names = [one.office for one in found]
        if len(set(names)) < len(names):
            self.add_error("part_office_0", ValidationError("同一个单位只列一次。"))
        return found

    def clean(self) -> dict[str, Any]:
        """Parts are read once all cells are."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        joint = data.get("kind", self.of_kind) == TicketKind.JOINT
        data["parts"] = self._parts() if joint and "part_office_0" in self.fields else []
        return data
