"""Pages of histories: the list of actions, one action and its undo, timelines, and a place as of a day."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.actions.restoring import put_back, restorable
from grids.actions.undo import plan_undo, undo, undone_among
from grids.forms.history import ActionFilter, UndoForm
from grids.kinds import KINDS
from grids.models import Node, Person, Post
from grids.queries.changes import (
    Change,
    entries,
    history_of,
    history_of_person,
    history_of_row,
    state_before,
    version_of,
    way_asked,
    ways_back,
)
from grids.queries.people import may_edit_person, may_edit_post
from grids.queries.places import chain, facts_of, posts_at, profile_of, standing_of
from grids.queries.timeline import action_lines, action_named, actions, latest_undo, told, traces
from grids.views.frames import page_of, who
from grids.views.past import day_of, shows_past
from township.models import Action

MOST = 400  # changes on one page of a history
KEPT: dict[str, type[Model]] = {"node": Node, "person": Person, "post": Post}


# --- actions ----------------------------------------------------------------------------------------


@require_GET
def action_list(request: HttpRequest) -> HttpResponse:
    """What was done in one's places, by whom and when; a line says whether it stands untouched."""
    access.require(request.user, access.Right.READ_ROSTER)
    bar = ActionFilter(request.GET, user=request.user)
    page = page_of(request, actions(request.user, bar.query()))
    shown = list(page.object_list)
    lines = action_lines(request.user, shown, undone_among([action.pk for action in shown]))
    context = {
        "filter_form": bar,
        "page_obj": page,
        "lines": lines,
        "filtered": bool(request.GET),
        "may_undo": access.may(request.user, access.Right.EDIT_ROSTER),
    }
    return render(request, "grids/history/actions.html", context)


@require_GET
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """One action: every row it changed that one may see, old and new."""
    found = _action(request, pk)
    seen, hidden = traces(request.user, found)
    if not seen:
        raise Http404
    page = Paginator(seen, 100).get_page(request.GET.get("page"))
    context = {
        "act": found,
        "places": told(request.user, found, list(page.object_list)),
        "page_obj": page,
        "hidden": hidden,
        "undone": latest_undo(found) if undone_among([found.pk]) else None,
        "may_undo": access.may(request.user, access.Right.EDIT_ROSTER),
    }
    return render(request, "grids/history/action.html", context)


@require_http_methods(["GET", "POST"])
def action_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """What an undo would do, or what stands in its way; a POST does it."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    found = _action(request, pk)
    if not traces(request.user, found)[0]:
        raise Http404
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = undo(action=found, by=who(request), reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            messages.error(request, "没有撤销：" + "".join(sentences(refusal)[:3]))
            return redirect("grids:action_undo", found.pk)
        messages.success(request, f"已撤销“{found.title}”，各项都恢复到操作以前的值。")
        return redirect("grids:action", done.pk)
    plan = plan_undo(found, who(request))
    return render(request, "grids/history/undo.html", {"act": found, "plan": plan, "form": form})


def _action(request: HttpRequest, pk: int) -> Action:
    found = action_named(request.user, pk)
    if found is None:
        raise Http404
    return found


# --- timelines --------------------------------------------------------------------------------------


@require_GET
def timeline(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """The whole history of a place, a person or a post, grouped by action."""
    row = _kept(request, what, pk)
    may_edit = _may_edit(request, row)
    changes = _changes(request, row)
    context = {
        "row": row,
        "what": what,
        "entries": entries(changes),
        "ways": ways_back(changes, _restorable(row)) if may_edit else {},
        "may_edit": may_edit,
        "seen": _version(row),
        "back_url": reverse("grids:timeline_back", args=[what, pk]),
        "back": row.person.get_absolute_url() if isinstance(row, Post) else row.get_absolute_url(),
        "more": len(changes) >= MOST,
    }
    return render(request, "grids/history/timeline.html", context)


@require_POST
def timeline_back(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Put an earlier value back: `put` names the history row and the field, or all fields."""
    row = _kept(request, what, pk)
    if not _may_edit(request, row):
        raise PermissionDenied("您只能查看，不能恢复旧值。")
    target, before, field = _way(row, request.POST.get("put", ""))
    if before is None:
        messages.error(request, "没有恢复：历史里没有这个旧值。")
        return redirect("grids:timeline", what, pk)
    fields = [field] if field != "all" else sorted(restorable(type(target)))
    try:
        put_back(row=target, before=before, fields=fields, by=who(request), seen=request.POST.get("seen", ""))
    except ValidationError as refusal:
        messages.error(request, "没有恢复：" + "".join(sentences(refusal)))
    else:
        messages.success(request, "已恢复旧值，恢复本身也记在历史里。")
    return redirect("grids:timeline", what, pk)


def _way(row: Any, text: str) -> tuple[Any, Mapping[str, Any] | None, str]:
    """The row to write, its state of then and the field, as a button names them; no state: no such way."""
    asked = way_asked(text)
    model = next((m for m in _models(row) if asked and m._meta.model_name == asked[0]), None)
    if asked is None or model is None:
        return row, None, ""
    owner, before = state_before(model, asked[1])
    target = row if isinstance(row, model) else profile_of(row)
    return target, before if target is not None and target.pk == owner else None, asked[2]


def _kept(request: HttpRequest, what: str, pk: int) -> Any:
    model: Any = KEPT[what]
    return get_object_or_404(model.objects.visible_to(request.user), pk=pk)


def _models(row: Any) -> list[type[Model]]:
    return [Node, KINDS[row.kind].profile] if isinstance(row, Node) else [type(row)]


def _changes(request: HttpRequest, row: Any) -> list[Change]:
    if isinstance(row, Node):
        return history_of(request.user, row, most=MOST)
    if isinstance(row, Person):
        return history_of_person(request.user, row, most=MOST)
    root_id = row.node.root_id if row.node else None
    return history_of_row(request.user, Post, row.pk, root_id=root_id, most=MOST)


def _may_edit(request: HttpRequest, row: Any) -> bool:
    if isinstance(row, Person):
        return may_edit_person(request.user, row)
    if isinstance(row, Post):
        return may_edit_post(request.user, row)
    return access.may_edit(request.user, row)


def _version(row: Any) -> str:
    return version_of(row, profile_of(row)) if isinstance(row, Node) else version_of(row)


def _restorable(row: Any) -> dict[str, frozenset[str]]:
    return {str(model._meta.model_name): restorable(model) for model in _models(row)}


# --- a place on a day -------------------------------------------------------------------------------


@require_GET
@shows_past
def node_then(request: HttpRequest, pk: int) -> HttpResponse:
    """Who looked after a place on a day: its chain to the top with names, its facts and numbers of then."""
    found = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    profile = profile_of(found)
    day = day_of(request)
    context = {
        "node": found,
        "info": KINDS[found.kind],
        "day": day,
        "today": localdate(),
        "chain": chain(request.user, found, on=day),
        "facts": facts_of(request.user, found, profile, on=day),
        "posts": posts_at(request.user, found, on=day),
        "standing": standing_of(found, profile, on=day),
    }
    return render(request, "grids/history/then.html", context)
