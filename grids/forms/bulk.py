"""Forms of a bulk edit: which fields get which value, where to, or closing."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.db import models
from django.utils.timezone import localdate

from grids.choices import CloseReason, Kind
from grids.forms.fields import DayField, RemarkField
from grids.kinds import KINDS
from grids.models import Node, VillagerGroup
from grids.queries.bulk_edit import BULK_FIELDS

LEAVE, EMPTIED = "", "-"
YES_NO = ((LEAVE, "不改"), ("yes", "是"), ("no", "否"))


class BulkForm(forms.Form):
    """Shared: why, which goes into the record of changes."""

    title = ""
    reason = RemarkField(label="原因", required=False, max_length=60, help_text="会记入每一条的变更记录")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Several of these stand on one page, so their ids must differ.
        super().__init__(*args, **{"auto_id": f"{type(self).__name__}_%s", **kwargs})


class BulkChangeForm(BulkForm):
    """Each field says 不改 until a value is chosen."""

    title = "修改资料"

    def __init__(self, *args: Any, kind: str, user: Any, root_ids: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [name for name in BULK_FIELDS[kind] if self._add(name, kind, user, root_ids)]
        self.order_fields([*self.names, "reason"])

    def _add(self, name: str, kind: str, user: Any, root_ids: Collection[int]) -> bool:
        column = KINDS[kind].profile._meta.get_field(name)
        label = str(column.verbose_name)
        if name == "villager_group":
            if len(root_ids) != 1:
                return False  # villager groups are a village's own
            groups = VillagerGroup.objects.visible_to(user).filter(root_id__in=root_ids)
            self.groups = {str(group.pk): group for group in groups}
            pairs = [(key, group.name) for key, group in self.groups.items()]
            choices = [(LEAVE, "不改"), (EMPTIED, "（清空）"), *pairs]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
        elif isinstance(column, models.BooleanField):
            self.fields[name] = forms.ChoiceField(label=label, choices=YES_NO, required=False)
        elif isinstance(column, models.DateField):
            self.fields[name] = DayField(label=label, required=False, help_text="留空表示不改")
        elif column.choices:
            none = [(EMPTIED, "（清空）")] if column.blank else []
            choices = [(LEAVE, "不改"), *none, *column.flatchoices]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
        else:
            self.fields[name] = RemarkField(
                label=label, max_length=column.max_length, required=False, help_text="留空表示不改"
            )
        return True

    def clean(self) -> dict[str, Any]:
        """At least one field."""
        data = super().clean() or {}
        if not self.errors and not self.values():
            raise forms.ValidationError("请至少选择一项要改成什么。")
        return data

    def values(self) -> dict[str, Any]:
        """The chosen fields as the profiles take them."""
        found: dict[str, Any] = {}
        for name in self.names:
            typed = self.cleaned_data.get(name, LEAVE)
            if typed in (LEAVE, None):
                continue
            if name == "villager_group":
                found[name] = self.groups.get(typed)
            elif typed in ("yes", "no"):
                found[name] = typed == "yes"
            else:
                found[name] = "" if typed == EMPTIED else typed
        return found


class BulkMoveForm(BulkForm):
    """Where all rows go; the office or the village's branch chooses among its own open places."""

    title = "调整上级"
    to: forms.ModelChoiceField = forms.ModelChoiceField(None, label="调整到", empty_label="请选择")
    on = DayField(label="从哪天起")

    def __init__(self, *args: Any, targets: models.QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": localdate()}, **kwargs})
        field = self.fields["to"]
        field.queryset = targets  # type: ignore[attr-defined]
        field.label_from_instance = _where  # type: ignore[attr-defined]
        self.order_fields(["to", "on", "reason"])


def _where(node: Node) -> str:
    above = " › ".join(place.name for place in (node.group, node.hub) if place is not None)
    return f"{Kind(node.kind).label} {node.name}" + (f"（{above}）" if above else "")


class BulkCloseForm(BulkForm):
    """Closing day and reason for all rows."""

    title = "注销"
    on = DayField(label="注销日期")
    close_reason = forms.ChoiceField(label="注销原因")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": localdate()}, **kwargs})
        reasons = [(code, CloseReason(code).label) for code in KINDS[kind].close_reasons]
        self.fields["close_reason"].choices = [("", "请选择"), *reasons]  # type: ignore[attr-defined]
        self.order_fields(["on", "close_reason", "reason"])
