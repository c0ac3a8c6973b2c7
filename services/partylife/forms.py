"""The form of a meeting with who came, and the bars over the lists."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from grids.choices import Kind
from grids.forms.fields import DayField, NameField, ProseField
from grids.forms.filters import Filter
from grids.models import Node
from grids.registers.spots import Spot
from services.models import MeetingAttendance
from services.partylife.choices import Absence, MeetingKind
from services.partylife.queries import Asked
from services.partylife.rules import months_back
from township.attachments.keeping import AttachmentField
from township.days import not_after

YEARS_SHOWN, MONTHS_SHOWN = 5, 24
FILE = "file"
GROUP_KINDS = (MeetingKind.GROUP, MeetingKind.THEME_DAY, MeetingKind.LECTURE, MeetingKind.ORG_LIFE)
BRANCH_KINDS = tuple(kind for kind in MeetingKind if kind != MeetingKind.GROUP)


def kinds_of(unit: Node | Spot) -> Sequence[tuple[str, str]]:
    """The kinds of meetings a unit can hold."""
    found = GROUP_KINDS if unit.kind == Kind.GROUP else BRANCH_KINDS
    return [(kind.value, kind.label) for kind in found]


class UnitField(forms.ModelChoiceField):
    """Organisations and groups with their village."""

    def label_from_instance(self, obj: Any) -> str:
        """甲村党支部 · 第一党小组."""
        return obj.name if obj.root_id == obj.pk else f"{obj.root.name} · {obj.name}"


class OpeningForm(forms.Form):
    """Whose meeting and of which kind: asked first, since they decide who is due. A GET form."""

    unit = UnitField(None, label="党组织（党小组）", empty_label="请选择")
    kind = forms.ChoiceField(label="类型", choices=[("", "请选择"), *MeetingKind.choices])

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A group holds no assembly, a branch no group meeting."""
        data = super().clean() or {}
        unit, kind = data.get("unit"), data.get("kind")
        if unit and kind and kind not in dict(kinds_of(unit)):
            self.add_error("kind", f"{unit.name}不开{MeetingKind(kind).label}，请另选。")
        return data


class MeetingForm(forms.Form):
    """One meeting. For each member due there is a tick 到会 and a reason for those who were not there.

    `before` is who came to a meeting that is kept already; None stands for a new one.
    """

    day = DayField(label="日期")
    topic = ProseField(label="议题（主题）", max_length=100)
    venue = ProseField(label="地点", max_length=40, required=False)
    host = NameField(label="主持人（授课人）", required=False)
    recorder = NameField(label="记录人", required=False)
    observers = forms.IntegerField(label="列席人数", min_value=0, max_value=999, required=False)
    decisions = ProseField(
        label="决议（要点）",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="最多 1000 字，只记议定事项；不写个人的健康、家庭情况，不写涉密内容。",
    )
    file = AttachmentField(label="会议记录", required=False)

    def __init__(
        self,
        *args: Any,
        members: Sequence[Node],
        before: Sequence[MeetingAttendance] | None = None,
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("day", today)
        self.known = {row.member_id: row.absence for row in before or ()}
        self.is_new = before is None
        due_now = {one.pk for one in members}
        self.members = [*members, *(row.member for row in before or () if row.member_id not in due_now)]
        for one in self.members:
            away = bool(getattr(one, "floating", False))
            unnamed = (Absence.AWAY if away else "") if self.is_new else Absence.NOT_DUE
            absence = self.known.get(one.pk, unnamed)
            self.fields[f"there-{one.pk}"] = forms.BooleanField(
                label=one.name, required=False, initial=not absence
            )
            self.fields[f"why-{one.pk}"] = forms.ChoiceField(
                label=f"{one.name}缺席原因",
                choices=Absence.choices,
                required=False,
                initial=absence or (Absence.AWAY if away else Absence.LEAVE),
            )

    def roll(self) -> Iterator[tuple[Node, forms.BoundField, forms.BoundField]]:
        """Each member with the tick and the reason."""
        for one in self.members:
            yield one, self[f"there-{one.pk}"], self[f"why-{one.pk}"]

    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that are not about who came."""
        return [bound for bound in self if not bound.name.startswith(("there-", "why-"))]

    def clean_day(self) -> date | None:
        """Nothing has been held in the future."""
        return not_after(self.cleaned_data["day"], self.today)

    def facts(self) -> Mapping[str, Any]:
        """What the action is given, file and attendance apart."""
        return {name: self.cleaned_data[name] for name in type(self).base_fields if name != FILE}

    def attendance(self) -> Mapping[int, str]:
        """Blank for those who came, else why not.

        Who is not due and was not on the list stays off it; who was not on the page stays as known.
        """
        data, found = self.cleaned_data, dict(self.known)
        for one in self.members:
            if f"why-{one.pk}" not in self.data:
                continue
            why = "" if data[f"there-{one.pk}"] else (data[f"why-{one.pk}"] or Absence.LEAVE)
            if self.is_new or one.pk in self.known or why != Absence.NOT_DUE:
                found[one.pk] = why
        return found


class MeetingFilter(Filter):
    """The bar over the meetings."""

    year = forms.ChoiceField(label="年度", required=False)
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), *MeetingKind.choices])
    q = forms.CharField(
        label="包含的字", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )
    field_order = ("village", "year", "kind", "q")

    def __init__(self, data: Any, *, user: Any, today: date) -> None:
        self.today = today
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Put the years in before they are checked."""
        shown = range(self.today.year, self.today.year - YEARS_SHOWN, -1)
        years: Any = self.fields["year"]
        years.choices = [("", "全部"), *((str(year), str(year)) for year in shown)]
        super().full_clean()

    def asked(self) -> Asked:
        """What the query is asked."""
        year = self.text("year")
        return Asked(self.pk("village"), int(year) if year else None, self.text("kind"), self.text("q"))


class DueFilter(Filter):
    """The bar over who owes what: village, month, and whether only those who owe."""

    month = forms.ChoiceField(label="截至", required=False)
    owing = forms.BooleanField(label="只看还欠的", required=False)
    field_order = ("village", "month", "owing")

    def __init__(self, data: Any, *, user: Any, today: date) -> None:
        self.today = today
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Put the months in before they are checked."""
        months: Any = self.fields["month"]
        months.choices = [
            (f"{day:%Y-%m}", f"{day.year}年{day.month}月") for day in months_back(self.today, MONTHS_SHOWN)
        ]
        super().full_clean()

    def on(self) -> date:
        """The first day of the month asked for; today's month without one."""
        typed = self.text("month")
        return date(int(typed[:4]), int(typed[5:]), 1) if typed else self.today
