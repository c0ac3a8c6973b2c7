"""Forms of the room: bars over lists, hanging, printing, cards handed out, publishing, the box."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from grids.forms.fields import DayField, PhoneField, RemarkField, prose
from grids.forms.filters import Filter
from grids.models import Node
from services.models import GridPage
from services.notices.choices import BoardPaper, Copies, HangState, Notice, SuggestionState
from services.notices.queries import register
from services.notices.rules import SUGGESTION, SUGGESTION_LENGTH
from township.addresses import row_number
from township.attachments.pictures import PictureField, portrait
from township.days import not_after


def _search(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )


class RegisterFilter(Filter):
    """The bar over boards or plates."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("waiting", "还没有挂牌"), *HangState.choices]
    )
    q = _search("名称、位置、责任人")

    def asked(self) -> register.Asked:
        """What the query is asked."""
        return register.Asked(self.pk("village"), self.text("state"), self.text("q"))


class VillageFilter(Filter):
    """A village only."""


class StaffFilter(Filter):
    """The bar over staff."""

    q = _search("姓名")


class ReprintFilter(Filter):
    """The bar over what is to be printed again."""

    notice = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *Notice.choices])


class SuggestionFilter(Filter):
    """The bar over suggestions."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *SuggestionState.choices])


class PickForm(forms.Form):
    """The ticked rows of a list."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.pks = sorted({pk for pk in map(row_number, data.getlist("pk")) if pk is not None})

    def clean(self) -> dict[str, Any]:
        """One at least."""
        if not self.pks:
            raise ValidationError("请先勾选要登记的牌子。")
        return super().clean() or {}


class _DaysMixin:
    """Nothing has been done in the future."""

    today: date
    cleaned_data: dict[str, Any]

    def _past(self, name: str) -> date | None:
        return not_after(self.cleaned_data[name], self.today)

    def clean_made_on(self) -> date | None:
        """Made by now."""
        return self._past("made_on")

    def clean_hung_on(self) -> date | None:
        """Hung by now."""
        return self._past("hung_on")


class HangForm(_DaysMixin, PickForm):
    """The same facts for all that are ticked; blank leaves as it is."""

    made_on = DayField(label="制作日期", required=False, help_text="")
    hung_on = DayField(label="挂牌日期", required=False, help_text="")
    place = RemarkField(label="安装位置", required=False, max_length=40)
    keeper = RemarkField(label="责任人", required=False, max_length=20)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Something must be said."""
        data = super().clean()
        if not self.errors and not any(data.values()):
            raise ValidationError("请填写制作日期、挂牌日期、安装位置或责任人。")
        return data


class SignForm(_DaysMixin, forms.Form):
    """All that is registered of one board or plate."""

    made_on = DayField(label="制作日期", required=False)
    hung_on = DayField(label="挂牌日期", required=False, help_text="没有挂就空着。")
    place = RemarkField(label="安装位置", required=False, max_length=40, help_text="如 村委会大门左侧")
    keeper = RemarkField(label="责任人", required=False, max_length=20)
    remark = RemarkField(label="备注", required=False, max_length=100)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today


class PrintForm(PickForm):
    """What is printed: ticked rows, or all of a village."""

    village: forms.ModelChoiceField = forms.ModelChoiceField(None, required=False)
    paper = forms.ChoiceField(label="纸张", choices=BoardPaper.choices, required=False)
    copies = forms.ChoiceField(label="张数", choices=Copies.choices, required=False)
    final = forms.BooleanField(label="正式付印，记下牌面内容", required=False)

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        roots = Node.objects.editable_by(user).filter(parent=None, closed_on=None)
        self.fields["village"].queryset = roots  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ticked rows or a village."""
        if not self.pks and not self.cleaned_data.get("village"):
            raise ValidationError("请先勾选，或选一个村。")
        return self.cleaned_data


class NumberForm(forms.Form):
    """Whose plates are numbered, and what stands before the number."""

    village: forms.ModelChoiceField = forms.ModelChoiceField(None)
    letters = RemarkField(label="编号前缀", required=False, max_length=10)

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        roots = Node.objects.editable_by(user).filter(parent=None, closed_on=None)
        self.fields["village"].queryset = roots  # type: ignore[attr-defined]


class PlaceField(forms.ModelChoiceField):
    """Grids, and groups with their grid."""

    def label_from_instance(self, obj: Any) -> str:
        """第一网格, or 第一网格 › 第一党小组."""
        return f"{obj.grid.name} › {obj.name}" if obj.grid_id else str(obj.name)


class IssueForm(forms.Form):
    """One line of cards handed out."""

    node = PlaceField(None, label="发到哪里", empty_label="请选择")
    day = DayField(label="发放日期")
    cards = forms.IntegerField(label="发放张数", min_value=1, max_value=20000)
    households = forms.IntegerField(label="发放户数", min_value=0, max_value=20000, required=False)
    handed_by = RemarkField(label="发放人", max_length=20)
    remark = RemarkField(label="备注", required=False, max_length=100)

    def __init__(self, *args: Any, user: Any, village: Node, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["node"].queryset = register.places(user, village)  # type: ignore[attr-defined]
        self.initial.setdefault("day", today)

    def clean_day(self) -> date | None:
        """Nothing was handed out in the future."""
        return not_after(self.cleaned_data["day"], self.today)

    def clean(self) -> dict[str, Any]:
        """A household has one card at least."""
        data = super().clean() or {}
        cards, households = data.get("cards"), data.get("households")
        if cards is not None and households is not None and households > cards:
            self.add_error("households", "发放户数不能多于张数。")
        return data


class StaffForm(forms.Form):
    """What the board shows of somebody."""

    work_phone = PhoneField(
        label="对外电话",
        required=False,
        help_text="工作用的号码，印在牌上，公开页勾选后显示。不填的，牌上用登记的联系电话，公开页不显示。",
    )
    photo = PictureField(
        portrait,
        label="照片",
        help_text="正面照，.jpg 或 .png，自动裁成 3∶4，并去掉照片里的拍摄地点等信息。不传也可以。",
    )
    drop_photo = forms.BooleanField(label="删除现有照片", required=False)

    def __init__(self, *args: Any, has_photo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_photo:
            del self.fields["drop_photo"]


class HotlineForm(forms.Form):
    """The number to complain to."""

    root: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="村（党组织）", required=False, empty_label="全乡（村里没有登记的用这个）"
    )
    phone = PhoneField(label="监督电话")

    def __init__(self, *args: Any, user: Any, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["root"]
        field.queryset = Node.objects.editable_by(user).filter(parent=None, closed_on=None)
        field.queryset = field.queryset.order_by("position", "pk")
        if not whole:
            field.required, field.empty_label = True, None


class PublishForm(forms.Form):
    """What the public page shows: nothing but this list can be."""

    fields_shown = forms.MultipleChoiceField(
        label="公开哪些内容",
        choices=[*GridPage.titles().items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少勾选一项公开的内容。"},
    )
    has_box = forms.BooleanField(
        label="开通意见箱", required=False, help_text="群众可以在公开页上留言，只有乡党政办和村书记看得到。"
    )

    @staticmethod
    def of(page: GridPage | None) -> dict[str, Any]:
        """As it is; before the first time what the document asks for, without numbers and pictures."""
        if page is None or page.pk is None:
            return {"fields_shown": ["names", "posts", "duties"], "has_box": True}
        return {
            "fields_shown": [name for name in GridPage.FIELDS if getattr(page, name)],
            "has_box": page.has_box,
        }


class SuggestionForm(forms.Form):
    """What anybody may write; a phone only from who wants an answer."""

    text = prose(
        "您的意见建议",
        SUGGESTION_LENGTH,
        rows=6,
        help_text=f"不超过 {SUGGESTION_LENGTH} 个字。请不要写身份证号、银行卡号，也不要写别人的隐私。",
    )
    phone = PhoneField(label="联系电话", required=False, help_text="选填。想要回复才填，只用来回复您。")


class AnswerForm(forms.Form):
    """One step of a suggestion."""

    step = forms.ChoiceField(choices=[(step.code, step.title) for step in SUGGESTION.steps])
    answer = prose("办理情况", 200, required=False)
