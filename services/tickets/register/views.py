"""The year's register and its boxes: on the screen, as workbook, as print."""

from typing import Any, Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right
from grids.ledgers import tables as ledgers
from grids.queries.lists import villages_of
from grids.views.frames import page_of, rows_on, who
from services import sending
from services.tickets.papers.choices import Size
from services.tickets.papers.rules import FORMS
from services.tickets.register import sheets, tables
from services.tickets.register.forms import RegisterBar, YearBar
from services.tickets.register.queries import archived, box_of, boxes, register_of
from services.tickets.rooms import frame


def _required(request: HttpRequest, right: Right) -> None:
    access.require(request.user, right)


def _place(request: HttpRequest, bar: YearBar) -> str:
    """What the book is of: the village asked for or the only one in sight, after the township."""
    town, village = str(who(request).township or ""), bar.cleaned_data.get("village")
    if village is None and not bar.whole_township:
        village = villages_of(request.user).first()
    return f"{town}　{village.name}" if village is not None else town


def _files(request: HttpRequest, name: str) -> dict[str, str]:
    query = request.GET.urlencode()
    return {f"{one}_url": f"{reverse(f'services:{name}', args=[one])}?{query}" for one in sending.TYPES}


def _note(request: HttpRequest) -> str:
    asked = "，".join(f"{name}={value}" for name, value in request.GET.items() if value)
    return f"筛选：{asked}" if asked else "全部"


@require_GET
def ticket_register(request: HttpRequest) -> HttpResponse:
    """The register of a year."""
    _required(request, Right.READ_ROSTER)
    today = localdate()
    bar = RegisterBar(request.GET, user=request.user, on=today)
    page = page_of(request, register_of(request.user, bar.asked()))
    context = frame("register") | {
        "filter_form": bar,
        "page_obj": page,
        "fields": tables.PAGE,
        "lines": ledgers.lines(tables.PAGE, tables.page(today), rows_on(page)),
        "papers": _paper_buttons(request),
        "sizes": Size.choices,
        "may_export": access.may(request.user, Right.EXPORT_ROSTER),
        **_files(request, "ticket_register_file"),
    }
    return render(request, "services/tickets/register.html", context)


def _paper_buttons(request: HttpRequest) -> list[tuple[str, str]]:
    """Address and name of each paper, for who deals with errands."""
    if not access.may(request.user, Right.HANDLE_ERRANDS):
        return []
    query = request.GET.urlencode()
    return [
        (f"{reverse('services:ticket_papers', args=[paper])}?{query}", str(paper.label)) for paper in FORMS
    ]


@require_POST
def ticket_register_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """The filtered register as workbook or bound print."""
    _required(request, Right.EXPORT_ROSTER)
    today, by = localdate(), who(request)
    bar = RegisterBar(request.GET, user=by, on=today)
    asked = bar.asked()
    rows = list(register_of(by, asked))
    paper: Literal["A3", "A4"] = "A4" if request.POST.get("paper") == "A4" else "A3"
    sheet = sheets.register(by, rows, asked, place=_place(request, bar), on=today, paper=paper)
    back = reverse("services:ticket_register")
    name = f"{asked.year}年{sheets.TITLE}"
    return sending.table(
        request, [sheet], name, format, rows=len(rows), by=by, back=back, note=_note(request)
    )


# --- boxes ------------------------------------------------------------------------------------------


@require_GET
def ticket_archive(request: HttpRequest) -> HttpResponse:
    """Boxes of a year, and what lies in one of them."""
    _required(request, Right.READ_ROSTER)
    bar = YearBar(request.GET, user=request.user, on=localdate())
    page = page_of(request, boxes(request.user, bar.asked()))
    context = frame("archive") | {
        "filter_form": bar,
        "page_obj": page,
        "boxes": [(box, _box_query(box)) for box in map(box_of, rows_on(page))],
        "may_export": access.may(request.user, Right.EXPORT_ROSTER),
        **_files(request, "ticket_archive_file"),
    }
    return render(request, "services/tickets/archive.html", context)


def _box_query(box: Any) -> str:
    return f"year={box.year}&village={box.root_id}&box={box.box}"


@require_POST
def ticket_archive_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """All boxes in one workbook, or covers and indexes as print."""
    _required(request, Right.EXPORT_ROSTER)
    today, by = localdate(), who(request)
    bar = YearBar(request.GET, user=by, on=today)
    asked = bar.asked()
    rows = list(archived(by, asked))
    back, name = reverse("services:ticket_archive"), f"{asked.year}年{sheets.INDEX_TITLE}"
    if format != "pdf":
        sheet = sheets.index(rows, asked, place=_place(request, bar), on=today)
        return sending.table(
            request, [sheet], name, format, rows=len(rows), by=by, back=back, note=_note(request)
        )
    if len(rows) > sending.MOST_PRINTED:
        messages.error(request, f"{sending.TOO_LONG}请先筛选，或导出 Excel。")
        return redirect(f"{back}?{request.GET.urlencode()}")
    lying = tables.by_box(rows)
    found = [box_of(row) for row in boxes(by, asked)]
    volumes = [sheets.Volume(box, lying[box.root_id, box.box]) for box in found]
    content = sheets.volumes(volumes, township=str(by.township or ""), stamp=sending.watermark(by))
    return sending.send(content, name, "pdf", rows=len(rows), by=by, request=request, note=_note(request))
