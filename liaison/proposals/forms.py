"""Forms of proposals: what to order, which rows to show, whom to fix."""

from collections.abc import Sequence
from typing import Any

from django import forms

from grids.choices import BandScope, Kind
from grids.models import Node
from liaison.choices import Decision, Edge, Preset, Step, WishKind
from liaison.proposals.rules import REASON_WORDS


class PlaceField(forms.ModelChoiceField):
    """A village, or a grid of one."""

    def label_from_instance(self, obj: Any) -> str:
        """第一网格（东坡村党支部）."""
        return f"{obj.name}（{obj.root.name}）" if obj.kind == Kind.GRID else obj.name


class OrderForm(forms.Form):
    """Which edge, where, and with what in mind."""

    edge = forms.ChoiceField(label="层级")
    place = PlaceField(label="范围", queryset=Node.objects.none(), required=False, empty_label="全乡（逐村）")
    preset = forms.ChoiceField(
        label="侧重", choices=Preset.choices, initial=Preset.LEAST, widget=forms.RadioSelect
    )
    scope = forms.ChoiceField(label="编排范围", choices=BandScope.choices)
    own_households = forms.BooleanField(
        label="党员自己家也编入（由别的党员联系）", required=False, initial=True
    )

    def __init__(
        self, *args: Any, places: Any, edges: Sequence[tuple[str, str]], whole: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        place.queryset, place.required = places, not whole
        if not whole:
            place.empty_label = "请选择"
        edge: Any = self.fields["edge"]
        edge.choices = edges

    def clean(self) -> dict[str, Any]:
        """乡领导 are spread over the whole township; the other edges want a place that has them."""
        data = super().clean() or {}
        if data.get("edge") == Edge.TOWN_LEADER:
            data["place"] = None
        return data


class RowFilterForm(forms.Form):
    """Which rows of a proposal are shown."""

    grid = forms.TypedChoiceField(label="网格", required=False, coerce=int, empty_value=None)
    step = forms.ChoiceField(label="变化", required=False)
    reason = forms.ChoiceField(label="原因", required=False)
    decision = forms.ChoiceField(label="处理", required=False, choices=[("", "全部"), *Decision.choices])
    crosses = forms.BooleanField(label="只看跨网格", required=False)

    def __init__(
        self, *args: Any, grids: Sequence[tuple[int, str]], reasons: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["grid"].choices = [("", "全部"), *grids]
        steps = [choice for choice in Step.choices if choice[0] != Step.KEPT]
        fields["step"].choices = [("", "全部"), *steps]
        fields["reason"].choices = [("", "全部"), *((code, REASON_WORDS.get(code, code)) for code in reasons)]


class WishForm(forms.Form):
    """A link to be fixed, or ruled out."""

    kind = forms.ChoiceField(label="要求", choices=WishKind.choices, widget=forms.RadioSelect, initial="pin")
    holder = forms.TypedChoiceField(label="联系人", coerce=int)
    reason = forms.CharField(
        label="理由",
        max_length=60,
        required=False,
        help_text="例如：邻居、亲戚、本人要求。不写身份证号和健康情况。",
    )

    def __init__(self, *args: Any, holders: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holder: Any = self.fields["holder"]
        holder.choices = holders
