"""The search box's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grids import access
from grids.queries.search import search as found_by


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Places and people in scope by name, pinyin initials, door or phone tail."""
    access.require(request.user, access.Right.READ_ROSTER)
    text = request.GET.get("q", "").strip()[:40]
    return render(request, "grids/search.html", {"search_text": text, "found": found_by(request.user, text)})
