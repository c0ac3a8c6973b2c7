"""Pages that can show a past day: `on=` in the address makes the whole view read the tables of then."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils.timezone import localdate

from grids import access
from grids.forms.fields import DayField
from grids.queries.as_of import first_day, standing

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


class DayForm(forms.Form):
    """The day a page is asked for."""

    on = DayField(label="日期", required=False)


def day_of(request: HttpRequest) -> date:
    """The day the page shows: the one asked for, else today."""
    return past_of(request) or localdate()


def past_of(request: HttpRequest) -> date | None:
    """The past day the page shows, None for the present; templates read it as request.as_of."""
    day: date | None = getattr(request, "as_of", None)
    return day


def then_of(request: HttpRequest) -> str:
    """（2026-09-10的情况）, for the title of a file of a past day; blank for the present."""
    day = past_of(request)
    return f"（{day:%Y-%m-%d}的情况）" if day else ""


def shows_past(view: View[P]) -> View[P]:
    """Let a view that only reads show a past day; it asks `day_of(request)` where it would ask for today."""

    @wraps(view)
    def shown(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        day = _asked(request)
        if day is None:
            return view(request, *args, **kwargs)
        township_id = access.scope_of(request.user).township_id  # who may look is decided by today's posts
        access.require(request.user, access.Right.READ_ROSTER)
        first = first_day(township_id)
        if first is None or day < first:
            return render(request, "grids/history/before.html", {"first": first, "day": day})
        request.as_of = day
        with standing(day, township_id=township_id):
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, SimpleTemplateResponse) else response

    return shown


def _asked(request: HttpRequest) -> date | None:
    """The day in the address or the form; the present and what comes after it need no other tables."""
    text = request.GET.get("on") or request.POST.get("on") or ""
    if not text:
        return None
    try:
        day: date | None = DayField().clean(text)
    except ValidationError as refusal:
        messages.warning(request, f"{'；'.join(refusal.messages)} 下面是现在的情况。")
        return None
    if day is not None and day > localdate():
        messages.info(request, "还没有到那一天，下面是现在的情况。")
    return day if day is not None and day < localdate() else None
