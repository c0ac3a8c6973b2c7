"""Forms of the calendar and of the settings."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from grids.forms.fields import DayField, RemarkField, prose
from services.tickets.calendar.choices import DayKind
from services.tickets.calendar.rules import EXAMPLE, MOST_DAYS, Holiday, read_notice

FIRST_YEAR, LAST_YEAR = 2020, 2100


class DaysForm(forms.Form):
    """A word on one day or on some days in a row."""

    first = DayField(label="日期")
    last = DayField(label="到哪天", required=False, help_text="只改一天的不填")
    kind = forms.ChoiceField(label="安排", choices=DayKind.choices)
    note = RemarkField(label="名称或原因", max_length=30, help_text="如 州庆放假、县政府通知调休")

    def clean(self) -> dict[str, Any]:
        """The days in order, not a whole season at once."""
        data = super().clean() or {}
        first = data.get("first")
        last = data["last"] = data.get("last") or first
        if first is None or last is None:
            return data
        if last < first:
            self.add_error("last", "不能早于开始的日期。")
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last", f"一次最多设置 {MOST_DAYS} 天。")
        elif not FIRST_YEAR <= first.year <= LAST_YEAR:
            self.add_error("first", f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。")
        return data


class YearForm(forms.Form):
    """A published year: where it stands written, and its lines as pasted."""

    year = forms.IntegerField(label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    source = RemarkField(label="依据文件", max_length=60, help_text="如 国办发明电〔2026〕8号")
    text = prose("通知正文", 2000, rows=9, help_text=f"把各节日的几行粘贴进来，一行一个节日。如：{EXAMPLE}")
    holidays: list[Holiday]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("year", today.year + 1)
        self.holidays = []

    def clean(self) -> dict[str, Any]:
        """Every line that cannot be read is named."""
        data = super().clean() or {}
        if data.get("text") and data.get("year"):
            self.holidays, wrong = read_notice(data["text"], data["year"])
            if wrong:
                self.add_error("text", ValidationError(wrong))
        return data


class SettingsForm(forms.Form):
    """How the township counts and reminds."""

    cut_off = forms.TimeField(
        label="当日受理截止时刻",
        input_formats=["%H:%M", "%H：%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off"}),
        help_text="这一刻以后、非工作日收的件，从下一个工作日起算。如 17:00",
        error_messages={"invalid": "请写成 17:00 这样的时刻。", "required": "请填写截止时刻。"},
    )
    soon_days = forms.IntegerField(
        label="提前几个工作日提醒临期", min_value=0, max_value=30, help_text="剩下这么多个工作日的件列为临期"
    )
    chase_every_days = forms.IntegerField(
        label="催办间隔（天）", min_value=1, max_value=30, help_text="同一件在这么多天里只催办一次"
    )
    public_lookup = forms.BooleanField(
        label="开放办件进度查询",
        required=False,
        help_text="群众凭受理编号和查询码看办到哪一步，看不到姓名和内容",
    )
