"""Moving a place: choosing the new parent, seeing what changes, confirming."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from grids import access, rules
from grids.actions import nodes as actions
from grids.choices import Kind
from grids.forms.filters import TargetFilter
from grids.forms.nodes import MoveForm
from grids.kinds import KINDS
from grids.models import Node
from grids.queries.changes import version_of
from grids.queries.moves import effects_of, targets_for
from grids.queries.places import profile_of
from grids.views.frames import page_of, tried, who
from township.addresses import row_number


@require_http_methods(["GET", "POST"])
def node_move(request: HttpRequest, pk: int) -> HttpResponse:
    """First a list of places to choose from; with ?to= what the move would do, and the confirming form."""
    node = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    access.require_edit(request.user, node)
    typed = request.GET.get("to", "")
    if node.parent_id is None or node.closed_on is not None:
        messages.info(request, "最上级和已注销的不能调整。")
        return redirect(node)
    if not typed:
        return _choose(request, node)
    to = get_object_or_404(Node.objects.visible_to(request.user), pk=row_number(typed))
    access.require_edit(request.user, to)
    return _confirm(request, node, to)


def _choose(request: HttpRequest, node: Node) -> HttpResponse:
    data = request.GET.copy()
    data.setdefault("village", str(node.root_id))
    bar = TargetFilter(data, user=request.user)
    targets = targets_for(request.user, node, village=bar.pk("village") or node.root_id, text=bar.text("q"))
    context = {
        "node": node,
        "info": KINDS[node.kind],
        "filter_form": bar,
        "page_obj": page_of(request, targets),
        "kinds": "、".join(str(Kind(kind).label) for kind in rules.ALLOWED_PARENTS[node.kind] if kind),
    }
    return render(request, "grids/node_move.html", context)


def _confirm(request: HttpRequest, node: Node, to: Node) -> HttpResponse:
    form = MoveForm(
        request.POST or None,
        initial={"to": to.pk, "on": localdate(), "seen": version_of(node, profile_of(node))},
    )
    if request.method == "POST" and form.is_valid():
        moved = tried(
            form,
            lambda: actions.move_node(
                node=node,
                to=to,
                by=who(request),
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
            ),
        )
        if moved is not None:
            messages.success(request, f"已把“{moved.name}”调整到“{to.name}”。")
            return redirect(moved)
    context = {
        "node": node,
        "to": to,
        "info": KINDS[node.kind],
        "form": form,
        "effects": effects_of(node, to, on=localdate()),
        "refusal": "" if rules.may_hang(node.kind, to.kind) else rules.why_not_under(node.kind, to.kind),
    }
    return render(request, "grids/node_move_confirm.html", context)
