"""The lists of grids, groups, hubs, members and households: one view, kinds by table."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from grids import access
from grids.choices import CloseReason
from grids.forms.filters import ListFilter
from grids.kinds import KINDS, LISTED, VILLAGE, KindInfo, ListColumn
from grids.queries.lists import listed, rows_of
from grids.resources import export_columns
from grids.views.frames import export_query, page_of, rows_on, wants_export, workbook

CLOSING = ListColumn("closing", "注销")


@require_GET
def node_list(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind's list with its filters, as a page or a workbook."""
    access.require(request.user, access.Right.READ_ROSTER)
    info, today = KINDS[kind], localdate()
    bar = ListFilter(request.GET, user=request.user, info=info)
    query = bar.query()
    nodes = listed(request.user, info, query, on=today)
    closed = query.state == "closed"
    if wants_export(request):
        rows = [_closing(row) for row in rows_of(request.user, info, nodes, on=today)]
        return workbook(request, f"{info.list_title}名单", export_columns(info, closed=closed), rows)
    page = page_of(request, nodes)
    rows = [_closing(row) for row in rows_of(request.user, info, rows_on(page), on=today)]
    columns = _columns(info, closed=closed, one_village=not bar.whole_township or query.village is not None)
    return render(
        request,
        "grids/node_list.html",
        {
            "info": info,
            "tabs": LISTED,
            "filter_form": bar,
            "filtered": bool(query.text or query.state or query.village or query.grid or query.group),
            "page_obj": page,
            "columns": columns,
            "rows": [
                {"row": row, "cells": [(column, row[column.key]) for column in columns]} for row in rows
            ],
            "export_query": export_query(request),
            "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
            "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        },
    )


def _columns(info: KindInfo, *, closed: bool, one_village: bool) -> list[ListColumn]:
    columns = [column for column in info.columns if not (one_village and column is VILLAGE)]
    return [*columns, CLOSING] if closed else columns


def _closing(row: dict[str, Any]) -> dict[str, Any]:
    reason = row["close_reason"]
    row["closing"] = f"{row['closed_on']} {CloseReason(reason).label}" if reason else ""
    return row
