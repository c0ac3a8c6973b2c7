"""Moving places: choosing what and where to, seeing what changes, confirming."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from grids import access, rules
from grids.actions import nodes as actions
from grids.actions.structure import MOST_AT_ONCE, move_nodes
from grids.choices import Kind
from grids.forms.filters import TargetFilter
from grids.forms.nodes import MoveForm
from grids.forms.structure import MoveManyForm
from grids.kinds import KINDS
from grids.models import Node
from grids.queries.changes import version_of
from grids.queries.moves import Effects, effects_between
from grids.queries.places import children_of, profile_of
from grids.queries.shapes import Shape, read_shape
from grids.queries.structure import Change, clashes
from grids.queries.targets import (
    nearest_first,
    targets_for,
    targets_of_kinds,
    targets_with_numbers,
    unlinked_for,
)
from grids.views.frames import editable, page_of, renew_seen, rows_on, tried, who
from grids.views.outcome import tell
from township import history
from township.addresses import row_number


@require_http_methods(["GET", "POST"])
def node_move(request: HttpRequest, pk: int) -> HttpResponse:
    """First a list of places to choose from; with ?to= what the move would do, and the confirming form."""
    node = editable(request, pk)
    typed = request.GET.get("to", "")
    if node.parent_id is None or node.closed_on is not None:
        messages.info(request, "最上级和已注销的不能调整。")
        return redirect(node)
    if not typed:
        return _choose(request, node)
    return _confirm(request, node, editable(request, row_number(typed)))


def _choose(request: HttpRequest, node: Node) -> HttpResponse:
    bar = TargetFilter(request.GET, user=request.user, village=node.root_id)
    targets = targets_for(request.user, node, village=bar.pk("village") or node.root_id, text=bar.text("q"))
    page = page_of(request, targets)
    context = {
        "node": node,
        "info": KINDS[node.kind],
        "filter_form": bar,
        "page_obj": page,
        "targets": targets_with_numbers(rows_on(page), {node.kind}, on=localdate()),
        "kinds": _parent_kinds({node.kind}),
    }
    return render(request, "grids/node_move.html", context)


def _parent_kinds(kinds: set[str]) -> str:
    allowed = [kind for kind in Kind.values if all(rules.may_hang(child, kind) for child in kinds)]
    return "、".join(str(Kind(kind).label) for kind in allowed)


def _refusal(shape: Shape, nodes: list[Node], to: Node) -> str:
    """Why these cannot stand there, in words; '' when they can."""
    for node in nodes:
        if not rules.may_hang(node.kind, to.kind):
            return rules.why_not_under(node.kind, to.kind)
        if node.pk not in shape.spots or to.pk not in shape.spots:
            return "已注销的不能调整，请先恢复。"
    taken = clashes(shape, Change(moves=_moves(nodes, to)))
    if taken:
        return f"“{to.name}”已有名为“{taken[0].name}”的{taken[0].kind_label}，请先改名再调整。"
    return "" if _moves(nodes, to) else f"已经在“{to.name}”下面了。"


def _moves(nodes: list[Node], to: Node) -> dict[int, int]:
    return {node.pk: to.pk for node in nodes if node.parent_id != to.pk}


def _effects(shape: Shape, nodes: list[Node], to: Node) -> Effects | None:
    """What the move would do; None for one the tree refuses."""
    if _refusal(shape, nodes, to):
        return None
    moves = _moves(nodes, to)
    return effects_between(shape, Change(moves=moves).made_on(shape), moved=moves, on=localdate())


def _confirm(request: HttpRequest, node: Node, to: Node) -> HttpResponse:
    form = MoveForm(
        request.POST or None,
        initial={"to": to.pk, "on": localdate(), "seen": version_of(node, profile_of(node))},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with history.action(by=who(request), title="调整上级", reason=data["reason"]) as act:
            moved = tried(
                form,
                lambda: actions.move_node(
                    node=node,
                    to=to,
                    by=who(request),
                    on=data["on"],
                    reason=data["reason"],
                    seen=data["seen"],
                ),
            )
        if moved is not None:
            tell(request, f"已把“{moved.name}”调整到“{to.name}”。", act)
            return redirect(moved)
    shape = read_shape({node.root_id, to.root_id}, on=localdate())
    context = {
        "node": node,
        "to": to,
        "info": KINDS[node.kind],
        "form": form,
        "effects": _effects(shape, [node], to),
        "other_village": node.root_id != to.root_id,
        "refusal": _refusal(shape, [node], to),
    }
    return render(request, "grids/node_move_confirm.html", context)


# --- several at once --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def children_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick some of what hangs under a place, choose where to, see what changes, confirm (?pick= and ?to=)."""
    node = editable(request, pk)
    if node.closed_on is not None:
        messages.info(request, "已注销的不能调整。")
        return redirect(node)
    typed, to = request.GET.getlist("pick"), request.GET.get("to", "")
    target = editable(request, row_number(to)) if to else None
    picked = _picked(request, typed)
    if not picked or len(picked) > MOST_AT_ONCE or "back" in request.GET:
        return _tick(request, node, target, picked)
    if target is None:
        return _choose_for_many(request, node, picked)
    return _confirm_many(request, node, picked, target)


def _picked(request: HttpRequest, typed: list[str]) -> list[Node]:
    """The ticked places; one that is out of scope or not there is 404, as if named by itself."""
    pks = {row_number(text) for text in typed[: MOST_AT_ONCE + 1]}
    rows = Node.objects.visible_to(request.user).filter(pk__in=pks - {None}, closed_on=None)
    found = list(rows.select_related("parent").order_by("tree_id", "lft"))
    if len(found) != len(pks):
        raise Http404
    for node in found:
        access.require_edit(request.user, node)
    return found


def _tick(request: HttpRequest, node: Node, to: Node | None, picked: list[Node]) -> HttpResponse:
    rows = children_of(request.user, node, closed=False)
    if to is not None:
        fitting = [kind for kind in Kind.values if rules.may_hang(kind, to.kind)]
        rows = rows.filter(kind__in=fitting).exclude(pk=to.pk)
        if to.kind == Kind.MEMBER and not rows.exists():
            rows = unlinked_for(request.user, to)  # a trade's group has none of its own: offer the village's
    if len(picked) > MOST_AT_ONCE:
        messages.error(request, f"一次最多调整{MOST_AT_ONCE}项，请少选一些，分几次调整。")
    elif "pick" in request.GET or "next" in request.GET:
        messages.error(request, "请先勾选要调整的下级。")
    ticked = {row.pk for row in picked}
    shown = list(rows.select_related("household_profile__villager_group")[:MOST_AT_ONCE])
    shown = [row for row in shown if access.may_edit(request.user, row)]
    shape = read_shape([node.root_id], on=localdate())
    context = {
        "node": node,
        "to": to,
        "households": f"{reverse('grids:node_list', args=[Kind.HOUSEHOLD])}?village={node.root_id}",
        "rows": [{"node": row, "counts": shape.counts.get(row.pk), "on": row.pk in ticked} for row in shown],
        "kinds": {row.kind for row in shown},
        "counted": any(row.kind != Kind.HOUSEHOLD for row in shown),
        "most": MOST_AT_ONCE if len(shown) == MOST_AT_ONCE else None,
        "elsewhere": [row for row in picked if row.pk not in {row.pk for row in shown}],
    }
    return render(request, "grids/structure/children_move.html", context)


def _choose_for_many(request: HttpRequest, node: Node, picked: list[Node]) -> HttpResponse:
    bar = TargetFilter(request.GET, user=request.user, village=node.root_id)
    kinds = {row.kind for row in picked}
    village = bar.pk("village") or node.root_id
    targets = targets_of_kinds(request.user, kinds, village=village, text=bar.text("q"))
    parents = {row.parent_id or 0 for row in picked}
    here = parents if len(parents) == 1 else set()
    targets = nearest_first(targets, node, kinds)
    page = page_of(request, targets.exclude(pk__in=[*here, *(row.pk for row in picked)]))
    context = {
        "node": node,
        "picked": picked,
        "filter_form": bar,
        "page_obj": page,
        "targets": targets_with_numbers(rows_on(page), kinds, on=localdate()),
        "kinds": _parent_kinds(kinds),
        "picks": _as_query(picked),
    }
    return render(request, "grids/structure/children_target.html", context)


def _as_query(picked: list[Node]) -> str:
    query = QueryDict(mutable=True)
    query.setlist("pick", [str(row.pk) for row in picked])
    return query.urlencode()


def _confirm_many(request: HttpRequest, node: Node, picked: list[Node], to: Node) -> HttpResponse:
    shape = read_shape({to.root_id, *(row.root_id for row in picked)}, on=localdate())
    seen = shape.fingerprint([*(row.pk for row in picked), to.pk])
    form = MoveManyForm(request.POST or None, initial={"on": localdate(), "seen": seen})
    refusal = _refusal(shape, picked, to)
    if request.method == "POST" and not refusal and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        with history.action(by=who(request), title="调整上级", reason=data["reason"]) as act:
            moved = tried(
                form,
                lambda: move_nodes(
                    nodes=picked,
                    to=to,
                    by=who(request),
                    on=data["on"],
                    reason=data["reason"],
                    seen=data["seen"],
                ),
            )
        if moved is not None:
            tell(request, f"已把 {moved} 项调整到“{to.name}”。", act)
            return redirect(to)
        renew_seen(form, seen)
    context = {
        "node": node,
        "to": to,
        "picked": picked,
        "picks": _as_query(picked),
        "form": form,
        "effects": _effects(shape, picked, to),
        "other_village": any(row.root_id != to.root_id for row in picked),
        "refusal": refusal,
    }
    return render(request, "grids/structure/children_confirm.html", context)
