"""The file of a blank, for whom it is filled, and what the page of its cells sends back."""

import re
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from grids import access
from grids.models import Node
from reports.blanks.actions import Wanted
from reports.blanks.exports import Asked
from reports.blanks.page import Place, place_of
from reports.blanks.queries import villages

TOWN, ALL = "town", "all"
MOST_FIELDS = 2000
_MISSING = "请选择要上传的文件。"


class BlankForm(forms.Form):
    """One empty workbook, its name, and its year."""

    file = forms.FileField(
        label="空表文件",
        help_text="县里发来的 .xlsx 原样上传，不超过 10 MB；带宏、密码、保护、图片的会告诉您是哪一处不行。",
        error_messages={
            "required": _MISSING,
            "missing": _MISSING,
            "empty": "这个文件是空的（0 字节），请重新选择文件。",
            "invalid": "文件没有传上来，请重新选择。",
            "max_length": "文件名太长，请改短后再上传。",
        },
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
    title = forms.CharField(
        label="表名",
        max_length=60,
        required=False,
        help_text="不填就用文件名；下载的文件按“乡_村_表名_日期”命名。",
    )
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)

    def clean_file(self) -> UploadedFile:
        """Refuse by size before anything is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.MAX_ROSTER_BYTES:
            limit = settings.MAX_ROSTER_BYTES // 1048576
            raise forms.ValidationError(f"文件超过 {limit} MB，空表不会这么大，请删去无关内容后再上传。")
        return file


class FillForm(forms.Form):
    """For whom, and what for."""

    place = forms.ChoiceField(label="填哪里", error_messages={"invalid_choice": "请重新选择填哪里。"})
    purpose = forms.CharField(label="用途", max_length=60, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.villages: list[Node] = list(villages(user))
        choices = [(str(node.pk), node.name) for node in self.villages]
        if access.scope_of(user).whole_township:
            choices = [(TOWN, "全乡合计"), (ALL, "每个村一份（压缩包）"), *choices]
        cast(forms.ChoiceField, self.fields["place"]).choices = choices
        self.fields["purpose"].widget.attrs.update(placeholder="选填，如：报县委组织部", size=24)

    def asked(self) -> Asked:
        """The choice made."""
        place = self.cleaned_data["place"]
        if place == TOWN:
            return Asked(township=True)
        if place == ALL:
            return Asked(villages=tuple(self.villages))
        return Asked(villages=tuple(node for node in self.villages if str(node.pk) == place))


# --- marks as they are sent ---------------------------------------------------------------------------

_FIELD = re.compile(r"(cell|grow)-([A-Z]{1,3}[1-9]\d{0,4})")


def marks_sent(sent: QueryDict) -> dict[Place, Wanted]:
    """`cell-B6=code`, `grow-C6=4:member`, ticked proposals `take=cell-B6=code`; all else is passed over."""
    pairs = [(name, str(sent.get(name) or "")) for name in list(sent)[:MOST_FIELDS]]
    for ticked in sent.getlist("take")[:MOST_FIELDS]:
        name, _, value = ticked.partition("=")
        pairs.append((name, value))
    if sent.get("grow"):
        pairs.append((f"grow-{sent.get('column', '')}{sent.get('from', '')}", str(sent["grow"])))
    found: dict[Place, Wanted] = {}
    for name, value in pairs:
        field = _FIELD.fullmatch(name)
        place = place_of(field[2]) if field else None
        if field is None or place is None:
            continue
        if field[1] == "cell":
            found[place] = Wanted(value[:40])
        else:
            roster, _, code = value.partition(":")
            number = int(roster) if roster.isascii() and roster.isdecimal() and len(roster) < 4 else 0
            found[place] = Wanted(code[:40], number) if code else Wanted("")
    return found


def picked_sent(sent: QueryDict) -> set[int]:
    """The changes ticked on the page that maps a blank again."""
    return {int(one) for one in sent.getlist("pick") if one.isascii() and one.isdecimal() and len(one) < 6}
