"""The forms of the session pages: the file, the meaning of its columns, one mend."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from grids import access
from grids.choices import ROOT_KINDS
from grids.imports import mending
from grids.imports.reading.guides import CLEAR, REQUIRE, SheetGuide
from grids.imports.sources import SOURCES
from grids.models import Node, RosterUpload

if TYPE_CHECKING:
    from township.models import User

ACCEPTED = ".xlsx,.xls,.et,.ods,.csv"
LONGEST_CELL = 200


def branch_choices(user: "User") -> list[tuple[str, str]]:
    """The open Party organisations this account may load into, by name."""
    nodes = Node.objects.visible_to(user).filter(kind__in=ROOT_KINDS, closed_on__isnull=True)
    names = [node.name for node in nodes.order_by("pinyin_order") if access.may_edit(user, node)]
    return [("", "以表里写的为准"), *((name, name) for name in dict.fromkeys(names))]


class FileForm(forms.Form):
    """One workbook, refused by its size before anything is read."""

    file = forms.FileField(
        label="文件",
        error_messages={
            "required": "请选择要上传的文件。",
            "empty": "这个文件是空的（0 字节），请重新选择文件。",
            "missing": "请选择要上传的文件。",
            "invalid": "文件没有传上来，请重新选择。",
            "max_length": "文件名太长，请改短后再上传。",
        },
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )

    def clean_file(self) -> UploadedFile:
        """Refuse by size before anything is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.MAX_ROSTER_BYTES:
            limit = settings.MAX_ROSTER_BYTES // 1048576
            raise forms.ValidationError(
                f"文件超过 {limit} MB，表格不会这么大，请删去图片和无关内容后再上传。"
            )
        return file


class RosterForm(FileForm):
    """One file, and the branch it belongs to where the file doesn't say."""

    branch = forms.ChoiceField(
        label="党支部",
        required=False,
        help_text="表里没有写明填报单位时才需要选；所选与表里写的不一致时不会导入。",
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "花名册文件"
        self.fields[
            "file"
        ].help_text = "村里报来的表格原样上传（xlsx、xls、et、ods、csv，不超过 10 MB），不用改列名和顺序。"
        cast(forms.ChoiceField, self.fields["branch"]).choices = branch_choices(user)


class MendForm(forms.Form):
    """One mend of the preview page; what is needed depends on the deed."""

    deed = forms.ChoiceField(choices=list(mending.DEEDS.items()))
    sheet = forms.CharField(required=False, max_length=100, strip=False)
    row = forms.IntegerField(required=False, min_value=1, max_value=1_048_576)
    column = forms.IntegerField(required=False, min_value=0, max_value=1000)
    value = forms.CharField(
        required=False,
        max_length=LONGEST_CELL,
        error_messages={"max_length": f"最多 {LONGEST_CELL} 个字。"},
    )
    choice = forms.CharField(required=False, max_length=LONGEST_CELL)
    alike = forms.BooleanField(required=False)
    kind = forms.CharField(required=False, max_length=20)
    pk = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    def clean(self) -> dict[str, Any]:
        """A choice made from the list stands for a typed value; skipping a row asks for a reason."""
        data = super().clean() or self.cleaned_data
        data["value"] = data.get("choice") or data.get("value") or ""
        if data.get("deed") == mending.SKIP and not data["value"].strip():
            raise forms.ValidationError("请写明为什么跳过这一行。")
        if data.get("deed") == mending.VALUE and data.get("column") is None:
            raise forms.ValidationError("这一格在表里没有对应的列，请在原文件里改。")
        return data

    def mend(self) -> mending.Mend:
        """What was asked for; the form is valid."""
        data = self.cleaned_data
        return mending.Mend(
            deed=data["deed"],
            sheet=data["sheet"],
            row=data["row"] or 0,
            column=data["column"],
            value=data["value"],
            alike=data["alike"],
            kind=data["kind"],
            pk=data["pk"] or 0,
        )


class ColumnsForm:
    """Step 2: per sheet whether it counts, its title row, and per column its meaning and what a blank says.

    The fields depend on the file: on-N, head-N, col-N-INDEX, blank-N-FIELD for the Nth sheet.
    """

    def __init__(self, upload: RosterUpload, user: "User", data: QueryDict | None = None) -> None:
        self.upload, self.user, self.data = upload, user, data
        self.source = SOURCES[upload.source]
        self.known = {name for _, fields in self.source.fields() for name, _ in fields}

    def guides(self) -> dict[str, SheetGuide]:
        """What was said about each sheet; anything unknown counts as not said."""
        data = self.data or QueryDict()
        found = {}
        for number, sheet in enumerate(self.upload.report["sheets"]):
            if not sheet["name"] or sheet["skipped"].startswith("隐藏"):
                continue
            columns, blanks = {}, {}
            guessed = {column["index"]: column["field"] for column in sheet["layout"]}
            head = data.get(f"head-{number}", "")
            row = int(head) if head.isdecimal() and len(head) < 7 else 0
            for index in guessed:
                said = data.get(f"col-{number}-{index}")
                if said is not None and (said in self.known or not said):
                    columns[index] = said
                    rule = data.get(f"blank-{number}-{index}", "")
                    if said and (rule == REQUIRE or (rule == CLEAR and said in self.source.clearable())):
                        blanks[said] = rule
            # A new title row brings other columns: what was chosen for the old ones says nothing.
            if row and row != sheet["header_row"]:
                columns, blanks = {}, {}
            kept = row if row != sheet["header_row"] or self._led(sheet["name"]) else 0
            found[sheet["name"]] = SheetGuide(f"on-{number}" in data, kept, columns, blanks)
        return found

    def _led(self, name: str) -> bool:
        return bool(self.upload.guides.get(name, {}).get("header_row"))

    def branch(self) -> str:
        """The branch chosen for rows that name none."""
        said = (self.data or QueryDict()).get("branch", "")
        return said if said in dict(branch_choices(self.user)) else ""
