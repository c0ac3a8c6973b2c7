"""Boards, plates and cards as PDF, the page of cards, and what is to be printed again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.models import Node
from grids.views.frames import page_of, rows_on, who
from services import sending
from services.notices.actions import signs as actions
from services.notices.actions.staff import PHOTOS
from services.notices.choices import BoardPaper, Copies, Notice
from services.notices.content import Board, Content
from services.notices.forms import PickForm, PrintForm, ReprintFilter, VillageFilter
from services.notices.queries import reprints as reprints_found
from services.notices.queries import small
from services.notices.queries.boards import FINGERPRINT, contacts_of
from services.notices.rules import pages_for
from services.notices.views.addresses import only_here, public_address
from services.notices.views.register import UNITS, done, refused, required

# Of one file: what a request prints while somebody waits.
MOST = {Notice.BOARD: 30, Notice.PLATE: 200, Notice.CARD: 300}
MOST_CARDS = 6000
SHEET = 10
WORDS = {**UNITS, Notice.CARD: "张联系卡"}


@require_GET
def cards(request: HttpRequest) -> HttpResponse:
    """Members who look after households, to print cards for."""
    required(request)
    bar = VillageFilter(request.GET, user=request.user)
    seen = Node.objects.visible_to(request.user)
    if village := bar.cleaned_data.get("village"):
        seen = seen.filter(root=village)
    page = page_of(request, small.bearers(Notice.CARD, seen).select_related("root", "grid", "group"))
    rows = list(rows_on(page))
    homes = small.homes_of([row.pk for row in rows])
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": [(row, homes.get(row.pk, 0)) for row in rows],
        "village": village or _own(request),
        "copies": Copies.choices,
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "query": request.GET.urlencode(),
        "current": "cards",
    }
    return render(request, "services/notices/cards.html", context)


def _own(request: HttpRequest) -> Node | None:
    if access.scope_of(request.user).whole_township:
        return None
    return Node.objects.editable_by(request.user).filter(parent=None, closed_on=None).first()


@require_POST
def print_pdf(request: HttpRequest, notice: str) -> HttpResponseBase:
    """The ticked ones, or all of a village, at true size; a final print is kept to be compared with later."""
    if notice not in Notice.values:
        raise Http404
    kind = Notice(notice)
    access.require(request.user, access.Right.EDIT_ROSTER)
    form = PrintForm(request.POST, user=request.user)
    if not form.is_valid():
        refused(request, form.errors)
        return _back(request, kind)
    nodes = _wanted(request, kind, form)
    if why := _why_not(kind, len(nodes)):
        messages.error(request, why)
        return _back(request, kind)
    told = _told(request, kind, nodes)
    try:
        content, made = _made(request, kind, told, form.cleaned_data)
        if form.cleaned_data["final"]:
            actions.note_printed(notice=kind, contents=told, by=who(request), on=localdate())
    except ValidationError as refusal:
        messages.error(request, "".join(sentences(refusal)))
        return _back(request, kind)
    place = nodes[0].root.name if nodes[0].root else ""
    name = f"{place}{'民情' if kind == Notice.CARD else ''}{kind.label}"
    note = f"{made} {WORDS[kind]}{'，正式付印' if form.cleaned_data['final'] else '，试印'}"
    return sending.send(content, name, "pdf", rows=len(nodes), by=who(request), request=request, note=note)


def _wanted(request: HttpRequest, kind: Notice, form: PrintForm) -> list[Node]:
    """Rows the user may edit only; what is ticked goes before the village."""
    rows = Node.objects.editable_by(request.user)
    if form.pks:
        rows = rows.filter(pk__in=form.pks)
    else:
        rows = rows.filter(root=form.cleaned_data["village"])
    return list(small.bearers(kind, rows)[: MOST[kind] + 1])


def _why_not(kind: Notice, n: int) -> str:
    if n == 0:
        return "没有可印的：请先勾选，或检查这个村有没有网格、中心户、联户党员。"
    if n > MOST[kind]:
        return f"一次最多印 {MOST[kind]} 个，请分几次勾选。"
    return ""


def _told(request: HttpRequest, kind: Notice, nodes: list[Node]) -> dict[int, Content]:
    """What each says, read once for the print and for what is kept of it; no code that leads nowhere."""
    found = small.contents(kind, nodes, on=localdate())
    return {
        node: replace(content, qr="")
        if isinstance(content, Board) and content.qr and only_here(public_address(request, content.qr))
        else content
        for node, content in found.items()
    }


def _made(
    request: HttpRequest, kind: Notice, told: Mapping[int, Any], data: dict[str, Any]
) -> tuple[bytes, int]:
    """The PDF, and how many pieces are on it."""
    from services.notices.sheets import printing  # slow import: WeasyPrint

    if kind == Notice.BOARD:
        prints = _boards(request, list(told.values()))
        paper = data["paper"] or BoardPaper.A2
        return printing.write_boards(prints, paper=paper, on=localdate()), len(prints)
    if kind == Notice.PLATE:
        return printing.write_plates(list(told.values())), len(told)
    homes, by_sheet = small.homes_of(told), data["copies"] == Copies.SHEET
    wanted = [(card, SHEET if by_sheet else homes.get(node, 1)) for node, card in told.items()]
    n = sum(copies for _, copies in wanted)
    if n > MOST_CARDS:
        pages = pages_for([copies for _, copies in wanted])
        raise ValidationError(f"一共 {n} 张、{pages} 页，太多了，请分几次勾选。")
    return printing.write_cards(wanted), n


def _boards(request: HttpRequest, boards: list[Board]) -> list[Any]:
    """Boards with the pictures and the address that go with them."""
    from services.notices.sheets.printing import BoardPrint  # slow import: WeasyPrint

    kept = contacts_of({one.person for board in boards for one in board.staff if one.photo})
    paths = {one.photo_sha256[:FINGERPRINT]: PHOTOS.path_of(one.photo) for one in kept.values()}
    photos = {fingerprint: path.read_bytes() for fingerprint, path in paths.items() if path is not None}
    return [
        BoardPrint(board, photos, public_address(request, board.qr) if board.qr else "") for board in boards
    ]


def _back(request: HttpRequest, kind: Notice) -> HttpResponse:
    query = request.POST.get("query", "")
    address = (
        reverse("services:notice_cards") if kind == Notice.CARD else reverse("services:signs", args=[kind])
    )
    return redirect(f"{address}?{query}" if query else address)


# --- printed again ----------------------------------------------------------------------------------


@require_GET
def reprints(request: HttpRequest) -> HttpResponse:
    """What was printed and has changed since, with what changed."""
    required(request)
    bar = ReprintFilter(request.GET, user=request.user)
    found = reprints_found.stale(
        request.user, on=localdate(), village=bar.pk("village"), notice=bar.text("notice")
    )
    page = page_of(request, found)
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": page.object_list,
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "current": "reprints",
    }
    return render(request, "services/notices/reprints.html", context)


@require_POST
def reprinted(request: HttpRequest) -> HttpResponse:
    """已重印: what stands there now is on the new ones."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    form = PickForm(request.POST)
    if not form.is_valid():
        refused(request, form.errors)
        return redirect("services:reprints")

    def write() -> str:
        n = actions.mark_reprinted(imprints=form.pks, by=who(request), on=localdate())
        return f"已记为重印 {n} 项。"

    done(request, "登记重印", write)
    return redirect("services:reprints")
