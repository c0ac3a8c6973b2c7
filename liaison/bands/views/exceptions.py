"""例外: places that may lie outside a ratio until a day; the village asks, the office confirms."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.models import BandException
from grids.rules import PRESET
from grids.views.frames import editable, page_of, rows_on, tried, who
from grids.views.outcome import tell
from liaison.bands import actions
from liaison.bands.forms import DeclineForm, ExceptionFilter, ExceptionForm
from liaison.bands.queries import holders, listed
from liaison.bands.rules import ACCEPTABLE
from township import history
from township.addresses import row_number


@require_GET
def exceptions(request: HttpRequest) -> HttpResponse:
    """All exceptions in sight with what can be done about each."""
    access.require(request.user, access.Right.READ_ROSTER)
    bar, today = ExceptionFilter(request.GET, user=request.user), localdate()
    found = listed.exceptions(
        request.user,
        on=today,
        state=bar.text("state"),
        village=bar.pk("village"),
        code=bar.text("code"),
    )
    page = page_of(request, found)
    rows = list(rows_on(page))
    marks = holders.marks_of((row.node_id for row in rows), on=today)
    titles = dict(listed.STATES)
    may_decide = access.may(request.user, access.Right.EDIT_TOWN_CONTACTS)
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": [
            {
                "row": row,
                "state": state,
                "title": titles[state],
                "ratio": PRESET[row.code].title,
                "mark": marks.get((row.node_id, row.code)),
                "may_decide": may_decide and state == listed.WAITING,
                "may_end": _may_end(request, row, state, may_decide=may_decide),
            }
            for row, state in ((row, listed.state_of(row, on=today)) for row in rows)
        ],
        "waiting": listed.waiting_count(request.user, on=today),
        "may_ask": access.may(request.user, access.Right.EDIT_ROSTER),
    }
    return render(request, "liaison/bands/exceptions.html", context)


def _may_end(request: HttpRequest, row: BandException, state: str, *, may_decide: bool) -> bool:
    """Who asked withdraws; the office declines instead. What stands is ended by either."""
    return access.may_edit(request.user, row.node) and (
        state == listed.STANDING or (state == listed.WAITING and not may_decide)
    )


@require_http_methods(["GET", "POST"])
def exception_add(request: HttpRequest) -> HttpResponse:
    """Ask for an exception of ?node=, perhaps of one ratio: ?code=; without a place, places are offered."""
    typed = request.GET.get("node", "")
    if not typed:
        return _choose(request)
    node, today = editable(request, row_number(typed)), localdate()
    if node.kind not in ACCEPTABLE or node.closed_on is not None:
        raise Http404
    form = ExceptionForm(
        request.POST or None, node=node, on=today, initial={"code": request.GET.get("code", "")}
    )
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="申请比例例外") as act:
            asked = tried(
                form,
                lambda: actions.ask_exception(node=node, today=today, by=who(request), **form.cleaned_data),
            )
        if asked is not None:
            tell(request, f"已为“{node.name}”申请例外，等乡党政办认可后生效。", act)
            return redirect("liaison:exceptions")
    known = listed.exceptions(request.user, on=today).filter(node=node)
    context = {
        "form": form,
        "node": node,
        "known": [
            (row, dict(listed.STATES)[listed.state_of(row, on=today)], PRESET[row.code].title)
            for row in known
        ],
    }
    return render(request, "liaison/bands/exception_add.html", context)


def _choose(request: HttpRequest) -> HttpResponse:
    access.require(request.user, access.Right.EDIT_ROSTER)
    text = request.GET.get("q", "").strip()[:40]
    found = holders.out_of_band(request.user, text, on=localdate())
    return render(request, "liaison/bands/exception_choose.html", {"text": text, "found": found})


def _exception(request: HttpRequest, pk: int) -> BandException:
    rows = BandException.objects.visible_to(request.user).select_related("node", "node__root", "asked_by")
    return get_object_or_404(rows, pk=pk)


def _done(request: HttpRequest, title: str, words: str, write: Callable[[], object]) -> HttpResponse:
    try:
        with history.action(by=who(request), title=title) as act:
            write()
        tell(request, words, act)
    except ValidationError as refusal:
        messages.error(request, "；".join(sentences(refusal)))
    return redirect("liaison:exceptions")


@require_POST
def exception_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The office accepts it."""
    found = _exception(request, pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    return _done(
        request,
        "认可比例例外",
        f"已认可“{found.node.name}”的例外，至 {found.until:%Y-%m-%d}。",
        lambda: actions.confirm_exception(exception=found, today=localdate(), by=who(request)),
    )


@require_http_methods(["GET", "POST"])
def exception_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """The office does not accept it and says why."""
    found = _exception(request, pk)
    access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            "不认可比例例外",
            f"没有认可“{found.node.name}”的例外，理由已告知申请人。",
            lambda: actions.decline_exception(exception=found, why=form.cleaned_data["why"], by=who(request)),
        )
    return render(
        request,
        "liaison/bands/exception_decline.html",
        {"form": form, "row": found, "ratio": PRESET[found.code].title},
    )


@require_POST
def exception_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a request, or end what was accepted before its day."""
    found = _exception(request, pk)
    access.require_edit(request.user, found.node)
    words = "已提前结束" if found.confirmed_on else "已撤回"
    return _done(
        request,
        "提前结束比例例外",
        f"{words}“{found.node.name}”的例外。",
        lambda: actions.end_exception(exception=found, today=localdate(), by=who(request)),
    )
