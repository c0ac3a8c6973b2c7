"""The lists of grids, groups, hubs, members and households: one view, kinds by table."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grids import access
from grids.choices import CloseReason
from grids.forms.filters import ListFilter
from grids.kinds import KINDS, LISTED, VILLAGE, KindInfo, ListColumn
from grids.queries.bands import yardstick
from grids.queries.lists import listed, new_place, rows_of
from grids.resources import export_columns
from grids.views.frames import page_of, rows_on, wants_export, workbook
from grids.views.past import day_of, past_of, shows_past, then_of
from grids.views.tables import Table, frame_of, opened

CLOSING = ListColumn("closing", "注销")


@require_GET
@shows_past
def node_list(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind's list with its filters, as a page or a workbook of the same rows and columns."""
    access.require(request.user, access.Right.READ_ROSTER)
    table = opened(request, kind)
    if isinstance(table, HttpResponse):
        return table
    info, today = KINDS[kind], day_of(request)
    bar = ListFilter(request.GET, user=request.user, info=info)
    query = bar.query()
    measure = yardstick(access.scope_of(request.user).township_id, on=today)
    nodes = listed(request.user, info, query, on=today, measure=measure)
    closed = query.state == "closed"
    if wants_export(request):
        rows = [_closing(row) for row in rows_of(request.user, info, nodes, on=today, measure=measure)]
        title = f"{info.list_title}名单{then_of(request)}"
        return workbook(request, title, _exported(info, table, closed=closed), rows)
    page = page_of(request, nodes)
    found = rows_of(request.user, info, rows_on(page), on=today, measure=measure)
    rows = [_closing(row) for row in found]
    one_village = not bar.whole_township or query.village is not None
    columns = _columns(info, table, closed=closed, one_village=one_village)
    may_edit = access.may(request.user, access.Right.EDIT_ROSTER) and past_of(request) is None
    return render(
        request,
        "grids/node_list.html",
        {
            **frame_of(request, table, bar, columns=info.columns, shown=columns),
            "info": info,
            "tabs": LISTED,
            "page_obj": page,
            "rows": [
                {"row": row, "cells": [(column, row[column.key]) for column in columns]} for row in rows
            ],
            "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
            "may_edit": may_edit,
            "may_bulk": may_edit and not closed,
            "new_under": new_place(request.user, info, query) if may_edit else None,
        },
    )


def _columns(info: KindInfo, table: Table, *, closed: bool, one_village: bool) -> list[ListColumn]:
    """On the page a list of one village does not say its name in every row."""
    default = [column for column in info.columns if not (one_village and column is VILLAGE)]
    columns = table.columns(info.columns, default)
    return [*columns, CLOSING] if closed else columns


def _exported(info: KindInfo, table: Table, *, closed: bool) -> list[ListColumn]:
    """The chosen columns; without a choice all of them, since a file stands alone."""
    every = export_columns(info, closed=closed)
    return [*table.columns(info.columns, info.columns), *every[len(info.columns) :]]


def _closing(row: dict[str, Any]) -> dict[str, Any]:
    reason = row["close_reason"]
    row["closing"] = f"{row['closed_on']} {CloseReason(reason).label}" if reason else ""
    return row
