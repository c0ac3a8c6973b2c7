"""Forms of the books, of a meeting, of one step of a finding, and the bar over the lists."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms

from grids import access
from grids.forms.fields import DayField, ProseField, prose
from grids.forms.filters import Filter
from grids.models import Node, Person
from reports.blanks.codes import grouped, numbers
from reports.supervision import queries
from reports.supervision.choices import Grade, SupportKind
from reports.supervision.queries import Asked
from reports.supervision.rules import FINDING, MEETINGS, YEAR_FROM, YEAR_TO
from township.attachments.keeping import AttachmentField
from township.days import not_after

YEARS_SHOWN = 5
FILE = "file"
OWNERS = "owners"  # the page's list of names to choose from


def _owner(**kwargs: Any) -> ProseField:
    return ProseField(
        label="责任人",
        max_length=20,
        widget=forms.TextInput(attrs={"list": OWNERS, "autocomplete": "off"}),
        help_text="可从任职人员里选，也可直接填写。",
        **kwargs,
    )


def _year() -> forms.IntegerField:
    return forms.IntegerField(label="年度", min_value=YEAR_FROM, max_value=YEAR_TO)


class RecordForm(forms.Form):
    """What all books share: of which village a row is."""

    needs_village: ClassVar[bool] = False
    by_villages: ClassVar[bool] = False
    root: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="村（党组织）", required=False, empty_label="全乡"
    )

    def __init__(self, *args: Any, user: Any, root: Node | None = None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.place, self.today = user, root, today
        field: Any = self.fields["root"]
        field.queryset = (
            Node.objects.editable_by(user).filter(parent=None, closed_on=None).order_by("position", "pk")
        )
        if self.needs_village or not access.scope_of(user).whole_township:
            field.required, field.empty_label = True, "请选择"
        if "year" in self.fields:
            self.initial.setdefault("year", today.year)
        self.fit()

    def fit(self) -> None:
        """What a book sets up beyond its fields."""

    def owners(self) -> Sequence[tuple[str, str]]:
        """Names offered for 责任人; none in a book without one."""
        return queries.owners(self.user, self.place, on=self.today) if "owner" in self.fields else ()

    def facts(self) -> Mapping[str, Any]:
        """What the action is given, a file apart."""
        return {name: value for name, value in self.cleaned_data.items() if name != FILE}


class DutyForm(RecordForm):
    """One responsibility; done when a day of completion stands there."""

    by_villages = True
    year = _year()
    matter = prose("事项", 100)
    owner = _owner()
    due_on = DayField(label="完成时限")
    clause = prose("依据条款", 40, required=False, help_text="如 二(四)5")
    done_on = DayField(label="完成日期", required=False, help_text="没有完成就空着。")
    result = prose("完成情况", 200, rows=2, required=False)

    def clean_done_on(self) -> date | None:
        """Nothing is done in the future."""
        return not_after(self.cleaned_data["done_on"], self.today)


class FindingForm(RecordForm):
    """A problem; its steps are taken on its own page."""

    needs_village = True
    project = prose("项目", 20, help_text="如 联系服务、标识牌、花名册")
    problem = prose("问题", 500, rows=3)
    owner = _owner()
    raised_on = DayField(label="提出日期")
    due_on = DayField(label="整改时限")

    def fit(self) -> None:
        """Raised today, unless said otherwise."""
        self.initial.setdefault("raised_on", self.today)


class InspectionForm(RecordForm):
    """One inspection."""

    day = DayField(label="督查日期")
    inspectors = prose("督查人员", 60)
    looked_at = prose("督查内容", 200, rows=2)
    found = prose("发现情况", 500, rows=3, required=False, help_text="有问题的，保存后可一键转为整改问题。")

    def fit(self) -> None:
        """Of today, unless said otherwise."""
        self.initial.setdefault("day", self.today)

    def clean_day(self) -> date | None:
        """Nothing has been looked at in the future."""
        return not_after(self.cleaned_data["day"], self.today)


class SecretaryField(forms.ModelChoiceField):
    """Secretaries with their village."""

    def label_from_instance(self, obj: Any) -> str:
        """姓名（甲村党支部）."""
        return f"{obj.name}（{obj.root.name}）" if obj.root else str(obj.name)


class ReviewForm(RecordForm):
    """A yearly result, as it was given."""

    needs_village = True
    year = _year()
    secretary = SecretaryField(Person.objects.none(), label="书记", empty_label="请选择")
    grade = forms.ChoiceField(label="等次", choices=[("", "请选择"), *Grade.choices])
    day = DayField(label="考评日期")
    note = prose("说明", 200, rows=2, required=False)

    def fit(self) -> None:
        """Only secretaries; of the village where it is known."""
        field: Any = self.fields["secretary"]
        field.queryset = queries.secretaries(self.user, self.place)
        found = list(field.queryset[:2]) if self.place else []
        if len(found) == 1:
            self.initial.setdefault("secretary", found[0].pk)

    def clean(self) -> dict[str, Any]:
        """The secretary of that very village."""
        data = super().clean() or {}
        root, secretary = data.get("root"), data.get("secretary")
        if root and secretary and secretary not in queries.secretaries(self.user, root):
            self.add_error("secretary", f"{secretary.name}没有担任过{root.name}的书记、副书记。")
        return data


class SupportForm(RecordForm):
    """People, funds or goods."""

    year = _year()
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *SupportKind.choices])
    content = prose("内容", 200, rows=2, help_text="如 选派党建指导员1名、活动场所修缮经费、配发办公桌椅")
    amount = forms.DecimalField(
        label="金额（元）",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text="只有“财”填写。",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean(self) -> dict[str, Any]:
        """Money is an amount, people and goods are none."""
        data = super().clean() or {}
        kind, amount = data.get("kind"), data.get("amount")
        if kind == SupportKind.FUNDS and amount is None and "amount" not in self.errors:
            self.add_error("amount", "请填写金额。")
        if kind in (SupportKind.PEOPLE, SupportKind.GOODS) and amount is not None:
            self.add_error("amount", "只有“财”填写金额。")
        return data


def _number(label: str, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        **kwargs,
    )


class TargetForm(RecordForm):
    """A target: an indicator of annex 1, which counts itself, or one's own words."""

    by_villages = True
    year = _year()
    code = forms.ChoiceField(
        label="附件1指标", required=False, help_text="选了指标，目前完成数自动统计；覆盖率填百分数。"
    )
    name = prose(
        "自定目标", 60, required=False, help_text="附件1里没有的，写明单位，如“新建活动场所（处）”。"
    )
    number = _number("目标数", min_value=0)
    reached = _number("目前完成", min_value=0, required=False, help_text="只有自定目标填写。")
    measure = prose("措施", 200, rows=2, required=False)
    owner = _owner(required=False)
    due_on = DayField(label="完成时限", required=False)

    def fit(self) -> None:
        """Indicators under their headings."""
        known = [code for code in numbers().values() if code.code != "remark"]
        field: Any = self.fields["code"]
        field.choices = [
            ("", "—"),
            *((group, [(one.code, one.title) for one in codes]) for group, codes in grouped(known)),
        ]

    def clean(self) -> dict[str, Any]:
        """Either an indicator or words; what counts itself is not typed."""
        data = super().clean() or {}
        if bool(data.get("code")) == bool(data.get("name")) and "name" not in self.errors:
            self.add_error("name", "附件1指标和自定目标请填其中一样。")
        if data.get("code") and data.get("reached") is not None:
            self.add_error("reached", "选了附件1指标的，目前完成数自动统计，请空着。")
        if data.get("number") == 0:
            self.add_error("number", "目标数要大于零。")
        return data


class CaseForm(RecordForm):
    """A piece of experience."""

    by_villages = True
    title = prose("标题", 60)
    day = DayField(label="日期")
    text = prose("正文", 8000, rows=14)
    file = AttachmentField(required=False)

    def fit(self) -> None:
        """Of today, unless said otherwise."""
        self.initial.setdefault("day", self.today)


class MeetingForm(forms.Form):
    """One of the year's six meetings."""

    seq = forms.TypedChoiceField(
        label="次序", coerce=int, choices=[(n, f"第{n}次") for n in range(1, MEETINGS + 1)]
    )
    day = DayField(label="会议日期")
    venue = prose("地点", 60, required=False)
    agenda = prose("议题", 400, rows=3, required=False)
    attendees = forms.IntegerField(label="参会人数", min_value=0, max_value=9999, required=False)
    held = forms.BooleanField(
        label="已经召开", required=False, help_text="勾选后，当天各村的数定格，年度任务里这一次例会自动完成。"
    )
    file = AttachmentField(label="会议记录", required=False)

    def facts(self) -> Mapping[str, Any]:
        """What the action is given, the minutes apart."""
        return {name: value for name, value in self.cleaned_data.items() if name != FILE}


class StepForm(forms.Form):
    """One step of a finding."""

    step = forms.ChoiceField(choices=[(step.code, step.title) for step in FINDING.steps])
    text = prose("说明", 300)
    day = DayField(label="日期")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date | None:
        """Nothing was done in the future."""
        return not_after(self.cleaned_data["day"], self.today)


class CopyForm(forms.Form):
    """The year to copy into."""

    year = forms.IntegerField(min_value=YEAR_FROM, max_value=YEAR_TO)


class BookFilter(Filter):
    """The bar over a book: year, village, state, words."""

    year = forms.ChoiceField(label="年度", required=False)
    state = forms.ChoiceField(label="状态", required=False)
    q = forms.CharField(
        label="包含的字", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )
    field_order = ("year", "village", "state", "q")

    def __init__(
        self, data: Any, *, user: Any, states: Sequence[tuple[str, str]], state_label: str, today: date
    ) -> None:
        self.states, self.state_label, self.today = states, state_label, today
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Put the choices in before they are checked."""
        years: Any = self.fields["year"]
        shown = range(self.today.year + 1, self.today.year + 1 - YEARS_SHOWN, -1)
        years.choices = [("", "全部"), *((str(year), str(year)) for year in shown)]
        state: Any = self.fields.get("state")
        if state is not None and self.states:
            state.label, state.choices = self.state_label, [("", "全部"), *self.states]
        else:
            self.fields.pop("state", None)
        super().full_clean()

    def asked(self) -> Asked:
        """What the query is asked."""
        year = self.text("year")
        return Asked(
            village=self.pk("village"),
            year=int(year) if year else None,
            state=self.text("state"),
            text=self.text("q"),
        )
