"""Photos of a visit: looked at, added and deleted on its page."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right
from grids.actions.refusals import sentences
from grids.views.frames import who
from services.models import VisitPhoto
from services.visits.actions.guards import require_change
from services.visits.actions.photos import PHOTOS, add_photo, remove_photo
from services.visits.forms.entries import PhotoForm
from services.visits.views.visits import visit_or_404


def _photo(request: HttpRequest, pk: int) -> VisitPhoto:
    rows = VisitPhoto.objects.visible_to(request.user).select_related("visit__node")
    return get_object_or_404(rows, pk=pk)


@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One picture, for who sees the visit."""
    found = _photo(request, pk)
    access.require(request.user, Right.READ_ROSTER)
    path = PHOTOS.path_of(found.kept_name)
    if path is None:
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="image/jpeg")


@require_POST
def photo_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add one from the visit's page."""
    found, by = visit_or_404(request, pk), who(request)
    require_change(by, found)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, f"没有添加：{''.join(sentences(ValidationError(form.errors.as_data())))}")
        return redirect(found)
    try:
        add_photo(visit=found, content=form.cleaned_data["photo"], by=by)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
        return redirect(found)
    messages.success(request, "已添加照片。")
    return redirect(found)


@require_POST
def photo_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one for good."""
    found, by = _photo(request, pk), who(request)
    require_change(by, found.visit)
    remove_photo(photo=found, by=by)
    messages.success(request, "照片已删除，文件也不再保留。")
    return redirect(found.visit)
