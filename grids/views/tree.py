"""The tree page and its lazily loaded branches."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from grids import access
from grids.choices import Kind
from grids.forms.filters import TreeFilter
from grids.kinds import LISTED
from grids.models import Node
from grids.queries.branches import TreeRow, child_rows, tree_rows
from grids.views.past import day_of, shows_past
from township.addresses import row_number

MOST_OPEN = 100
# How deep the tree stands open before anything is asked; the office sees its villages first.
FIRST_DEPTH = {
    access.Seat.SECRETARY: Kind.GROUP.value,
    access.Seat.STAFF: Kind.MEMBER.value,
    access.Seat.MEMBER: Kind.HOUSEHOLD.value,
}


@require_GET
@shows_past
def tree(request: HttpRequest) -> HttpResponse:
    """The whole tree from the user's own top; closed branches come when they are opened."""
    access.require(request.user, access.Right.READ_ROSTER)
    first = QueryDict(f"depth={FIRST_DEPTH.get(access.seat_of(request.user), '')}")
    asked = request.GET if request.GET.keys() - {"on", "adding"} else first
    bar = TreeFilter(asked, user=request.user)
    opened = _opened(request)
    view = bar.view(opened, default_village=_only_village(request))
    rows = tree_rows(request.user, view, on=day_of(request))
    standing = frozenset(row.pk for row in rows if row.is_open)
    inside = {row.pk: row.ancestors for row in rows if row.is_open}
    lines = [_linked(row, request, standing, inside) for row in rows]
    adding = next((info for info in LISTED if info.kind.value == request.GET.get("adding")), None)
    context = {"filter_form": bar, "rows": lines, "view": view, "adding": adding}
    return render(request, "grids/tree.html", context)


@require_GET
@shows_past
def tree_children(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows under one place, for htmx; `level` is the row's own depth on the page."""
    parent = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    level = request.GET.get("level", "")
    rows = child_rows(
        request.user,
        parent,
        on=day_of(request),
        depth=int(level) if level.isdecimal() and len(level) < 3 else 1,
        problems=request.GET.get("show") == "problems",
        closed=request.GET.get("show") == "closed",
    )
    context = {"rows": [_linked(row, request, frozenset(), {}) for row in rows]}
    return render(request, "grids/_tree_rows.html", context)


def _opened(request: HttpRequest) -> frozenset[int]:
    typed = request.GET.getlist("open")[:MOST_OPEN]
    return frozenset(pk for pk in map(row_number, typed) if pk is not None)


def _only_village(request: HttpRequest) -> int | None:
    """The one village a village person belongs to."""
    scope = access.scope_of(request.user)
    roots = {place.root_id for place in scope.places}
    return roots.pop() if len(roots) == 1 and not scope.whole_township else None


def _linked(
    row: TreeRow, request: HttpRequest, standing: frozenset[int], inside: Mapping[int, Sequence[int]]
) -> dict[str, Any]:
    """A row with the address that opens or closes it where JavaScript does not."""
    query = request.GET.copy()
    for name in ("level", "depth"):
        query.pop(name, None)
    if row.is_open:
        wanted = {pk for pk in standing if pk != row.pk and row.pk not in inside[pk]}
    else:
        wanted = {*standing, row.pk}
    query.setlist("open", [str(pk) for pk in sorted(wanted)] or ["0"])  # 0: all closed, not the default
    return {"row": row, "toggle": f"?{query.urlencode()}"}
