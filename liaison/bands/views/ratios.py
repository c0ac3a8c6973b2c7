"""The six ratios of a year: what holds, how holders stand, what it asks of the township, and changing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.actions.refusals import ChangedMeanwhile, sentences
from grids.choices import BandCode, BandMode, BandScope
from grids.queries.bands import bands_in_force, yardstick
from grids.rules import PRESET, Band, Bands
from grids.views.frames import who
from liaison.bands import actions
from liaison.bands.forms import SCOPED, BandsForm
from liaison.bands.queries import holders, listed, sums, yearly
from liaison.bands.rules import HOLDERS, NeedBar, Tally, differences, hub_words, tally_changes
from liaison.choices import Edge
from township.addresses import row_number


@dataclass(frozen=True)
class RatioRow:
    """One ratio as the page shows it."""

    band: Band
    tally: Tally
    holder: str
    unit: str
    has_scope: bool
    changed: list[str]  # against the document
    url: str  # of those it counts

    @property
    def is_proposed(self) -> bool:
        """False for the one ratio that no link is proposed by."""
        return self.band.code != BandCode.DENSITY

    @property
    def mode(self) -> str:
        """检查, 提示 or 不用, without what it means."""
        return str(BandMode(self.band.mode).label).partition("（")[0]

    @property
    def scope(self) -> str:
        """本网格内 or 全村."""
        return str(BandScope(self.band.scope).label).partition("（")[0]


def _rows(bands: Bands, tallies: Mapping[str, Tally], *, in_force: bool) -> list[RatioRow]:
    return [
        RatioRow(
            band,
            tallies[code],
            *HOLDERS[code],
            has_scope=code in SCOPED,
            changed=differences(PRESET[code], band),
            url=reverse("liaison:edge", args=[code]) if in_force and code in Edge.values else "",
        )
        for code, band in bands.items()
    ]


@require_GET
def bands(request: HttpRequest) -> HttpResponse:
    """The ratios of the year asked for, and what they come to."""
    access.require(request.user, access.Right.READ_ROSTER)
    user, today = who(request), localdate()
    rules = yearly.set_rules(user.township_id)
    years = rules.years(today=today)
    asked = row_number(request.GET.get("year", ""))
    year = asked if asked in years else today.year
    in_force = rules.in_force(year)
    measure = holders.with_bands(yardstick(user.township_id, on=today), in_force)
    tallies = holders.tallies(holders.loads(user, on=today), measure)
    numbers = sums.counted(user, on=today)
    may_set = access.may(user, access.Right.EDIT_TOWN_CONTACTS)
    context = {
        "year": year,
        "years": years,
        "this_year": today.year,
        "own_year": rules.own_year(year),
        "rows": _rows(in_force, tallies, in_force=year == today.year),
        "bars": [NeedBar(one) for one in sums.total_sums(numbers, in_force)],
        "hub_words": hub_words(in_force),
        "villages": sums.village_sums(numbers, in_force),
        "whole_township": access.scope_of(user).whole_township,
        "changes": yearly.rule_changes(user.township_id, year=year, before=rules.in_force(year - 1)),
        "may_edit": may_set and year >= today.year,
        "waiting": listed.waiting_count(user, on=today),
        "may_decide": may_set,
    }
    return render(request, "liaison/bands/bands.html", context)


@require_http_methods(["GET", "POST"])
def bands_edit(request: HttpRequest, year: int) -> HttpResponse:
    """Six ratios in one form; what was filled in is shown with its effect before it is written."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    user, today = who(request), localdate()
    if year not in (today.year, today.year + 1):
        raise Http404
    old = bands_in_force(user.township_id, year=year)
    shown = PRESET if "document" in request.GET else old
    form = BandsForm(request.POST or None, shown=shown)
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        return _confirmed(request, year, form) or _preview(request, year, old, form)
    context = {"year": year, "form": form, "from_document": shown is PRESET, "back": _back(year)}
    return render(request, "liaison/bands/edit.html", context)


def _back(year: int) -> str:
    return f"{reverse('liaison:bands')}?year={year}"


def _confirmed(request: HttpRequest, year: int, form: BandsForm) -> HttpResponse | None:
    """Write what the preview has shown; None when there is nothing to write yet, or the preview has aged."""
    if "confirm" not in request.POST:
        return None
    try:
        actions.set_bands(
            year=year,
            bands=form.values(),
            seen=request.POST["confirm"],
            today=localdate(),
            by=who(request),
        )
    except ChangedMeanwhile:
        messages.error(request, "预览以后，别人改过这一年的比例区间，还没有保存。请核对下面新的预览再确认。")
        return None
    except ValidationError as refusal:
        messages.error(request, "；".join(sentences(refusal)))
        return redirect(_back(year))
    messages.success(request, f"已保存 {year} 年的比例区间。")
    return redirect(_back(year))


@dataclass(frozen=True)
class Effect:
    """What a change does to one ratio."""

    band: Band
    words: list[str]
    moved: list[str]
    before: Tally
    after: Tally
    holder: str
    unit: str


def _preview(request: HttpRequest, year: int, old: Bands, form: BandsForm) -> HttpResponse:
    user, today, new = who(request), localdate(), form.values()
    measure, found = yardstick(user.township_id, on=today), holders.loads(user, on=today)
    before = holders.tallies(found, holders.with_bands(measure, old))
    after = holders.tallies(found, holders.with_bands(measure, new))
    effects = [
        Effect(
            band,
            differences(old[code], band),
            tally_changes(code, before[code], after[code]),
            before[code],
            after[code],
            *HOLDERS[code],
        )
        for code, band in new.items()
    ]
    context: dict[str, Any] = {
        "year": year,
        "effects": effects,
        "changing": sum(bool(effect.words) for effect in effects),
        "moved": [words for effect in effects for words in effect.moved],
        "needs": _needs(request, old, new),
        "typed": [(name, value) for name, value in request.POST.items() if "-" in name],
        "seal": actions.seal_of(old),
        "back": _back(year),
    }
    return render(request, "liaison/bands/preview.html", context)


def _needs(request: HttpRequest, old: Bands, new: Bands) -> list[tuple[Any, Any]]:
    """Sums before and after, of ratios whose need changes."""
    numbers = sums.counted(request.user, on=localdate())
    was = {one.band.code: one for one in sums.total_sums(numbers, old)}
    will = sums.total_sums(numbers, new)
    return [
        (was[one.band.code], one)
        for one in will
        if one.band.code in was and was[one.band.code].span != one.span
    ]
