"""A preset's settings, its columns as a table of boxes, and the order of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms

from grids.models import Node
from reports.annexes.forms import OrganisationField
from reports.annexes.queries import organisations, own_organisation
from reports.choices import DateForm, HandoverFormat, HandoverSource
from reports.handover.rules import Chosen, chosen_of, read_codes, write_codes, wrong_with
from reports.handover.sources import Field
from township.sheets.layout import clean


class PresetForm(forms.Form):
    """What is told of a preset beside its columns; the source is chosen once."""

    name = forms.CharField(label="名称", max_length=40)
    receiver = forms.CharField(label="接收单位", max_length=60, required=False)
    source = forms.ChoiceField(
        label="内容", choices=HandoverSource.choices, help_text="每行一户、一人或一个单位；定了以后不能改。"
    )
    file_format = forms.ChoiceField(label="格式", choices=HandoverFormat.choices)
    date_form = forms.ChoiceField(label="日期写法", choices=DateForm.choices)
    header = forms.BooleanField(label="第一行写列名", required=False, initial=True)
    retired = forms.BooleanField(label="停用", required=False, help_text="停用后不再出现在导出的选择里。")

    def __init__(self, *args: Any, fresh: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["retired" if fresh else "source"]


class TakeForm(forms.Form):
    """Whose rows, and what for."""

    root = OrganisationField(queryset=Node.objects.none(), label="党组织", required=False, empty_label="全乡")
    purpose = forms.CharField(label="用途", max_length=60, error_messages={"required": "请写明用途。"})
    anyway = forms.BooleanField(label="没有代码的值照原样写出", required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own_organisation(user)
        choice: Any = self.fields["root"]
        choice.queryset = organisations(user).select_related("root")
        if self.own is not None:
            choice.empty_label = None
            choice.initial = self.own.pk

    def place(self) -> Node | None:
        """The organisation asked for; a village user's own when none is named."""
        return self.cleaned_data.get("root") or self.own


@dataclass(frozen=True)
class Line:
    """One row of the table of columns: what is ours, and what was typed for it."""

    field: Field
    used: bool
    order: int
    heading: str
    codes: str


class ColumnsForm:
    """All columns of a source, the chosen ones first in their order; works with number boxes alone."""

    def __init__(self, fields: Sequence[Field], lines: Sequence[Line]) -> None:
        self.fields = fields
        self.lines = sorted(lines, key=lambda line: (not line.used, line.order))
        self.errors: list[str] = []

    @classmethod
    def of(cls, fields: Sequence[Field], columns: Sequence[Mapping[str, object]]) -> "ColumnsForm":
        """As the preset has them."""
        chosen = {one.code: (number, one) for number, one in enumerate(chosen_of(columns), 1)}
        lines = []
        for number, field in enumerate(fields, 1):
            order, one = chosen.get(field.code, (len(fields) + number, Chosen(field.code, field.title)))
            lines.append(Line(field, field.code in chosen, order, one.heading, write_codes(one.codes)))
        return cls(fields, lines)._numbered()

    @classmethod
    def typed(cls, fields: Sequence[Field], data: Mapping[str, str]) -> "ColumnsForm":
        """As somebody has typed them; 上移 and 下移 change places with the neighbour."""
        lines = [
            Line(
                field,
                f"use-{field.code}" in data,
                _number(data.get(f"order-{field.code}", ""), len(fields) + number),
                clean(data.get(f"heading-{field.code}", "")).strip(),
                clean(data.get(f"codes-{field.code}", ""))[:4000],
            )
            for number, field in enumerate(fields, 1)
        ]
        return cls(fields, lines)._numbered()

    def move(self, code: str, by: int) -> None:
        """Change a column's place with the one above (-1) or below (1)."""
        at = next((i for i, line in enumerate(self.lines) if line.field.code == code), None)
        if at is not None and 0 <= at + by < len(self.lines):
            self.lines[at], self.lines[at + by] = self.lines[at + by], self.lines[at]
        self._numbered()

    def chosen(self) -> list[Chosen]:
        """The columns in order; what is wrong with them is in `errors`."""
        found = []
        for line in self.lines:
            if line.used:
                codes, wrong = read_codes(line.codes)
                self.errors += [f"{line.field.title}：{word}" for word in wrong]
                found.append(Chosen(line.field.code, line.heading, codes))
        self.errors += wrong_with(found)
        return found

    def _numbered(self) -> "ColumnsForm":
        self.lines = [replace(line, order=number) for number, line in enumerate(self.lines, 1)]
        return self


def _number(typed: str, otherwise: int) -> int:
    """A place in the order; what is no number stays where it was."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else otherwise
