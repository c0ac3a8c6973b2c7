"""Pages of 备案: the list, a new one, a correction, a withdrawal, and the file that proves it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.views.frames import export_query, page_of, rows_on, tried, wants_export, who, workbook
from grids.views.outcome import tell
from reports.models import RecordFiling
from reports.records import actions, queries
from reports.records.forms import RecordFilter, RecordForm, WithdrawForm
from reports.records.sheets import COLUMNS, record_row
from township import history
from township.attachments import keeping


def _record(request: HttpRequest, pk: int) -> RecordFiling:
    rows = RecordFiling.objects.visible_to(request.user).select_related("root", "township")
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return found


def _editable(request: HttpRequest, pk: int) -> RecordFiling:
    found = _record(request, pk)
    actions.require_place(who(request), found.root)
    return found


def _may_change(request: HttpRequest, row: RecordFiling) -> bool:
    if row.withdrawn_on is not None:
        return False
    if row.root is None:
        return access.may(request.user, access.Right.EDIT_TOWN_CONTACTS)
    return access.may_edit(request.user, row.root)


@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """What is on record, with filters; the same rows as a workbook."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    bar = RecordFilter(request.GET, user=request.user)
    found = queries.records(
        request.user,
        village=bar.pk("village"),
        kind=bar.text("kind"),
        year=bar.text("year"),
        withdrawn=bool(bar.cleaned_data.get("withdrawn")),
    )
    if wants_export(request):
        return workbook(request, "备案登记表", COLUMNS, map(record_row, found))
    page = page_of(request, found)
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": [(row, _may_change(request, row)) for row in rows_on(page)],
        "may_add": access.may(request.user, access.Right.EDIT_ROSTER),
        "export_query": export_query(request),
    }
    return render(request, "reports/records/records.html", context)


@require_http_methods(["GET", "POST"])
def record_new(request: HttpRequest) -> HttpResponse:
    """Put something on record."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    form = RecordForm(request.POST or None, request.FILES or None, user=request.user, new=True)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with history.action(by=who(request), title="登记备案") as act:
            made = tried(
                form,
                lambda: actions.put_on_record(
                    root=form.root(), data=data, attachment=data["attachment"], by=who(request)
                ),
            )
        if made is not None:
            tell(request, f"已登记备案：{made.number}。", act)
            return redirect("reports:records")
    context = {"form": form, "heading": "登记备案"}
    return render(request, "reports/records/form.html", context)


@require_http_methods(["GET", "POST"])
def record_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what was typed, or send another file."""
    found = _editable(request, pk)
    initial = {name: getattr(found, name) for name in actions.FIELDS}
    form = RecordForm(
        request.POST or None, request.FILES or None, user=request.user, new=False, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with history.action(by=who(request), title="修改备案") as act:
            done = tried(
                form,
                lambda: actions.correct(
                    record=found, data=data, attachment=data["attachment"], by=who(request)
                ),
            )
        if done is not None:
            tell(request, "已保存。", act)
            return redirect("reports:records")
    context = {"form": form, "heading": f"修改备案：{found.number}", "record": found}
    return render(request, "reports/records/form.html", context)


@require_http_methods(["GET", "POST"])
def record_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw with a reason; the row stays and says so."""
    found = _editable(request, pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="撤销备案") as act:
            done = tried(
                form,
                lambda: actions.withdraw(
                    record=found, reason=form.cleaned_data["reason"], today=localdate(), by=who(request)
                ),
            )
        if done is not None:
            tell(request, f"已撤销备案：{found.number}。", act)
            return redirect("reports:records")
    context = {"form": form, "heading": f"撤销备案：{found.number}", "record": found, "submit": "撤销"}
    return render(request, "reports/records/form.html", context)


@require_GET
def record_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file that proves it, as a download."""
    return keeping.download(_record(request, pk), by=who(request), request=request)
