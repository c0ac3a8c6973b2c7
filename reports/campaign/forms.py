"""Forms of a campaign and of one deadline."""

from django import forms

from grids.forms.fields import DayField


class CampaignForm(forms.Form):
    """The days and names of a year."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    title_name = forms.CharField(
        label="表头上的乡名", max_length=30, help_text="印在附件标题前面，如“青河乡”。"
    )
    cut_off = DayField(label="统计截止日期")
    due_on = DayField(label="上报截止日期", help_text="文件规定为 9 月 16 日。")
    visit_every = forms.IntegerField(
        label="走访间隔（天）",
        min_value=7,
        max_value=366,
        help_text="每户至少多少天走访一次，超过的列入“该走未走”；个别农户可以另定。",
    )
    notice_no = forms.CharField(label="县通知文号", max_length=40, required=False)
    notice_on = DayField(label="县通知日期", required=False)


class DeadlineForm(forms.Form):
    """One deadline: its day, and the day it was done."""

    due_on = DayField(label="截止日期")
    done_on = DayField(label="完成日期", required=False, help_text="没有完成就空着。")
    note = forms.CharField(label="备注", max_length=100, required=False)
