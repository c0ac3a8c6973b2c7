"""One place of the tree: its page, and the forms that make, change, move, close and restore it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access, rules
from grids.actions import nodes as actions
from grids.actions.refusals import ChangedMeanwhile, sentences
from grids.choices import ROOT_KINDS, Kind
from grids.forms.nodes import CloseForm, NodeForm
from grids.kinds import KINDS
from grids.models import Node
from grids.queries import phones
from grids.queries.branches import dressed_children, problems_of
from grids.queries.changes import history_of, version_of
from grids.queries.handover import holds_anything
from grids.queries.lists import rows_of
from grids.queries.places import (
    Link,
    Standing,
    chain,
    children_of,
    facts_of,
    is_village,
    kinds_below,
    member_person,
    posts_at,
    profile_of,
    release_place,
    standing_of,
)
from grids.views.frames import editable, page_of, put_on, renew_seen, rows_on, tried, who
from grids.views.outcome import tell
from township import history
from township.addresses import row_number


def _node(request: HttpRequest, pk: int | None) -> Node:
    return get_object_or_404(Node.objects.visible_to(request.user), pk=pk)


@require_GET
def node(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one place."""
    found, today = _node(request, pk), localdate()
    profile = profile_of(found)
    closed = request.GET.get("show") == "closed"
    page = page_of(request, children_of(request.user, found, closed=closed))
    may_edit = access.may_edit(request.user, found)
    person = member_person(found) if found.kind == Kind.MEMBER else None
    posts = posts_at(request.user, found, on=today)
    standing, links = standing_of(found, profile, on=today), chain(request.user, found, on=today)
    context = {
        "node": found,
        "info": KINDS[found.kind],
        "problems": _problems(found, standing, links),
        "root_kinds": ROOT_KINDS,
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        "facts": facts_of(request.user, found, profile, on=today),
        "standing": standing,
        "chain": links,
        "person": person,
        "person_phone": phones.shown(request.user, found.root_id, person.phone) if person else "",
        "posts": [(post, phones.shown(request.user, found.root_id, post.person.phone)) for post in posts],
        "page_obj": page,
        **_below(request, found, rows_on(page), standing),
        "has_below": bool(rules.children_of(found.kind)),
        "show_closed": closed,
        "changes": history_of(request.user, found),
        "may_edit": may_edit,
        "kinds_below": [KINDS[kind] for kind in kinds_below(found)] if may_edit else [],
        "may_appoint": may_edit and any(found.kind in places for places in rules.POST_PLACES.values()),
    }
    return render(request, "grids/node.html", context)


def _problems(node: Node, standing: Standing, links: list[Link]) -> tuple[str, ...]:
    """What is missing here and below, in the words of the tree."""
    if node.closed_on:
        return ()
    return problems_of(node, standing.counts, links[0].heads, is_village(node.root_id))


def _below(request: HttpRequest, node: Node, rows: Any, standing: Standing) -> dict[str, Any]:
    """Under a member the households with door and phone, elsewhere rows with numbers."""
    if node.kind == Kind.MEMBER:
        return {"households": rows_of(request.user, KINDS[Kind.HOUSEHOLD], rows, on=localdate())}
    return {"children": dressed_children(rows, standing.measure, on=localdate())}


@require_http_methods(["GET", "POST"])
def node_add(request: HttpRequest) -> HttpResponse:
    """A new place: ?parent= and ?kind=; without a parent a new top organisation, for the office."""
    kind = request.GET.get("kind", "")
    typed = request.GET.get("parent", "")
    if kind not in KINDS:
        raise Http404
    parent = editable(request, row_number(typed)) if typed else None
    if parent is None:
        access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    if not rules.may_hang(kind, parent.kind if parent else None):
        raise Http404
    form = NodeForm(
        request.POST or None,
        kind=kind,
        user=request.user,
        root_id=parent.root_id if parent else None,
        initial={"since": localdate()},
    )
    if request.method == "POST" and form.is_valid():
        made = tried(
            form,
            lambda: actions.create_node(
                kind=kind,
                parent=parent,
                data=form.facts(),
                by=who(request),
                township=who(request).township,
                reason=form.cleaned_data["reason"],
            ),
        )
        if made is not None:
            messages.success(request, f"已新增{KINDS[kind].title}“{made.name}”。")
            return redirect(
                f"{request.get_full_path()}" if "again" in request.POST else made.get_absolute_url()
            )
    context = {"form": form, "info": KINDS[kind], "parent": parent}
    return render(request, "grids/node_add.html", context)


@require_http_methods(["GET", "POST"])
def node_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the facts; if somebody else did meanwhile, both values are shown and nothing is overwritten."""
    found = editable(request, pk)
    profile = profile_of(found)
    form = NodeForm(
        request.POST or None,
        kind=found.kind,
        user=request.user,
        root_id=found.root_id,
        node=found,
        profile=profile,
        initial={"seen": version_of(found, profile)},
    )
    conflicts: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_node(
                node=found,
                data=form.facts(),
                by=who(request),
                seen=form.cleaned_data["seen"],
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, f"已保存“{form.cleaned_data['name']}”。")
            return redirect(found)
        except ChangedMeanwhile as refusal:
            conflicts = conflicts_of(form)
            put_on(form, refusal)
            renew_seen(form, version_of(found, profile))
        except ValidationError as refusal:
            put_on(form, refusal)
    context = {"form": form, "node": found, "info": KINDS[found.kind], "conflicts": conflicts}
    return render(request, "grids/node_edit.html", context)


def conflicts_of(form: Any) -> list[tuple[str, str, str]]:
    """Fields where what stands now differs from what was typed: title, now, typed."""
    found = []
    for bound in form.visible_fields():
        if bound.name == "reason":
            continue
        now, typed = bound.field.prepare_value(bound.initial), bound.field.prepare_value(bound.value())
        if _plain(now) != _plain(typed):
            found.append((bound.label, _in_words(bound, now), _in_words(bound, typed)))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(str(part) for part in value)
    return "" if value in (None, False) else "on" if value is True else str(value)


def _in_words(bound: Any, value: Any) -> str:
    choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
    if isinstance(value, list | tuple):
        return "、".join(choices.get(str(part), str(part)) for part in value) or "（空）"
    if value in (True, "on"):
        return "是"
    if value is False:
        return "否"
    return choices.get(str(value), str(value)) if value not in (None, "") else "（空）"


@require_http_methods(["GET", "POST"])
def node_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close with day and reason, and say what becomes of the rows below."""
    found = editable(request, pk)
    if found.closed_on is not None:
        messages.info(request, f"“{found.name}”已经注销。")
        return redirect(found)
    standing = standing_of(found, None, on=localdate())
    below = children_of(request.user, found, closed=False).count()
    form = CloseForm(
        request.POST or None,
        kind=found.kind,
        open_below=below,
        released_to=release_place(found),
        initial={"on": localdate(), "seen": version_of(found, profile_of(found))},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with history.action(by=who(request), title="注销", reason=data["reason"]) as act:
            closed = tried(
                form,
                lambda: actions.close_node(
                    node=found,
                    on=data["on"],
                    close_reason=data["close_reason"],
                    by=who(request),
                    below=data.get("below", ""),
                    reason=data["reason"],
                    seen=data["seen"],
                ),
            )
        if closed is not None:
            tell(request, f"已注销“{closed.name}”。可在本页恢复。", act)
            return redirect(found)
    context = {"form": form, "node": found, "info": KINDS[found.kind], "below": below, "standing": standing}
    person = member_person(found) if found.kind == Kind.MEMBER else None
    if person is not None and holds_anything(request.user, person, on=localdate()):
        context["holder"] = person
    return render(request, "grids/node_close.html", context)


@require_POST
def node_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a closing back."""
    found = editable(request, pk)
    try:
        with history.action(by=who(request), title="恢复") as act:
            actions.reopen_node(node=found, by=who(request))
        tell(request, f"已恢复“{found.name}”。", act)
    except ValidationError as refusal:
        messages.error(request, "；".join(sentences(refusal)))
    return redirect(found)


@require_POST
def node_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole phone of a household or member, asked for knowingly and logged."""
    found = _node(request, pk)
    if not access.may(request.user, access.Right.READ_ROSTER):
        raise PermissionDenied
    person = member_person(found)
    phone = person.phone if person else str(getattr(profile_of(found), "phone", ""))
    actions.reveal_phone(of=found, phone=phone, by=who(request), request=request)
    template = "grids/_phone.html" if getattr(request, "htmx", False) else "grids/phone.html"
    return render(request, template, {"name": found.name, "phone": phone, "back": found.get_absolute_url()})
