"""Forms of 备案 and of the leading group, and the bar over the list."""

from typing import Any, cast

from django import forms

from grids import access
from grids.forms.fields import DayField, NameField, RemarkField
from grids.forms.filters import Filter
from grids.models import Node
from reports.choices import LeadingDuty, RecordKind
from reports.records.queries import places, years
from township.attachments.keeping import AttachmentField

TOWN = "town"


class RecordForm(forms.Form):
    """One 备案; the village is asked only for a new one."""

    place = forms.ChoiceField(label="村（党组织）", error_messages={"invalid_choice": "请重新选择村。"})
    kind = forms.ChoiceField(label="备案事项", choices=RecordKind.choices)
    number = forms.CharField(label="备案号", max_length=40, help_text="如 青河党备〔2026〕3号")
    filed_on = DayField(label="备案日期")
    title = RemarkField(label="标题", max_length=100, help_text="如 东坡村网格划分方案")
    note = RemarkField(label="备注", max_length=200, required=False)
    attachment = AttachmentField(required=False)

    def __init__(self, *args: Any, user: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not new:
            del self.fields["place"]
            return
        self.places: list[Node] = list(places(user))
        choices = [(str(node.pk), node.name) for node in self.places]
        if access.scope_of(user).whole_township:
            choices = [("", "请选择"), *choices, (TOWN, "全乡")]
        cast("forms.ChoiceField", self.fields["place"]).choices = choices

    def root(self) -> Node | None:
        """The village chosen; None for the township as a whole."""
        chosen = self.cleaned_data["place"]
        return next((node for node in self.places if str(node.pk) == chosen), None)


class WithdrawForm(forms.Form):
    """Why a 备案 no longer counts."""

    reason = RemarkField(label="撤销理由", max_length=100)


class RecordFilter(Filter):
    """The bar over the list."""

    kind = forms.ChoiceField(label="事项", required=False, choices=[("", "全部"), *RecordKind.choices])
    year = forms.ChoiceField(label="年度", required=False)
    withdrawn = forms.BooleanField(label="含已撤销的", required=False)
    field_order = ("village", "kind", "year", "withdrawn")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        found = [("", "全部"), *((str(year), f"{year}年") for year in years(user))]
        cast("forms.ChoiceField", self.fields["year"]).choices = found
        self.full_clean()  # once more, now that the years are known


class SeatForm(forms.Form):
    """One seat of the leading group."""

    duty = forms.ChoiceField(label="领导小组职务", choices=LeadingDuty.choices)
    name = NameField(label="姓名", help_text="与“人员”里同名且只有一位的，自动关联")
    unit_post = RemarkField(
        label="单位及职务", max_length=60, required=False, help_text="如 乡党委书记、财政所所长"
    )


class LeaveForm(forms.Form):
    """Why a seat ends."""

    reason = RemarkField(label="调出原因", max_length=60, help_text="如 工作调动、退休")
