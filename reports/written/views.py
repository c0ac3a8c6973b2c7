"""Pages of written reports: a village's, the township's, their files, and the templates."""

from collections.abc import Callable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.views.frames import tried, who
from grids.views.outcome import tell
from reports.choices import ReportLevel
from reports.exportlog.actions import Leaving
from reports.filing import actions as filings
from reports.filing.queries import roles_of
from reports.filing.rules import EDITABLE
from reports.models import Campaign, Filing, Snapshot
from reports.written import actions, files, queries, sending
from reports.written.forms import ReportForm, TemplateForm, TownReportForm
from reports.written.layout import Paper, blocks_of
from reports.written.starting import document_text, starting_text, template_of
from reports.written.words import listed
from township import history


def _filing(request: HttpRequest, pk: int) -> Filing:
    rows = Filing.objects.visible_to(request.user).select_related("campaign__township", "root")
    found = get_object_or_404(rows.prefetch_related("extensions"), pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return found


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    rows = Campaign.objects.visible_to(request.user).select_related("township")
    return get_object_or_404(rows, pk=pk)


def _sent(request: HttpRequest, suffix: str, made: Callable[[], tuple[Paper, Leaving]]) -> FileResponse:
    if suffix not in files.TYPES:
        raise Http404
    issued = sending.send(*made(), by=who(request), request=request)
    kind = files.TYPES[suffix]
    return FileResponse(issued.content, as_attachment=True, filename=issued.name, content_type=kind)


# --- a village --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def filing_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report: its text with words, the words one can put in, and how it will be printed."""
    found, today = _filing(request, pk), localdate()
    editable = found.state in EDITABLE and bool(roles_of(request.user, found.root))
    if request.method == "POST":
        filings.require_role(who(request), found.root)
    draft = None if queries.is_sent(found) else queries.village_draft(found, on=today)
    form = ReportForm(request.POST or None, initial={"text": draft.typed if draft else ""})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        with history.action(by=who(request), title="修改书面材料") as act:
            done = tried(
                form, lambda: actions.write_report(filing=found, text=text, on=today, by=who(request))
            )
        if done is not None:
            tell(request, "书面材料已保存。", act)
            return redirect("reports:filing_report", found.pk)
    shown = draft.shown if draft else queries.village_text(found, on=today)
    context = {
        "heading": f"{found.root.name}：书面材料",
        "form": form,
        "filing": found,
        "campaign": found.campaign,
        "back": found.get_absolute_url(),
        "editable": editable,
        "draft": draft,
        "begun": bool(found.report_text),
        "blocks": blocks_of(shown),
        "words": listed(draft.now) if editable and draft else [],
        "refresh_url": reverse("reports:filing_report_refresh", args=[found.pk]),
        "file_urls": _file_urls("reports:filing_report_file", found.pk) if shown else [],
        "may_template": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "reports/written/report.html", context)


def _file_urls(view: str, pk: int) -> list[tuple[str, str]]:
    return [
        (title, reverse(view, args=[pk, suffix])) for title, suffix in (("Word 文件", "docx"), ("PDF", "pdf"))
    ]


@require_POST
def filing_report_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the numbers of today; the typed text stays."""
    found = _filing(request, pk)
    filings.require_role(who(request), found.root)
    with history.action(by=who(request), title="刷新书面材料里的数") as act:
        actions.refresh_report(filing=found, on=localdate(), by=who(request))
    tell(request, "正文里的数已换成现在的数，您写的文字没有动。", act)
    return redirect("reports:filing_report", found.pk)


@require_POST
def filing_report_file(request: HttpRequest, pk: int, format: str) -> FileResponse:  # noqa: A002
    """Word or PDF: frozen once submitted, a marked draft before."""
    found, today = _filing(request, pk), localdate()
    text = queries.village_text(found, on=today)
    if not text:
        raise Http404
    by = who(request)
    return _sent(request, format, lambda: sending.of_village(found, text, format, on=today, by=by))


@require_POST
def snapshot_report(request: HttpRequest, pk: int, format: str) -> FileResponse:  # noqa: A002
    """The report as it was submitted, however the rosters have gone on."""
    rows = Snapshot.objects.visible_to(request.user).select_related(
        "filing__campaign__township", "filing__root"
    )
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    if not found.report_text:
        raise Http404
    return _sent(request, format, lambda: sending.of_snapshot(found, format, by=who(request)))


# --- the township -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def town_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The office's own report, from accepted filings."""
    campaign, today = _campaign(request, pk), localdate()
    found = queries.town_draft(request.user, campaign, on=today)
    initial = {"text": found.draft.typed, "with_group": found.with_group}
    form = TownReportForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="修改乡书面材料") as act:
            done = tried(
                form,
                lambda: actions.write_town_report(
                    campaign=campaign, on=today, by=who(request), **form.cleaned_data
                ),
            )
        if done is not None:
            tell(request, "书面材料已保存。", act)
            return redirect("reports:town_report", campaign.pk)
    context: dict[str, Any] = {
        "heading": f"{campaign.title_name}：书面材料",
        "form": form,
        "campaign": campaign,
        "whole": found.whole,
        "back": reverse("reports:township_table", args=[campaign.pk]),
        "editable": True,
        "draft": found.draft,
        "begun": bool(found.draft.saved),
        "blocks": blocks_of(found.draft.shown),
        "words": listed(found.draft.now),
        "refresh_url": reverse("reports:town_report_refresh", args=[campaign.pk]),
        "file_urls": _file_urls("reports:town_report_file", campaign.pk),
        "may_template": True,
    }
    return render(request, "reports/written/report.html", context)


@require_POST
def town_report_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the numbers of the filings accepted by now."""
    campaign = _campaign(request, pk)
    with history.action(by=who(request), title="刷新乡书面材料里的数") as act:
        actions.refresh_town_report(campaign=campaign, on=localdate(), by=who(request))
    tell(request, "正文里的数已换成现在的数，您写的文字没有动。", act)
    return redirect("reports:town_report", campaign.pk)


@require_POST
def town_report_file(request: HttpRequest, pk: int, format: str) -> FileResponse:  # noqa: A002
    """Word or PDF, a marked draft while a village is missing."""
    campaign, today, by = _campaign(request, pk), localdate(), who(request)
    return _sent(request, format, lambda: sending.of_township(campaign, format, on=today, by=by))


# --- templates --------------------------------------------------------------------------------------


@require_GET
def report_templates(request: HttpRequest, pk: int) -> HttpResponse:
    """Both templates of a campaign's year: whose they are, and the way to change them."""
    campaign = _campaign(request, pk)
    lines = [
        (level, label, template_of(campaign.township, campaign.year, level))
        for level, label in ReportLevel.choices
    ]
    return render(request, "reports/written/templates.html", {"campaign": campaign, "lines": lines})


@require_http_methods(["GET", "POST"])
def report_template(request: HttpRequest, pk: int, level: str) -> HttpResponse:
    """One template; unknown words are named when it is saved."""
    campaign = _campaign(request, pk)
    if level not in ReportLevel.values:
        raise Http404
    label, township = ReportLevel(level).label, campaign.township
    from_document = request.GET.get("from") == "document"
    text = document_text(level) if from_document else starting_text(township, campaign.year, level)
    form = TemplateForm(request.POST or None, initial={"text": text})
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="修改书面材料模板") as act:
            done = tried(
                form,
                lambda: actions.write_template(
                    township=township, year=campaign.year, level=level, by=who(request), **form.cleaned_data
                ),
            )
        if done is not None:
            tell(request, f"{done}已保存，新写的材料从它开始。", act)
            return redirect("reports:report_templates", campaign.pk)
    context = {"form": form, "campaign": campaign, "level": level, "label": label, "words": listed({})}
    return render(request, "reports/written/template.html", context)
