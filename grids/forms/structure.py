"""Forms of structure work: moving several places, splitting, merging, raising, industry groups."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from grids.actions.merging import Names
from grids.actions.raising import Approval, Industry, NewBranch
from grids.actions.splitting import Division
from grids.choices import HubKind, Kind
from grids.forms.fields import DayField, RemarkField
from grids.models import VillagerGroup
from grids.queries.shapes import Spot
from grids.queries.structure import Clash
from township.addresses import row_number

STAY, GO, BOTH = "stay", "go", "both"
MOST_BRANCHES = 5
REASON_HELP = "会记入变更记录，以后查得到"


class Dated(forms.Form):
    """Shared by all: from which day, why, and what the page was opened with."""

    on = DayField(label="从哪天起")
    reason = RemarkField(label="原因", required=False, max_length=60, help_text=REASON_HELP)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def last(self, *names: str) -> None:
        """Put day and reason behind the form's own fields."""
        self.order_fields([name for name in self.fields if name not in ("on", "reason", "seen")])


class MoveManyForm(Dated):
    """The confirmed move of several; which and where stands in the address."""


class SplitForm(Dated):
    """Who goes to the new unit, what it is called, and where villager groups belong."""

    name = RemarkField(label="名称", max_length=40)
    group_name = RemarkField(label="新党小组名称", max_length=40)
    hub_kind = forms.ChoiceField(label="类别", choices=HubKind.choices)
    plate_no = RemarkField(label="标识牌编号", required=False, max_length=20)
    address = RemarkField(label="地址", required=False, max_length=40)
    going = forms.TypedMultipleChoiceField(
        label="划到新单位的下级",
        coerce=int,
        error_messages={"required": "请选择划到新单位的下级。", "invalid_choice": "选中的有些已经不在这里。"},
    )

    def __init__(
        self,
        *args: Any,
        unit: Spot,
        parts: Iterable[Spot],
        has_group: bool,
        lanes: Sequence[VillagerGroup],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lanes, self.parts = list(lanes), list(parts)
        self.fields["going"].choices = [(spot.pk, spot.name) for spot in self.parts]  # type: ignore[attr-defined]
        self.fields["name"].label = "新网格名称" if unit.kind == Kind.GRID else "新中心户（示范岗）名称"
        if not has_group:
            del self.fields["group_name"]
        if unit.kind != Kind.HUB:
            for name in ("hub_kind", "plate_no", "address"):
                del self.fields[name]
        else:
            self.fields["name"].required = False
            self.fields["name"].help_text = "不填就按划出的第一名党员取名，如“张三户”"
        choices = ((STAY, "留在原网格"), (GO, "划到新网格"), (BOTH, "两个网格各覆盖一部分"))
        for lane in self.lanes:
            self.fields[f"lane_{lane.pk}"] = forms.ChoiceField(
                label=lane.name, choices=choices, initial=STAY, required=False
            )
        self.last()

    def going_now(self) -> list[int]:
        """What is ticked at the moment, valid or not: for the numbers on both sides."""
        offered = {pk for pk, _ in self.fields["going"].choices}  # type: ignore[attr-defined]
        typed = self["going"].value() or []
        return [pk for pk in map(row_number, typed) if pk in offered and pk is not None]

    def name_now(self) -> str:
        """The new unit's name: as typed, a hub's else after the first member who goes, "" if nobody does."""
        typed = str(self["name"].value() or "").strip()
        if typed or "hub_kind" not in self.fields:
            return typed
        going = set(self.going_now())
        heads = (spot.name for spot in self.parts if spot.pk in going and spot.kind == Kind.MEMBER)
        return next((f"{head}户" for head in heads), "")

    def clean(self) -> dict[str, Any]:
        """A hub left without a name is called after its first member; without one it must be named."""
        data = super().clean() or {}
        if not data.get("name") and "name" not in self.errors:
            data["name"] = self.name_now()
            if not data["name"]:
                self.add_error("name", "请填写新中心户（示范岗）的名称。")
        return data

    def lane_fields(self) -> list[forms.BoundField]:
        """One choice for each villager group."""
        return [self[f"lane_{lane.pk}"] for lane in self.lanes]

    def plain_fields(self) -> list[forms.BoundField]:
        """Fields drawn one under the other."""
        apart = {"going", *(f"lane_{lane.pk}" for lane in self.lanes)}
        return [field for field in self.visible_fields() if field.name not in apart]

    def division(self) -> Division:
        """What the action is given."""
        data = self.cleaned_data
        chosen = {lane.pk: data.get(f"lane_{lane.pk}") or STAY for lane in self.lanes}
        return Division(
            name=data["name"],
            group_name=data.get("group_name", ""),
            going=frozenset(data["going"]),
            hub_kind=data.get("hub_kind") or HubKind.CENTRAL,
            lanes_staying=frozenset(pk for pk, side in chosen.items() if side in (STAY, BOTH)),
            lanes_going=frozenset(pk for pk, side in chosen.items() if side in (GO, BOTH)),
            facts={name: data[name] for name in ("plate_no", "address") if name in data},
        )


class MergeForm(Dated):
    """The confirmed merge: what it is called afterwards, and other names where two were the same."""

    kept = RemarkField(label="合并后的名称", max_length=40)

    def __init__(
        self, *args: Any, clashes: Sequence[Clash], lane_clashes: Sequence[Clash], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.renamed = {f"name_{clash.pk}": clash for clash in clashes}
        self.relaned = {f"lane_{clash.pk}": clash for clash in lane_clashes}
        for name, clash in {**self.renamed, **self.relaned}.items():
            self.fields[name] = RemarkField(
                label=f"并入的{clash.kind_label}“{clash.name}”改名为",
                max_length=20 if name in self.relaned else 40,
                initial=clash.suggestion,
                help_text="合并后的单位里已有同名的",
            )
        self.last()

    def names(self) -> Names:
        """What the action is given."""
        data = self.cleaned_data
        return Names(
            kept=data["kept"],
            places={clash.pk: data[name] for name, clash in self.renamed.items()},
            lanes={clash.pk: data[name] for name, clash in self.relaned.items()},
        )


class RaiseForm(Dated):
    """The name of the 党总支, its approval, and which branch each grid and member comes to."""

    name = RemarkField(label="党总支名称", max_length=40)
    approval_no = RemarkField(label="批准文号", required=False, max_length=40)
    approved_on = DayField(label="批准日期", required=False)

    def __init__(self, *args: Any, root: Spot, parts: Sequence[Spot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = list(parts)
        village = root.name.removesuffix("党支部")
        numbers = "一二三四五"[:MOST_BRANCHES]
        self.numbers = [str(place) for place in range(1, MOST_BRANCHES + 1)]
        for number, word in zip(self.numbers, numbers, strict=True):
            first = f"{village}第{word}党支部" if number in ("1", "2") else ""
            self.fields[f"branch_{number}"] = RemarkField(
                label=f"党支部{word}", required=False, max_length=40, initial=first
            )
        choices = [
            ("", "党总支直属"),
            *((n, f"党支部{w}") for n, w in zip(self.numbers, numbers, strict=True)),
        ]
        grids = [spot.pk for spot in self.parts if spot.kind == Kind.GRID]
        for spot in self.parts:
            second = spot.pk in grids and grids.index(spot.pk) >= (len(grids) + 1) // 2
            self.fields[f"part_{spot.pk}"] = forms.ChoiceField(
                label=spot.name,
                choices=choices,
                required=False,
                initial="" if spot.kind != Kind.GRID else "2" if second else "1",
            )
        self.last()

    def branch_fields(self) -> list[forms.BoundField]:
        """Names of the branches that result."""
        return [self[f"branch_{number}"] for number in self.numbers]

    def part_fields(self) -> list[tuple[Spot, forms.BoundField]]:
        """Each grid or member with the choice of its branch."""
        return [(spot, self[f"part_{spot.pk}"]) for spot in self.parts]

    def plain_fields(self) -> list[forms.BoundField]:
        """Fields drawn one under the other."""
        return [
            self[name]
            for name in ("name", "approval_no", "approved_on", "on", "reason")
            if name in self.fields
        ]

    def clean(self) -> dict[str, Any]:
        """Somebody sent to a branch needs that branch to have a name."""
        data = super().clean() or {}
        named = {number for number in self.numbers if data.get(f"branch_{number}")}
        if not named and not any(f"branch_{number}" in self.errors for number in self.numbers):
            self.add_error("branch_1", "请至少写一个党总支下面的党支部。")
        for spot in self.parts:
            number = data.get(f"part_{spot.pk}")
            if number and number not in named and f"branch_{number}" not in self.errors:
                self.add_error(f"branch_{number}", f"“{spot.name}”归到这个党支部，请填写它的名称。")
        return data

    def sorted_out(self) -> list[tuple[str, list[int]]]:
        """Each named branch with what comes to it, from what stands in the form now, valid or not."""
        return [
            (name, [spot.pk for spot in self.parts if self._now(f"part_{spot.pk}") == number])
            for number in self.numbers
            if (name := self._now(f"branch_{number}").strip())
        ]

    def _now(self, name: str) -> str:
        return str(self[name].value() or "")

    def branches(self) -> list[NewBranch]:
        """What the action is given."""
        return [NewBranch(name, frozenset(pks)) for name, pks in self.sorted_out()]

    def approval(self) -> Approval:
        """What the raising rests on."""
        return Approval(self.cleaned_data["approval_no"], self.cleaned_data["approved_on"])


class IndustryForm(Dated):
    """A trade, the names that follow from it, and the members who come together."""

    trade = RemarkField(label="行业产业", max_length=30, help_text="如：苹果、养牛、劳务、电商")
    grid_name = RemarkField(
        label="网格名称", required=False, max_length=40, help_text="不填就叫“苹果产业网格”这样的名称"
    )
    group_name = RemarkField(
        label="党小组名称", required=False, max_length=40, help_text="不填就叫“苹果产业党小组”这样的名称"
    )
    post_name = RemarkField(
        label="党员示范岗", required=False, max_length=40, help_text="填了就同时设一个示范岗，党员编入其中"
    )
    members = forms.TypedMultipleChoiceField(
        label="编入的党员",
        coerce=int,
        error_messages={
            "required": "请选择编入这个党小组的党员。",
            "invalid_choice": "选中的有些党员已不在册。",
        },
    )

    def __init__(self, *args: Any, members: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].choices = list(members.items())  # type: ignore[attr-defined]
        self.last()

    def plain_fields(self) -> list[forms.BoundField]:
        """All but the list of members."""
        return [field for field in self.visible_fields() if field.name != "members"]

    def chosen(self) -> set[int]:
        """What is ticked at the moment."""
        typed = self["members"].value() or []
        return {pk for pk in map(row_number, typed) if pk is not None}

    def industry(self) -> Industry:
        """What the action is given."""
        data = self.cleaned_data
        return Industry(data["trade"], data["grid_name"], data["group_name"], data["post_name"])


class CoverForm(forms.Form):
    """The grid that takes a villager group nobody covers."""

    grid: forms.ModelChoiceField = forms.ModelChoiceField(None, label="划入网格", empty_label="请选择")
    reason = RemarkField(label="说明", required=False, max_length=60)

    def __init__(self, *args: Any, grids: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = grids  # type: ignore[attr-defined]
