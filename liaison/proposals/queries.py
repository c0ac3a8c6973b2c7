"""What pages of proposals show: rows by receiving person, load bars, what stands now, what is out of date."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from grids.choices import Kind
from grids.models import Node
from grids.queries.bands import Yardstick, yardstick
from liaison.allocation.engine import Objective, measure
from liaison.allocation.instance import Weights
from liaison.bars import LoadBar
from liaison.choices import TREE_EDGES, Decision, Step
from liaison.models import Contact, Proposal, ProposalRow, Wish
from liaison.proposals.reading import Asked, Reading
from liaison.proposals.rules import BAND_CODE, HOLDER_KIND
from liaison.proposals.sources import read

if TYPE_CHECKING:
    from township.models import User


def asked_of(proposal: Proposal) -> Asked:
    """The proposal's question, with what people refused since."""
    keep: dict[int, int] = {}
    refused: dict[int, Sequence[int]] = {}
    end = "node" if proposal.edge in TREE_EDGES else "person"
    rows = proposal.rows.exclude(decision=Decision.ACCEPTED)
    for target, old, new, decision, earlier in rows.values_list(
        "target_id", f"old_{end}_id", f"new_{end}_id", "decision", "refused"
    ):
        rejected = decision == Decision.REJECTED
        refused[target] = (*earlier, new) if rejected and new is not None else tuple(earlier)
        if rejected and old is not None:
            keep[target] = old
    return Asked(
        proposal.township_id,
        proposal.place,
        proposal.edge,
        proposal.scope,
        Weights(**proposal.weights),
        proposal.own_households,
        keep,
        refused,
    )


# --- rows -------------------------------------------------------------------------------------------


def with_standing(proposal: Proposal) -> QuerySet[ProposalRow]:
    """The proposal's rows, each with whether its new link stands now."""
    rows = proposal.rows.all()
    if proposal.edge in TREE_EDGES:
        linked = Q(target__parent_id=F("new_node_id"))
        ended = Q(new_node=None) & ~Q(target__parent__kind=HOLDER_KIND[proposal.edge])
        return rows.annotate(stands=Exists(ProposalRow.objects.filter(linked | ended, pk=OuterRef("pk"))))
    lines = Contact.objects.filter(
        level=proposal.edge, until=None, target_id=OuterRef("target_id"), holder_id=OuterRef("new_person_id")
    )
    return rows.annotate(stands=Exists(lines))


def rows_to_decide(proposal: Proposal) -> QuerySet[ProposalRow]:
    """Rows that can be accepted: open ones, and accepted ones whose action has been undone since."""
    undone = Q(decision=Decision.ACCEPTED, stands=False)
    rows = with_standing(proposal).exclude(step=Step.OPEN)
    return rows.filter(Q(decision=Decision.PENDING) | undone).order_by("pk")


@dataclass(frozen=True)
class RowFilter:
    """Which rows of a proposal are asked for."""

    grid: int | None = None
    step: str = ""
    reason: str = ""
    decision: str = ""
    crosses: bool = False


def listed_rows(proposal: Proposal, asked: RowFilter) -> QuerySet[ProposalRow]:
    """Rows by receiving person, so that one phone call covers one person; those without come first."""
    rows = with_standing(proposal)
    conditions: Iterable[tuple[str, Any]] = (
        ("grid_id", asked.grid),
        ("step", asked.step),
        ("reason", asked.reason),
        ("decision", asked.decision),
        ("crosses", asked.crosses or None),
    )
    rows = rows.filter(**{name: value for name, value in conditions if value not in (None, "")})
    end = "new_node" if proposal.edge in TREE_EDGES else "new_person"
    at_home = "target__household_profile__villager_group"
    return rows.select_related(at_home, "grid", "old_node", "old_person", end).order_by(
        F(f"{end}__pinyin_order").asc(nulls_first=True), f"{end}_id", "grid__position", "target__lft"
    )


# --- where things stand -----------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """A proposal held against the village as it is now."""

    reading: Reading
    stale: bool
    now: Objective
    then: Objective  # with every open row taken over
    bars: Sequence["HolderBar"]


@dataclass(frozen=True)
class HolderBar:
    """One holder's load now and after the open rows."""

    pk: int
    name: str
    grid: str
    able: bool
    bar: LoadBar
    moving: int  # rows that concern this holder


def state_of(proposal: Proposal, *, on: date) -> State:
    """Read the village again: out of date or not, and what would come of the rows still open."""
    reading = read(asked_of(proposal), on=on)
    end = "node" if proposal.edge in TREE_EDGES else "person"
    rows = list(
        rows_to_decide(proposal).values_list("target_id", f"old_{end}_id", f"new_{end}_id", named=False)
    )
    now = reading.present()
    after = _with_rows(reading, now, rows)
    measured = yardstick(proposal.township_id, on=on)
    return State(
        reading,
        proposal.input_hash != reading.fingerprint,
        measure(reading.instance, now),
        measure(reading.instance, after),
        _bars(proposal, reading, now, after, measured),
    )


def _with_rows(
    reading: Reading, now: Mapping[str, str | None], rows: Iterable[tuple[int, int | None, int | None]]
) -> dict[str, str | None]:
    after = dict(now)
    codes = {row.pk: code for code, row in reading.targets.items()}
    for target, _, new in rows:
        if target in codes:
            after[codes[target]] = reading.code_of_holder(new) if new is not None else None
    return after


def _bars(
    proposal: Proposal,
    reading: Reading,
    now: Mapping[str, str | None],
    after: Mapping[str, str | None],
    measured: Yardstick,
) -> list[HolderBar]:
    """Those who cannot serve show what they still hold; worst after the proposal first."""
    code = BAND_CODE[proposal.edge]
    held = Counter(target.current for target in reading.instance.targets)
    loads = Counter(after.values())
    moved = Counter(
        who for target in now if now[target] != after[target] for who in (now[target], after[target]) if who
    )
    found = []
    for holder in reading.instance.holders:
        row, before = reading.holders[holder.code], held[holder.code]
        outsider = (
            proposal.place is not None and proposal.place.kind == Kind.GRID and row.grid != proposal.place.pk
        )
        if outsider or (not holder.able and not before):
            continue
        node = row.pk if proposal.edge in TREE_EDGES else None
        band = measured.band(code, node) if code else None
        if band is not None and not holder.able:
            band = replace(band, low=0, high=0)
        bar = LoadBar(loads[holder.code], band, before, measured.accepted(code, node) if code else None)
        found.append(HolderBar(row.pk, holder.code, holder.grid, holder.able, bar, moved[holder.code]))
    return sorted(found, key=lambda one: (one.bar.rank, one.name))


# --- wishes, and who could be chosen ----------------------------------------------------------------


def wishes(user: "User | Any") -> QuerySet[Wish]:
    """Links that are fixed or ruled out now."""
    return (
        Wish.objects.visible_to(user)
        .filter(until=None)
        .select_related("target__root", "target__grid", "holder_node", "holder_person")
        .order_by("target__root__position", "target__root_id", "target__lft", "pk")
    )


def grids_of(proposal: Proposal) -> list[tuple[int, str, int]]:
    """Grids with open rows: number, name, rows still to decide."""
    rows = rows_to_decide(proposal).filter(grid__isnull=False).values_list("grid_id", "grid__name")
    found: Counter[tuple[int, str]] = Counter(rows)
    order = list(
        Node.objects.filter(pk__in={pk for pk, _ in found})
        .order_by("root_id", "lft")
        .values_list("pk", flat=True)
    )
    return sorted(((pk, name, n) for (pk, name), n in found.items()), key=lambda line: order.index(line[0]))
