"""What is asked of a clerk here: grids that need adjusting, orders given, links fixed or ruled out."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.forms.filters import Filter
from grids.views.frames import page_of, who
from grids.views.outcome import tell
from liaison.models import Batch, Wish
from liaison.proposals import fixing
from liaison.proposals.freshness import due_grids, editable_among
from liaison.proposals.queries import (
    wishes,
)
from township import history
from township.choices import JobState


@require_GET
def adjust(request: HttpRequest) -> HttpResponse:
    """需调整: grids out of step, each with its causes and one click to a least-change proposal."""
    access.require(request.user, access.Right.READ_ROSTER)
    bar = Filter(request.GET, user=request.user)
    due = due_grids(request.user, on=localdate(), village=bar.pk("village"))
    page = page_of(request, due)
    edits = editable_among(request.user, [line.pk for line in page.object_list])
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": [(line, line.pk in edits) for line in page.object_list],
        "households": sum(line.found.get("orphaned", 0) + line.found.get("unlinked", 0) for line in due),
        "may_order": access.may(request.user, access.Right.EDIT_ROSTER),
    }
    return render(request, "liaison/proposals/adjust.html", context)


@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Orders given lately, newest first."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    rows = Batch.objects.visible_to(request.user).select_related("place__root", "township", "by")
    rows = rows.annotate(
        villages=Count("proposals"),
        done=Count("proposals", filter=Q(proposals__state=JobState.DONE)),
    )
    page = page_of(request, rows.order_by("-created_at", "-pk"))
    context = {"page_obj": page, "may_order": access.may(request.user, access.Right.EDIT_ROSTER)}
    return render(request, "liaison/proposals/list.html", context)


@require_GET
def wish_list(request: HttpRequest) -> HttpResponse:
    """Links that are fixed or ruled out now."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    page = page_of(request, wishes(request.user))
    rows = [(row, access.may_edit(request.user, row.target)) for row in page]
    return render(request, "liaison/proposals/wishes.html", {"page_obj": page, "rows": rows})


@require_POST
def wish_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the engine be free again at this link."""
    wish = get_object_or_404(Wish.objects.visible_to(request.user).select_related("target"), pk=pk)
    with history.action(by=who(request), title="取消固定或回避") as act:
        fixing.end_wish(wish=wish, by=who(request), today=localdate())
    tell(request, f"已取消：{wish}。", act)
    return redirect("liaison:wishes")
