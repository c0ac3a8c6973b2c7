"""Pages without a sign-in: a grid's staff as published, their pictures, and the suggestion box.

Nothing is read here but through `queries/pages.py`, which knows published pages only and their ticked fields.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from grids.views.frames import tried
from services.models import GridPage
from services.notices.actions.pages import suggest
from services.notices.actions.staff import PHOTOS
from services.notices.forms import SuggestionForm
from services.notices.queries import pages
from services.notices.rules import NOTES_IN_TEN_MINUTES, PAGES_A_MINUTE, PICTURES_A_MINUTE
from township import limits
from township.middleware import open_to_strangers

View = Callable[..., HttpResponseBase]


def open_to_all(deed: str, *, most: int) -> Callable[[View], View]:
    """No sign-in, no search engine, no cache, not too often from one address; one 404 for all that is not."""

    def decorate(view: View) -> View:
        @open_to_strangers
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not limits.within(request, deed, most=most, seconds=60):
                return _closed(render(request, "services/notices/public/too_many.html", status=429))
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                response = render(request, "services/notices/public/gone.html", status=404)
            return _closed(response)

        return opened

    return decorate


def _closed(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "no-store"
    return response


def _page(token: str) -> GridPage:
    page = pages.published(token)
    if page is None:
        raise Http404
    return page


@open_to_all("page", most=PAGES_A_MINUTE)
@require_safe
def grid(request: HttpRequest, token: str) -> HttpResponse:
    """What the secretary has published of a grid's staff."""
    page = _page(token)
    board = pages.board_of(page, on=localdate())
    context = {"page": page, "board": board, "staff": pages.shown(page, board)}
    return render(request, "services/notices/public/grid.html", context)


@open_to_all("picture", most=PICTURES_A_MINUTE)
@require_safe
def photo(request: HttpRequest, token: str, photo: str) -> HttpResponse:
    """A picture on a published page."""
    path = PHOTOS.path_of(pages.photo_of(_page(token), photo, on=localdate()))
    if path is None:
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="image/jpeg")


@open_to_all("page", most=PAGES_A_MINUTE)
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, token: str) -> HttpResponse:
    """The box: words, and a number if one wants an answer."""
    page = _page(token)
    if not page.has_box:
        raise Http404
    form = SuggestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not limits.within(request, "suggestion", most=NOTES_IN_TEN_MINUTES, seconds=600):
            return render(request, "services/notices/public/too_many.html", status=429)
        data = form.cleaned_data
        kept = tried(
            form, lambda: suggest(page=page, text=data["text"], phone=data["phone"], now=timezone.now())
        )
        if kept is not None:
            return render(request, "services/notices/public/thanks.html", {"page": page})
    return render(request, "services/notices/public/feedback.html", {"page": page, "form": form})
