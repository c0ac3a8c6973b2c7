"""A grid's board: what it says, its print, and its public page."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.choices import Kind
from grids.models import Node
from grids.queries import phones
from grids.views.frames import who
from services.models import GridPage
from services.notices.actions import pages as actions
from services.notices.choices import BoardPaper
from services.notices.content import Board, differences, facts
from services.notices.forms import PublishForm
from services.notices.queries import register
from services.notices.queries.boards import ABOVE, boards, holders
from services.notices.queries.pages import page_of_grid
from services.notices.queries.reprints import imprint_of
from services.notices.rules import title_of
from services.notices.sheets import qr as codes
from services.notices.views.addresses import only_here, public_address
from services.notices.views.register import refused

TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def grid_or_404(request: HttpRequest, pk: int) -> Node:
    """An open grid in sight."""
    rows = Node.objects.visible_to(request.user).filter(kind=Kind.GRID, closed_on=None)
    return get_object_or_404(rows.select_related(*ABOVE), pk=pk)


@require_GET
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """What the board says today, whether the printed one still says so, and the public page."""
    grid, today = grid_or_404(request, pk), localdate()
    access.require(request.user, access.Right.READ_ROSTER)
    now = boards([grid], on=today)[grid.pk]
    page, imprint = page_of_grid(grid), imprint_of(grid)
    may_edit = access.may_edit(request.user, grid)
    address = public_address(request, page.token) if page is not None and page.is_open and may_edit else ""
    context = {
        "grid": grid,
        "board": now,
        "staff": _staff(request, grid, now),
        "sign": register.sign_of(grid),
        "imprint": imprint,
        "changed": differences(imprint.content, facts(now)) if imprint else (),
        "page": page,
        "address": address,
        "only_here": bool(address) and only_here(address),
        "publish_form": PublishForm(initial=PublishForm.of(page)),
        "papers": BoardPaper.choices,
        "may_edit": may_edit,
        "may_list": access.may(request.user, access.Right.EXPORT_ROSTER),
        "current": "board",
    }
    return render(request, "services/notices/board.html", context)


def _staff(request: HttpRequest, grid: Node, now: Board) -> list[dict[str, object]]:
    """The board's people with their own pages and with numbers as the user may see them."""
    held = holders([grid], on=localdate())[grid.pk]
    return [
        {
            "person": one.person,
            "name": one.name,
            "posts": "、".join(dict.fromkeys(title_of(role) for role, _ in one.posts)),
            "phone": phones.shown(request.user, grid.root_id, one.phone),
            "duties": shown.duties,
            "photo": bool(one.photo),
        }
        for one, shown in zip(held, now.staff, strict=True)
    ]


def _changed(request: HttpRequest, pk: int, words: str, write: Callable[[Node], GridPage]) -> HttpResponse:
    grid = grid_or_404(request, pk)
    access.require_edit(request.user, grid)
    try:
        write(grid)
        messages.success(request, words)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect("services:board", pk)


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the public page with the ticked fields, or change which are."""
    grid = grid_or_404(request, pk)
    access.require_edit(request.user, grid)
    form = PublishForm(request.POST)
    if not form.is_valid():
        refused(request, form.errors)
        return redirect("services:board", pk)
    data = form.cleaned_data
    return _changed(
        request,
        pk,
        "公开页已发布，下面是地址和二维码。",
        lambda grid: actions.publish(
            grid=grid,
            fields=data["fields_shown"],
            has_box=data["has_box"],
            by=who(request),
            on=localdate(),
        ),
    )


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the public page."""
    words = "公开页已停用，原来的地址和二维码现在打不开。"
    return _changed(request, pk, words, lambda grid: actions.withdraw(grid=grid, by=who(request)))


@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it another address for good."""
    words = "已换新地址，旧地址和旧二维码永久失效，请重印公示牌。"
    return _changed(request, pk, words, lambda grid: actions.renew(grid=grid, by=who(request)))


@require_GET
def qr(request: HttpRequest, pk: int, format: str) -> HttpResponse:  # noqa: A002
    """The QR code as a picture; only while the page is open."""
    grid = grid_or_404(request, pk)
    access.require_edit(request.user, grid)
    page = page_of_grid(grid)
    if format not in TYPES or page is None or not page.is_open:
        raise Http404
    address = public_address(request, page.token)
    content = codes.svg(address) if format == "svg" else codes.png(address)
    response = HttpResponse(content, content_type=TYPES[format])
    if "save" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="qr-{grid.pk}.{format}"'
    return response
