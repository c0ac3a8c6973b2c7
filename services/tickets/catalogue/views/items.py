"""One item: its page with all versions, its form, closing and opening it, its guide on paper."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.access import Right
from grids.actions.refusals import sentences
from grids.views.frames import tried, who
from services import sending
from services.models import ItemVersion, ServiceItem
from services.tickets.catalogue import actions, queries
from services.tickets.catalogue.facts import FIELDS, promise
from services.tickets.catalogue.forms import MORE, CloseForm, ItemForm, papers_form
from services.tickets.catalogue.guides import guides_of, write_guides
from services.tickets.rooms import frame
from township.addresses import row_number


def item_or_404(request: HttpRequest, pk: int) -> ServiceItem:
    """An item of one's township."""
    access.require(request.user, Right.READ_ROSTER)
    return get_object_or_404(ServiceItem.objects.visible_to(request.user), pk=pk)


def editable(request: HttpRequest, pk: int) -> ServiceItem:
    """The same, for the office only."""
    access.require(request.user, Right.EDIT_TOWN_CONTACTS)
    return item_or_404(request, pk)


@require_GET
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """What holds, or an earlier version, and what each version changed."""
    found = item_or_404(request, pk)
    editions = queries.editions(found)
    asked = row_number(request.GET.get("version"))
    shown = next((one for one in editions if one.version.number == asked), editions[0])
    context = {
        "item": found,
        "shown": shown,
        "promise": promise(shown.version.promised_days, shown.version.default_kind),
        "latest": editions[0],
        "editions": editions,
        "may_edit": access.may(request.user, Right.EDIT_TOWN_CONTACTS),
        **frame("catalogue"),
    }
    return render(request, "services/tickets/item.html", context)


@require_http_methods(["GET", "POST"])
def item_new(request: HttpRequest) -> HttpResponse:
    """A new item."""
    access.require(request.user, Right.EDIT_TOWN_CONTACTS)
    return _form(request, None)


@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an item into its next version."""
    found = editable(request, pk)
    if found.closed_on:
        messages.error(request, actions.CLOSED)
        return redirect(found)
    return _form(request, found)


def _form(request: HttpRequest, found: ServiceItem | None) -> HttpResponse:
    held = queries.current_of(found) if found else None
    facts = queries.facts_of(held) if held else None
    sent = request.POST if request.method == "POST" else None
    more = MORE if sent is not None and "more" in sent else 0
    initial = {name: getattr(facts, name) for name in FIELDS if name != "papers"} if facts else {}
    form = ItemForm(sent, initial=initial)
    papers = papers_form(sent, facts, more=more)
    if sent is not None and not more and all([form.is_valid(), papers.is_valid()]):
        done = tried(form, lambda: _save(request, found, form, papers))
        if done is not None:
            return redirect(done)
    context = {
        "form": form,
        "papers": papers,
        "item": found,
        "seen": held.number if held else "",
        "name": held.name if held else "",
        **frame("catalogue"),
    }
    return render(request, "services/tickets/item_form.html", context)


def _save(request: HttpRequest, found: ServiceItem | None, form: ItemForm, papers: Any) -> ServiceItem:
    facts, by, today = form.facts(papers.papers()), who(request), localdate()
    if found is None:
        made = actions.add_item(facts=facts, by=by, today=today)
        messages.success(request, f"已新建，编号 {made.code}。")
        return made
    seen = row_number(request.POST.get("seen"))
    version = actions.change_item(item=found, facts=facts, seen=seen, by=by, today=today)
    if version.number == seen:
        messages.info(request, "没有改动，仍是原来的一版。")
    else:
        messages.success(request, f"已保存为第 {version.number} 版；已受理的件仍按受理时的版本办。")
    return found


@require_http_methods(["GET", "POST"])
def item_close(request: HttpRequest, pk: int) -> HttpResponse:
    """停办."""
    found = editable(request, pk)
    if found.closed_on:
        return redirect(found)
    form = CloseForm(request.POST if request.method == "POST" else None, today=localdate())
    if request.method == "POST" and form.is_valid():
        data, by = form.cleaned_data, who(request)
        done = tried(form, lambda: actions.close_item(item=found, on=data["on"], why=data["why"], by=by))
        if done is not None:
            messages.success(request, "已停办，不再受理新件；在办的件继续办完。")
            return redirect(found)
    context = {"form": form, "item": found, "name": queries.current_of(found).name, **frame("catalogue")}
    return render(request, "services/tickets/item_close.html", context)


@require_POST
def item_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复办理."""
    found = editable(request, pk)
    try:
        actions.reopen_item(item=found, by=who(request))
        messages.success(request, "已恢复办理。")
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect(found)


@require_POST
def item_adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """An example that is right as it is becomes the township's own."""
    found, by = editable(request, pk), who(request)
    held = queries.current_of(found)
    try:
        actions.change_item(
            item=found, facts=queries.facts_of(held), seen=None, by=by, today=localdate(), adopt=True
        )
        messages.success(request, "已采用，不再是示例。")
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect(found)


@require_POST
def item_guide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """办事指南 of one item as it stands."""
    found, by = item_or_404(request, pk), who(request)
    row = ItemVersion.objects.visible_to(by).select_related("item").prefetch_related("materials")
    guides = guides_of([row.get(item=found, current=True)], str(by.township or ""), on=localdate())
    name = f"办事指南{guides[0].facts.name}"
    return sending.send(write_guides(guides), name, "pdf", rows=1, by=by, request=request)
