"""Forms of handing over and of merging two records."""

from collections.abc import Sequence
from typing import Any

from django import forms

from grids.choices import CloseReason
from grids.forms.fields import DayField, RemarkField
from grids.holdings import KEEP, VACANT, Holding

LEAVING = (CloseReason.TRANSFERRED, CloseReason.DECEASED, CloseReason.EXPELLED)
HOUSEHOLD = "household:"
Pairs = Sequence[tuple[int, str]]


class HandoverForm(forms.Form):
    """When, why, and for each item whom to; `items` pairs each holding with its field for the page."""

    on = DayField(label="交接日期")
    leaves = forms.ChoiceField(
        label="党员位置",
        required=False,
        choices=[("", "不注销，只交接下面选中的"), *((code, f"同时注销：{code.label}") for code in LEAVING)],
    )
    all_households = forms.ChoiceField(
        label="农户全部交给", required=False, help_text="选了人，下面逐户的选择就不再看"
    )
    reason = RemarkField(label="说明", required=False, max_length=60)

    def __init__(
        self,
        *args: Any,
        holdings: Sequence[Holding],
        people: Pairs,
        members: Pairs,
        leaves: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.holdings = holdings
        if not leaves:
            del self.fields["leaves"]
        if any(item.key.startswith(HOUSEHOLD) for item in holdings):
            self.fields["all_households"].choices = [("", "（按下面逐户选）"), *members]  # type: ignore[attr-defined]
        else:
            del self.fields["all_households"]
        for item in holdings:
            others = members if item.key.startswith(HOUSEHOLD) else people
            self.fields[item.key] = _field(item, others)

    @property
    def general(self) -> list[forms.BoundField]:
        """The fields above the list."""
        return [self[name] for name in ("on", "leaves", "reason") if name in self.fields]

    @property
    def items(self) -> list[tuple[str, list[tuple[Holding, forms.BoundField]]]]:
        """The holdings under their headings, each with its field."""
        groups: dict[str, list[tuple[Holding, forms.BoundField]]] = {}
        for item in self.holdings:
            groups.setdefault(item.group, []).append((item, self[item.key]))
        return list(groups.items())

    def clean(self) -> dict[str, Any]:
        """Whoever leaves keeps nothing."""
        data = super().clean() or {}
        if data.get("leaves"):
            for item in self.holdings:
                if data.get(item.key) == KEEP and not self._all(item):
                    self.add_error(item.key, "注销党员时不能再由本人担任，请选接手人或先空缺。")
        return data

    def _all(self, item: Holding) -> str:
        return self.cleaned_data.get("all_households", "") if item.key.startswith(HOUSEHOLD) else ""

    def choices(self) -> dict[str, int | None]:
        """By key the number of the person who takes over, None for nobody; what stays is left out."""
        chosen = {}
        for item in self.holdings:
            to = self._all(item) or self.cleaned_data[item.key]
            if to != KEEP:
                chosen[item.key] = None if to == VACANT else int(to)
        return chosen


def _field(item: Holding, others: Pairs) -> forms.ChoiceField:
    able = {one.person_id for one in item.candidates}
    choices: list[Any] = [(VACANT, item.vacant), (KEEP, "不交接，仍由本人负责")]
    if item.candidates:
        choices.append(("建议人选", [(one.person_id, f"{one.name}（{one.why}）") for one in item.candidates]))
    rest = [pair for pair in others if pair[0] not in able]
    if rest:
        choices.append(("其他人员", rest))
    return forms.ChoiceField(
        label=f"{item.where} {item.title}交给",
        choices=choices,
        initial=item.proposed if item.proposed is not None else VACANT,
        error_messages={"required": "请选接手人；清单在您打开以后有变化。"},
    )


class MergeForm(forms.Form):
    """For each field that differs, which value stays."""

    reason = RemarkField(label="说明", required=False, max_length=60, help_text="如：两次录入的同一人")
    sure = forms.BooleanField(
        label="已核实是同一个人",
        error_messages={"required": "请先核实是同一个人，再勾选。"},
    )

    def __init__(self, *args: Any, differing: Sequence[tuple[str, str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = {}
        for name, label, ours, other in differing:
            fields[name] = forms.ChoiceField(
                label=f"{label}保留哪一个",
                choices=[("keep", ours or "（空）"), ("drop", other or "（空）")],
                initial="keep" if ours or not other else "drop",
                widget=forms.RadioSelect,
            )
        self.fields = {**fields, **self.fields}

    def theirs(self) -> list[str]:
        """Fields that take the value of the record that goes."""
        return [name for name, value in self.cleaned_data.items() if value == "drop"]
