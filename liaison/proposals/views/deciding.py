"""One proposal: look, accept, reject, fix a link, solve again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.choices import Kind
from grids.models import Node, Person
from grids.views.frames import page_of, rows_on, who
from grids.views.outcome import tell
from liaison.choices import TREE_EDGES, Step
from liaison.models import Proposal, ProposalRow
from liaison.proposals import actions, fixing
from liaison.proposals.forms import RowFilterForm, WishForm
from liaison.proposals.places import far_in_words
from liaison.proposals.queries import (
    RowFilter,
    asked_of,
    grids_of,
    listed_rows,
    rows_to_decide,
    state_of,
)
from liaison.proposals.rules import NOUNS, REASON_WORDS
from liaison.proposals.sources import read
from township import history
from township.addresses import row_number
from township.choices import JobState


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    rows = Proposal.objects.visible_to(request.user).select_related("place__root", "township", "batch")
    return get_object_or_404(rows, pk=pk)


@require_GET
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What would change and why, load bars, and the rows to decide on by receiving person."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    found = _proposal(request, pk)
    if found.state != JobState.DONE:
        return redirect(found.batch)
    state = state_of(found, on=localdate())
    grids = grids_of(found)
    reasons = list(found.rows.order_by("reason").values_list("reason", flat=True).distinct())
    bar = RowFilterForm(request.GET, grids=[line[:2] for line in grids], reasons=[r for r in reasons if r])
    bar.full_clean()
    page = page_of(request, listed_rows(found, RowFilter(**bar.cleaned_data)))
    context = {
        "proposal": found,
        "state": state,
        "filter_form": bar,
        "page_obj": page,
        "rows": [_row(row) for row in rows_on(page)],
        "grids": grids,
        "open": sum(line[2] for line in grids) or rows_to_decide(found).count(),
        "nouns": NOUNS[found.edge],
        "changes": sum(n for step, n in found.counts.items() if step not in (Step.KEPT, Step.OPEN)),
        "in_tree": found.edge in TREE_EDGES,
        "may_decide": actions.may_order(request.user, place=found.place, edge=found.edge),
        "querystring": request.GET.urlencode(),
    }
    return render(request, "liaison/proposals/proposal.html", context)


def _row(row: ProposalRow) -> dict[str, Any]:
    undone = row.decision == "accepted" and not row.stands  # type: ignore[attr-defined]
    return {
        "row": row,
        "old": row.old_node or row.old_person,
        "new": row.new_node or row.new_person,
        "door": _door(row),
        "why": REASON_WORDS.get(row.reason, row.reason),
        "undone": undone,
        "open": row.step != "open" and (row.decision == "pending" or undone),
        "far": far_in_words(row.distance) if row.new_node and row.target.kind == Kind.HOUSEHOLD else "",
    }


def _door(row: ProposalRow) -> str:
    """二社12号; nothing for what is no household."""
    profile = getattr(row.target, "household_profile", None)
    return f"{profile.villager_group or ''}{profile.door}" if profile else ""


@require_POST
def proposal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject the ticked rows, those of a grid, or all."""
    found = _proposal(request, pk)
    actions.require_order(who(request), place=found.place, edge=found.edge)
    picked = [n for text in request.POST.getlist("row") if (n := row_number(text)) is not None]
    what, grid = request.POST.get("do", ""), row_number(request.POST.get("of", ""))
    back = redirect(f"{found.get_absolute_url()}?{request.POST.get('back', '')[:300]}")
    if what in ("accept", "reject", "open") and not picked:
        messages.error(request, "请先勾选要处理的行。")
        return back
    try:
        _decide(request, found, what, picked, grid)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return back


def _decide(request: HttpRequest, found: Proposal, what: str, picked: list[int], grid: int | None) -> None:
    by, today = who(request), localdate()
    if what == "reject":
        number = actions.reject(proposal=found, rows=picked, by=by)
        messages.success(request, f"{number} 行标为不采纳，现有联系不动。")
    elif what == "open":
        number = actions.take_back(proposal=found, rows=picked, by=by)
        messages.success(request, f"{number} 行改回待定。")
    elif what in ("accept", "accept_grid", "accept_all"):
        rows = picked if what == "accept" else None
        with history.action(by=by, title="采纳编排", reason=f"编排建议{found.pk}") as act:
            number = actions.accept(
                proposal=found, rows=rows, grid=grid if what == "accept_grid" else None, by=by, today=today
            )
        tell(request, f"已采纳 {number} 行，名册已更新。", act)


@require_POST
def proposal_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Solve the same question as things stand now."""
    found = actions.solve_again(proposal=_proposal(request, pk), by=who(request), today=localdate())
    if found.state == JobState.DONE:
        messages.success(request, "已按现在的情况重新编排。")
        return redirect(found)
    return redirect(found.batch)


@require_http_methods(["GET", "POST"])
def row_wish(request: HttpRequest, pk: int) -> HttpResponse:
    """Fix one row to somebody, or rule somebody out, and solve the grid again."""
    rows = ProposalRow.objects.visible_to(request.user).select_related("proposal__place__root", "target")
    row = get_object_or_404(rows, pk=pk)
    found = _proposal(request, row.proposal_id)
    access.require_edit(request.user, row.target)
    holders = _holders(found, row)
    chosen = row.new_node_id or row.new_person_id or row.old_node_id or row.old_person_id
    form = WishForm(request.POST or None, holders=holders, initial={"holder": chosen})
    if request.method == "POST" and form.is_valid():
        _wish(request, found, row, form)
        return redirect(found)
    context = {"form": form, "row": row, "proposal": found, "nouns": NOUNS[found.edge]}
    return render(request, "liaison/proposals/wish.html", context)


def _holders(found: Proposal, row: ProposalRow) -> list[tuple[int, str]]:
    """Those who can serve, of the target's own grid first, with what they have."""
    reading = read(asked_of(found), on=localdate())
    loads = dict.fromkeys(reading.holders, 0)
    for target in reading.instance.targets:
        if target.current is not None:
            loads[target.current] += 1
    names = {pk: name for name, pk in reading.grids.items()}
    able = [holder for holder in reading.instance.holders if holder.able]
    able.sort(key=lambda holder: (holder.grid != names.get(row.grid_id), loads[holder.code]))
    unit = NOUNS[found.edge].unit
    return [
        (reading.holders[one.code].pk, f"{one.code}（{one.grid}，现有 {loads[one.code]} {unit}）")
        for one in able
    ]


def _wish(request: HttpRequest, found: Proposal, row: ProposalRow, form: WishForm) -> None:
    by, today, data = who(request), localdate(), form.cleaned_data
    model: Any = Node if found.edge in TREE_EDGES else Person
    holder = get_object_or_404(model.objects.visible_to(request.user), pk=data["holder"])
    with history.action(by=by, title="固定或回避联系") as act:
        made = fixing.wish(
            edge=found.edge,
            target=row.target,
            holder=holder,
            kind=data["kind"],
            reason=data["reason"],
            by=by,
            today=today,
        )
        actions.solve_again(proposal=found, by=by, today=today)
    tell(request, f"{made.get_kind_display()}：{row.target.name} — {holder.name}，已重新编排。", act)
