"""The home page of each seat: the office's desk, or one's own places."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right, Seat, may, seat_of
from grids.kinds import ListColumn
from grids.views.frames import who, workbook
from reports.annexes.registry import ANNEXES
from reports.choices import DutyOwner
from reports.cockpit.queries import coverage
from reports.cockpit.queries.duties import Due, due
from reports.cockpit.queries.goals import goals as goals_reached
from reports.cockpit.queries.matrix import Matrix, MatrixLine, matrix
from reports.cockpit.queries.own import own_filings
from reports.cockpit.queries.todo import todos
from reports.filing.checks.actions import recount
from reports.filing.checks.tallies import Tallies, last_tallies
from reports.filing.queries import FilingLine, current_campaign, filing_lines
from reports.models import Campaign
from services.notices.queries.register import Hung, progress

ELSEWHERE = {Seat.SYSTEM_ADMIN: "township:users", Seat.AUDITOR: "township:audit"}
OFFICE = {Seat.CLERK, Seat.LEADER}
FORMS = ("结构", "附件1", "附件2", "附件3", "附件4", "书面材料", "标识牌", "公示牌")
COLUMNS = (
    ListColumn("village", "村（党组织）", "name"),
    *(ListColumn(form, form, "code") for form in FORMS),
    ListColumn("block", "须改正（处）", "num"),
    ListColumn("warn", "要说明（处）", "num"),
    ListColumn("turn", "状态"),
    ListColumn("submitted", "上报日期", "code"),
    ListColumn("touched", "最后操作", "code"),
)


@dataclass(frozen=True)
class Year:
    """This year's round as the user sees it."""

    campaign: Campaign
    villages: list[FilingLine]

    @cached_property
    def hung(self) -> Hung:
        """Boards and plates, read once for all that is shown of them."""
        return progress([line.root.pk for line in self.villages], on=localdate())

    def due(self, *owners: str) -> Due:
        """The next duties of these owners."""
        return due(self.campaign, self.villages, on=localdate(), owners=owners, hung=self.hung)


def _year(request: HttpRequest) -> Year | None:
    campaign = current_campaign(request.user, on=localdate())
    if campaign is None:
        return None
    return Year(campaign, filing_lines(request.user, campaign, on=localdate()))


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The desk for the office, one's own places for village people."""
    seat = seat_of(request.user)
    if seat in ELSEWHERE:
        return redirect(ELSEWHERE[seat])
    if seat == Seat.NOBODY:
        return render(request, "reports/cockpit/nobody.html")
    if seat in OFFICE:
        return _desk(request)
    return render(request, "reports/cockpit/own.html", _own(request))


def _desk(request: HttpRequest) -> HttpResponse:
    year = _year(request)
    if year is None:
        return villages(request)
    context = {
        "due": year.due(*DutyOwner.values),
        "matrix": _matrix(request, year, last_tallies(request.user, on=localdate())),
        **_rights(request),
    }
    return render(request, "reports/cockpit/desk.html", context)


def _rights(request: HttpRequest) -> dict[str, Any]:
    may_import = may(request.user, Right.IMPORT_ROSTER)
    return {
        "forms": FORMS,
        "may_import": may_import,
        "may_log": may(request.user, Right.LOG_VISIT),
        "may_export": may(request.user, Right.EXPORT_ROSTER),
        "may_chase": may(request.user, Right.EDIT_TOWN_CONTACTS),
        "waiting": coverage.waiting_uploads(request.user) if may_import else [],
    }


def _matrix(request: HttpRequest, year: Year, tallies: Tallies) -> Matrix:
    return matrix(
        request.user,
        year.campaign,
        year.villages,
        tallies,
        hung=year.hung,
        now=_now(),
        reviews=may(request.user, Right.EDIT_TOWN_CONTACTS),
    )


def _now() -> datetime:
    return localtime()


@require_POST
def matrix_recount(request: HttpRequest) -> HttpResponse:
    """Run the cross-checks of the whole township and show the matrix with their numbers."""
    access.require(request.user, Right.EXPORT_ROSTER)
    access.require_office(request.user)
    year = _year(request)
    tallies = recount(by=who(request), campaign=year.campaign if year else None, today=localdate())
    if year is None or not getattr(request, "htmx", False):
        return redirect("reports:home")
    context = {"matrix": _matrix(request, year, tallies), "counted": True, **_rights(request)}
    return render(request, "reports/cockpit/_matrix.html", context)


@require_GET
def matrix_export(request: HttpRequest) -> HttpResponse:
    """The matrix as a workbook, as it stands on the page."""
    access.require(request.user, Right.EXPORT_ROSTER)
    access.require_office(request.user)
    year = _year(request)
    if year is None:
        return redirect("reports:campaigns")
    found = _matrix(request, year, last_tallies(request.user, on=localdate()))
    return workbook(request, f"{year.campaign}各村进度", COLUMNS, map(_exported, found.lines))


def _exported(line: MatrixLine) -> dict[str, Any]:
    filing, tally = line.line.filing, line.tally
    return {
        "village": line.root.name,
        **{cell.column: cell.text for cell in line.cells},
        "block": tally.block if tally else None,
        "warn": tally.warn if tally else None,
        "turn": f"{line.turn}（逾期）" if line.overdue else line.turn,
        "submitted": filing.submitted_on if filing else None,
        "touched": f"{localtime(line.line.touched):%Y-%m-%d %H:%M}" if line.line.touched else "",
    }


@require_GET
def villages(request: HttpRequest) -> HttpResponse:
    """What each village has and what is missing in it."""
    access.require(request.user, Right.EXPORT_ROSTER)
    access.require_office(request.user)
    context = {**_coverage(request), **_rights(request), "annexes": ANNEXES.values()}
    return render(request, "reports/cockpit/villages.html", context)


def _coverage(request: HttpRequest) -> dict[str, Any]:
    lines = coverage.home_lines(request.user, on=localdate())
    lines.sort(key=lambda line: -line.missing)  # equal ones stay in the order of the document
    total = coverage.total(lines)
    return {
        "lines": lines,
        "total": total,
        "coverage": total.linked * 100 // total.households if total.households else None,
        "missing": sum(line.missing for line in lines),
    }


def _own(request: HttpRequest) -> dict[str, Any]:
    year, found = _year(request), _coverage(request)
    filings = own_filings(request.user, year.villages, hung=year.hung, on=localdate()) if year else {}
    return {
        **found,
        **_rights(request),
        "places": [(line, filings.get(line.node.pk)) for line in found["lines"]],
        "due": year.due(DutyOwner.VILLAGE) if year else None,
    }


@require_GET
def goals(request: HttpRequest) -> HttpResponse:
    """目标完成情况 (R02): the four goals as bars, each number with the rows behind it."""
    access.require(request.user, Right.READ_ROSTER)
    year = _year(request) if may(request.user, Right.EXPORT_ROSTER) else None
    reached = goals_reached(request.user, year.villages if year else [], on=localdate())
    return render(request, "reports/cockpit/goals.html", {"goals": reached, "today": localdate()})


@require_GET
def todo(request: HttpRequest) -> HttpResponse:
    """What waits for the user, the exact page one click away."""
    access.require(request.user, Right.EDIT_ROSTER)
    return render(request, "reports/cockpit/todo.html", {"todos": todos(request.user, on=localdate())})
