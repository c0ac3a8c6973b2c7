"""The form of a saved view."""

from typing import Any

from django import forms
from django.http import QueryDict

from grids.forms.fields import RemarkField
from grids.sorts import SORTS


class ViewForm(forms.Form):
    """A name for a list as it stands."""

    listing = forms.ChoiceField(choices=lambda: [(code, code) for code in SORTS], widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    name = RemarkField(label="视图名称", max_length=20)
    shared = forms.BooleanField(label="办公室共用", required=False)

    def clean_query(self) -> str:
        """Only what can stand in an address again."""
        return QueryDict(self.cleaned_data["query"]).urlencode(safe=",")


class RenameViewForm(forms.Form):
    """Another name."""

    name = RemarkField(label="视图名称", max_length=20)


def first_sentence(form: forms.Form) -> str:
    """What is wrong, for a form whose page is the list itself."""
    data: Any = form.errors.get_json_data()
    if "name" in data:
        return f"视图名称：{data['name'][0]['message']}"
    found = next(iter(data.values()), [{"message": "没有保存，请再试一次。"}])
    return str(found[0]["message"])
