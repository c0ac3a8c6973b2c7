"""Pages of the annexes: the list, each table on screen, its files, and jobs that print long ones."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from grids import access
from grids.models import Node
from grids.views.past import day_of, past_of, shows_past
from reports.annexes import actions
from reports.annexes.files import NotPrintable, mode_of
from reports.annexes.forms import AnnexForm, DownloadForm
from reports.annexes.queries import organisations, own_organisation
from reports.annexes.registry import ANNEXES, PRINTABLE, SUPPLEMENTARY, Annex, Built, Order
from reports.choices import Acceptance, Paper
from reports.exportlog.actions import Issued
from reports.filing.acceptance import acceptance_of, has_filed_table, reception_of
from reports.filing.printing import Taking, of_filed
from reports.models import ExportBatch, ExportJob
from reports.statistics.explaining import explained
from reports.statistics.indicators import waiting
from township.addresses import row_number
from township.sheets import html
from township.views import ScopedListView, SignedInRequest

ROWS_PER_PAGE = 200
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def _annex(number: int) -> Annex:
    if number not in PRINTABLE:
        raise Http404
    return PRINTABLE[number]


def _township(request: SignedInRequest) -> Any:
    """The user's township; an account without one has no rosters to look at."""
    access.require(request.user, access.Right.READ_ROSTER)
    return request.user.township


def _organisation(request: SignedInRequest, value: str | None, name: str = "") -> Node | None:
    """The organisation asked for by number or name: 404 outside the scope, one's own when none is named."""
    if name and not value:
        return organisations(request.user).filter(name=name).first() or own_organisation(request.user)
    if not value:
        return own_organisation(request.user)
    return get_object_or_404(organisations(request.user), pk=row_number(value))


def _order(request: SignedInRequest, form: AnnexForm, organisation: Node | None, **more: Any) -> Order:
    chosen = form.cleaned_data
    now, day = timezone.localtime(), day_of(request)
    return Order(
        township=_township(request),
        year=day.year,
        today=day,
        organisation=organisation,
        user=request.user,
        household_phone=chosen.get("household_phone", False),
        upper=chosen.get("upper", False),
        beside=chosen.get("beside", False),
        paper=chosen.get("paper") or Paper.A3,
        exported=f"{now:%Y-%m-%d %H:%M}",
        past=past_of(request) is not None,
        **more,
    )


def _download_form(
    request: SignedInRequest, annex: Annex, initial: dict[str, Any], auto_id: str, *, filed: bool = False
) -> DownloadForm:
    own = own_organisation(request.user)
    return DownloadForm(
        initial=initial, annex=annex, user=request.user, own=own, filed=filed, auto_id=auto_id
    )


@require_safe
def annex_list(request: SignedInRequest) -> HttpResponse:
    """The annexes and supplementary rosters of one organisation or the township, each with its buttons."""
    township, own = _township(request), own_organisation(request.user)
    organisation = _organisation(request, request.GET.get("root"))
    chosen = {"root": organisation.pk if organisation else ""}
    chooser = AnnexForm(chosen, user=request.user, own=own)
    today = timezone.localdate()
    order = Order(township=township, year=today.year, today=today, organisation=organisation)
    context = {
        "cards": _cards(request, ANNEXES, chosen, order),
        "supplements": _cards(request, SUPPLEMENTARY, chosen),
        "chooser": chooser,
        "organisation": organisation,
        "place": organisation.name if organisation else township.name,
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        "jobs": ExportJob.objects.visible_to(request.user)[:5],
    }
    return render(request, "reports/annexes/annex_list.html", context)


def _cards(
    request: SignedInRequest, annexes: Mapping[int, Annex], chosen: dict[str, Any], order: Order | None = None
) -> list[dict[str, Any]]:
    reception = reception_of(order) if order else ""

    def form(annex: Annex) -> DownloadForm:
        filed = order is not None and has_filed_table(order, annex.number, reception)
        return _download_form(request, annex, chosen, f"{annex.number}_%s", filed=filed)

    return [{"annex": annex, "form": form(annex)} for annex in annexes.values()]


@require_safe
@shows_past
def annex_page(request: SignedInRequest, number: int) -> HttpResponse:
    """One annex as a table, a page of rows at a time."""
    annex, own = _annex(number), own_organisation(request.user)
    _township(request)
    organisation = _organisation(request, request.GET.get("root"), request.GET.get("name", ""))
    chosen: dict[str, Any] = {**request.GET.dict(), "root": organisation.pk if organisation else ""}
    form = AnnexForm(chosen, annex=annex, user=request.user, own=own)
    if not form.is_valid():
        raise Http404
    order = _order(request, form, organisation, on_screen=True)
    built = annex.build(order)
    reception = reception_of(order)
    filed = has_filed_table(order, number, reception)
    download = _download_form(request, annex, form.cleaned_data, "d_%s", filed=filed)
    context = {
        "annex": annex,
        "annexes": (SUPPLEMENTARY if annex.is_supplement else ANNEXES).values(),
        "organisation": organisation,
        "place": order.place or order.township.name,
        "form": form,
        "download": download,
        "rows": built.rows,
        "long": built.rows > actions.ROWS_AT_ONCE,
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        "acceptance": acceptance_of(order, number, built, reception),
        "accepted": reception == Acceptance.ACCEPTED,
        "jumps": explained(built.jumps, request.user, order.year) if built.jumps else (),
        "has_typed": built.typed and access.may(request.user, access.Right.EDIT_ROSTER),
        "may_layout": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
        "waiting": waiting() if number == 1 else (),
        **_page(request, built),
    }
    return render(request, "reports/annexes/annex.html", context)


def _page(request: SignedInRequest, built: Built) -> dict[str, Any]:
    page = Paginator(range(built.rows), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    start = max(page.start_index() - 1, 0)
    return {"page_obj": page, "table": html.render(built.sheets[0], start, page.end_index(), built.look)}


@require_POST
@shows_past
def annex_download(request: SignedInRequest, number: int, format: str) -> HttpResponseBase:  # noqa: A002  as in the URL
    """A file of an annex; every one that leaves is in the log."""
    annex = _annex(number)
    if format not in CONTENT_TYPES:
        raise Http404
    _township(request)
    organisation = _organisation(request, request.POST.get("root"))
    data = {**request.POST.dict(), "root": organisation.pk if organisation else ""}
    own = own_organisation(request.user)
    form = DownloadForm(data, annex=annex, user=request.user, own=own, filed=True)
    if not form.is_valid():
        messages.error(request, "没有导出：请检查选项，用途不超过 60 个字。")
        return redirect("reports:annex", number)
    order = _order(request, form, organisation)
    if has_filed_table(order, number, reception_of(order)) and form.wants_filed():
        return _filed(request, annex, order, form, format)
    asked: dict[str, Any] = {
        "annex": annex,
        "order": order,
        "by": request.user,
        "purpose": form.cleaned_data["purpose"],
        "request": request,
    }
    if format == "xlsx":
        return _attachment(actions.export_xlsx(**asked), "xlsx")
    try:
        made = actions.export_pdf(mode=mode_of(form.cleaned_data["mode"]), **asked)
    except NotPrintable as why:
        messages.error(request, str(why))
        return redirect("reports:annex", number)
    return redirect(made) if isinstance(made, ExportJob) else _attachment(made, "pdf")


def _filed(
    request: SignedInRequest, annex: Annex, order: Order, form: DownloadForm, suffix: str
) -> HttpResponseBase:
    """The table as the office accepted it."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    chosen = form.cleaned_data
    taking = Taking(suffix, mode_of(chosen["mode"]), chosen["purpose"], request=request, paper=order.paper)
    return _attachment(of_filed(order, annex, taking, by=request.user), suffix)


def _attachment(export: Issued, suffix: str) -> FileResponse:
    return FileResponse(
        export.content, as_attachment=True, filename=export.name, content_type=CONTENT_TYPES[suffix]
    )


# --- jobs -------------------------------------------------------------------------------------------


class JobList(ScopedListView):
    """The user's own export jobs."""

    model = ExportJob
    template_name = "reports/annexes/job_list.html"

    def filtered(self, rows: Any) -> Any:
        """With the names the rows show."""
        return rows.select_related("organisation", "township")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The latest zips above the single tables."""
        batches = ExportBatch.objects.visible_to(self.request.user)[:10]
        may_export = access.may(self.request.user, access.Right.EXPORT_ROSTER)
        return super().get_context_data(**kwargs, batches=batches, may_export=may_export)


@require_safe
def job_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far a job has come; reads itself again until it is finished."""
    job = get_object_or_404(ExportJob.objects.visible_to(request.user), pk=pk)
    context = {
        "job": job,
        "annex": PRINTABLE[job.annex],
        "silent": job.is_silent(timezone.now()),
        "place": job.organisation or job.township,
    }
    return render(request, "reports/annexes/job.html", context)


@require_POST
def job_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start a failed or interrupted job again."""
    job = get_object_or_404(ExportJob.objects.visible_to(request.user), pk=pk)
    return redirect(actions.retry_job(job=job, by=request.user))


@require_POST
def job_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The finished file, for its owner."""
    job = get_object_or_404(ExportJob.objects.visible_to(request.user), pk=pk)
    export = actions.job_file(job=job, by=request.user, request=request)
    if export is None:
        messages.warning(request, "文件已不在（生成后保留一个月），请重新导出。")
        return redirect("reports:annex", job.annex)
    return _attachment(export, "pdf")
