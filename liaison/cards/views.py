"""The cards page, and the PDF of one card or of all cards of a place."""

import re
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from grids import access
from grids.choices import ROOT_KINDS, Kind
from grids.models import Node
from grids.views.frames import page_of, rows_on
from grids.views.past import day_of, past_of, shows_past
from liaison.cards import queries, sheets
from liaison.cards.choices import CARDS, CardPaper
from liaison.cards.forms import CardFileForm, CardFilter
from township import audit
from township.choices import Deed
from township.views import SignedInRequest

SLOW = 60  # cards that take longer than a breath
_UNSAFE = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]')


@require_safe
@shows_past
def cards(request: SignedInRequest) -> HttpResponse:
    """The cards of a kind, each with its button, and one button for all of a village or grid."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    bar = CardFilter(request.GET, user=request.user)
    card, place = CARDS[bar.card_kind], bar.place
    found = queries.with_card(request.user, card.kind, place)
    page = page_of(request, found)
    without = queries.places(request.user, card.kind, place).count() - page.paginator.count
    context = {
        "bar": bar,
        "card": card,
        "place": place,
        "page_obj": page,
        "rows": queries.as_rows(card.kind, rows_on(page)),
        "without": without,
        "too_many": page.paginator.count > card.most,
        "slow": page.paginator.count > SLOW,
        "form": CardFileForm(initial={"numbers": True}),
        "shows_numbers": card.kind == Kind.MEMBER,
        "masked": not access.sees_full_phone(request.user, place.root_id if place else None),
    }
    return render(request, "liaison/cards/cards.html", context)


@require_POST
@shows_past
def card_file(request: SignedInRequest, pk: int, kind: str) -> HttpResponseBase:
    """The PDF of all cards of a kind at or under a place; what leaves is in the log."""
    place = get_object_or_404(Node.objects.visible_to(request.user).select_related("township"), pk=pk)
    if kind not in CARDS:
        raise Http404
    access.require(request.user, access.Right.EXPORT_ROSTER)
    form = CardFileForm(request.POST)
    if not form.is_valid():
        return _back(request, place, kind, "没有导出：请检查选项，用途不超过 60 个字。")
    nodes = queries.with_card(request.user, kind, place).select_related("root", "branch")[
        : CARDS[kind].most + 1
    ]
    if why := _why_not(place, kind, len(nodes)):
        return _back(request, place, kind, why)
    return _file(request, place, kind, list(nodes), form.cleaned_data)


def _why_not(place: Node, kind: str, n: int) -> str:
    """The sentence shown when nothing can be printed, or too much at once."""
    card = CARDS[kind]
    if n == 0:
        where = f"“{place.name}”" if place.kind == kind else f"“{place.name}”下面的{Kind(kind).label}"
        return f"没有卡可印：{where}{card.empty}。"
    if n <= card.most:
        return ""
    over = f"“{place.name}”的卡超过 {card.most} 张，一次印不完，"
    if place.kind in ROOT_KINDS:
        return f"{over}请选一个网格再下载。"
    return f"{over}请到下面的中心户或党员的页面分开下载。"


def _back(request: SignedInRequest, place: Node, kind: str, why: str) -> HttpResponse:
    """To where the button was: a holder's or household's own page, else the page of cards."""
    messages.error(request, why)
    day = past_of(request)
    if place.kind in CARDS:
        return redirect("grids:node", place.pk)
    grid = f"&grid={place.pk}" if place.kind == Kind.GRID else ""
    village = place.pk if place.kind in ROOT_KINDS else place.root_id
    then = f"&on={day:%Y-%m-%d}" if day else ""
    return redirect(f"{reverse('liaison:cards')}?kind={kind}&village={village}{grid}{then}")


def _file(
    request: SignedInRequest, place: Node, kind: str, nodes: list[Node], chosen: dict[str, Any]
) -> FileResponse:
    from liaison.cards import printing  # slow import: WeasyPrint

    on, user = day_of(request), request.user
    made = sheets.cards_of(user, kind, nodes, on=on, numbers=chosen["numbers"])
    content = printing.write(
        made,
        paper=chosen["paper"] or CardPaper.A5,
        place=place.township.name,
        on=on,
        stamp=f"{user.full_name} {timezone.localtime():%Y-%m-%d %H:%M} 打印",
    )
    single = "" if place.kind == kind else f"_{len(made)}张"
    name = f"{place.township.name}_{place.name}_{CARDS[kind].title}{single}_{on:%Y-%m-%d}.pdf"
    name = _UNSAFE.sub("", name)
    purpose = f"；用途：{chosen['purpose']}" if chosen["purpose"] else ""
    audit.record(
        by=user,
        deed=Deed.EXPORT,
        target=name,
        rows=sheets.lines_on(made),
        note=f"联系卡 {len(made)} 张{purpose}",
        request=request,
    )
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
