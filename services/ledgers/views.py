"""The one set of pages for every ledger: list, files, a row, its form."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.ledgers import tables
from grids.ledgers.fields import OptionField, RowForm
from grids.ledgers.forms import LedgerFilter, PlaceForm
from grids.ledgers.ledger import LEDGERS, Asked, Ledger
from grids.models import Node
from grids.registers.desk import Desk
from grids.registers.rows import Conflict, Conflicted, GivenRow, Held, Refused
from grids.registers.versions import is_token
from grids.views.frames import page_of, rows_on, who
from grids.views.outcome import tell
from services import sending
from services.ledgers.rooms import ROOMS
from township import days, history
from township.addresses import row_number

MOST_CHILDREN = 30
KEPT_ABOVE = "这个台账属于全村，由村党组织书记和乡党政办登记。"


def ledger_of(request: HttpRequest, room: str, code: str) -> Ledger:
    """The ledger of an address, for who may read it: the office and secretaries."""
    found = LEDGERS.get(code)
    if found is None or found.room != room:
        raise Http404
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return found


def row_or_404(request: HttpRequest, ledger: Ledger, pk: int) -> Any:
    """A row in sight, whatever its state."""
    rows = ledger.listed(request.user, Asked(state="all"), on=localdate())
    return get_object_or_404(rows, pk=pk)


def frame_of(ledger: Ledger) -> dict[str, Any]:
    """What every page of a room shows."""
    room = ROOMS[ledger.room]
    return {"ledger": ledger, "room": room, "tabs": room.tabs, "current": ledger.code}


# --- the list ---------------------------------------------------------------------------------------


@require_GET
def listing(request: HttpRequest, room: str, code: str) -> HttpResponse:
    """One ledger."""
    ledger, today, user = ledger_of(request, room, code), localdate(), who(request)
    bar = LedgerFilter(request.GET, user=user, ledger=ledger, this_year=today.year)
    asked = bar.asked()
    page = page_of(request, ledger.listed(user, asked, on=today))
    rows = list(rows_on(page))
    places = list(ledger.places(user)[:2])
    at = _place_asked(request, ledger) or _only_place(request, places)
    query = f"?{request.GET.urlencode()}"
    context = frame_of(ledger) | {
        "filter_form": bar,
        "page_obj": page,
        "fields": ledger.fields,
        "lines": tables.lines(ledger.fields, ledger.reader(user, today), rows),
        "xlsx_url": reverse("services:ledger_file", args=[room, code, "xlsx"]) + query,
        "pdf_url": reverse("services:ledger_file", args=[room, code, "pdf"]) + query,
        "may_add": bool(places),
        "empty": KEPT_ABOVE if not places and access.may(user, access.Right.EDIT_ROSTER) else ledger.empty,
        "at": f"?node={at.pk}" if at else "",
        "add_url": reverse("services:ledger_new", args=[room, code]) + (f"?village={at.pk}" if at else ""),
        "missing": ledger.missing(user, on=today),
        "panel": ledger.panel(user, on=today),
    }
    return render(request, "services/ledgers/list.html", context)


@require_POST
def listing_file(request: HttpRequest, room: str, code: str, format: str) -> HttpResponseBase:  # noqa: A002
    """The filtered ledger as workbook or print."""
    ledger, today, by = ledger_of(request, room, code), localdate(), who(request)
    bar = LedgerFilter(request.GET, user=by, ledger=ledger, this_year=today.year)
    rows = list(ledger.listed(by, bar.asked(), on=today))
    cells = ledger.reader(by, today)
    head = {"unit": f"单位：{by.township or ''}", "as_of": f"截止日期：{days.in_words(today)}"}
    sheet = tables.sheet(ledger.title, ledger.fields, [cells(row) for row in rows], **head)
    asked = "，".join(f"{name}={value}" for name, value in request.GET.items() if value)
    note = f"筛选：{asked}" if asked else "全部"
    back = ledger.list_address()
    return sending.table(request, [sheet], ledger.title, format, rows=len(rows), by=by, back=back, note=note)


# --- one row ----------------------------------------------------------------------------------------


@require_GET
def row(request: HttpRequest, room: str, code: str, pk: int) -> HttpResponse:
    """One row with all its words, and what hangs on it."""
    ledger, today, user = ledger_of(request, room, code), localdate(), who(request)
    found = row_or_404(request, ledger, pk)
    title, _, *rest = ledger.reader(user, today)(found)
    computed = list(zip(ledger.more, rest[len(rest) - len(ledger.more) :], strict=True))
    may_edit = ledger.place_of(user, found) is not None
    facts = [(column, cell) for column, cell in ledger.facts(user, found) if cell.text]
    context = frame_of(ledger) | {
        "row": found,
        "title": title.text,
        "facts": [*facts, *computed],
        "may_edit": may_edit,
        "children": [_child(request, one, name, found, may_edit) for one, name in ledger.children],
        "withdrawable": may_edit and bool(getattr(found, "skills", "")),
    }
    return render(request, "services/ledgers/row.html", context)


def _child(request: HttpRequest, code: str, name: str, parent: Any, may_edit: bool) -> dict[str, Any]:
    """The latest rows of another ledger that hang on this one."""
    ledger, today = LEDGERS[code], localdate()
    rows = ledger.listed(request.user, Asked(), on=today).filter(**{name: parent.pk})
    add = reverse("services:ledger_new", args=[ledger.room, code])
    return {
        "ledger": ledger,
        "fields": ledger.fields,
        "count": rows.count(),
        "lines": tables.lines(ledger.fields, ledger.reader(request.user, today), rows[:MOST_CHILDREN]),
        "add_url": f"{add}?village={parent.village_id}&{name}={parent.pk}" if may_edit else "",
    }


# --- the form ---------------------------------------------------------------------------------------


def _place_asked(request: HttpRequest, ledger: Ledger) -> Node | None:
    """The place named in the address."""
    number = row_number(request.GET.get("village", ""))
    return None if number is None else ledger.places(request.user).filter(pk=number).first()


def _only_place(request: HttpRequest, places: Sequence[Node]) -> Node | None:
    """A secretary's own one; the office chooses."""
    return places[0] if len(places) == 1 and not access.scope_of(request.user).whole_township else None


@require_http_methods(["GET", "POST"])
def row_new(request: HttpRequest, room: str, code: str) -> HttpResponse:
    """A new row of ?village=; without it the office says which first."""
    ledger, by = ledger_of(request, room, code), who(request)
    access.require(by, access.Right.EDIT_ROSTER)
    places = ledger.places(by)
    place = _place_asked(request, ledger) or _only_place(request, list(places[:2]))
    if place is None and not places.exists():
        raise PermissionDenied(KEPT_ABOVE)
    if place is None:
        context = frame_of(ledger) | {"form": PlaceForm(places=places), "heading": ledger.add}
        return render(request, "services/ledgers/choose.html", context)
    desk = Desk(by, place)
    initial = {column.key: request.GET[column.key] for column in ledger.columns if column.key in request.GET}
    for column in ledger.columns:
        if column.is_today:
            initial.setdefault(column.key, f"{desk.today:%Y-%m-%d}")
    form = ledger.form(desk, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = _saved(request, ledger, desk, form, None, f"登记{ledger.title}")
        if saved is not None:
            return redirect(saved)
    return _form(request, ledger, form, ledger.add, place)


@require_http_methods(["GET", "POST"])
def row_edit(request: HttpRequest, room: str, code: str, pk: int) -> HttpResponse:
    """Correct a row; of two who do so at once only the cells both touched are asked about again."""
    ledger, by = ledger_of(request, room, code), who(request)
    access.require(by, access.Right.EDIT_ROSTER)
    found = row_or_404(request, ledger, pk)
    place = ledger.place_of(by, found)
    if place is None:
        raise PermissionDenied("您只能查看，不能修改这里的内容。")
    desk = Desk(by, place)
    held = ledger.held(desk, [pk])[pk]
    form = ledger.form(desk, request.POST or None, initial=dict(held.values))
    sent = request.POST.get("seen", "")
    form.seen = sent if is_token(sent) else held.seen
    for column in ledger.columns:
        field = form.fields[column.key]
        if isinstance(field, OptionField):
            field.offer(held.values[column.key], held.cells[column.key])
    if request.method == "POST" and form.is_valid():
        saved = _saved(request, ledger, desk, form, held, f"修改{ledger.title}")
        if saved is not None:
            return redirect(saved)
    return _form(request, ledger, form, "修改", place, found)


def _saved(
    request: HttpRequest, ledger: Ledger, desk: Desk, form: RowForm, held: Held | None, title: str
) -> str | None:
    """The address of the row, or None with the refusals on the form."""
    cells = {}
    for column in ledger.columns:
        value = form.cleaned_data[column.key]
        kept = held is not None and value == held.values[column.key]
        cells[column.key] = held.cells[column.key] if kept and held else column.show(value, desk)
    given = GivenRow("0", held.pk if held else None, form.seen, cells)
    told = ">" in form.seen  # the page has said what others wrote, and the words are sent again
    try:
        with history.action(by=desk.user, title=title) as act:
            saved = ledger.save(
                [given],
                user=desk.user,
                place=desk.place,
                reason=title,
                picks={"0": dict.fromkeys(cells, "mine")} if told else None,
                request=request,
                title=title,
            )
    except Refused as refused:
        for said in refused.errors_found:
            form.add_error(said.column if said.column in form.fields else None, said.text)
        return None
    except Conflicted as met:
        for conflict in met.conflicts:
            form.add_error(conflict.column, _met(conflict))
        form.seen = met.seen["0"]
        return None
    tell(request, "已保存。", act)
    for key, text in ledger.notes(form.cleaned_data, desk):
        messages.warning(request, f"{ledger.column(key).title}：{text}。" if key else f"{text}。")
    pk = held.pk if held else saved.ids["0"]
    return reverse("services:ledger_row", args=[ledger.room, ledger.code, pk])


def _met(one: Conflict) -> str:
    return (
        f"您打开这一页以后，{one.who} {one.at} 把这一项从“{one.was or '空'}”改成了“{one.theirs or '空'}”。"
        "再按一次“保存”就用您填的；要用别人的，请照着填。"
    )


def _form(
    request: HttpRequest,
    ledger: Ledger,
    form: RowForm,
    heading: str,
    place: Node,
    found: Any = None,
) -> HttpResponse:
    cancel = found.get_absolute_url() if found else ledger.list_url(place)
    context = frame_of(ledger) | {
        "form": form,
        "heading": heading,
        "row": found,
        "place": place,
        "seen": form.seen,
        "cancel_url": cancel,
    }
    return render(request, "services/ledgers/form.html", context)
