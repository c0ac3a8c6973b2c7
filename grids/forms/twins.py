"""The check for a person who is there already: a field that lists the same names and asks to be confirmed."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from grids.queries.duplicates import Twin, twins_of

NAME = "not_same"


class TwinsWidget(forms.CheckboxInput):
    """The list of namesakes with a box to tick; filled anew while one types, where there is JavaScript."""

    use_fieldset = True

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 1})  # the form's grid gives fields with rows the whole width
        self.found: Sequence[Twin] = ()
        self.asked: dict[str, str] = {}
        self.offers = False  # in a form that can take somebody who is there already

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box and, around it, what htmx asks for."""
        address = f"{reverse('grids:person_twins')}?{urlencode(self.asked)}"
        context = {
            "twins": self.found,
            "untyped": True,
            "ticked": self.check_test(value),
            "address": address,
            "offers": self.offers,
        }
        return render_to_string("grids/people/_twins_field.html", context)


class TwinsField(forms.BooleanField):
    """Ticked when the namesakes are somebody else."""

    widget = TwinsWidget

    def __init__(self) -> None:
        super().__init__(label="重名核对", required=False)


def prepare(form: forms.Form, *, root_id: int | None, but: int | None = None, offers: bool = False) -> None:
    """Tell the field of a form whom it asks about: a fixed village, and the person who is being changed."""
    widget = form.fields[NAME].widget
    asked = {"village": root_id, "but": but, "offers": "1" if offers else None}
    widget.asked = {name: str(value) for name, value in asked.items() if value is not None}
    widget.offers = offers


def check(form: forms.Form, *, user: Any, root_id: int | None, but: int | None = None) -> None:
    """Refuse once when somebody of that name is there and nobody said that it is another person."""
    if NAME not in form.fields:
        return  # a table of many rows looks for namesakes in all of them at once
    data = form.cleaned_data
    found = twins_of(
        user,
        name=data.get("name") or "",
        phone=data.get("phone") or "",
        root_id=root_id,
        on=localdate(),
        but=but,
    )
    form.fields[NAME].widget.found = found
    if any(twin.exact for twin in found):
        return  # that it is another person can't be said; the action answers in its own words
    if found and not data.get(NAME):
        form.add_error(NAME, "系统里有同名的人。请核对上面的记录；确实不是同一人，勾选后再保存。")
