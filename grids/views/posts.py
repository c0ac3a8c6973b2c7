"""Posts: list, appointing, ending."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.actions import people as actions
from grids.actions.refusals import sentences
from grids.forms.filters import POST_STATES, PeopleFilter
from grids.forms.people import EndPostForm, PostForm
from grids.models import Node, Person, Post
from grids.queries.lists import villages_of
from grids.queries.people import PeopleQuery, people_of_village, post_places, post_rows
from grids.queries.people import posts as posts_found
from grids.resources import POST_COLUMNS
from grids.views.frames import export_query, page_of, put_on, rows_on, tried, wants_export, who, workbook
from township.addresses import row_number


@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """Who holds which post."""
    access.require(request.user, access.Right.READ_ROSTER)
    bar = PeopleFilter(request.GET, user=request.user, states=POST_STATES)
    query: PeopleQuery = bar.query()
    found = posts_found(request.user, query, on=localdate())
    if wants_export(request):
        return workbook(request, "任职名单", POST_COLUMNS, post_rows(request.user, found))
    page = page_of(request, found)
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": post_rows(request.user, rows_on(page)),
        "today": localdate(),
        "export_query": export_query(request),
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "may_edit_town": access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
    }
    return render(request, "grids/posts.html", context)


@require_http_methods(["GET", "POST"])
def post_add(request: HttpRequest) -> HttpResponse:
    """Appoint somebody: at ?node=, or ?person= to a place of the village, or ?town=1 as 乡领导."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    node, person = _given(request, "node", Node), _given(request, "person", Person)
    town = request.GET.get("town") == "1"
    if town:
        access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    root_id = _root_id(request, node, person)
    if root_id is None and not town:
        return render(
            request, "grids/post_village.html", {"villages": villages_of(request.user), "person": person}
        )
    if node is not None:
        access.require_edit(request.user, node)
    initial = {"since": localdate(), "person": person.pk if person else None}
    form = PostForm(
        request.POST or None,
        places=post_places(request.user, root_id or 0),
        people=people_of_village(request.user, None if town else root_id),
        node=node,
        town=town,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: _appoint(request, form.cleaned_data, root_id))
        if made is not None:
            messages.success(request, f"已登记：{made}。")
            return redirect(made.node or made.person)
    context = {"form": form, "node": node, "person": person, "town": town}
    return render(request, "grids/post_add.html", context)


def _given(request: HttpRequest, name: str, model: Any) -> Any:
    """The row named in the address, if any; out of scope is 404."""
    typed = request.GET.get(name, "")
    if not typed:
        return None
    return get_object_or_404(model.objects.visible_to(request.user), pk=row_number(typed))


def _root_id(request: HttpRequest, node: Node | None, person: Person | None) -> int | None:
    if node is not None:
        return node.root_id
    if person is not None and person.root_id:
        return person.root_id
    village = row_number(request.GET.get("village"))
    if village is not None:
        return get_object_or_404(Node.objects.visible_to(request.user), pk=village, parent=None).pk
    scope = access.scope_of(request.user)
    roots = {place.root_id for place in scope.places if place.node_id in scope.edits}
    return roots.pop() if len(roots) == 1 else None


def _appoint(request: HttpRequest, data: dict[str, Any], root_id: int | None) -> Post:
    """A new person is registered and appointed in one go, or not at all."""
    with transaction.atomic():
        person = data["person"]
        if person is None:
            node = data.get("node")
            person = actions.add_person(
                name=data["name"],
                phone=data["phone"],
                root=node.root if node is not None else None,
                by=who(request),
            )
        return actions.appoint(
            person=person,
            role=data["role"],
            node=data.get("node"),
            since=data["since"],
            by=who(request),
            source=data["source"],
            duties=data["duties"],
            replace=data.get("replace", False),
        )


@require_http_methods(["GET", "POST"])
def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post on a day."""
    post = get_object_or_404(
        Post.objects.visible_to(request.user).select_related("person", "node", "township"), pk=pk
    )
    if post.node is not None:
        access.require_edit(request.user, post.node)
    else:
        access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    form = EndPostForm(request.POST or None, initial={"until": localdate()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.end_post(post=post, until=data["until"], by=who(request), reason=data["reason"])
            messages.success(request, f"已登记{post.person.name}离任。")
            return redirect(post.node or post.person)
        except ValidationError as refusal:
            if "until" in getattr(refusal, "error_dict", {}):
                put_on(form, refusal)
            else:
                form.add_error("until", sentences(refusal))
    return render(request, "grids/post_end.html", {"form": form, "post": post})
