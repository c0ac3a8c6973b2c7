"""The neutral form of a question and its answer, as JSON: what `manage.py allocate` reads and writes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from liaison.allocation.engine import Allocation, Effort
from liaison.allocation.explain import explain
from liaison.allocation.instance import BadInstance, Band, Holder, Instance, Scope, Target, Weights
from liaison.allocation.options import options
from liaison.allocation.wording import numbered

WAYS_BUDGET = 50_000  # search steps for each way out of a shortage: a few seconds
LISTS = ("holders", "targets", "forbidden")
BAND = ("low", "high", "hard")
WEIGHTS = ("change", "relative", "balance", "release")
USUAL = {"low": 10, "high": 15, "hard": 30}  # 党员→农户, where a file names no bands


def read_instance(data: Any) -> Instance:
    """An instance from its neutral form.

    `{"scope", "bands": {low, high, hard}, "weights": {change, relative, balance},
    "holders": [{code, grid, x, y, able, (low, high, hard)}],
    "targets": [{code, grid, x, y, current, relative, pin}], ("forbidden": [[target, holder]])}`.
    Only holders and targets with their codes and grids must be there; what is null is as good as missing.
    A personal band takes what it does not say from the general one. There is one more weight, `release`
    (see Weights.releasing), which is 0 here: an open target adds nothing. Raises BadInstance with the place
    of what is wrong.
    """
    whole = _mapping(data, "文件")
    scope = whole.get("scope") or Scope.VILLAGE.value
    if scope not in list(Scope):
        raise BadInstance(f"scope 应为 village 或 grid，现为“{scope}”。")
    bands = USUAL if whole.get("bands") is None else _mapping(whole["bands"], "bands")
    band = Band(*(_number(bands, name, "bands") for name in BAND))
    weights = {} if whole.get("weights") is None else _mapping(whole["weights"], "weights")
    given = {name: _number(weights, name, "weights") for name in WEIGHTS if weights.get(name) is not None}
    holders, targets, forbidden = (_rows(whole, name) for name in LISTS)
    return Instance(
        Scope(scope),
        band,
        Weights(**{"release": 0, **given}),
        tuple(_holder(row, f"holders[{i}]", band) for i, row in enumerate(holders)),
        tuple(_target(row, f"targets[{i}]") for i, row in enumerate(targets)),
        frozenset(_pair(pair, f"forbidden[{i}]") for i, pair in enumerate(forbidden)),
    )


def unused(data: Mapping[str, Any]) -> list[str]:
    """Names in the form that mean nothing here; a misspelt one would otherwise go unnoticed."""
    known = ("scope", "bands", "weights", *LISTS)
    odd = [name for name in data if name not in known]
    for part, names in (("bands", BAND), ("weights", WEIGHTS)):
        odd += [f"{part}.{name}" for name in data.get(part) or () if name not in names]
    return odd


def answer(instance: Instance, found: Allocation) -> dict[str, Any]:
    """An allocation in its neutral form; rows in the order of their codes, explanations with ways out."""
    ways: dict[int, list[str]] = defaultdict(list)
    for option in options(instance, found, effort=Effort(WAYS_BUDGET)) if found.proved else ():
        ways[option.about].append(option.text)
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
                "text": why.text + (numbered(ways[place]) if place in ways else ""),
            }
            for place, why in enumerate(explain(instance, found.links))
        ],
        "proved": found.proved,
    }


def _holder(data: Any, place: str, band: Band) -> Holder:
    row = _mapping(data, place)
    own = {name: _number(row, name, place) for name in BAND if row.get(name) is not None}
    if list(own.values()) != sorted(own.values()):
        raise BadInstance(f"{place} 的比例区间应满足 下限 ≤ 上限 ≤ 绝对上限。")
    able = row.get("able")
    if able not in (None, True, False):  # 1 and 0 too
        raise BadInstance(f"{place} 的 able 应为 true 或 false。")
    return Holder(
        _code(row, "code", place),
        _code(row, "grid", place),
        _number(row, "x", place, 0),
        _number(row, "y", place, 0),
        able is None or bool(able),
        replace(band, **own) if own else None,
    )


def _target(data: Any, place: str) -> Target:
    row = _mapping(data, place)
    known = [
        None if row.get(name) in (None, "") else _code(row, name, place)
        for name in ("current", "relative", "pin")
    ]
    return Target(
        _code(row, "code", place),
        _code(row, "grid", place),
        _number(row, "x", place, 0),
        _number(row, "y", place, 0),
        *known,
    )


def _pair(data: Any, place: str) -> tuple[str, str]:
    if not isinstance(data, list) or len(data) != 2:
        raise BadInstance(f"{place} 应为 [对象编号, 包联人编号]。")
    both = dict(zip(("对象编号", "包联人编号"), data, strict=True))
    target, holder = (_code(both, name, place) for name in both)
    return target, holder


def _mapping(data: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise BadInstance(f"{place} 应为一个对象。")
    return data


def _rows(data: Mapping[str, Any], name: str) -> list[Any]:
    rows = data.get(name, [] if name == "forbidden" else None)
    if not isinstance(rows, list):
        raise BadInstance(f"{name} 应为一个列表。" if name in data else f"缺少 {name}（一个列表）。")
    return rows


def _code(row: Mapping[str, Any], name: str, place: str) -> str:
    """A code as text; whole numbers are taken too."""
    found = row.get(name)
    text = str(found) if isinstance(found, int) and not isinstance(found, bool) else found
    if not isinstance(text, str) or not text.strip():
        raise BadInstance(f"{place} 的 {name} 应为非空文字。")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise BadInstance(f"{place} 的 {name} 里有不成字的编码（半个代理对）。")
    return text


def _number(row: Mapping[str, Any], name: str, place: str, missing: int | None = None) -> int:
    """A whole number; 10.0 is one."""
    found = row.get(name)
    if found is None:
        found = missing
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        now = "" if found is None else f"，现为 {found}"
        raise BadInstance(f"{place} 的 {name} 应为整数{now}。")
    return found
