"""A new campaign, its days corrected, a duty ticked off."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from grids import access
from grids.actions.refusals import in_words
from grids.choices import BandCode
from grids.models import BandRule
from grids.queries.bands import bands_in_force
from reports.campaign.rules import BY_FILING, CUT_OFF, DUTIES, FILING_DUE
from reports.models import Campaign, Deadline
from reports.statistics.actions import copy_form
from services.visits.rules import EVERY
from township import audit, history
from township.choices import Deed
from township.lifecycle import NotAllowed
from township.models import Township, User


def proposed(township: Township, year: int, earlier: Campaign | None) -> dict[str, Any]:
    """What the form of a new campaign begins with: the days of the year before, else the document's."""
    if earlier is None:
        days = {"cut_off": date(year, *CUT_OFF), "due_on": date(year, *FILING_DUE)}
        return {"year": year, "title_name": township.name, "visit_every": EVERY, **days}
    return {
        "year": year,
        "title_name": earlier.title_name,
        "cut_off": _in_year(earlier.cut_off, year),
        "due_on": _in_year(earlier.due_on, year),
        "visit_every": earlier.visit_every,
    }


def _in_year(day: date, year: int) -> date:
    """The same month and day; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


@in_words("这个年度的任务已经建过。")
@history.acts("新建年度任务")
def create(*, township: Township, data: Mapping[str, Any], by: User) -> Campaign:
    """The campaign with its deadlines and ratios, and the form of annex 1, copied from the year before."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    with transaction.atomic():
        earlier = Campaign.objects.filter(township=township, year__lt=data["year"]).order_by("-year").first()
        campaign = Campaign(township=township, **data)
        campaign.full_clean()
        history.save(campaign, by=by, reason="新建年度任务")
        history.create_all(Deadline, _deadlines(campaign, earlier), by=by, reason="新建年度任务")
        _settle_bands(campaign, by)
        copy_form(campaign=campaign, earlier=earlier, by=by)
        audit.record(by=by, deed=Deed.CREATE, target=f"年度任务：{campaign}")
    return campaign


def _deadlines(campaign: Campaign, earlier: Campaign | None) -> list[Deadline]:
    """The document's, with the days of the year before where an office has moved them, and its own."""
    before = {row.code: row for row in earlier.deadlines.all()} if earlier else {}
    found = []
    for duty in DUTIES:
        was = before.pop(duty.code, None)
        day = _in_year(was.due_on, campaign.year) if was else duty.due(campaign.year)
        if duty.code in BY_FILING:
            day = campaign.due_on
        found.append((duty.code, duty.title, duty.clause, duty.owner, day))
    found += [
        (row.code, row.title, row.clause, row.owner, _in_year(row.due_on, campaign.year))
        for row in before.values()
    ]
    return [
        Deadline(campaign=campaign, code=code, title=title, clause=clause, owner=owner, due_on=day)
        for code, title, clause, owner, day in found
    ]


def _settle_bands(campaign: Campaign, by: User) -> None:
    """The year's ratios become rows of their own, so that a later year's change leaves them as they are."""
    if BandRule.objects.filter(township=campaign.township, year=campaign.year).exists():
        return
    bands = bands_in_force(campaign.township_id, year=campaign.year)
    rows = [
        BandRule(
            township=campaign.township,
            year=campaign.year,
            code=code,
            low=bands[code].low,
            high=bands[code].high,
            hard=bands[code].hard,
            mode=bands[code].mode,
            scope=bands[code].scope,
            clause=bands[code].clause,
            quote=bands[code].quote,
        )
        for code in BandCode.values
    ]
    history.create_all(BandRule, rows, by=by, reason="新建年度任务")


@in_words()
@history.acts("修改年度任务")
def change(*, campaign: Campaign, data: Mapping[str, Any], by: User) -> Campaign:
    """Correct days, notice or the name in titles; the filing deadlines follow the campaign's day."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    with transaction.atomic():
        for name, value in data.items():
            setattr(campaign, name, value)
        campaign.full_clean()
        history.save(campaign, by=by, reason="修改年度任务")
        following = list(campaign.deadlines.filter(code__in=BY_FILING).exclude(due_on=campaign.due_on))
        for row in following:
            row.due_on = campaign.due_on
        history.update_all(Deadline, following, ["due_on"], by=by, reason="随年度任务")
        audit.record(by=by, deed=Deed.CHANGE, target=f"年度任务：{campaign}")
    return campaign


@transaction.atomic
@history.acts("修改时限")
def set_deadline(*, deadline: Deadline, due_on: date, done_on: date | None, note: str, by: User) -> Deadline:
    """Move a day, tick it off, or take the tick back; what filings prove cannot be ticked."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    if deadline.code in BY_FILING and (done_on or due_on != deadline.campaign.due_on):
        raise NotAllowed("这一项随各村上报自动完成，日期在年度任务里改。")
    deadline.due_on, deadline.done_on, deadline.note = due_on, done_on, note
    deadline.full_clean()
    history.save(deadline, by=by, reason="修改时限", fields=["due_on", "done_on", "note"])
    audit.record(by=by, deed=Deed.CHANGE, target=f"时限：{deadline}")
    return deadline
