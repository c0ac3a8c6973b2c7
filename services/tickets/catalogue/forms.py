"""Forms of the catalogue: the bar, an item with its materials, closing, a file."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet

from grids.forms.fields import DayField, RemarkField, prose
from grids.imports.forms import FileForm
from services.models import DEFAULT_KINDS
from services.tickets.catalogue.choices import ItemCategory, PaperKind
from services.tickets.catalogue.facts import (
    ISSUER_LENGTH,
    MOST_PAPERS,
    NAME_LENGTH,
    NO_FEE,
    TITLES,
    Facts,
    Paper,
    faults,
)
from services.tickets.catalogue.queries import STATES, Asked, offices
from township.days import not_after

KINDS = [(one.value, one.label) for one in DEFAULT_KINDS]
ALL = [("", "全部")]
SPARE, MORE = 3, 5  # empty lines below the last material
MOST_WORKDAYS = 366


class CatalogueFilter(forms.Form):
    """The bar over the catalogue; a senseless choice counts as none."""

    category = forms.ChoiceField(label="类别", required=False, choices=[*ALL, *ItemCategory.choices])
    office = forms.ChoiceField(label="承办单位", required=False)
    kind = forms.ChoiceField(label="件型", required=False, choices=[*ALL, *KINDS])
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    q = forms.CharField(
        label="名称、编号或材料",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self.fields["office"].choices = [*ALL, *((one, one) for one in offices(user))]  # type: ignore[attr-defined]
        self.full_clean()

    def asked(self) -> Asked:
        """What the query is asked."""
        said = {name: str(self.cleaned_data.get(name) or "").strip() for name in self.fields}
        return Asked(said["category"], said["office"], said["kind"], said["state"], said["q"])


def _workdays(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_WORKDAYS, required=False, **kwargs)


class ItemForm(forms.Form):
    """All that an item says beside its materials."""

    name = RemarkField(label=TITLES["name"], max_length=NAME_LENGTH)
    category = forms.ChoiceField(label=TITLES["category"], choices=[("", "请选择"), *ItemCategory.choices])
    office = RemarkField(label=TITLES["office"], max_length=40, help_text="如 便民服务中心社保窗口")
    default_kind = forms.ChoiceField(
        label=TITLES["default_kind"], choices=KINDS, help_text="收件时先按这一种，当场可以改"
    )
    promised_days = _workdays(TITLES["promised_days"], help_text="即办件不填，当日办结")
    legal_days = _workdays(TITLES["legal_days"], help_text="没有规定的不填")
    fee_note = RemarkField(label=TITLES["fee_note"], max_length=60, required=False, help_text="不填按不收费")
    basis = prose(TITLES["basis"], 300, rows=2, required=False, help_text="文件名称和文号")
    flow_note = prose(
        TITLES["flow_note"], 500, rows=4, required=False, help_text="谁可以办、怎么办、办好怎么领"
    )

    def clean(self) -> dict[str, Any]:
        """What cannot stand is told at its box."""
        data = super().clean() or {}
        if not self.errors:
            for name, message in faults(self.facts(())):
                self.add_error(name, message)
        return data

    def facts(self, papers: tuple[Paper, ...]) -> Facts:
        """What was typed, as one value."""
        data = {name: self.cleaned_data[name] for name in self.fields}
        return Facts(papers=papers, **{**data, "fee_note": data["fee_note"] or NO_FEE})


def _box(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **attrs})


class PaperForm(forms.Form):
    """One line of materials; a line without a name is none."""

    name = RemarkField(label="材料名称", max_length=NAME_LENGTH, required=False, widget=_box())
    copies = forms.IntegerField(
        label="份数", min_value=1, max_value=99, required=False, widget=_box(inputmode="numeric")
    )
    kind = forms.ChoiceField(
        label="形式",
        choices=PaperKind.choices,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    issuer = RemarkField(label="出具单位", max_length=ISSUER_LENGTH, required=False, widget=_box())

    def clean(self) -> dict[str, Any]:
        """Numbers and offices belong to a name."""
        data = super().clean() or {}
        if not data.get("name") and (data.get("issuer") or data.get("copies")) and "name" not in self.errors:
            self.add_error("name", "请填写材料名称，或把这一行清空。")
        return data

    def paper(self) -> Paper | None:
        """The material, if there is one."""
        data = self.cleaned_data
        if not data.get("name"):
            return None
        kind = data.get("kind") or PaperKind.ORIGINAL.value
        return Paper(data["name"], data.get("copies") or 1, data.get("issuer") or "", kind)


class _Papers(BaseFormSet):
    """The lines of one item."""

    def clean(self) -> None:
        """No material twice."""
        names = [form.cleaned_data.get("name") for form in self.forms if form.is_valid()]
        if twice := next((name for name in names if name and names.count(name) > 1), ""):
            raise ValidationError(f"材料“{twice}”写了两遍。")

    def papers(self) -> tuple[Paper, ...]:
        """The materials in their order."""
        return tuple(paper for form in self.forms if (paper := form.paper()) is not None)


def papers_form(data: Any, facts: Facts | None, *, more: int = 0) -> Any:
    """The lines as sent, or as they stand with some empty ones below."""
    made = forms.formset_factory(
        PaperForm,
        formset=_Papers,
        extra=SPARE,
        max_num=MOST_PAPERS,
        absolute_max=MOST_PAPERS,
        validate_max=True,
    )
    if data is not None and more:
        data = data.copy()
        sent = data.get("papers-TOTAL_FORMS", "")
        total = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 4 else 0
        data["papers-TOTAL_FORMS"] = str(min(total + more, MOST_PAPERS))
    # A line sent as it stood counts as sent: compared with what stood, it would be taken for an empty one.
    held = facts.papers if facts is not None and data is None else ()
    initial = [
        {"name": one.name, "copies": one.copies, "issuer": one.issuer, "kind": one.kind} for one in held
    ]
    return made(data, initial=initial, prefix="papers")


class CloseForm(forms.Form):
    """When and why an item is no longer taken in."""

    on = DayField(label="停办日期")
    why = RemarkField(label="停办原因", max_length=100, help_text="如 权限上收县政务大厅")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("on", today)

    def clean_on(self) -> date | None:
        """Closed by now."""
        return not_after(self.cleaned_data["on"], self.today)


class LoadForm(FileForm):
    """A workbook of items."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "事项清单工作簿"
        self.fields[
            "file"
        ].help_text = "从这里导出的清单改好后上传，或别处来的表格（xlsx、xls、et、ods、csv，不超过 10 MB）。"
