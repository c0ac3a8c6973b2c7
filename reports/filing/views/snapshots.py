"""What was submitted: its tables on the page and as files, what differs, and the township's own table."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.views.frames import page_of, who
from reports.annexes.registry import ANNEXES
from reports.choices import FilingState
from reports.filing import queries
from reports.filing.comparing import compare_all
from reports.filing.printing import FORMATS, Taking, of_snapshot
from reports.filing.reviewing import reviewed
from reports.filing.rules import CLERK
from reports.models import Campaign, Snapshot


def _snapshot(request: HttpRequest, pk: int) -> Snapshot:
    rows = Snapshot.objects.visible_to(request.user).select_related(
        "filing__campaign__township", "filing__root"
    )
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return found


@require_GET
def snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    """What was submitted, and what differs from the submission before it."""
    found = _snapshot(request, pk)
    others = queries.snapshots_of(found.filing).exclude(pk=found.pk)
    asked = request.GET.get("with", "")
    other = others.filter(number=int(asked)).first() if asked.isdecimal() and len(asked) < 6 else None
    other = other or others.filter(number__lt=found.number).first()
    context: dict[str, Any] = {
        "snapshot": found,
        "filing": found.filing,
        "other": other,
        "others": others,
        "changes": compare_all(other.sheets, found.sheets) if other else [],
        "annexes": [ANNEXES[number] for number in queries.FILED],
        "rows": {number: len(sheet["rows"]) for number, sheet in found.sheets.items()},
    }
    return render(request, "reports/filing/snapshot.html", context)


@require_GET
def snapshot_sheet(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One annex as it was submitted, row by row: what is new is marked, each row takes a comment."""
    found = _snapshot(request, pk)
    if str(number) not in found.sheets:
        raise Http404
    table = reviewed(found, number, before=queries.seen_before(found))
    only = bool(table.changed) and "all" not in request.GET
    filing, newest = found.filing, queries.snapshots_of(found.filing).first()
    roles = queries.roles_of(request.user, filing.root)
    context = {
        "snapshot": found,
        "filing": filing,
        "annex": ANNEXES[number],
        "annexes": [ANNEXES[n] for n in queries.FILED],
        "table": table,
        "only": only,
        "page_obj": page_of(request, table.changed if only else table.rows),
        "may_comment": CLERK in roles and filing.state == FilingState.SUBMITTED and newest == found,
    }
    return render(request, "reports/filing/sheet.html", context)


@require_POST
def snapshot_file(request: HttpRequest, pk: int, number: int, format: str) -> HttpResponseBase:  # noqa: A002
    """One annex of a snapshot, the same content however the rosters have gone on."""
    found = _snapshot(request, pk)
    if str(number) not in found.sheets or format not in FORMATS:
        raise Http404
    made = of_snapshot(found, number, Taking(format, request=request), by=who(request))
    return FileResponse(made.content, as_attachment=True, filename=made.name, content_type=FORMATS[format])


@require_GET
def township_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The township's own annexes from accepted filings, or the names of the villages it is missing."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    whole = queries.whole_township(request.user, campaign, on=localdate())
    context = {"campaign": campaign, "whole": whole, "page_obj": page_of(request, whole.snapshots)}
    return render(request, "reports/filing/township.html", context)
