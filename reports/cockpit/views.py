"""The home page of each seat."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from grids.access import Right, Seat, may, seat_of
from reports.annexes.registry import ANNEXES
from reports.cockpit import queries

ELSEWHERE = {Seat.SYSTEM_ADMIN: "township:users", Seat.AUDITOR: "township:audit"}
TEMPLATES = {Seat.CLERK: "township.html", Seat.LEADER: "township.html", Seat.NOBODY: "nobody.html"}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The township's table for the office, one's own places for village people."""
    seat = seat_of(request.user)
    if seat in ELSEWHERE:
        return redirect(ELSEWHERE[seat])
    return render(request, f"reports/cockpit/{TEMPLATES.get(seat, 'own.html')}", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    lines = queries.home_lines(request.user, on=today)
    lines.sort(key=lambda line: -line.missing)  # equal ones stay in the order of the document
    total = queries.total(lines)
    may_import = may(request.user, Right.IMPORT_ROSTER)
    return {
        "lines": lines,
        "annexes": ANNEXES.values(),
        "total": total,
        "coverage": total.linked * 100 // total.households if total.households else None,
        "missing": sum(line.missing for line in lines),
        "may_import": may_import,
        "due": queries.due(request.user, on=today),
        "waiting": queries.waiting_uploads(request.user) if may_import else [],
        "may_export": may(request.user, Right.EXPORT_ROSTER),
    }
