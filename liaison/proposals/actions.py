"""What is done with proposals: order, solve, decide, take over into the tree, fix links, solve again."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from grids import access
from grids.choices import BandScope, Kind
from grids.models import Node
from grids.queries.bands import bands_in_force
from liaison.allocation.engine import Effort
from liaison.choices import Decision, Edge
from liaison.models import Batch, Proposal, ProposalRow
from liaison.proposals.queries import asked_of, rows_to_decide
from liaison.proposals.rules import BAND_CODE, ENGINE, WEIGHTS
from liaison.proposals.solving import solve
from liaison.proposals.sources import read
from liaison.proposals.taking_over import take_over
from township import audit, history, jobs
from township.choices import Deed, JobState
from township.models import Township, User

FAILURE = "编排时出错，没有完成。请重试；如再次失败，请把时间告诉系统管理员。"
CHECK_EVERY = 200  # targets between two looks at whether somebody cancelled
SMALL = (Edge.TOWN_LEADER, Edge.GENERAL_BRANCH, Edge.COMMITTEE)  # a few dozen rows: solved at once
logger = logging.getLogger(__name__)


def may_order(by: User | Any, *, place: Node | None, edge: str) -> bool:
    """A village's own edges are its secretary's too; the 乡's are the office's."""
    if place is None or edge in (Edge.TOWN_LEADER, Edge.GENERAL_BRANCH):
        return access.may(by, access.Right.EDIT_TOWN_CONTACTS)
    return access.may_edit(by, place)


def require_order(by: User, *, place: Node | None, edge: str) -> None:
    """Raise PermissionDenied (403) unless the user may order proposals here and decide on them."""
    if not may_order(by, place=place, edge=edge):
        raise PermissionDenied("您只能查看，不能编排这里的联系。")


@transaction.atomic
def order(
    *,
    township: Township,
    place: Node | None,
    edge: str,
    preset: str,
    scope: str,
    own_households: bool = True,
    by: User,
    today: date,
) -> Batch:
    """Ask for proposals of a grid, a village, or (place None) of every village.

    A grid and the small upper edges are solved at once, everything else by a process of its own.
    """
    require_order(by, place=place, edge=edge)
    batch = Batch.objects.create(township=township, place=place, edge=edge, preset=preset, by=by)
    made = [
        Proposal.objects.create(
            township=township,
            batch=batch,
            place=at,
            edge=edge,
            preset=preset,
            scope=BandScope.GRID if at is not None and at.kind == Kind.GRID else scope,
            own_households=own_households,
            year=today.year,
            weights=asdict(WEIGHTS[preset]),
            engine=ENGINE,
        )
        for at in _places(township, place, edge)
    ]
    if not made:
        raise ValidationError("这个范围里没有可以编排的村。")
    audit.record(
        by=by,
        deed=Deed.CREATE,
        target=f"编排建议：{batch}",
        rows=len(made),
        note=f"{batch.get_preset_display()}；{_ratio(township, edge, today)}",
    )
    at_once = edge in SMALL or (place is not None and place.kind == Kind.GRID)
    for proposal in made:
        if at_once:
            _solve(proposal, on=today)
    if not at_once:
        transaction.on_commit(lambda: jobs.start_process(made[0], "run_proposal"))
    return batch


def _places(township: Township, place: Node | None, edge: str) -> list[Node | None]:
    if place is not None or edge == Edge.TOWN_LEADER:
        return [place]
    tops = Node.objects.open().filter(township=township, parent=None)
    if edge == Edge.GENERAL_BRANCH:
        tops = tops.filter(kind=Kind.GENERAL_BRANCH)
    return list(tops.order_by("position", "pk"))


def _ratio(township: Township, edge: str, today: date) -> str:
    """Which rule applied: E5 10–15户（2026年度）."""
    code = BAND_CODE[edge]
    if code is None:
        return "不设比例"
    band = bands_in_force(township.pk, year=today.year)[code]
    return f"{code} {band.low}–{band.high}{band.unit}（{today.year}年度）"


# --- solving ----------------------------------------------------------------------------------------


def _solve(proposal: Proposal, *, on: date, watched: bool = False) -> None:
    """Read, solve and store; what somebody decided stays as long as it still holds."""
    asked = asked_of(proposal)
    reading = read(asked, on=on)
    answer = solve(reading, proposal.edge, _watch(proposal) if watched else None)
    if watched and _is_cancelled(proposal):
        jobs.note(proposal, state=JobState.CANCELLED)
        return
    changed = {row.target_id for row in answer.rows}
    kept = set(asked.keep) & reading.held_by_able()
    with transaction.atomic():
        settled = Q(decision=Decision.REJECTED, target__in=kept) | (
            Q(decision=Decision.ACCEPTED) & ~Q(target__in=changed)
        )
        proposal.rows.exclude(settled).delete()
        there = set(proposal.rows.values_list("target_id", flat=True))
        rows = [row for row in answer.rows if row.target_id not in there]
        for row in rows:
            row.proposal, row.refused = proposal, list(asked.refused.get(row.target_id, ()))
        ProposalRow.objects.bulk_create(rows, batch_size=500)
        found = {"solved_at": timezone.now(), "error": "", **_kept(proposal, answer.values)}
        jobs.note(proposal, state=JobState.DONE, **found)


def _kept(proposal: Proposal, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a proposal remembers of its first solving stays: how it stood before anything was decided."""
    found = dict(values)
    if proposal.before and proposal.rows.filter(decision=Decision.ACCEPTED).exists():
        del found["before"]
    return found


def _watch(proposal: Proposal) -> Effort:
    """Note progress now and then, and stop when somebody asks for it."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked % CHECK_EVERY == 0 and _is_cancelled(proposal)

    def progress(placed: int, total: int) -> None:
        if placed % CHECK_EVERY == 0:
            jobs.note(proposal, done=placed, total=total)

    return Effort(stop=stop, progress=progress)


def _is_cancelled(proposal: Proposal) -> bool:
    return Proposal.objects.filter(pk=proposal.pk, cancelled=True).exists()


def run_job(pk: int, *, on: date) -> Proposal | None:
    """Solve one waiting proposal; None when another process has taken it."""
    if not jobs.claim(Proposal, pk):
        return None
    proposal = Proposal.objects.select_related("place", "township", "batch").get(pk=pk)
    try:
        _solve(proposal, on=on, watched=True)
    except Exception:  # whatever happens, the page must say that it ended
        logger.exception("proposal %s failed", pk)
        jobs.note(proposal, state=JobState.FAILED, error=FAILURE)
    return proposal


def run_queue(*, on: date) -> int:
    """Solve whatever waits, oldest first; returns how many."""
    done = 0
    while pk := jobs.next_waiting(Proposal):
        done += run_job(pk, on=on) is not None
    return done


@transaction.atomic
def cancel(*, batch: Batch, by: User) -> int:
    """Take what waits out of the queue and stop what runs; what is done stays. Returns how many."""
    require_order(by, place=batch.place, edge=batch.edge)
    waiting = batch.proposals.filter(state=JobState.QUEUED).update(state=JobState.CANCELLED)
    return waiting + batch.proposals.filter(state=JobState.RUNNING).update(cancelled=True)


@transaction.atomic
def retry(*, batch: Batch, by: User) -> int:
    """Put failed, cancelled and interrupted villages in the queue again; finished ones are not redone."""
    require_order(by, place=batch.place, edge=batch.edge)
    now, again = timezone.now(), []
    for proposal in batch.proposals.exclude(state=JobState.DONE):
        if proposal.is_finished or proposal.is_silent(now):
            jobs.note(proposal, state=JobState.QUEUED, error="", done=0, total=0, cancelled=False)
            again.append(proposal)
    if again:
        transaction.on_commit(lambda: jobs.start_process(again[0], "run_proposal"))
    return len(again)


@transaction.atomic
def solve_again(*, proposal: Proposal, by: User, today: date) -> Proposal:
    """The same question as things stand now, with what was fixed, refused and accepted meanwhile."""
    require_order(by, place=proposal.place, edge=proposal.edge)
    at_once = proposal.edge in SMALL or (proposal.place is not None and proposal.place.kind == Kind.GRID)
    if at_once:
        _solve(proposal, on=today)
    elif proposal.is_finished:
        jobs.note(proposal, state=JobState.QUEUED, done=0, total=0, cancelled=False)
        transaction.on_commit(lambda: jobs.start_process(proposal, "run_proposal"))
    return proposal


# --- deciding ---------------------------------------------------------------------------------------


@history.acts("采纳编排")
def accept(
    *, proposal: Proposal, rows: Sequence[int] | None = None, grid: int | None = None, by: User, today: date
) -> int:
    """Take rows over into the tree (None: all, or all of a grid) in one transaction; returns how many.

    Raises ValidationError naming the rows whose present link is no longer what the proposal saw.
    """
    with transaction.atomic():
        chosen = _chosen(proposal, rows, grid)
        if not chosen:
            raise ValidationError("没有可采纳的行。")
        number = take_over(proposal=proposal, rows=chosen, by=by, today=today)
        _decide(chosen, Decision.ACCEPTED, by)
        audit.record(
            by=by,
            deed=Deed.MOVE,
            target=f"采纳编排建议：{proposal}（编号 {proposal.pk}）",
            rows=number,
            note=f"{proposal.get_preset_display()}；{_ratio(proposal.township, proposal.edge, today)}",
        )
        _refresh(proposal, today)
    return number


@transaction.atomic
def reject(*, proposal: Proposal, rows: Sequence[int], by: User) -> int:
    """Leave these rows as they are; a later solving keeps their present contact, or seeks another."""
    require_order(by, place=proposal.place, edge=proposal.edge)
    chosen = _chosen(proposal, rows, None)
    _decide(chosen, Decision.REJECTED, by)
    return len(chosen)


@transaction.atomic
def take_back(*, proposal: Proposal, rows: Sequence[int], by: User) -> int:
    """Make rejected rows open again."""
    require_order(by, place=proposal.place, edge=proposal.edge)
    chosen = list(proposal.rows.filter(pk__in=rows, decision=Decision.REJECTED))
    _decide(chosen, Decision.PENDING, by)
    return len(chosen)


def _chosen(proposal: Proposal, rows: Collection[int] | None, grid: int | None) -> list[ProposalRow]:
    found: QuerySet[ProposalRow] = rows_to_decide(proposal)
    if rows is not None:
        found = found.filter(pk__in=rows)
    if grid is not None:
        found = found.filter(grid_id=grid)
    return list(found.select_related("target", "new_node", "new_person", "old_node", "old_person"))


def _decide(rows: Iterable[ProposalRow], decision: str, by: User) -> None:
    now = timezone.now()
    found = list(rows)
    for row in found:
        row.decision, row.decided_by, row.decided_at = decision, by, now
    ProposalRow.objects.bulk_update(found, ["decision", "decided_by", "decided_at", "action"], batch_size=200)


def _refresh(proposal: Proposal, today: date) -> None:
    """After our own doing the proposal is not out of date: it goes by what stands now."""
    proposal.input_hash = read(asked_of(proposal), on=today).fingerprint
    proposal.save(update_fields=["input_hash"])
