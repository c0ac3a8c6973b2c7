"""打包导出: the order, how far it has come, and the finished zip."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids import access
from grids.views.frames import tried
from reports.batches import actions
from reports.batches.forms import BatchForm
from reports.models import ExportBatch
from township.views import SignedInRequest


def _batch(request: SignedInRequest, pk: int) -> ExportBatch:
    return get_object_or_404(ExportBatch.objects.visible_to(request.user).select_related("township"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def batch_new(request: SignedInRequest) -> HttpResponse:
    """Order a zip."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    form = BatchForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.request_batch(by=request.user, **form.wanted()))
        if made is not None:
            return redirect(made)
    return render(request, "reports/batches/new.html", {"form": form})


@require_safe
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far it has come; reads itself again until it is finished."""
    found = _batch(request, pk)
    silent = found.is_silent(timezone.now())
    context = {
        "batch": found,
        "silent": silent,
        "going_on": not (found.is_finished or silent),
        "record": found.records.filter(format="zip").order_by("number").last(),
    }
    return render(request, "reports/batches/batch.html", context)


@require_POST
def batch_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop it."""
    found = _batch(request, pk)
    actions.cancel(batch=found)
    return redirect(found)


@require_POST
def batch_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go on with it."""
    found = _batch(request, pk)
    actions.retry(batch=found, by=request.user)
    return redirect(found)


@require_POST
def batch_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The finished zip, for who ordered it."""
    found = _batch(request, pk)
    path = actions.take(batch=found, by=request.user, request=request)
    if path is None:
        messages.warning(request, "压缩包已不在（生成后保留一个月），请重新打包。")
        return redirect("reports:batch_new")
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=found.file_name, content_type="application/zip"
    )
