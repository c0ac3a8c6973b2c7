"""谁联系谁, 联系链 and 金字塔图: pages that only read, of the present or of a past day."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from grids import access
from grids.choices import ROOT_KINDS, Kind
from grids.kinds import KINDS, ListColumn
from grids.models import Node
from grids.queries.bands import yardstick
from grids.queries.lists import villages_of
from grids.views.frames import export_query, page_of, rows_on, wants_export, workbook
from grids.views.past import day_of, past_of, shows_past, then_of
from liaison.choices import Edge, Level
from liaison.state.forms import EdgeFilter
from liaison.state.queries import chain_of
from liaison.state.queries.below import below_of
from liaison.state.queries.loads import Asker, LoadQuery, holders, outside
from liaison.state.queries.problems import ProblemRow, problem_counts, problem_rows, read_problems
from liaison.state.queries.pyramid import pyramid_of
from liaison.state.queries.rows import HolderRow, holder_rows
from liaison.state.rules import EDGES, GAP, LEFT, EdgeInfo, Problem
from township.addresses import row_number

PLACES_WITH_PYRAMID = (*ROOT_KINDS, Kind.GRID)
HOLDER_COLUMNS = (
    ListColumn("name", "联系人", "name"),
    ListColumn("place", "所在"),
    ListColumn("heads", "负责人"),
    ListColumn("phone", "电话", "phone"),
    ListColumn("load", "联系数", "num"),
    ListColumn("band", "规定"),
    ListColumn("verdict", "情况"),
    ListColumn("note", "说明"),
    ListColumn("targets", "联系的对象"),
)
PROBLEM_COLUMNS = (
    ListColumn("name", "名称", "name"),
    ListColumn("village", "村（党组织）"),
    ListColumn("place", "所在"),
    ListColumn("holder", "联系人"),
    ListColumn("note", "说明"),
)


def _asker(request: HttpRequest) -> Asker:
    access.require(request.user, access.Right.READ_ROSTER)
    on = day_of(request)
    return Asker(request.user, on, yardstick(access.scope_of(request.user).township_id, on=on))


# --- 谁联系谁 -----------------------------------------------------------------------------------------


@require_GET
@shows_past
def edges(request: HttpRequest, code: str = Edge.MEMBER) -> HttpResponse:
    """Holders of one edge, the worst first, or the rows of one of its four problems."""
    asker, info = _asker(request), EDGES[code]
    bar = EdgeFilter(request.GET, user=request.user)
    village: Node | None = bar.cleaned_data.get("village")
    problem = info.problems.get(bar.text("show"))
    if wants_export(request):
        return _exported(request, asker, info, bar, problem)
    counts = problem_counts(asker, info, village)
    off = outside(asker, village)
    if problem is None:
        query = LoadQuery(village, bar.text("q"), bar.text("show"))
        page = page_of(request, holders(asker, info, query))
        rows: dict[str, Any] = {"rows": holder_rows(asker, info, rows_on(page))}
    else:
        page = page_of(request, problem_rows(asker, info, problem.code, village, bar.text("q")))
        found = read_problems(asker, info, problem.code, rows_on(page))
        may_edit = _may_mend(request, info)
        rows = {"rows": [(row, repair_of(info, problem, row) if may_edit else "") for row in found]}
    context = {
        **rows,
        "info": info,
        "tabs": [(one, off[edge]) for edge, one in EDGES.items()],
        "problems": [(one, counts.get(one.code, 0)) for one in info.problems.values()],
        "problem": problem,
        "missing_band": info.code is not None and not asker.measure.bands[info.code].is_on,
        "band": asker.measure.bands[info.code] if info.code else None,
        "filter_form": bar,
        "village": village,
        "page_obj": page,
        "kept": _kept(request),
        "export_query": export_query(request),
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
    }
    return render(request, "liaison/state/edges.html", context)


def _kept(request: HttpRequest) -> str:
    """What a link to another edge or problem takes along: the village and the day."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in ("village", "on") or not kept[name]:
            del kept[name]
    return kept.urlencode()


def _may_mend(request: HttpRequest, info: EdgeInfo) -> bool:
    if past_of(request) is not None:
        return False
    town = info.level is not None and info.level != Level.COMMITTEE
    right = access.Right.EDIT_TOWN_CONTACTS if town else access.Right.EDIT_ROSTER
    return access.may(request.user, right)


def repair_of(info: EdgeInfo, problem: Problem, row: ProblemRow) -> str:
    """The page that mends the row."""
    if info.level is not None:
        if problem.code == GAP:
            return f"{reverse('liaison:contact_add')}?level={info.level.value}&target={row.pk}"
        return reverse("liaison:contact_end", args=[row.pk])
    if info.edge == Edge.MEMBER and problem.code == LEFT:
        return reverse("grids:children_move", args=[row.pk])
    if info.edge == Edge.MEMBER or (info.edge == Edge.HUB and problem.code == GAP):
        return reverse("grids:node_move", args=[row.pk])
    return f"{reverse('grids:post_add')}?node={row.mended_at}"


def _exported(
    request: HttpRequest, asker: Asker, info: EdgeInfo, bar: EdgeFilter, problem: Problem | None
) -> HttpResponse:
    village = bar.cleaned_data.get("village")
    title = f"谁联系谁（{info.title}）{problem.title if problem else ''}{then_of(request)}"
    if problem is not None:
        found = problem_rows(asker, info, problem.code, village, bar.text("q"))
        cells = [_problem_cells(row) for row in read_problems(asker, info, problem.code, found)]
        return workbook(request, title, PROBLEM_COLUMNS, cells)
    query = LoadQuery(village, bar.text("q"), bar.text("show"))
    rows = holder_rows(asker, info, holders(asker, info, query))
    return workbook(request, title, HOLDER_COLUMNS, [_holder_cells(row) for row in rows])


def _holder_cells(row: HolderRow) -> Mapping[str, Any]:
    band, accepted = row.bar.band, row.bar.accepted
    notes = [*row.badges, row.own_band, accepted.words if accepted else ""]
    return {
        "name": row.name,
        "place": " › ".join(part for part in (row.village, row.place) if part),
        "heads": "、".join(head.name for head in row.heads),
        "phone": row.numbers,
        "load": row.bar.n,
        "band": f"{band.low}–{band.high}{band.unit}" if band else "",
        "verdict": row.bar.words,
        "note": "；".join(note for note in notes if note),
        "targets": "、".join(target.name for target in row.targets),
    }


def _problem_cells(row: ProblemRow) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in ("name", "village", "place", "holder", "note")}


# --- 联系链 -------------------------------------------------------------------------------------------


@require_GET
@shows_past
def chain(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answers for a place, step by step up to the 乡领导, and what hangs below it; for A5 paper too."""
    node = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    on = day_of(request)
    links = chain_of(request.user, node, on=on)
    context = {
        "node": node,
        "info": KINDS[node.kind],
        "links": links,
        "missing": sum(1 for link in links if link.missing),
        "below": below_of(request.user, node, on=on) if node.kind != Kind.HOUSEHOLD else None,
        "has_pyramid": node.kind in PLACES_WITH_PYRAMID,
        "day": on,
        "may_mend": past_of(request) is None,
    }
    return render(request, "liaison/state/chain.html", context)


# --- 金字塔图 -----------------------------------------------------------------------------------------


@require_GET
@shows_past
def pyramid(request: HttpRequest) -> HttpResponse:
    """The picture of the ladder for the township, a village or a grid, with the same numbers as a table."""
    asker = _asker(request)
    place = _place(request)
    picture = pyramid_of(asker, place)
    context = {
        "place": place,
        "pyramid": picture,
        "choices": _choices(request, place),
        "whole": _is_office(request),
        "edge_query": _edge_query(request, place),
        "uncovered": sum(step.uncovered for step in picture.steps),
    }
    return render(request, "liaison/state/pyramid.html", context)


def _edge_query(request: HttpRequest, place: Node | None) -> str:
    """What a link to an edge says: its page narrows to a village, a grid's numbers stand here only."""
    asked = QueryDict(mutable=True)
    if place is not None and _is_office(request):
        asked["village"] = str(place.root_id)
    if day := past_of(request):
        asked["on"] = f"{day}"
    return asked.urlencode()


def _place(request: HttpRequest) -> Node | None:
    """The place asked for; without one the township for the office, else one's own topmost place."""
    seen = Node.objects.visible_to(request.user).select_related("root").filter(closed_on=None)
    typed = request.GET.get("node", "")
    if typed:
        return get_object_or_404(seen, pk=row_number(typed))
    scope = access.scope_of(request.user)
    if scope.whole_township:
        return None
    own = seen.filter(pk__in=[place.node_id for place in scope.places]).order_by("level", "pk").first()
    if own is None:
        raise Http404
    return own


def _choices(request: HttpRequest, place: Node | None) -> list[tuple[str, list[Node]]]:
    """Villages to choose from, and the branches and grids of the one that is open."""
    found = [("村（党组织）", list(villages_of(request.user)))] if _is_office(request) else []
    scope = access.scope_of(request.user)
    root = place.root_id if place is not None else next((own.root_id for own in scope.places), None)
    if root is not None:
        inside = Node.objects.visible_to(request.user).filter(
            root_id=root, kind__in=PLACES_WITH_PYRAMID, closed_on=None
        )
        if _is_office(request):
            inside = inside.filter(parent__isnull=False)
        found.append(("党支部和网格", list(inside.order_by("lft"))))
    return [(title, nodes) for title, nodes in found if nodes]


def _is_office(request: HttpRequest) -> bool:
    return access.scope_of(request.user).whole_township
