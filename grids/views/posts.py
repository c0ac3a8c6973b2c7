"""Posts: list, appointing, ending."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.actions import people as actions
from grids.actions.refusals import sentences
from grids.choices import ROOT_KINDS, Role
from grids.forms.filters import POST_STATES, PeopleFilter
from grids.forms.people import EndPostForm, PostEditForm, PostForm
from grids.holdings import providers
from grids.models import Node, Person, Post
from grids.queries.changes import version_of
from grids.queries.lists import villages_of
from grids.queries.people import PeopleQuery, people_of_village, post_places, post_rows, present_holders
from grids.queries.people import posts as posts_found
from grids.queries.terms import term_of_committee, terms
from grids.resources import POST_COLUMNS, POST_COLUMNS_AT_FIRST
from grids.sorts import POSTS
from grids.views.frames import page_of, put_on, rows_on, tried, wants_export, who, workbook
from grids.views.outcome import tell
from grids.views.past import day_of, past_of, shows_past, then_of
from grids.views.tables import frame_of, opened
from township import history
from township.addresses import row_number


@require_GET
@shows_past
def posts(request: HttpRequest) -> HttpResponse:
    """Who holds which post."""
    access.require(request.user, access.Right.READ_ROSTER)
    table = opened(request, POSTS)
    if isinstance(table, HttpResponse):
        return table
    bar = PeopleFilter(request.GET, user=request.user, states=POST_STATES, listing=POSTS)
    query: PeopleQuery = bar.query()
    today, present = day_of(request), past_of(request) is None
    found = posts_found(request.user, query, on=today)
    if wants_export(request):
        columns = table.columns(POST_COLUMNS, POST_COLUMNS)
        rows = post_rows(request.user, found, on=today)
        return workbook(request, f"任职名单{then_of(request)}", columns, rows)
    page = page_of(request, found)
    context = {
        **frame_of(
            request,
            table,
            bar,
            columns=POST_COLUMNS,
            shown=table.columns(POST_COLUMNS, POST_COLUMNS_AT_FIRST),
        ),
        "page_obj": page,
        "rows": post_rows(request.user, rows_on(page), on=today),
        "terms": terms(request.user, on=today, village=query.village),
        "term_query": term_query(request),
        "term": query.term,
        "today": today,
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        "may_edit": present and access.may(request.user, access.Right.EDIT_ROSTER),
        "may_edit_town": present and access.may(request.user, access.Right.EDIT_TOWN_CONTACTS),
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
    holders = present_holders(node, on=localdate()) if node is not None else []
    if node is not None and node.kind in ROOT_KINDS:
        initial["term_until"] = term_of_committee(node.pk)
    elif holders:  # the only post here: who comes takes over
        initial["replace"] = True
    form = PostForm(
        request.POST or None,
        user=request.user,
        root_id=root_id,
        places=post_places(request.user, root_id or 0),
        people=people_of_village(request.user, None if town else root_id),
        node=node,
        town=town,
        holders=holders,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="任职") as act:
            made = tried(form, lambda: _appoint(request, form.cleaned_data))
        if made is not None:
            tell(request, f"已登记：{made}。", act)
            return redirect(made.node or made.person)
    context = {"form": form, "node": node, "person": person, "town": town}
    return render(request, "grids/post_add.html", context)


def term_query(request: HttpRequest) -> str:
    """The page's own filters without the term, for the links of the warning."""
    query = request.GET.copy()
    for name in ("page", "term", "state"):
        query.pop(name, None)
    return query.urlencode()


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


def _appoint(request: HttpRequest, data: dict[str, Any]) -> Post:
    """A new person is registered and appointed in one go, or not at all."""
    with transaction.atomic():
        person = data["person"]
        if person is None:
            node = data.get("node")
            person = actions.add_person(
                name=data["name"],
                phone=data["phone"],
                root=_home(request, data["role"], node),
                by=who(request),
            )
        return actions.appoint(
            person=person,
            role=data["role"],
            node=data.get("node"),
            since=data["since"],
            by=who(request),
            source=data.get("source", ""),
            duties=data["duties"],
            term_until=data.get("term_until"),
            replace=data.get("replace", False),
        )


def _home(request: HttpRequest, role: str, node: Node | None) -> Node | None:
    """Where somebody new belongs: to the village of the post; an instructor sent by the office, to the 乡."""
    sent = role == Role.INSTRUCTOR and access.scope_of(request.user).whole_township
    return None if sent or node is None else node.root


def _post(request: HttpRequest, pk: int) -> Post:
    """A post the user may change; out of scope is 404, no right is 403."""
    rows = Post.objects.visible_to(request.user).select_related("person", "node", "township")
    post = get_object_or_404(rows, pk=pk)
    actions.require_edit_post(post, who(request))
    return post


@require_http_methods(["GET", "POST"])
def post_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the days, the source or the duties of a post."""
    post = _post(request, pk)
    form = PostEditForm(request.POST or None, post=post, initial={"seen": version_of(post)})
    if request.method == "POST" and form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name not in ("seen", "reason")}
        seen, reason = form.cleaned_data["seen"], form.cleaned_data["reason"]
        with history.action(by=who(request), title="修改任职", reason=reason) as act:
            saved = tried(
                form,
                lambda: actions.change_post(
                    post=post,
                    data=data,
                    by=who(request),
                    whole_committee=bool(data.get("whole_committee")),
                    seen=seen,
                    reason=reason,
                ),
            )
        if saved is not None:
            tell(request, f"已保存：{saved}。", act)
            return redirect(post.person)
    return render(request, "grids/people/post_edit.html", {"form": form, "post": post})


@require_http_methods(["GET", "POST"])
def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post on a day."""
    post = _post(request, pk)
    form = EndPostForm(request.POST or None, initial={"until": localdate()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with history.action(by=who(request), title="离任", reason=data["reason"]) as act:
                actions.end_post(post=post, until=data["until"], by=who(request), reason=data["reason"])
            tell(request, f"已登记{post.person.name}离任。", act)
            return redirect(post.node or post.person)
        except ValidationError as refusal:
            if "until" in getattr(refusal, "error_dict", {}):
                put_on(form, refusal)
            else:
                form.add_error("until", sentences(refusal))
    others = [item for one in providers() for item in one.held(request.user, post.person, on=localdate())]
    context = {"form": form, "post": post, "others": others}
    return render(request, "grids/post_end.html", context)
