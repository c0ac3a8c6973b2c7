"""The search box: its page, one kind's whole result, and what is offered while typing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grids import access
from grids.queries.search import A_SUGGESTION, SECTIONS, Section, section_hits, section_rows
from grids.queries.search import search as found_by
from grids.views.frames import page_of

LONGEST = 40


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST]


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What is found in scope, a few of each kind; with ?kind= all of that kind, in pages."""
    access.require(request.user, access.Right.READ_ROSTER)
    text, code = _typed(request), request.GET.get("kind", "")
    context = {"search_text": text, "longest": LONGEST}
    if not code:
        return render(request, "grids/search.html", {**context, "found": found_by(request.user, text)})
    if code not in SECTIONS:
        raise Http404
    page = page_of(request, section_rows(request.user, text, code))
    section = Section(code, page.paginator.count, section_hits(request.user, code, page.object_list))
    return render(request, "grids/search.html", {**context, "section": section, "page_obj": page})


@require_GET
def search_suggest(request: HttpRequest) -> HttpResponse:
    """The first hits as a list under the box; asked for as one types, so only the shortest answer."""
    access.require(request.user, access.Right.READ_ROSTER)
    text = _typed(request)
    found = found_by(request.user, text, most=A_SUGGESTION)
    return render(request, "grids/_suggestions.html", {"search_text": text, "found": found})
