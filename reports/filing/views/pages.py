"""Who owes what, one village's filing with its steps, extensions and the written report."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.models import Node
from grids.views.frames import tried, who
from reports.annexes.registry import ANNEXES
from reports.chasing.queries import secretaries
from reports.choices import FilingState
from reports.filing import actions, queries
from reports.filing.comparing import compare_all
from reports.filing.forms import ExplainForm, ExtensionForm, StepForm
from reports.filing.obstacles import obstacles, with_explanations
from reports.filing.rules import CLERK, EDITABLE, FILING, RETURN_PHRASES, WORKED_ON
from reports.models import Filing, Snapshot
from reports.written.layout import prompts


def seen_filing(request: HttpRequest, pk: int) -> Filing:
    """The filing, for whoever may see the village's rosters whole."""
    rows = Filing.objects.visible_to(request.user).select_related("campaign__township", "root")
    found = get_object_or_404(rows.prefetch_related("extensions"), pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return found


@require_GET
def filings(request: HttpRequest) -> HttpResponse:
    """应报、已报、按时: every village of this year's round; a secretary goes straight to the own one."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    today = localdate()
    campaign = queries.current_campaign(request.user, on=today)
    if campaign is None:
        return redirect("reports:campaigns")
    lines = queries.filing_lines(request.user, campaign, on=today)
    people = secretaries(request.user, [line.root.pk for line in lines if not line.is_in], on=today)
    context = {
        "campaign": campaign,
        "lines": [
            (line, queries.roles_of(request.user, line.root), people.get(line.root.pk, ())) for line in lines
        ],
        "forms": sum((line.tally for line in lines), queries.FormTally(0, 0, 0)),
        "is_in": sum(line.is_in for line in lines),
        "in_time": sum(line.is_in and not line.late for line in lines),
        "total": len(lines),
        "left": queries.remaining(campaign, on=today),
        "sees_town": access.scope_of(request.user).whole_township,
        "may_edit": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "reports/filing/filings.html", context)


@require_POST
def filing_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a village's filing for work."""
    root = get_object_or_404(Node.objects.visible_to(request.user).filter(parent=None, closed_on=None), pk=pk)
    actions.require_role(who(request), root)
    campaign = queries.current_campaign(request.user, on=localdate())
    if campaign is None:
        raise Http404
    return redirect(actions.begin(campaign=campaign, root=root, by=who(request)))


@require_GET
def filing(request: HttpRequest, pk: int) -> HttpResponse:
    """One village's filing: where it stands, what is locked and why, comments, snapshots, what changed."""
    found, today = seen_filing(request, pk), localdate()
    roles = queries.roles_of(request.user, found.root)
    editable = found.state in EDITABLE and bool(roles)
    last = queries.snapshots_of(found).first()
    context = {
        "filing": found,
        "campaign": found.campaign,
        "lock": queries.lock_of(found, on=today),
        "left": queries.remaining(found.campaign, on=today),
        "steps": queries.open_steps(found, roles, on=today),
        "phrases": RETURN_PHRASES,
        "events": found.events.select_related("by").order_by("-pk"),
        "returned": queries.returned(found),
        "comments": queries.comments_of(found, last),
        "snapshots": queries.snapshots_of(found),
        "last": last,
        "obstacles": obstacles(found, on=today) if roles and found.state in WORKED_ON else None,
        "annexes": [ANNEXES[number] for number in queries.FILED],
        "prompts": len(prompts(found.report_text)),
        "editable": editable,
        "may_review": CLERK in roles,
        "may_comment": CLERK in roles and found.state == FilingState.SUBMITTED,
        "extensions": found.extensions.select_related("by"),
        **(_changes(found, last, today) if last else {}),
    }
    return render(request, "reports/filing/filing.html", context)


def _changes(found: Filing, last: Snapshot, today: date) -> dict[str, Any]:
    """What the last submission changed, and what the rosters have changed since."""
    before = queries.seen_before(last)
    live = with_explanations(queries.live_sheets(found, on=today), found)
    return {
        "before": before,
        "news": compare_all(before.sheets, last.sheets) if before else [],
        "changes": queries.changes_since(last, live),
    }


@require_POST
def filing_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one step of the table."""
    found = seen_filing(request, pk)
    actions.require_role(who(request), found.root)
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有处理：请从页面上的按钮操作。")
        return redirect(found)
    code = form.cleaned_data["step"]
    try:
        actions.take_step(
            filing=found,
            code=code,
            by=who(request),
            today=localdate(),
            note=form.cleaned_data["note"],
            blockers=obstacles(found, on=localdate()).count if code in ("review", "submit") else 0,
        )
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    else:
        messages.success(request, f"已{FILING.step(code).title}。")
    return redirect(found)


@require_POST
def filing_explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why something out of the ordinary is right; it goes into 备注 when submitted."""
    found = seen_filing(request, pk)
    actions.require_role(who(request), found.root)
    form = ExplainForm(request.POST)
    if form.is_valid():
        tried(form, lambda: actions.explain(filing=found, by=who(request), **form.cleaned_data))
    if form.errors:
        messages.error(request, "说明没有写上：请在填报期间写 100 字以内的话。")
    else:
        messages.success(request, "已写说明，上报时写进备注。")
    return redirect(f"{found.get_absolute_url()}#obstacles")


@require_http_methods(["GET", "POST"])
def filing_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a dated exception."""
    found = seen_filing(request, pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.extend(filing=found, by=who(request), **form.cleaned_data))
        if made is not None:
            messages.success(request, f"已准予延期至 {made.until:%Y-%m-%d}。")
            return redirect(found)
    return render(request, "reports/filing/extend.html", {"form": form, "filing": found})
