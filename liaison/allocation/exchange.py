"""The neutral form of a question and its answer, as JSON: what `manage.py allocate` reads and writes."""

from collections.abc import Mapping
from typing import Any

from liaison.allocation.engine import Allocation
from liaison.allocation.explain import explain
from liaison.allocation.instance import BadInstance, Band, Holder, Instance, Scope, Target, Weights

BAND = ("low", "high", "hard")
WEIGHTS = ("change", "relative", "balance")


def read_instance(data: Any) -> Instance:
    """An instance from its neutral form.

    `{"scope", "bands": {low, high, hard}, "weights": {change, relative, balance},
    "holders": [{code, grid, x, y, able, (low, high, hard)}],
    "targets": [{code, grid, x, y, current, relative, pin}], ("forbidden": [[target, holder]])}`.
    Raises BadInstance with the place of what is wrong.
    """
    whole = _mapping(data, "文件")
    scope = whole.get("scope", Scope.VILLAGE.value)
    if scope not in list(Scope):
        raise BadInstance(f"scope 应为 village 或 grid，现为“{scope}”。")
    bands = _mapping(whole.get("bands", {}), "bands")
    band = Band(*(_number(bands, name, "bands") for name in BAND))
    weights = _mapping(whole.get("weights", {}), "weights")
    if unknown := weights.keys() - set(WEIGHTS):
        raise BadInstance(f"weights 里没有“{min(unknown)}”这一项。")
    return Instance(
        Scope(scope),
        band,
        Weights(**{name: _number(weights, name, "weights") for name in weights}),
        tuple(_holder(row, f"holders[{i}]", band) for i, row in enumerate(_rows(whole, "holders"))),
        tuple(_target(row, f"targets[{i}]") for i, row in enumerate(_rows(whole, "targets"))),
        frozenset(_pair(pair, f"forbidden[{i}]") for i, pair in enumerate(_rows(whole, "forbidden"))),
    )


def answer(instance: Instance, found: Allocation) -> dict[str, Any]:
    """An allocation in its neutral form; rows in the order of their codes."""
    before = [(target.current, found.links[target.code]) for target in instance.targets]
    goal = found.objective
    return {
        "links": {target.code: found.links[target.code] for target in instance.targets},
        "objective": {
            "uncovered": goal.uncovered,
            "over": goal.over,
            "cross": goal.cross,
            "under": goal.under,
            "soft": goal.soft,
        },
        "kept": sum(old is not None and old == new for old, new in before),
        "changed": sum(old is not None and new is not None and old != new for old, new in before),
        "new": sum(old is None and new is not None for old, new in before),
        "released": sum(old is not None and new is None for old, new in before),
        "explanations": [
            {
                "kind": why.kind.value,
                "grids": list(why.grids),
                "holders": list(why.holders),
                "short": why.short,
                "text": why.text,
            }
            for why in explain(instance, found.links)
        ],
        "proved": found.proved,
    }


def _holder(data: Any, place: str, band: Band) -> Holder:
    row = _mapping(data, place)
    own = None
    if any(row.get(name) is not None for name in BAND):
        own = Band(*(_number(row, name, place, getattr(band, name)) for name in BAND))
    return Holder(
        _code(row, "code", place),
        _code(row, "grid", place),
        _number(row, "x", place, 0),
        _number(row, "y", place, 0),
        bool(row.get("able", True)),
        own,
    )


def _target(data: Any, place: str) -> Target:
    row = _mapping(data, place)
    known = [
        None if row.get(name) is None else _code(row, name, place) for name in ("current", "relative", "pin")
    ]
    return Target(
        _code(row, "code", place),
        _code(row, "grid", place),
        _number(row, "x", place, 0),
        _number(row, "y", place, 0),
        *known,
    )


def _pair(data: Any, place: str) -> tuple[str, str]:
    if not isinstance(data, list) or len(data) != 2 or not all(isinstance(code, str) for code in data):
        raise BadInstance(f"{place} 应为 [对象编号, 包联人编号]。")
    return data[0], data[1]


def _mapping(data: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise BadInstance(f"{place} 应为一个对象。")
    return data


def _rows(data: Mapping[str, Any], name: str) -> list[Any]:
    rows = data.get(name, [])
    if not isinstance(rows, list):
        raise BadInstance(f"{name} 应为一个列表。")
    return rows


def _code(row: Mapping[str, Any], name: str, place: str) -> str:
    found = row.get(name)
    if not isinstance(found, str) or not found:
        raise BadInstance(f"{place} 的 {name} 应为非空文字。")
    return found


def _number(row: Mapping[str, Any], name: str, place: str, missing: int | None = None) -> int:
    found = row.get(name)
    if found is None:
        found = missing
    if isinstance(found, bool) or not isinstance(found, int):
        raise BadInstance(f"{place} 的 {name} 应为整数。")
    return found
