"""What can be chosen of an annex: organisation, extra columns, paper, print mode, purpose."""

from typing import Any

from django import forms

from grids.models import Node
from reports.annexes.queries import organisations
from reports.annexes.registry import Annex
from reports.choices import Paper, PrintMode


class OrganisationField(forms.ModelChoiceField):
    """党总支 and 党支部 by name, a branch under its 党总支 by both."""

    def label_from_instance(self, obj: Any) -> str:
        """甲村党总支 · 第一党支部."""
        return f"{obj.root.name} · {obj.name}" if obj.parent_id else obj.name


class AnnexForm(forms.Form):
    """Filters of the page, and the same choices again when a file is asked for."""

    root = OrganisationField(queryset=Node.objects.none(), label="党组织", required=False, empty_label="全乡")
    household_phone = forms.BooleanField(label="显示户联系电话", required=False)
    upper = forms.BooleanField(label="加乡包挂领导、总支班子两列", required=False)
    beside = forms.BooleanField(label="附上年数", required=False)

    def __init__(
        self, *args: Any, user: Any, own: Node | None, annex: Annex | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["root"]
        choice.queryset = organisations(user).select_related("root")
        if own is not None:
            choice.empty_label = None
        if annex is not None and annex.number == 1:
            choice.queryset = choice.queryset.filter(parent__isnull=True)
        for name in ("household_phone", "upper", "paper", "beside"):
            if name in self.fields and (annex is None or name not in annex.options):
                del self.fields[name]


FILED, LIVE = "filed", "live"


class DownloadForm(AnnexForm):
    """The choices of a file on top of those of the page; `filed` says that there is an accepted table."""

    source = forms.ChoiceField(
        label="内容",
        choices=[(FILED, "上报时的表（已接收）"), (LIVE, "现在的数据")],
        required=False,
    )
    paper = forms.ChoiceField(label="纸张", choices=Paper.choices, required=False)
    mode = forms.ChoiceField(label="版式", choices=PrintMode.choices, required=False)
    purpose = forms.CharField(label="用途", max_length=60, required=False)

    def __init__(self, *args: Any, filed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not filed:
            del self.fields["source"]
        for name in ("root", "household_phone", "upper", "beside"):
            if name in self.fields:
                self.fields[name].widget = self.fields[name].hidden_widget()
        self.fields["purpose"].widget.attrs.update(placeholder="选填，如：报乡党政办", size=24)

    def wants_filed(self) -> bool:
        """The accepted table, where there is one; columns it has not are to be had of the present only."""
        chosen = self.cleaned_data
        if "source" not in self.fields:
            return False
        more = chosen.get("household_phone") or chosen.get("upper")
        return bool(chosen["source"] == FILED or not (chosen["source"] or more))
