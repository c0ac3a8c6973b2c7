"""What every list page has beside its rows: filters that stay, views under a name, columns of one's choice.

How a list looks is its address: filters, `sort` and `cols`. A view is such an address under a name, and the
last one is kept for the user, so that coming back to the bare address finds the list as it was left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from grids import access
from grids.actions.finding import remember_list
from grids.forms.filters import narrows_of
from grids.kinds import ListColumn
from grids.queries.finding import Kept, kept_of
from grids.views.frames import export_query, wants_export, who
from grids.views.past import past_of

# In an address, but no part of how the list looks.
PASSING = ("page", "export", "kept", "all", "clear", "on")


@dataclass(frozen=True)
class Table:
    """A list under one code, as its page is opened."""

    listing: str
    query: str
    kept: Kept
    restored: bool

    def columns(self, all_columns: Sequence[ListColumn], default: Sequence[ListColumn]) -> list[ListColumn]:
        """The chosen columns in their set order, the name always; without a choice the default ones."""
        return chosen_columns(QueryDict(self.query), all_columns, default)

    @property
    def chose_columns(self) -> bool:
        """True when the user left columns out or put some in."""
        return "cols" in QueryDict(self.query)


def chosen_columns(
    asked: QueryDict, all_columns: Sequence[ListColumn], default: Sequence[ListColumn]
) -> list[ListColumn]:
    """The columns an address names in `cols`, in their set order and always with the name."""
    chosen = set(asked.get("cols", "").split(",")) & {one.key for one in all_columns}
    if not chosen:
        return list(default)
    return [one for one in all_columns if one.key in chosen or one.show == "name"]


def opened(request: HttpRequest, listing: str) -> Table | HttpResponse:
    """The list as asked for, or the way to it: a bare address leads to how it was left.

    Being opened with filters is what makes them the last ones, so this GET may write that one row.
    """
    kept = kept_of(request.user, listing)
    if "clear" in request.GET:
        if kept.left:
            remember_list(listing=listing, query="", by=who(request))
        return redirect(request.path)
    query = _looks(request.GET)
    if not request.GET and kept.opens_with:
        return redirect(f"{request.path}?{kept.opens_with}&kept=1")
    if "col" in request.GET:
        return redirect(f"{request.path}?{query or 'all=1'}")
    if request.GET and query != kept.left and not wants_export(request):
        remember_list(listing=listing, query=query, by=who(request))
    return Table(listing, query, kept, restored="kept" in request.GET)


def _looks(asked: QueryDict) -> str:
    """The part of an address that says how the list looks, always written the same way."""
    kept = QueryDict(mutable=True)
    for name in sorted(asked):
        value = asked.get(name, "")
        if name not in (*PASSING, "col") and value:
            kept[name] = value
    if columns := asked.getlist("col"):
        kept["cols"] = ",".join(columns)
    return kept.urlencode(safe=",")


def _without(query: str, *names: str) -> str:
    """The same list with a condition less; `all` keeps an empty one from meaning 'as I left it'."""
    left = QueryDict(query, mutable=True)
    for name in names:
        left.pop(name, None)
    return left.urlencode(safe=",") or "all=1"


def _with(query: str, **more: str) -> str:
    found = QueryDict(query, mutable=True)
    found.update(more)
    return found.urlencode(safe=",")


def frame_of(
    request: HttpRequest,
    table: Table,
    bar: forms.BaseForm,
    *,
    columns: Sequence[ListColumn],
    shown: Sequence[ListColumn],
) -> dict[str, Any]:
    """What the list's template needs beside its rows."""
    if past := past_of(request):
        table = replace(table, query=_with(table.query, on=f"{past}"))  # links stay on that day
    narrows = narrows_of(bar)
    inside = QueryDict(table.query)
    return {
        "table": table,
        "filter_form": bar,
        "narrowed": [(title, value, _without(table.query, name)) for name, title, value in narrows],
        "filtered": bool(narrows),
        "columns": shown,
        "shown_keys": [one.key for one in shown],
        "all_columns": [(one, one in shown) for one in columns if one.show != "name"],
        "column_query": [(name, value) for name, value in inside.items() if name != "cols"],
        "default_columns": _without(table.query, "cols"),
        "sorts": _sort_links(table, shown),
        "export_query": export_query(request),
        "may_share": access.scope_of(request.user).whole_township,
    }


def _sort_links(table: Table, shown: Sequence[ListColumn]) -> Mapping[str, str]:
    """Addresses behind the headings that sort, by the column's key."""
    now = QueryDict(table.query).get("sort", "")
    found = {}
    for column in shown:
        if column.show == "name":
            turns = {"pinyin": "strokes", "strokes": ""}
            then = turns.get(now, "pinyin")
            found[column.key] = _with(table.query, sort=then) if then else _without(table.query, "sort")
    return found
