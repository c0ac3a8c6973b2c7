"""Pages of filings: who owes what, one village's filing, review, snapshots and what changed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.models import Node
from grids.views.frames import page_of, tried, who
from reports.annexes.registry import ANNEXES
from reports.filing import actions, queries
from reports.filing.comparing import compare_all
from reports.filing.forms import CommentForm, ExplainForm, ExtensionForm, ReportForm, StepForm
from reports.filing.obstacles import obstacles, with_explanations
from reports.filing.printing import FORMATS, of_snapshot
from reports.filing.rules import EDITABLE, FILING, RETURN_PHRASES, SECRETARY, WORKED_ON
from reports.filing.writing import report_draft
from reports.models import Campaign, Filing, FilingComment, Snapshot


def _filing(request: HttpRequest, pk: int) -> Filing:
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
    context = {
        "campaign": campaign,
        "lines": [(line, queries.roles_of(request.user, line.root)) for line in lines],
        "is_in": sum(line.is_in for line in lines),
        "in_time": sum(line.is_in and not line.late for line in lines),
        "total": len(lines),
        "left": queries.remaining(campaign, on=today),
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
    found, today = _filing(request, pk), localdate()
    roles = queries.roles_of(request.user, found.root)
    last = queries.snapshots_of(found).first()
    steps = FILING.open_to(found.state, roles)
    editable = found.state in EDITABLE and bool(roles)
    live = with_explanations(queries.live_sheets(found, on=today), found) if last else {}
    context = {
        "filing": found,
        "campaign": found.campaign,
        "lock": queries.lock_of(found, on=today),
        "left": queries.remaining(found.campaign, on=today),
        "steps": steps,
        "phrases": RETURN_PHRASES,
        "events": found.events.select_related("by").order_by("-pk"),
        "comments": found.comments.select_related("by", "settled_by").order_by("settled_at", "pk"),
        "snapshots": queries.snapshots_of(found),
        "last": last,
        "changes": queries.changes_since(last, live) if last else [],
        "obstacles": obstacles(found, on=today) if roles and found.state in WORKED_ON else None,
        "annexes": [ANNEXES[number] for number in queries.FILED],
        "editable": editable,
        "is_secretary": SECRETARY in roles,
        "may_review": "clerk" in roles,
        "comment_form": CommentForm(),
        "extensions": found.extensions.select_related("by"),
    }
    return render(request, "reports/filing/filing.html", context)


@require_POST
def filing_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one step of the table."""
    found = _filing(request, pk)
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
def filing_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Pin a remark."""
    found = _filing(request, pk)
    actions.require_role(who(request), found.root)
    form = CommentForm(request.POST)
    if form.is_valid():
        actions.comment(filing=found, by=who(request), **form.cleaned_data)
        messages.success(request, "已写批注。")
    else:
        messages.error(request, "批注没有写上：请写 200 字以内的话。")
    return redirect(found)


@require_POST
def filing_explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why something out of the ordinary is right; it goes into 备注 when submitted."""
    found = _filing(request, pk)
    actions.require_role(who(request), found.root)
    form = ExplainForm(request.POST)
    if form.is_valid():
        tried(form, lambda: actions.explain(filing=found, by=who(request), **form.cleaned_data))
    if form.errors:
        messages.error(request, "说明没有写上：请在填报期间写 100 字以内的话。")
    else:
        messages.success(request, "已写说明，上报时写进备注。")
    return redirect(f"{found.get_absolute_url()}#obstacles")


@require_POST
def comment_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The village has mended what a remark was about."""
    rows = FilingComment.objects.visible_to(request.user).select_related("filing__root")
    found = get_object_or_404(rows, pk=pk)
    actions.settle(comment=found, by=who(request))
    messages.success(request, "已标为改好。")
    return redirect(found.filing)


@require_http_methods(["GET", "POST"])
def filing_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a dated exception."""
    found = _filing(request, pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.extend(filing=found, by=who(request), **form.cleaned_data))
        if made is not None:
            messages.success(request, f"已准予延期至 {made.until:%Y-%m-%d}。")
            return redirect(found)
    return render(request, "reports/filing/extend.html", {"form": form, "filing": found})


@require_http_methods(["GET", "POST"])
def filing_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The written report: a draft with the numbers filled in, edited by the village."""
    found = _filing(request, pk)
    actions.require_role(who(request), found.root)
    text = found.report_text or report_draft(found, on=localdate())
    form = ReportForm(request.POST or None, initial={"text": text})
    if request.method == "POST" and form.is_valid():
        done = tried(
            form,
            lambda: actions.write_report(filing=found, text=form.cleaned_data["text"], by=who(request)),
        )
        if done is not None:
            messages.success(request, "书面材料已保存。")
            return redirect(found)
    context = {"form": form, "filing": found, "editable": found.state in EDITABLE}
    return render(request, "reports/filing/report.html", context)


# --- snapshots --------------------------------------------------------------------------------------


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


@require_POST
def snapshot_file(request: HttpRequest, pk: int, number: int, format: str) -> HttpResponseBase:  # noqa: A002
    """One annex of a snapshot, the same content however the rosters have gone on."""
    found = _snapshot(request, pk)
    if str(number) not in found.sheets or format not in FORMATS:
        raise Http404
    content, name, kind = of_snapshot(found, number, format, by=who(request), request=request)
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind)


@require_GET
def township_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The township's own annexes from accepted filings, or the names of the villages it is missing."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    whole = queries.whole_township(request.user, campaign, on=localdate())
    context = {"campaign": campaign, "whole": whole, "page_obj": page_of(request, whole.snapshots)}
    return render(request, "reports/filing/township.html", context)
