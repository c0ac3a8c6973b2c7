"""What goes into a zip: tables, formats, places, and what for."""

from typing import Any

from django import forms

from grids import access
from grids.models import Node
from reports.annexes.queries import organisations, own_organisation
from reports.annexes.registry import ANNEXES, PRINTABLE
from reports.batches.rules import REPORT, REPORT_TITLE

ALL, SOME = "all", "some"
FORMATS = (("xlsx", "Excel"), ("pdf", "PDF"))


class BatchForm(forms.Form):
    """The order of a zip; a village user has one place only and is not asked for it."""

    tables = forms.TypedMultipleChoiceField(
        label="表格",
        coerce=int,
        choices=[
            *((number, f"{annex.label} {annex.short}") for number, annex in PRINTABLE.items()),
            (REPORT, REPORT_TITLE),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一张表。"},
    )
    formats = forms.MultipleChoiceField(
        label="格式",
        choices=FORMATS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一种格式。"},
    )
    township_table = forms.BooleanField(label="加全乡总表", required=False)
    whose = forms.ChoiceField(
        label="哪些村",
        choices=[(ALL, "全部村"), (SOME, "只要勾选的村")],
        widget=forms.RadioSelect,
        required=False,
    )
    places = forms.ModelMultipleChoiceField(
        label="勾选的村",
        queryset=Node.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    purpose = forms.CharField(label="用途", max_length=60, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in (
            ("tables", [*ANNEXES, REPORT]),
            ("formats", ["xlsx"]),
            ("township_table", True),
            ("whose", ALL),
        ):
            self.fields[name].initial = value
        self.own = own_organisation(user)
        self.villages = organisations(user).filter(parent=None)
        places: Any = self.fields["places"]
        places.queryset = self.villages
        if not access.scope_of(user).whole_township:
            for name in ("township_table", "whose", "places"):
                del self.fields[name]
        self.fields["purpose"].widget.attrs.update(placeholder="选填，如：报县委组织部")

    def clean(self) -> dict[str, Any]:
        """Somebody who wants some villages has to say which."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("whose") == SOME and not data.get("places") and not data.get("township_table"):
            self.add_error("places", "请至少勾选一个村，或加全乡总表。")
        return data

    def wanted(self) -> dict[str, Any]:
        """The order as the action takes it."""
        data = self.cleaned_data
        if "whose" not in self.fields:
            places = [self.own] if self.own else []
        else:
            places = list(data["places"] if data["whose"] == SOME else self.villages)
        return {
            "tables": data["tables"],
            "formats": data["formats"],
            "places": places,
            "township_table": bool(data.get("township_table")),
            "purpose": data["purpose"],
        }
