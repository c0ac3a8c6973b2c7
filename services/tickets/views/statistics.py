"""Satisfaction and time as pictures, each bar with its rows behind it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from grids import access
from grids.access import Right
from grids.views.frames import who
from services.tickets.forms.bars import StatisticsBar
from services.tickets.queries.statistics import BY, BY_ITEM, Sum, statistics
from services.tickets.rooms import frame
from services.visits.choices import Satisfaction

WIDTH = 200  # of a bar, in units of the picture


@dataclass(frozen=True)
class Slice:
    """One part of a bar: from where, how wide, what it stands for."""

    code: str
    words: str
    number: int
    at: float
    width: float
    url: str


@dataclass(frozen=True)
class Bar:
    """One line: its numbers, its two bars, where its rows are."""

    sum: Sum
    url: str
    slices: list[Slice]
    days_width: float
    days: str


@require_GET
def ticket_statistics(request: HttpRequest) -> HttpResponse:
    """By item, village or month of one year."""
    user = who(request)
    access.require(user, Right.READ_ROSTER)
    bar = StatisticsBar(request.GET, user=user, this_year=localdate().year)
    by = bar.text("by") or BY_ITEM
    sums = statistics(user, bar.year(), by, village=bar.pk("village"))
    longest = max((one.average or 0 for one in sums), default=0)
    context = frame("statistics") | {
        "filter_form": bar,
        "title": BY[by],
        "year": bar.year(),
        "bars": [_bar(one, longest) for one in sums],
        "width": WIDTH,
        "legend": [(code, label) for code, label in Satisfaction.choices],
    }
    return render(request, "services/tickets/statistics.html", context)


def _bar(one: Sum, longest: float) -> Bar:
    average = one.average
    return Bar(
        one,
        _address(one.query),
        _slices(one),
        round(WIDTH * average / longest, 1) if average and longest else 0,
        "" if average is None else f"{average:.1f}",
    )


def _slices(one: Sum) -> list[Slice]:
    """Shares of those who were asked, one after the other."""
    found, at = [], 0.0
    for code, label in Satisfaction.choices:
        number = one.said[code]
        width = round(WIDTH * number / one.heard, 1) if one.heard else 0
        if number:
            url = _address({**one.query, "satisfaction": code})
            found.append(Slice(code, str(label), number, round(at, 1), width, url))
        at += width
    return found


def _address(query: object) -> str:
    return f"{reverse('services:tickets')}?{urlencode({'state': '', **dict(query)})}"  # type: ignore[call-overload]
