"""People who may be one and the same: the list of pairs, and merging two records side by side."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.actions.merging_people import merge_people, why_not
from grids.forms.filters import DuplicatesFilter
from grids.forms.handover import MergeForm
from grids.models import Person
from grids.queries.duplicates import Aside, aside, pair_rows, pairs, twins_of
from grids.queries.people import PeopleQuery, may_edit_person
from grids.queries.people import people as people_found
from grids.views.frames import page_of, tried, who
from grids.views.outcome import tell
from township import history
from township.addresses import row_number

MOST_FOUND = 20


@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs of records that may be one person, within the user's scope."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    bar = DuplicatesFilter(request.GET, user=request.user)
    found = pairs(request.user, village=bar.pk("village"), everything=bar.text("state") == "all")
    page = page_of(request, found)
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": pair_rows(request.user, page.object_list, on=localdate()),
    }
    return render(request, "grids/people/duplicates.html", context)


@require_http_methods(["GET", "POST"])
def person_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare two records and merge them: /people/<kept>/merge/?with=<emptied>."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    keep = _editable(request, pk)
    typed = request.GET.get("with", "")
    if not typed:
        return _choose(request, keep)
    drop = _editable(request, row_number(typed))
    ours, other = (aside(request.user, one, on=localdate()) for one in (keep, drop))
    form = MergeForm(request.POST or None, differing=_differing(ours, other))
    refusal = why_not(keep, drop)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with history.action(by=who(request), title="合并人员", reason=reason) as act:
            merged = tried(
                form,
                lambda: merge_people(
                    keep=keep, drop=drop, theirs=form.theirs(), by=who(request), reason=reason
                ),
            )
        if merged is not None:
            tell(request, f"已合并为一条记录：{merged.name}。", act)
            return redirect(merged)
    context = {
        "form": form,
        "ours": ours,
        "other": other,
        "sides": (ours, other),
        "refusal": refusal,
        "swap": not why_not(drop, keep),
    }
    return render(request, "grids/people/merge.html", context)


def _editable(request: HttpRequest, pk: int | None) -> Person:
    found = get_object_or_404(Person.objects.visible_to(request.user).select_related("root"), pk=pk)
    if not may_edit_person(request.user, found):
        raise PermissionDenied
    return found


def _differing(ours: Aside, other: Aside) -> list[tuple[str, str, str, str]]:
    """Fields of which a value must be chosen, with both in words."""
    rows = (
        ("name", "姓名", ours.person.name, other.person.name),
        ("phone", "联系电话", ours.phone, other.phone),
        ("root", "所属党组织", ours.village, other.village),
    )
    settled = {"root"} if ours.member or other.member else set()  # a member's place says where they belong
    return [
        row
        for row in rows
        if row[0] not in settled and getattr(ours.person, row[0]) != getattr(other.person, row[0])
    ]


def _choose(request: HttpRequest, keep: Person) -> HttpResponse:
    """Whom to merge with: namesakes first, or anybody found by name, initials or phone."""
    text = request.GET.get("q", "").strip()[:40]
    twins = twins_of(
        request.user, name=keep.name, phone=keep.phone, root_id=keep.root_id, on=localdate(), but=keep.pk
    )
    found: list[Any] = []
    if text:
        rows = people_found(request.user, PeopleQuery(text=text), on=localdate()).exclude(pk=keep.pk)
        found = list(rows.select_related("root")[:MOST_FOUND])
    context = {"person": keep, "twins": twins, "found": found, "text": text}
    return render(request, "grids/people/merge_choose.html", context)
