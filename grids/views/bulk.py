"""Changing many rows of a list: choose what, see every row from old to new, confirm."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from grids import access
from grids.actions import bulk as actions
from grids.actions.refusals import sentences
from grids.forms.bulk import BulkChangeForm, BulkCloseForm, BulkForm, BulkMoveForm
from grids.forms.filters import ListFilter
from grids.kinds import KINDS, KindInfo
from grids.models import Node
from grids.queries.bulk_edit import (
    MOVABLE,
    Plan,
    change_plan,
    close_plan,
    move_plan,
    rows_with_profiles,
)
from grids.queries.lists import listed
from grids.queries.targets import targets_of_kinds
from grids.views.frames import who
from grids.views.outcome import tell
from township import history
from township.addresses import row_number

PREVIEW_ROWS = 50
ALL, PICKED = "all", "picked"


@dataclass(frozen=True)
class Picked:
    """The rows a bulk edit is about, and what the page carries on of them."""

    names: dict[int, str]
    root_ids: frozenset[int]  # the villages they stand in
    scope: str
    query: str

    @property
    def pks(self) -> list[int]:
        """Their numbers."""
        return list(self.names)


class NotThose(ValidationError):
    """The rows are not the ones the user saw."""


@require_POST
def bulk(request: HttpRequest, kind: str) -> HttpResponse:
    """All steps post here: rows come along each time, and nothing is kept between the steps."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    info = KINDS[kind]
    try:
        picked = _picked(request, info)
    except NotThose as refusal:
        messages.error(request, sentences(refusal)[0])
        return _back(request, info)
    forms = _forms(request, info, picked)
    act = request.POST.get("act", "")
    form = forms.get(act)
    if form is None or not form.is_valid():
        return _choose(request, info, picked, forms)
    plan = _plan(request, info, picked, act, form)
    if seal := request.POST.get("confirm", ""):
        try:
            reason = form.cleaned_data["reason"]
            with history.action(by=who(request), title=f"批量{form.title}", reason=reason) as done:
                number = _carry_out(request, info, picked, act, form, seal)
        except ValidationError as refusal:
            for sentence in sentences(refusal):
                messages.error(request, sentence)
            plan = _plan(request, info, picked, act, form)
        else:
            tell(request, f"已{form.title}：{number} {info.unit}{info.title}。", done)
            return _back(request, info)
    return _preview(request, info, picked, act, form, plan)


def _picked(request: HttpRequest, info: KindInfo) -> Picked:
    """The ticked rows, or all that fit the filter; the number must be the one the user saw."""
    query, scope = request.POST.get("query", ""), request.POST.get("scope", PICKED)
    if scope == ALL:
        bar = ListFilter(QueryDict(query), user=request.user, info=info)
        asked = bar.query()
        if asked.state == "closed":
            raise NotThose("已注销的不能批量修改。")
        found = set(listed(request.user, info, asked, on=localdate()).order_by().values_list("pk", flat=True))
        shown = row_number(request.POST.get("count"))
        if shown != len(found):
            raise NotThose(
                f"符合筛选的现在有 {len(found)} {info.unit}，不是您看到的 {shown or 0} {info.unit}。"
                "名单已经更新，请核对后再来一次。"
            )
    else:
        typed = [*request.POST.getlist("pk"), *request.POST.get("pks", "").split(",")]
        wanted = {pk for pk in map(row_number, typed) if pk is not None}
        rows = Node.objects.visible_to(request.user).filter(pk__in=list(wanted)[:500], kind=info.kind)
        found = set(rows.values_list("pk", flat=True))
        if not wanted:
            raise NotThose(f"请先勾选要修改的{info.title}。")
        if len(found) != len(wanted):
            raise NotThose("勾选的记录里有的已经不在名单上，请核对后再来一次。")
    if not found:
        raise NotThose("没有符合筛选的记录。")
    rows = Node.objects.visible_to(request.user).filter(pk__in=list(found)).order_by("root_id", "lft")
    names = {pk: (name, root_id) for pk, name, root_id in rows.values_list("pk", "name", "root_id")}
    return Picked(
        {pk: name for pk, (name, _) in names.items()},
        frozenset(root_id for _, root_id in names.values()),
        scope if scope == ALL else PICKED,
        query,
    )


def _forms(request: HttpRequest, info: KindInfo, picked: Picked) -> dict[str, BulkForm]:
    """The forms that make sense for these rows; only the one that is sent is bound."""
    act = request.POST.get("act", "")

    def data(name: str) -> Any:
        return request.POST if act == name else None

    made: dict[str, BulkForm] = {
        "change": BulkChangeForm(data("change"), kind=info.kind, user=request.user, root_ids=picked.root_ids)
    }
    if info.kind in MOVABLE and len(picked.root_ids) == 1:
        targets = targets_of_kinds(request.user, {info.kind}, village=next(iter(picked.root_ids)))
        made["move"] = BulkMoveForm(data("move"), targets=targets)
    made["close"] = BulkCloseForm(data("close"), kind=info.kind)
    return {name: form for name, form in made.items() if len(form.fields) > 1}


def _plan(request: HttpRequest, info: KindInfo, picked: Picked, act: str, form: Any) -> Plan:
    nodes = rows_with_profiles(info.kind, picked.pks)
    if act == "change":
        return change_plan(request.user, info.kind, nodes, form.values())
    data = form.cleaned_data
    if act == "move":
        return move_plan(request.user, nodes, data["to"])
    return close_plan(request.user, nodes, on=data["on"], close_reason=data["close_reason"])


def _carry_out(request: HttpRequest, info: KindInfo, picked: Picked, act: str, form: Any, seal: str) -> int:
    by, data = who(request), form.cleaned_data
    common: dict[str, Any] = {"kind": info.kind, "pks": picked.pks, "seal": seal, "reason": data["reason"]}
    if act == "change":
        return actions.change_many(**common, values=form.values(), by=by)
    if act == "move":
        return actions.move_many(**common, to=data["to"], on=data["on"], by=by)
    return actions.close_many(**common, on=data["on"], close_reason=data["close_reason"], by=by)


def _frame(info: KindInfo, picked: Picked) -> dict[str, Any]:
    state = {"scope": picked.scope, "query": picked.query, "count": len(picked.names)}
    if picked.scope == PICKED:
        state["pks"] = ",".join(map(str, picked.pks))
    return {"info": info, "picked": picked, "number": len(picked.names), "state": state}


def _choose(request: HttpRequest, info: KindInfo, picked: Picked, forms: dict[str, BulkForm]) -> HttpResponse:
    context = {
        **_frame(info, picked),
        "forms": forms,
        "several_villages": info.kind in MOVABLE and len(picked.root_ids) > 1,
        "some": list(picked.names.values())[:8],
    }
    return render(request, "grids/bulk.html", context)


def _preview(
    request: HttpRequest, info: KindInfo, picked: Picked, act: str, form: Any, plan: Plan
) -> HttpResponse:
    page = Paginator(plan.shown, PREVIEW_ROWS).get_page(request.POST.get("page"))
    context = {
        **_frame(info, picked),
        "act": act,
        "form": form,
        "plan": plan,
        "page": page,
        "typed": [(bound.name, bound.value() or "") for bound in form],
        "seal": plan.seal(),
    }
    return render(request, "grids/bulk_preview.html", context)


def _back(request: HttpRequest, info: KindInfo) -> HttpResponse:
    """The list as it was."""
    query = QueryDict(request.POST.get("query", "")).urlencode(safe=",") or "all=1"
    return HttpResponseRedirect(f"{reverse('grids:node_list', args=[info.kind])}?{query}")
