"""The question to the engine, read from the tree as it stands: holders, targets, bands, wishes.

Codes given to the engine are names with a number where two are alike, never row numbers, so that the same
village gives the same answer on any machine (allocation §7, P6).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db.models import Q

from grids.choices import BandScope, Kind
from grids.models import Node
from grids.queries.bands import Yardstick
from liaison.allocation.instance import Band, Holder, Instance, Scope, Target, Weights
from liaison.choices import Edge, WishKind
from liaison.models import Wish
from liaison.proposals.places import Spot
from liaison.proposals.rules import BAND_CODE
from liaison.queries import inside

NO_BAND = Band(0, 99, 99)  # 乡领导: the document sets none
OUTSIDER = Band(0, 99, 99)  # holds something here from another grid, but is not part of the question


@dataclass(frozen=True)
class Asked:
    """What a proposal is to be about."""

    township_id: int
    place: Node | None  # a 党总支, 党支部 or grid; None: the whole township (E0)
    edge: str
    scope: str
    weights: Weights
    own_households: bool = True
    keep: Mapping[int, int] = field(default_factory=dict)  # target → holder it must stay with
    refused: Mapping[int, Sequence[int]] = field(default_factory=dict)  # target → holders it must not get

    @property
    def by_grid(self) -> bool:
        """True when one grid is the whole question."""
        return self.place is not None and self.place.kind == Kind.GRID

    @property
    def within(self) -> Q:
        """Nodes in the village (for a grid: the whole village it lies in)."""
        village = Q(township_id=self.township_id, closed_on=None)
        if self.place is None:
            return village
        return village & (Q(root_id=self.place.root_id) if self.by_grid else inside(self.place))


@dataclass(frozen=True)
class HolderRow:
    """Somebody who may hold targets."""

    pk: int  # of the node, or of the person on upper edges
    name: str
    grid: int | None
    able: bool = True
    spot: Spot = (0, 0)
    gone: str = ""  # why not able, a key of rules.GONE_WORDS


@dataclass(frozen=True)
class TargetRow:
    """Something to be looked after; `home` is the grid it belongs to, wherever it hangs."""

    pk: int
    name: str
    home: int | None
    current: int | None
    spot: Spot = (0, 0)
    gone: str = ""  # why it has no contact any more, where that is known
    never: tuple[int, ...] = ()  # holders it must not get: its own household's member


@dataclass(frozen=True)
class Rows:
    """What an edge reads: holders and targets in the order of the document, and the names of grids."""

    holders: Sequence[HolderRow]
    targets: Sequence[TargetRow]
    grids: Mapping[int, str]


@dataclass(frozen=True)
class Reading:
    """A question with the way back from its codes to the rows."""

    instance: Instance
    targets: Mapping[str, TargetRow]
    holders: Mapping[str, HolderRow]
    grids: Mapping[str, int | None]
    fingerprint: str

    def code_of_holder(self, pk: int) -> str | None:
        """The engine's name of a holder."""
        return self._holder_codes.get(pk)

    @cached_property
    def _holder_codes(self) -> Mapping[int, str]:
        return {row.pk: code for code, row in self.holders.items()}

    def held_by_able(self) -> set[int]:
        """Targets whose contact of today can serve."""
        present = self.present()
        return {row.pk for code, row in self.targets.items() if present[code] is not None}

    def present(self) -> dict[str, str | None]:
        """Links as they stand; those of contacts who cannot serve count as open."""
        return {
            target.code: target.current
            if target.current is not None and self.instance.holder_of[target.current].able
            else None
            for target in self.instance.targets
        }


def band_for(asked: Asked, measure: Yardstick) -> Band:
    """The band in force for the edge, as the engine takes it."""
    code = BAND_CODE[asked.edge]
    if code is None:
        return NO_BAND
    band = measure.bands[code]
    return Band(band.low, band.high, max(band.hard, band.high))


def assemble(asked: Asked, rows: Rows, measure: Yardstick, *, on: date) -> Reading:
    """The engine's question out of an edge's rows."""
    names = _grid_names(rows.grids)
    holders = _coded(rows.holders)
    targets = _coded(rows.targets)
    code_of = {row.pk: code for code, row in holders.items()}
    wishes = _wishes(asked, on)
    able = {row.pk for row in rows.holders if row.able}
    keep = {target: pk for target, pk in asked.keep.items() if pk in able}
    pins = {target: code_of[pk] for target, pk in {**wishes.pins, **keep}.items() if pk in code_of}
    instance = Instance(
        Scope.GRID if asked.scope == BandScope.GRID else Scope.VILLAGE,
        band_for(asked, measure),
        asked.weights,
        tuple(_holder(code, row, asked, measure, names) for code, row in holders.items()),
        tuple(
            Target(
                code,
                names.get(row.home, ""),
                row.spot[0],
                row.spot[1],
                current=code_of.get(row.current or 0),
                pin=pins.get(row.pk),
            )
            for code, row in targets.items()
        ),
        frozenset(_forbidden(asked, targets, code_of, wishes.avoid, pins)),
    )
    grids = {name: pk for pk, name in names.items()}
    return Reading(instance, targets, holders, grids, fingerprint(instance))


def _holder(
    code: str, row: HolderRow, asked: Asked, measure: Yardstick, names: Mapping[int | None, str]
) -> Holder:
    own = None
    if asked.by_grid and asked.place is not None and row.grid != asked.place.pk:
        own = OUTSIDER
    elif asked.edge in (Edge.MEMBER, Edge.HUB, Edge.LEADER) and row.pk in measure.personal:
        low, high = measure.personal[row.pk]
        own = Band(low, high, high)
    return Holder(code, names.get(row.grid, ""), *row.spot, able=row.able, band=own)


def _forbidden(
    asked: Asked,
    targets: Mapping[str, TargetRow],
    code_of: Mapping[int, str],
    avoid: Mapping[int, Sequence[int]],
    pins: Mapping[int, str],
) -> Iterable[tuple[str, str]]:
    """Own households, what somebody does not want, and what was refused; a fixed link beats them."""
    for code, row in targets.items():
        if row.pk not in pins:
            for pk in (*row.never, *avoid.get(row.pk, ()), *asked.refused.get(row.pk, ())):
                if pk in code_of:
                    yield code, code_of[pk]


@dataclass(frozen=True)
class _Wishes:
    pins: Mapping[int, int]
    avoid: Mapping[int, Sequence[int]]


def _wishes(asked: Asked, on: date) -> _Wishes:
    rows = Wish.objects.filter(Q(until=None) | Q(until__gt=on), target__township_id=asked.township_id)
    if asked.place is not None:
        rows = rows.filter(target__root_id=asked.place.root_id)
    upper = asked.edge not in (Edge.MEMBER, Edge.HUB, Edge.LEADER)
    holder = "holder_person_id" if upper else "holder_node_id"
    pins: dict[int, int] = {}
    avoid: dict[int, list[int]] = {}
    for kind, target, pk in rows.order_by("pk").values_list("kind", "target_id", holder):
        if pk is None:
            continue
        if kind == WishKind.PIN:
            pins[target] = pk
        else:
            avoid.setdefault(target, []).append(pk)
    return _Wishes(pins, avoid)


def _coded(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows by name; the second of one name is 张三（2）."""
    seen: Counter[str] = Counter()
    found = {}
    for row in rows:
        seen[row.name] += 1
        found[row.name if seen[row.name] == 1 else f"{row.name}（{seen[row.name]}）"] = row
    return found


def _grid_names(grids: Mapping[int, str]) -> dict[int | None, str]:
    """One name each, in the order given."""
    seen: Counter[str] = Counter()
    found: dict[int | None, str] = {}
    for pk, name in grids.items():
        seen[name] += 1
        found[pk] = name if seen[name] == 1 else f"{name}（{seen[name]}）"
    found[None] = "未划网格"
    return found


def fingerprint(instance: Instance) -> str:
    """What changes as soon as anything does that the answer may depend on."""
    told = (
        instance.scope.value,
        instance.band,
        instance.weights,
        instance.holders,
        instance.targets,
        sorted(instance.forbidden),
    )
    return sha256(repr(told).encode()).hexdigest()
