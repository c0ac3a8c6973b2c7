"""Views of lists under a name: saving, renaming, deleting, and which one a list opens with."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.actions import finding as actions
from grids.actions.refusals import sentences
from grids.forms.finding import RenameViewForm, ViewForm, first_sentence
from grids.kinds import KINDS
from grids.models import SavedView
from grids.queries.finding import kept_of
from grids.sorts import OTHER_LISTS, SORTS
from grids.views.frames import who


def list_title(listing: str) -> str:
    """The list's name in words."""
    return OTHER_LISTS[listing][0] if listing in OTHER_LISTS else KINDS[listing].list_title


def list_address(listing: str) -> str:
    """The list's bare address."""
    if listing in OTHER_LISTS:
        return reverse(OTHER_LISTS[listing][1])
    return reverse("grids:node_list", args=[listing])


@require_GET
def saved_views(request: HttpRequest, listing: str) -> HttpResponse:
    """All views of one list, with what may be done to each."""
    access.require(request.user, access.Right.READ_ROSTER)
    if listing not in SORTS:
        raise Http404
    context = {
        "listing": listing,
        "list_title": list_title(listing),
        "list_url": list_address(listing),
        "kept": kept_of(request.user, listing),
    }
    return render(request, "grids/saved_views.html", context)


@require_POST
def saved_view_add(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands under a name; the same name again takes the new conditions."""
    access.require(request.user, access.Right.READ_ROSTER)
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_sentence(form))
        listing = request.POST.get("listing", "")
        return redirect(list_address(listing) if listing in SORTS else "reports:home")
    data = form.cleaned_data
    _tried(
        request,
        lambda: actions.save_view(**data, by=who(request)),
        f"已存为视图“{data['name']}”。",
    )
    return redirect(f"{list_address(data['listing'])}?{data['query'] or 'all=1'}")


@require_POST
def saved_view_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, delete or open with it, by the button pressed."""
    access.require(request.user, access.Right.READ_ROSTER)
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    act, by = request.POST.get("act"), who(request)
    if act == "rename":
        form = RenameViewForm(request.POST)
        if form.is_valid():
            name = form.cleaned_data["name"]
            _tried(request, lambda: actions.rename_view(view=view, name=name, by=by), "已改名。")
        else:
            messages.error(request, first_sentence(form))
    elif act == "delete":
        _tried(request, lambda: actions.delete_view(view=view, by=by), f"已删除视图“{view.name}”。")
    elif act == "default":
        _tried(
            request,
            lambda: actions.open_with(listing=view.listing, view=view, by=by),
            f"以后打开这个名单先显示“{view.name}”。",
        )
    elif act == "no_default":
        _tried(
            request,
            lambda: actions.open_with(listing=view.listing, view=None, by=by),
            "以后打开这个名单先显示全部。",
        )
    return redirect("grids:saved_views", listing=view.listing)


def _tried(request: HttpRequest, write: Callable[[], Any], done: str) -> None:
    try:
        write()
    except ValidationError as refusal:
        messages.error(request, "；".join(sentences(refusal)))
    else:
        messages.success(request, done)
