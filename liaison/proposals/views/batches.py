"""An order with its villages: how far each has come, cancel, go on."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.views.frames import page_of, who
from liaison.models import Batch, Proposal
from liaison.proposals import actions
from township import jobs
from township.choices import JobState


def _batch(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)


@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Every village of an order with how far it has come; reads itself again until all are done."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    found, moment = _batch(request, pk), now()
    rows = list(found.proposals.select_related("place").order_by("pk"))
    waiting = [row for row in rows if not row.is_finished]
    worked = jobs.is_worked(Proposal, moment)
    stuck = [row for row in rows if row.state != JobState.DONE and _stands_still(row, moment, worked)]
    context = {
        "batch": found,
        "page_obj": page_of(request, rows),
        "done": sum(row.state == JobState.DONE for row in rows),
        "total": len(rows),
        "going_on": bool(waiting) and not any(row in stuck for row in waiting),
        "stuck": stuck,
        "running": [row for row in waiting if row.state == JobState.RUNNING],
        "may_decide": actions.may_order(request.user, place=found.place, edge=found.edge),
    }
    return render(request, "liaison/proposals/batch.html", context)


@require_POST
def batch_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop what waits and runs; what is done stays."""
    found = _batch(request, pk)
    number = actions.cancel(batch=found, by=who(request))
    messages.info(request, f"已取消 {number} 份，已完成的保留。")
    return redirect(found)


@require_POST
def batch_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with the villages that are not done."""
    found = _batch(request, pk)
    number = actions.retry(batch=found, by=who(request))
    messages.info(request, f"继续编排其余 {number} 份，已完成的不重做。")
    return redirect(found)


def _stands_still(row: Proposal, moment: datetime, worked: bool) -> bool:
    """Nobody works on it, and nobody will: what only waits its turn in a queue at work goes on."""
    if row.state == JobState.QUEUED and worked:
        return False
    return row.is_finished or row.is_silent(moment)
