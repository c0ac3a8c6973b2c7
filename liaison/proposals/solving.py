"""From a question to the rows of a proposal: solve, compare, and say why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from liaison.allocation.changes import Change, Step, changes
from liaison.allocation.engine import Allocation, Effort, allocate, measure
from liaison.allocation.explain import Kind, explain
from liaison.allocation.instance import Holder
from liaison.allocation.options import candidates, options
from liaison.choices import TREE_EDGES, Edge
from liaison.models import ProposalRow
from liaison.proposals.reading import Reading
from liaison.proposals.rules import MENDED_BY_GONE, NOUNS

MOST_TRIED, MOST_NAMED = 40, 5


@dataclass(frozen=True)
class Answer:
    """A solved question, ready to be stored; `rows` have no proposal yet."""

    rows: list[ProposalRow]
    values: Mapping[str, Any]  # fields of Proposal


def solve(reading: Reading, edge: str, effort: Effort | None = None) -> Answer:
    """The best links, what they change, and why no better is possible."""
    found = allocate(reading.instance, effort)
    compared = changes(reading.instance, found.links)
    return Answer(
        [_row(reading, edge, change) for change in compared if change.step != Step.KEPT],
        {
            "before": asdict(measure(reading.instance, reading.present())),
            "after": asdict(found.objective),
            "counts": {str(step): sum(change.step == step for change in compared) for step in Step},
            "explanations": _explained(reading, edge, found, effort),
            "candidates": _candidates(reading, edge, found),
            "proved": found.proved,
            "input_hash": reading.fingerprint,
            "band": asdict(reading.instance.band),
        },
    )


def _explained(reading: Reading, edge: str, found: Allocation, effort: Effort | None) -> list[dict[str, Any]]:
    """Each reason with the ways out of it, every one of them solved."""
    told = explain(reading.instance, found.links, NOUNS[edge])
    ways = options(reading.instance, found, NOUNS[edge], effort)
    return [
        {
            "kind": str(why.kind),
            "text": why.text,
            "grids": [pk for name in why.grids if (pk := reading.grids.get(name)) is not None],
            "options": [way.text for way in ways if way.about == number],
            "holders": [reading.holders[code].pk for code in why.holders if code in reading.holders],
        }
        for number, why in enumerate(told)
    ]


def _candidates(reading: Reading, edge: str, found: Allocation) -> list[dict[str, Any]]:
    """Members whose home could be one more hub where hubs are short; suggested, never chosen."""
    if edge != Edge.HUB:
        return []
    short = {
        grid for why in explain(reading.instance, found.links) if why.kind == Kind.SHORT for grid in why.grids
    }
    may_become = [
        Holder(code, row.grid, row.x, row.y)
        for code, row in ((target.code, target) for target in reading.instance.targets)
        if row.grid in short and code not in reading.holders
    ]
    best = candidates(reading.instance, tuple(may_become[:MOST_TRIED]))[:MOST_NAMED]
    return [
        {"pk": reading.targets[one.code].pk, "name": one.code, "objective": asdict(one.objective)}
        for one in best
        if one.objective < found.objective
    ]


def _row(reading: Reading, edge: str, change: Change) -> ProposalRow:
    target = reading.targets[change.target]
    old = reading.holders[change.old] if change.old else None
    new = reading.holders[change.new] if change.new else None
    gone = old.gone if old else target.gone
    end = "node" if edge in TREE_EDGES else "person"
    return ProposalRow(
        target_id=target.pk,
        grid_id=target.home,
        step=change.step,
        reason=gone if gone and change.reason in MENDED_BY_GONE and new else change.reason,
        distance=change.distance,
        crosses=change.crosses,
        **{f"old_{end}_id": old.pk if old else None, f"new_{end}_id": new.pk if new else None},
    )
