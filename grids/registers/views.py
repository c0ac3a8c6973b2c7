"""The pages of the paste grid: one for all registers, and the three questions its script asks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.choices import Kind
from grids.models import Node
from grids.registers import drafts
from grids.registers.bodies import BadBody, as_draft, picks_in, read_body, rows_in
from grids.registers.desk import Desk
from grids.registers.register import LIMIT, REGISTERS, Register, beside
from grids.registers.rows import Conflicted, Held, Refused, Said
from grids.views.frames import who
from township.addresses import row_number

Answer = Callable[[HttpRequest, Register, Node], HttpResponse]


def _register(code: str) -> Register:
    if code not in REGISTERS or REGISTERS[code].by_file_only:
        raise Http404
    return REGISTERS[code]


def _place(request: HttpRequest, register: Register) -> Node:
    """The place asked for, if it is in sight, open, and of a kind this register has rows at."""
    seen = Node.objects.visible_to(request.user).open().select_related("township")
    place = get_object_or_404(seen, pk=row_number(request.GET.get("node")))
    if place.kind not in register.place_kinds:
        raise Http404
    register.require(request.user, place)
    return place


# --- the page ---------------------------------------------------------------------------------------


@require_GET
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """The register of ?node= as a grid; without it one's own village, or villages to choose from."""
    register = _register(code)
    access.require(request.user, access.Right.EDIT_ROSTER)
    if request.GET.get("node"):
        place = _place(request, register)
    else:
        own = _own_place(request)
        if own is None:
            return render(request, "grids/registers/choose.html", _choosing(request, register, None, 0))
        register.require(request.user, own)
        place = own
    desk = Desk(request.user, place)
    count = register.count(desk)
    if count > LIMIT:
        return render(request, "grids/registers/choose.html", _choosing(request, register, place, count))
    held = list(register.held(desk).values())
    return render(request, "grids/registers/entry.html", _page(request, register, desk, held))


def _own_place(request: HttpRequest) -> Node | None:
    """The one organisation a village person edits."""
    scope = access.scope_of(request.user)
    if scope.whole_township or len(scope.edits) != 1:
        return None
    return Node.objects.visible_to(request.user).open().filter(pk=next(iter(scope.edits))).first()


def _choosing(request: HttpRequest, register: Register, place: Node | None, count: int) -> dict[str, Any]:
    """What the page asks when there is no place yet, or too much at it."""
    seen = Node.objects.visible_to(request.user).open()
    if place is None:
        scope = access.scope_of(request.user)
        own = seen.filter(parent=None) if scope.whole_township else seen.filter(pk__in=scope.edits)
        found = list(own.order_by("position", "pk"))
    else:
        found = list(seen.filter(root_id=place.root_id, kind=Kind.GRID).order_by("lft"))
        found = [node for node in found if place.pk in (node.root_id, node.branch_id)]
    return {"register": register, "place": place, "count": count, "limit": LIMIT, "places": found}


def _page(request: HttpRequest, register: Register, desk: Desk, held: list[Held]) -> dict[str, Any]:
    asked = f"?node={desk.place.pk}"
    return {
        "register": register,
        "place": desk.place,
        "count": len(held),
        "config": _config(request, register, desk, held),
        "label": f"{register.title} · {desk.place.name}",
        "check_url": reverse("grids:entry_check", args=[register.code]) + asked,
        "save_url": reverse("grids:entry_save", args=[register.code]) + asked,
        "draft_url": reverse("grids:entry_draft", args=[register.code]) + asked,
        "leave_url": register.list_url(desk.place),
        "workbook_url": reverse("grids:register_template", args=[register.code]) + asked,
        "load_url": reverse("grids:register_load", args=[register.code]) + asked,
        "export_url": reverse("grids:register_workbook", args=[register.code]) + asked
        if access.may(request.user, access.Right.EXPORT_ROSTER)
        else "",
        "places": _nearby(desk, register),
        "tabs": [
            (other, reverse("grids:entry", args=[other.code]) + asked)
            for other in beside(register)
            if not other.by_file_only
            and desk.place.kind in other.place_kinds
            and other.allows(request.user, desk.place)
        ],
        "may_choose_village": access.scope_of(request.user).whole_township,
    }


def _config(request: HttpRequest, register: Register, desk: Desk, held: list[Held]) -> dict[str, Any]:
    """What the script is told; only who may edit gets this page."""
    draft = drafts.found(user=who(request), code=register.code, place=desk.place)
    return {
        "limit": LIMIT,
        "columns": [column.config(desk) for column in register.columns],
        "rows": [{"id": row.pk, "seen": row.seen, "cells": row.cells} for row in held],
        "draft": {"at": drafts.shown_at(draft), "rows": draft.rows} if draft else None,
    }


def _nearby(desk: Desk, register: Register) -> list[tuple[int, str]]:
    """Places of the village to go to, indented."""
    depth = {Kind.GENERAL_BRANCH: 0, Kind.BRANCH: 0, Kind.GRID: 1, Kind.GROUP: 2}
    return [
        (spot.pk, f"{'　' * depth[Kind(spot.kind)]}{spot.name}")
        for spot in desk.spots.values()
        if spot.kind in depth and spot.kind in register.place_kinds
    ]


# --- what the script asks ---------------------------------------------------------------------------


def _asked(answer: Answer) -> Callable[[HttpRequest, str], HttpResponse]:
    """A question about one place: 404 out of sight, 403 without the right, 400 for what is no question."""

    @wraps(answer)
    def view(request: HttpRequest, code: str) -> HttpResponse:
        register = _register(code)
        place = _place(request, register)
        try:
            return answer(request, register, place)
        except BadBody as why:
            return _refusal([Said("", "", str(why))], 400)
        except PermissionDenied as why:
            return _refusal([Said("", "", str(why) or "您只能查看，不能修改这里的内容。")], 403)

    return view


def _refusal(errors: list[Said], status: int) -> JsonResponse:
    return JsonResponse({"errors": [vars(said) for said in errors]}, status=status)


@require_POST
@_asked
def entry_check(request: HttpRequest, register: Register, place: Node) -> HttpResponse:
    """Errors, notes, cells as they will be read, bands after the change."""
    found = register.check(rows_in(read_body(request)), user=who(request), place=place)
    return JsonResponse(
        {
            "errors": [vars(said) for said in found.errors],
            "notes": [vars(said) for said in found.notes],
            "cleaned": found.cleaned,
            "bands": [vars(band) for band in found.bands],
        }
    )


@require_POST
@_asked
def entry_save(request: HttpRequest, register: Register, place: Node) -> HttpResponse:
    """All rows written, or 422 with errors, or 409 with the cells two people changed."""
    body = read_body(request)
    try:
        saved = register.save(
            rows_in(body), user=who(request), place=place, picks=picks_in(body), request=request
        )
    except Refused as refused:
        return _refusal(refused.errors_found, 422)
    except Conflicted as met:
        conflicts = [vars(conflict) for conflict in met.conflicts]
        return JsonResponse({"conflicts": conflicts, "seen": met.seen}, status=409)
    drafts.drop(user=who(request), code=register.code, place=place)
    url = reverse("grids:entry", args=[register.code]) + f"?node={place.pk}"
    return JsonResponse({"said": saved.said, "url": url})


@require_POST
@_asked
def entry_draft(request: HttpRequest, register: Register, place: Node) -> HttpResponse:
    """Keep what is typed; no rows forget it."""
    rows = rows_in(read_body(request), once=False)
    draft = drafts.keep(
        user=who(request), code=register.code, place=place, rows=[as_draft(row) for row in rows]
    )
    return JsonResponse({"at": drafts.shown_at(draft) if draft else ""})
