"""The window: first what is asked for and where, then the errand itself."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.access import Right
from grids.models import Node
from grids.views.frames import tried, who
from services.models import ItemVersion, Matter, Ticket, Visit
from services.tickets.actions import steps as actions
from services.tickets.actions.guards import require_handling
from services.tickets.calendar.queries import answer_day, settings_of, township_of
from services.tickets.forms.intake import IntakeForm
from services.tickets.papers.choices import Size
from services.tickets.papers.rules import papers_of
from services.tickets.phrases import phrases_for
from services.tickets.queries import items
from services.tickets.rooms import frame
from services.tickets.rules import DECLINE
from services.visits.queries import places
from services.visits.tables import grid_words
from services.visits.views.visits import place_asked
from township import history
from township.addresses import row_number

OFF_LIST = "none"
KEPT = ("item", "grid", "matter", "visit", "household")


@require_http_methods(["GET", "POST"])
def ticket_new(request: HttpRequest) -> HttpResponse:
    """Take in; ?item=, ?grid=, ?household=, ?visit= and ?matter= are taken over."""
    user = who(request)
    access.require(user, Right.HANDLE_ERRANDS)
    source = _source(request)
    node = source.node if source is not None else place_asked(request)[0]
    if "item" not in request.GET:
        return _choose_item(request)
    if node is None:
        if "grid" in request.GET and "pick" not in request.GET:
            raise Http404
        return _choose_grid(request)
    version = _version(request)
    form = IntakeForm(
        request.POST or None,
        user=user,
        node=node,
        version=version,
        today=localdate(),
        initial=_initial(request, source, version),
    )
    if request.method == "POST" and form.is_valid():
        data = form.facts() | _link(source)
        with history.action(by=user, title="受理代办件"):
            made = tried(form, lambda: _serve(form, data, request))
        if made is not None:
            return redirect("services:ticket_taken", made.pk)
    context = frame("inbox") | {
        "form": form,
        "place": grid_words(node),
        "version": form.version,
        "source": source,
        "phrases": phrases_for(DECLINE),
        "again": _query(request, without="item"),
        "elsewhere": f"{_query(request, without='grid')}&pick=1",
    }
    return render(request, "services/tickets/intake.html", context)


def _serve(form: IntakeForm, data: dict[str, Any], request: HttpRequest) -> Ticket:
    given = {"papers": form.papers(), "parts": data["parts"], "client_id": data["client_id"]}
    return actions.serve(data=data, by=who(request), now=timezone.now(), **given)


def _query(request: HttpRequest, *, without: str) -> str:
    query = request.GET.copy()
    query.pop(without, None)
    return f"?{query.urlencode()}"


def _version(request: HttpRequest) -> ItemVersion | None:
    """The item as it reads today, whichever version the address names; none for what is in no catalogue."""
    if request.GET.get("item") == OFF_LIST:
        return None
    number = row_number(request.GET.get("item"))
    return get_object_or_404(items.offered(request.user), item__versions__pk=number or 0)


def _source(request: HttpRequest) -> Matter | Visit | None:
    """The matter or visit it comes from, if it is in sight and not an errand already."""
    if (number := row_number(request.GET.get("matter"))) is not None:
        matters = Matter.objects.visible_to(request.user).select_related("node__root", "household")
        return get_object_or_404(matters, pk=number)
    if (number := row_number(request.GET.get("visit"))) is not None:
        visits = Visit.objects.visible_to(request.user).select_related("node__root", "household", "matter")
        return get_object_or_404(visits, pk=number)
    return None


def _link(source: Matter | Visit | None) -> dict[str, Any]:
    return {"matter" if isinstance(source, Matter) else "visit": source}


def _initial(
    request: HttpRequest, source: Matter | Visit | None, version: ItemVersion | None
) -> dict[str, Any]:
    """Whose household it is; an answer from above by the item's promised days."""
    home = source.household if source is not None else place_asked(request)[1]
    initial: dict[str, Any] = {"client_id": uuid.uuid4().hex}
    if version is not None and version.promised_days:
        initial["outer_due"] = answer_day(township_of(request.user), version.promised_days, timezone.now())
    if home is not None:
        initial["applicant_name"] = home.name
    return initial


def _choose_item(request: HttpRequest) -> HttpResponse:
    """All items by category, those one is asked for most first."""
    text = request.GET.get("q", "").strip()[:40]
    query = request.GET.copy()
    kept = [(name, query[name]) for name in KEPT if name in query]
    context = frame("inbox") | {
        "rows": items.offered(request.user, text),
        "usual": [] if text else items.usual(request.user),
        "text": text,
        "kept": kept,
        "more": "".join(f"&{name}={value}" for name, value in kept),
    }
    return render(request, "services/tickets/choose_item.html", context)


def _choose_grid(request: HttpRequest) -> HttpResponse:
    """Which grid, by village; for the office only, others have few."""
    rows = places.loggable(request.user)
    villages: dict[str, list[Node]] = {}
    for row in rows:
        villages.setdefault(row.root.name if row.root else row.name, []).append(row)
    query = request.GET.copy()
    for name in ("grid", "pick", "household"):
        query.pop(name, None)
    context = frame("inbox") | {"villages": villages.items(), "more": f"?{query.urlencode()}"}
    return render(request, "services/tickets/choose_grid.html", context)


@require_GET
def ticket_taken(request: HttpRequest, pk: int) -> HttpResponse:
    """What to say and print right after the intake."""
    found = get_object_or_404(
        Ticket.objects.visible_to(request.user).select_related("node__root", "agent"), pk=pk
    )
    require_handling(who(request), found)
    context = frame("inbox") | {
        "ticket": found,
        "papers": papers_of(found),
        "sizes": Size.choices,
        "open_to_residents": settings_of(found.township).public_lookup,
    }
    return render(request, "services/tickets/taken.html", context)
