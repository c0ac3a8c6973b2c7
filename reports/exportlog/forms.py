"""The filters of the log of exports."""

from datetime import date
from typing import Any

from django import forms

from reports.choices import FileFormat


class ExportFilter(forms.Form):
    """By number, person, table, format and day."""

    q = forms.CharField(label="导出编号或文件名", max_length=200, required=False)
    who = forms.CharField(label="导出人", max_length=40, required=False)
    table = forms.CharField(label="表格", max_length=40, required=False)
    file_format = forms.ChoiceField(label="格式", choices=[("", "全部"), *FileFormat.choices], required=False)
    since = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """The end must not lie before the start."""
        data = super().clean() or {}
        since: date | None = data.get("since")
        until: date | None = data.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期不能早于开始日期。")
        return data
