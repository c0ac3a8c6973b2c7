"""What a user keeps of the lists: how each was left, and views under a name."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from grids import access
from grids.actions.refusals import checked, in_words
from grids.models import ListMemory, SavedView

if TYPE_CHECKING:
    from township.models import User

MOST_VIEWS = 20  # of one list and user; more would be a list of their own
LONGEST_QUERY = 1000
SAME_NAME = "这个名单已有同名的视图。"


def remember_list(*, listing: str, query: str, by: "User") -> None:
    """Keep how a list was left; a query too long to keep is forgotten instead."""
    kept = query if len(query) <= LONGEST_QUERY else ""
    ListMemory.objects.update_or_create(user=by, listing=listing, defaults={"query": kept})


def save_view(*, listing: str, name: str, query: str, shared: bool, by: "User") -> SavedView:
    """A new view, or another query for the one of that name."""
    if len(query) > LONGEST_QUERY:
        raise ValidationError("条件太多，不能存为视图。")
    if shared:
        _require_office(by)
    with in_words(SAME_NAME):
        own = SavedView.objects.owned_by(by).filter(listing=listing)
        view = own.filter(name=name).first()
        if view is None and own.count() >= MOST_VIEWS:
            raise ValidationError(f"每个名单最多存 {MOST_VIEWS} 个视图，请先删去不用的。")
        view = view or SavedView(by=by, township=by.township, listing=listing, name=name)
        view.query, view.shared = query, shared
        checked(view)
        view.save()
        return view


def rename_view(*, view: SavedView, name: str, by: "User") -> SavedView:
    """Another name for one's own view."""
    _require_own(view, by)
    with in_words(SAME_NAME):
        view.name = name
        checked(view)
        view.save()
    return view


def delete_view(*, view: SavedView, by: "User") -> None:
    """Take one's own view away; whoever opened the list with it sees the whole list again."""
    _require_own(view, by)
    view.delete()


def open_with(*, listing: str, view: SavedView | None, by: "User") -> None:
    """Let the list open with this view when nothing is remembered (None: with all rows)."""
    with transaction.atomic():
        ListMemory.objects.update_or_create(user=by, listing=listing, defaults={"default": view, "query": ""})


def _require_own(view: SavedView, by: "User") -> None:
    if view.by_id != by.pk:
        raise PermissionDenied("只能修改自己存的视图。")


def _require_office(by: "User") -> None:
    if not access.scope_of(by).whole_township:
        raise PermissionDenied("只有乡办公室能存共用视图。")
