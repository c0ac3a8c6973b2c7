"""县里的空表: the list, the upload, the sheet with its marks, changes since last year, filled files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids import access
from grids.views.frames import page_of, tried
from reports.blanks import actions, exports, proposing, queries, screen
from reports.blanks.codes import words_of
from reports.blanks.forms import BlankForm, FillForm, marks_sent, picked_sent
from reports.blanks.page import Page, address, pages_of
from reports.blanks.remapping import GONE, KEPT, MOVED
from reports.models import Blank, BlankMark
from township.addresses import row_number
from township.exports import XLSX
from township.views import SignedInRequest

MOST_PROPOSALS = 100


@require_safe
def blank_list(request: SignedInRequest) -> HttpResponse:
    """Every blank of the township, newest first."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    page = page_of(request, queries.listed(request.user))
    may_mark = access.may(request.user, access.Right.EDIT_TOWN_CONTACTS)
    return render(request, "reports/blanks/list.html", {"page_obj": page, "may_mark": may_mark})


@require_http_methods(["GET", "POST"])
def blank_new(request: SignedInRequest) -> HttpResponse:
    """Upload a blank; an earlier one that is like it is compared next."""
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    sent = request.method == "POST"
    form = BlankForm(
        request.POST if sent else None, request.FILES if sent else None, initial={"year": localdate().year}
    )
    if sent and form.is_valid():
        blank = tried(form, lambda: actions.keep(**form.cleaned_data, by=request.user))
        if blank is not None:
            return redirect(_after_upload(request, blank))
    return render(request, "reports/blanks/new.html", {"form": form})


def _after_upload(request: SignedInRequest, blank: Blank) -> str:
    earlier = queries.earlier_of(blank)
    if earlier is None:
        messages.success(request, "已收下。点一格（或行号、列标），选定要填的内容；右边是系统的建议。")
        return blank.get_absolute_url()
    if earlier.same:
        count = sum(change.new is not None for change in earlier.changes)
        messages.success(request, f"表样与“{earlier.blank}”一样，沿用了 {count} 格的对应，请核对一遍。")
        return blank.get_absolute_url()
    return reverse("reports:blank_again", args=[blank.pk])


def _blank(request: SignedInRequest, pk: int, right: access.Right) -> Blank:
    """A blank of the user's township; out of sight is 404, without the right 403."""
    blank = get_object_or_404(Blank.objects.visible_to(request.user).select_related("township"), pk=pk)
    access.require(request.user, right)
    return blank


def _page(pages: list[Page], asked: str | None) -> Page:
    """The sheet asked for; the first visible one for nonsense."""
    number = row_number(asked)
    shown = [page for page in pages if page.shown]
    return next((page for page in shown if page.number == number), shown[0])


@require_safe
def blank_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """A sheet as it looks, what its cells are for, and the button that fills it."""
    blank = _blank(request, pk, access.Right.EXPORT_ROSTER)
    may_mark = access.may(request.user, access.Right.EDIT_TOWN_CONTACTS)
    pages, marks = pages_of(blank.looks), queries.marks_of(blank)
    page = _page(pages, request.GET.get("sheet"))
    here = [mark for mark in marks if mark.sheet == page.number]
    asked = [request.GET.get(name, "") for name in ("cell", "row", "column")] if may_mark else ["", "", ""]
    chosen = screen.chosen_of(page, *asked)
    context = {
        "blank": blank,
        "page": page,
        "pages": [one for one in pages if one.shown],
        "screen": screen.screen(page, here, chosen, links=may_mark),
        "marks": marks,
        "here": here,
        "may_mark": may_mark,
        "fill": FillForm(user=request.user),
        "chosen": chosen,
        **(_panel(page, chosen, here) if may_mark else {}),
    }
    return render(request, "reports/blanks/blank.html", context)


def _panel(page: Page, chosen: screen.Chosen, marks: list[BlankMark]) -> dict[str, Any]:
    """For a choice the lists to choose from; without one all that the labels propose."""
    if chosen.kind:
        return {
            "choices": screen.choices(page, chosen, marks),
            "growing": screen.growing(page, chosen, marks),
            "groups": screen.indicator_groups(),
        }
    grown = screen.grown_rows(page, marks)
    tables = [table for table in proposing.tables(page) if table.row not in grown]
    rows = grown | {row for table in tables for row in range(table.row, table.row + table.room)}
    marked = {(mark.row, mark.column) for mark in marks}
    found = proposing.cells(page, grown=rows, marked=marked, most=MOST_PROPOSALS)
    return {
        "tables": [_table(table) for table in tables],
        "proposals": [(one, address(one.place)) for one in found],
    }


def _table(table: proposing.TableProposal) -> dict[str, Any]:
    columns = [
        {"address": address((table.row, column)), "labels": labels.column, "best": best}
        for column, labels, best in table.columns
    ]
    return {"table": table, "columns": columns}


@require_POST
def blank_marks(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down what cells are for, or that they are for nothing any more."""
    blank = _blank(request, pk, access.Right.EDIT_TOWN_CONTACTS)
    page = _page(pages_of(blank.looks), request.POST.get("sheet"))
    back = f"{blank.get_absolute_url()}?sheet={page.number}"
    try:
        changed = actions.mark(
            blank=blank, sheet=page.number, wanted=marks_sent(request.POST), by=request.user
        )
    except ValidationError as refusal:
        for message in refusal.messages:
            messages.error(request, message)
        return redirect(f"{back}&{request.POST.get('back', '')[:20]}" if _is_query(request) else back)
    if changed:
        messages.success(request, f"已记下 {changed} 格。")
    else:
        messages.info(request, "没有改动。")
    return redirect(back)


def _is_query(request: SignedInRequest) -> bool:
    name, _, value = request.POST.get("back", "").partition("=")
    return name in {"cell", "row", "column"} and value.isascii() and value.isalnum()


@require_http_methods(["GET", "POST"])
def blank_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """What became of the earlier blank's marks; those ticked are taken over."""
    blank = _blank(request, pk, access.Right.EDIT_TOWN_CONTACTS)
    if request.method == "POST":
        try:
            taken = actions.take_over(blank=blank, picked=picked_sent(request.POST), by=request.user)
        except ValidationError as refusal:
            for message in refusal.messages:
                messages.error(request, message)
            return redirect(blank)
        messages.success(request, f"沿用了 {taken} 格的对应；没有沿用的格请在表上点选。")
        return redirect(blank)
    earlier = queries.earlier_of(blank)
    context: dict[str, Any] = {"blank": blank, "earlier": earlier}
    if earlier is not None:
        context |= _differences(blank, earlier)
    return render(request, "reports/blanks/again.html", context)


def _differences(blank: Blank, earlier: queries.Earlier) -> dict[str, Any]:
    """The changes in order of concern, and the cells this year's blank has beside them."""
    marked = {(mark.sheet, mark.row, mark.column) for mark in queries.marks_of(blank)}
    rows: list[dict[str, Any]] = [
        {
            "number": number,
            "change": change,
            "words": words_of(change.old.code, change.old.roster),
            "ticked": change.state in (KEPT, MOVED),
            "taken": bool(change.new and (change.new.sheet, *change.new.place) in marked),
        }
        for number, change in enumerate(earlier.changes)
    ]
    found = {(change.new.sheet, change.new.place) for change in earlier.changes if change.new}
    fresh = [
        {"sheet": page, "address": address(one.place), "labels": one.labels.words, "best": one.best}
        for page in pages_of(blank.looks)
        if page.shown
        for one in proposing.cells(page, grown=_free_rows(page), marked=set())
        if (page.number, one.place) not in found
    ]
    kept = [row for row in rows if row["change"].state == KEPT]
    return {
        "rows": [row for row in rows if row["change"].state != KEPT],
        "kept": kept,
        "gone": sum(change.state == GONE for change in earlier.changes),
        "fresh": fresh[:MOST_PROPOSALS],
    }


def _free_rows(page: Page) -> set[int]:
    return {row for table in proposing.tables(page) for row in range(table.row, table.row + table.room)}


@require_POST
def blank_fill(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The filled workbook or zip, as a download; every one that leaves is in the log."""
    blank = _blank(request, pk, access.Right.EXPORT_ROSTER)
    form = FillForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, "没有下载：请选择填哪里，用途不超过 60 个字。")
        return redirect(blank)
    try:
        filled = exports.fill(
            blank=blank,
            asked=form.asked(),
            by=request.user,
            today=localdate(),
            purpose=form.cleaned_data["purpose"],
            request=request,
        )
    except ValidationError as refusal:
        for message in refusal.messages:
            messages.error(request, message)
        return redirect(blank)
    kind = XLSX if filled.name.endswith(".xlsx") else "application/zip"
    return FileResponse(filled.content, as_attachment=True, filename=filled.name, content_type=kind)


@require_http_methods(["GET", "POST"])
def blank_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a blank away, after being asked once more."""
    blank = _blank(request, pk, access.Right.EDIT_TOWN_CONTACTS)
    if request.method == "POST":
        actions.remove(blank=blank, by=request.user)
        messages.success(request, "已删除这张空表和它的对应。")
        return redirect("reports:blanks")
    return render(
        request, "reports/blanks/remove.html", {"blank": blank, "marked": len(queries.marks_of(blank))}
    )
