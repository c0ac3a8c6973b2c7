"""Pages of the leading group (R77): a year's list, its seats, their order, the printed list."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.views.frames import tried, who
from grids.views.outcome import tell
from reports.exportlog.sending import download
from reports.models import Campaign, LeadingMember
from reports.records import actions, queries
from reports.records.forms import LeaveForm, SeatForm
from reports.records.sheets import group_sheet
from township import history

EARLIEST, LATEST = 2000, 2100
FORMATS = ("xlsx", "pdf")


def _year(year: int) -> int:
    if not EARLIEST <= year <= LATEST:
        raise Http404
    return year


def _page(year: int) -> str:
    return reverse("reports:leading_of", args=[year])


def _seat(request: HttpRequest, pk: int) -> LeadingMember:
    found = get_object_or_404(LeadingMember.objects.visible_to(request.user), pk=pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    return found


@require_GET
def leading(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """A year's list; without a year the latest there is."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    known, today = queries.leading_years(request.user), localdate()
    shown = _year(year) if year else next((one for one in known if one <= today.year), today.year)
    earlier = next((one for one in known if one < shown), None)
    context = {
        "year": shown,
        "years": sorted({*known, shown, today.year}, reverse=True),
        "rows": queries.leading_group(request.user, shown),
        "gone": queries.leading_group(request.user, shown, left=True),
        "earlier": earlier,
        "may_edit": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "reports/records/leading.html", context)


@require_http_methods(["GET", "POST"])
def leading_new(request: HttpRequest, year: int) -> HttpResponse:
    """A new seat."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    form, year = SeatForm(request.POST or None), _year(year)
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="登记领导小组成员") as act:
            made = tried(form, lambda: actions.seat(year=year, data=form.cleaned_data, by=who(request)))
        if made is not None:
            tell(request, f"已登记：{made}。", act)
            return redirect(_page(made.year))
    context = {"form": form, "heading": f"登记{year}年领导小组成员", "year": year}
    return render(request, "reports/records/seat.html", context)


@require_http_methods(["GET", "POST"])
def leading_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a seat."""
    found = _seat(request, pk)
    initial = {name: getattr(found, name) for name in ("duty", "name", "unit_post")}
    form = SeatForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="修改领导小组成员") as act:
            done = tried(form, lambda: actions.reseat(member=found, data=form.cleaned_data, by=who(request)))
        if done is not None:
            tell(request, "已保存。", act)
            return redirect(_page(found.year))
    context = {"form": form, "heading": f"修改：{found}", "year": found.year}
    return render(request, "reports/records/seat.html", context)


@require_http_methods(["GET", "POST"])
def leading_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves the group; the list keeps whom it had."""
    found = _seat(request, pk)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with history.action(by=who(request), title="调出领导小组") as act:
            done = tried(
                form,
                lambda: actions.leave(member=found, reason=reason, today=localdate(), by=who(request)),
            )
        if done is not None:
            tell(request, f"已调出：{found}。", act)
            return redirect(_page(found.year))
    context = {"form": form, "heading": f"调出：{found}", "year": found.year, "submit": "调出"}
    return render(request, "reports/records/seat.html", context)


@require_POST
def leading_shift(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down within the duty."""
    found = _seat(request, pk)
    actions.shift(member=found, up=request.POST.get("to") == "up", by=who(request))
    return redirect(_page(found.year))


@require_POST
def leading_copy(request: HttpRequest, year: int) -> HttpResponse:
    """由上年复制."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    source = next((one for one in queries.leading_years(request.user) if one < _year(year)), None)
    if source is None:
        messages.error(request, "以前的年度没有名单，请直接登记。")
        return redirect(_page(year))
    try:
        with history.action(by=who(request), title="由上年复制领导小组") as act:
            count = actions.copy_group(source=source, year=year, by=who(request))
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    else:
        tell(request, f"已由{source}年复制 {count} 人，请核对。", act)
    return redirect(_page(year))


@require_POST
def leading_file(request: HttpRequest, year: int, format: str) -> HttpResponseBase:  # noqa: A002
    """领导小组名单 as xlsx or PDF."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    if format not in FORMATS:
        raise Http404
    by = who(request)
    members = list(queries.leading_group(by, _year(year)))
    campaign = Campaign.objects.visible_to(by).filter(year=year).first()
    title_name = campaign.title_name if campaign else str(by.township or "")
    sheet = group_sheet(members, title_name=title_name, year=year)
    return download([sheet], f"领导小组名单{year}", format, rows=len(members), by=by, request=request)
