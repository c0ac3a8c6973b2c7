"""What one action did to each row: how it was before, how the action left it, and how it is now.

Every model with a node and a history takes part, those of other apps too, found by their history table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model

from grids.models import Node
from grids.tree_index import KEY_FIELDS
from township.history import records_of
from township.models import Action, Tracked

Row = Mapping[str, Any]
COPIES = frozenset(f"{key}_id" for key in KEY_FIELDS)  # of Node: they follow the parent, without history


@dataclass(frozen=True)
class Footprint:
    """One row and one action; None stands for: not there."""

    pk: int
    before: Row | None
    after: Row | None
    now: Row | None
    last_id: int  # of the action's last history row of it
    known: bool = True  # False: nothing tells how it was before

    @property
    def made(self) -> bool:
        """The action brought the row in."""
        return self.before is None and self.after is not None

    @property
    def taken(self) -> bool:
        """The action took the row out."""
        return self.before is not None and self.after is None

    @property
    def changed(self) -> bool:
        """The row was there before and after, with other values."""
        return self.before is not None and self.after is not None and self.before != self.after

    @property
    def stands(self) -> bool:
        """Nothing has changed it since."""
        return self.known and self.after == self.now

    @property
    def any(self) -> Row:
        """Some state of it, the latest first."""
        return self.now or self.after or self.before or {}


@cache
def tracked_models() -> list[type[Model]]:
    """Models whose rows hang on a node and have a history that names its action."""
    return [
        model
        for model in apps.get_models()
        if hasattr(model, "NODE_PATH")
        and hasattr(model, "history")
        and issubclass(records_of(model), Tracked)
    ]


@cache
def undoable_models() -> list[type[Model]]:
    """Those, and models that no page of actions shows, whose rows can be taken back where they came in."""
    apart = [model for model in apps.get_models() if hasattr(model, "UNDO_PATH")]
    return [*tracked_models(), *apart]


@cache
def compared(model: type[Model]) -> tuple[str, ...]:
    """Columns that say how a row stands."""
    names = [field.attname for field in records_of(model).tracked_fields]
    return tuple(name for name in names if model is not Node or name not in COPIES)


def footprints(action: Action, *, lock: bool = False) -> dict[type[Model], list[Footprint]]:
    """All rows the action wrote, by model; rows it left as they were are not among them.

    A fixed number of queries per model. `lock` keeps the rows from others until the transaction ends.
    """
    found = {}
    for model in undoable_models():
        if steps := _footprints(model, action, lock=lock):
            found[model] = steps
    return found


def _footprints(model: type[Model], action: Action, *, lock: bool) -> list[Footprint]:
    columns = compared(model)
    records = records_of(model).objects
    written = records.filter(action=action).order_by("history_id")
    first: dict[int, tuple[int, str]] = {}
    last: dict[int, tuple[int, Row | None]] = {}
    for row in written.values("history_id", "history_type", *columns):
        number, kind, pk = row.pop("history_id"), row.pop("history_type"), row["id"]
        first.setdefault(pk, (number, kind))
        last[pk] = (number, None if kind == "-" else row)
    if not last:
        return []
    ids = written.order_by().values("id")
    earlier: dict[int, Row | None] = {}
    before_all = records.filter(id__in=ids, history_id__lt=max(n for n, _ in last.values())).exclude(
        action=action
    )
    if any(kind != "+" for _, kind in first.values()):
        for row in before_all.order_by("history_id").values("history_id", "history_type", *columns):
            number, kind, pk = row.pop("history_id"), row.pop("history_type"), row["id"]
            if number < first[pk][0]:
                earlier[pk] = None if kind == "-" else row
    present = model._default_manager.filter(pk__in=ids).order_by()
    if lock:
        present = present.select_for_update()
    now: dict[int, Row] = {row["id"]: row for row in present.values(*columns)}
    steps = [
        Footprint(
            pk,
            before=earlier.get(pk),
            after=after,
            now=now.get(pk),
            last_id=number,
            known=pk in earlier or first[pk][1] == "+",
        )
        for pk, (number, after) in last.items()
    ]
    return [step for step in steps if not step.known or step.before != step.after]


def later_changes(model: type[Model], steps: Iterable[Footprint]) -> dict[int, Row]:
    """The last history row of each that is younger than the action's: who, when, in what action."""
    marks = {step.pk: step.last_id for step in steps}
    found: dict[int, Row] = {}
    records = records_of(model).objects.filter(id__in=list(marks)).order_by("history_id")
    for row in records.values(
        "id", "history_id", "history_type", "history_date", "history_user__full_name", "action__title"
    ):
        if row["history_id"] > marks[row["id"]]:
            found[row["id"]] = row
    return found


def way_to_node(model: type[Model]) -> tuple[str, str]:
    """The first step from a row to its node and what follows it; both blank for a node itself."""
    path = getattr(model, "NODE_PATH", None)
    first, _, rest = str(model.UNDO_PATH if path is None else path).partition("__")  # type: ignore[attr-defined]
    return first, rest


def places_of(model: type[Model], steps: Iterable[Footprint]) -> set[int]:
    """Numbers of the nodes these rows hang on, before, after and now; parents of nodes are among them."""
    first, rest = way_to_node(model)
    states = [row for step in steps for row in (step.before, step.after, step.now) if row]
    if not first:
        return {row["id"] for row in states} | {row["parent_id"] for row in states} - {None}
    met = {row[f"{first}_id"] for row in states} - {None}
    if not rest:
        return met
    between: Any = model._meta.get_field(first).related_model
    found = between._default_manager.filter(pk__in=met).values_list(f"{rest}_id", flat=True)
    gone = records_of(between).objects.filter(id__in=met).values_list(f"{rest}_id", flat=True)
    return {*found, *gone} - {None}


def hangs_nowhere(model: type[Model], step: Footprint) -> bool:
    """True for 乡领导 and their posts, which belong to the township as a whole."""
    first, _ = way_to_node(model)
    states = [row for row in (step.before, step.after) if row]
    return bool(first) and any(row[f"{first}_id"] is None for row in states)


def places_of_rows(model: type[Model], firsts: Mapping[int, int | None]) -> dict[int, int | None]:
    """The node of each row, from what the first step of its path leads to (`firsts`: row → that number)."""
    first, rest = way_to_node(model)
    if not rest:
        return dict(firsts)
    between: Any = model._meta.get_field(first).related_model
    met = {number for number in firsts.values() if number}
    nodes = dict(records_of(between).objects.filter(id__in=met).values_list("id", f"{rest}_id"))
    return {pk: nodes.get(number) for pk, number in firsts.items() if number}
