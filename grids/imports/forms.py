"""The upload form."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from grids import access
from grids.choices import ROOT_KINDS
from grids.models import Node

if TYPE_CHECKING:
    from township.models import User

ACCEPTED = ".xlsx,.xls,.csv"


class RosterForm(forms.Form):
    """One file, and the branch it belongs to where the file doesn't say."""

    file = forms.FileField(
        label="花名册文件",
        help_text="村里报来的表格原样上传即可（.xlsx、.xls、.csv，不超过 10 MB），不用改列名和顺序。",
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
    branch = forms.ChoiceField(
        label="党支部",
        required=False,
        help_text="表里没有写明填报单位时才需要选；所选与表里写的不一致时不会导入。",
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = Node.objects.visible_to(user).filter(kind__in=ROOT_KINDS, closed_on__isnull=True)
        names = [node.name for node in nodes.order_by("name") if access.may_edit(user, node)]
        choices = [(name, name) for name in dict.fromkeys(names)]
        field = cast(forms.ChoiceField, self.fields["branch"])
        field.choices = [("", "以表里写的为准"), *choices]

    def clean_file(self) -> UploadedFile:
        """Refuse by size before anything is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.MAX_ROSTER_BYTES:
            limit = settings.MAX_ROSTER_BYTES // 1048576
            raise forms.ValidationError(
                f"文件超过 {limit} MB，花名册不会这么大，请删去图片和无关内容后再上传。"
            )
        return file
