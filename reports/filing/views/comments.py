"""Comments of a reviewer: written on a row of the submitted table, marked as mended by the village."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from grids.views.frames import tried, who
from reports.filing import actions, queries
from reports.filing.comparing import row_name
from reports.filing.forms import CommentForm
from reports.filing.frozen import PHONE_COLUMNS
from reports.filing.pins import GONE, Pin, row_at, values
from reports.filing.views.pages import seen_filing
from reports.models import Filing, FilingComment, Snapshot


@require_http_methods(["GET", "POST"])
def filing_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Pin a remark: to the row named in the address, or to the filing."""
    found = seen_filing(request, pk)
    actions.require_role(who(request), found.root)
    last = queries.snapshots_of(found).first()
    asked = request.POST if request.method == "POST" else request.GET
    pin = _pin(asked)
    form = CommentForm(
        request.POST or None,
        initial={"annex": pin.annex, "row_key": pin.row_key, "column": pin.column},
        cells=values(pin, last, PHONE_COLUMNS),
    )
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        done = tried(form, lambda: actions.comment(filing=found, text=text, by=who(request), pin=form.pin))
        if done is not None:
            messages.success(request, "已写批注。")
            return redirect(f"{found.get_absolute_url()}#comments")
    return render(request, "reports/filing/comment.html", _context(found, pin, last, form))


def _pin(asked: Any) -> Pin:
    """From an address or a form; nonsense pins to the whole filing."""
    annex = asked.get("annex", "")
    number = int(annex) if annex in {str(n) for n in queries.FILED} else None
    return Pin(number, asked.get("row_key", "")[:60], asked.get("column", "")[:40])


def _context(found: Filing, pin: Pin, last: Snapshot | None, form: CommentForm) -> dict[str, Any]:
    row = row_at(pin, last)
    return {
        "filing": found,
        "pin": pin,
        "name": row_name(pin.annex, row) if pin.annex and row else "",
        "gone": GONE if pin.row_key and row is None else "",
        "cells": values(pin, last, PHONE_COLUMNS),
        "form": form,
    }


@require_POST
def comment_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The village has mended what a remark was about."""
    rows = FilingComment.objects.visible_to(request.user).select_related("filing__root")
    found = get_object_or_404(rows, pk=pk)
    actions.settle(comment=found, by=who(request))
    messages.success(request, "已标为改好。")
    return redirect(f"{found.filing.get_absolute_url()}#comments")
