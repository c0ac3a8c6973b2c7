"""The tree's numbers and keys computed from `parent` alone, on plain rows without a database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from grids import rules
from grids.choices import Kind

Row = tuple[Any, ...]
READ = ("pk", "parent_id", "kind", "township_id", "lft", "rght", "level", "tree_id",
        "root_id", "branch_id", "grid_id", "group_id", "hub_id", "closed_on")  # fmt: skip
LAST = 2**63  # the place of a row that comes back: after its brothers


@dataclass(frozen=True)
class Fault:
    """One wrong row: which, what is wrong, and whether the numbers can be computed anew."""

    node_id: int
    message: str
    repairable: bool = True


def computed(rows: Sequence[Row]) -> tuple[dict[int, tuple[Any, ...]], list[int]]:
    """Right (lft, rght, level, tree_id, keys…) per row from `parent` alone, and the rows no root reaches.

    Brothers keep their present order; a tree keeps the number its root has.
    """
    by_parent: dict[int | None, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (r[4], r[0])):
        by_parent[row[1]].append(row)
    right: dict[int, tuple[Any, ...]] = {}
    for root in by_parent[None]:
        _number_tree(root, by_parent, right)
    lost = [row[0] for row in rows if row[0] not in right]
    return right, lost


def _number_tree(
    root: Row, by_parent: Mapping[int | None, list[Row]], right: dict[int, tuple[Any, ...]]
) -> None:
    """Walk one tree without recursion, counting up on the way in and out of each row."""
    counter, tree_id = 0, root[7]
    stack: list[tuple[Row, int, dict[str, int | None], bool]] = [
        (root, 0, dict.fromkeys(rules.KEY_KINDS), False)
    ]
    left: dict[int, int] = {}
    while stack:
        row, level, keys, leaving = stack.pop()
        counter += 1
        pk = row[0]
        if leaving:
            right[pk] = (left[pk], counter, level, tree_id, root[0], *keys.values())
            continue
        left[pk] = counter
        stack.append((row, level, keys, True))
        below = {**keys, row[2]: pk} if row[2] in rules.KEY_KINDS else keys
        stack.extend((child, level + 1, below, False) for child in reversed(by_parent.get(pk, ())))


def faults_in(rows: Sequence[Row]) -> list[Fault]:
    """Everything that differs from what the parents say; empty when the tree is whole."""
    known = {row[0]: row for row in rows}
    right, lost = computed(rows)
    faults = [Fault(pk, "上下级互相包含或上级不存在，从最上级走不到这里", repairable=False) for pk in lost]
    trees: dict[int, int] = {}
    for row in rows:
        faults.extend(shape_faults(row, known.get(row[1])))
        if row[0] in right and right[row[0]] != tuple(row[4:13]):
            faults.append(Fault(row[0], "序号或上级标记与上级不符"))
        if row[1] is None and trees.setdefault(row[7], row[0]) != row[0]:
            faults.append(Fault(row[0], f"与另一个党组织（{trees[row[7]]}）共用一棵树的编号"))
    return faults


def shape_faults(row: Row, above: Row | None) -> Iterator[Fault]:
    """Faults between a row and its parent that no renumbering mends."""
    if row[1] is not None and above is None:
        return
    if not rules.may_hang(row[2], above[2] if above else None):
        yield Fault(row[0], rules.why_not_under(row[2], above[2] if above else None), repairable=False)
    if above and above[3] != row[3]:
        yield Fault(row[0], "与上级不属于同一个乡镇", repairable=False)
    if above and above[13] is not None and row[13] is None:
        yield Fault(row[0], "上级已注销而本行未注销", repairable=False)


# --- many rows put elsewhere at once ----------------------------------------------------------------


class Wanted(Protocol):
    """A row where it shall stand; any Node has it."""

    pk: int
    parent_id: int | None
    kind: str
    township_id: int
    name: str
    closed_on: date | None


def rows_after(
    rows: Iterable[Row], *, leaving: Collection[int], placed: Sequence[Wanted], last_tree: int
) -> dict[int, Row]:
    """The rows by number once some have left and others stand where wanted; new tops get new tree numbers."""
    after = {row[0]: row for row in rows if row[0] not in leaving}
    for node in placed:
        old = after.get(node.pk)
        tree_id = old[7] if old else 0
        if node.parent_id is None and (old is None or old[1] is not None):
            tree_id = last_tree = last_tree + 1
        order = old[4] if old else LAST
        keys = (None,) * 5
        after[node.pk] = (
            node.pk, node.parent_id, node.kind, node.township_id, order, 0, 0, tree_id, *keys, node.closed_on,
        )  # fmt: skip
    return after


def obstacles(after: Mapping[int, Row], lost: Iterable[int], placed: Sequence[Wanted]) -> Iterator[str]:
    """Why rows can't stand as wanted, one sentence each; `lost` are those that no top reaches."""
    names = {node.pk: node.name for node in placed}
    for pk in lost:
        yield f"“{names[pk]}”原来的上级已经不在。" if pk in names else "下级会失去上级。"
    for row in after.values():
        if row[0] in names or row[1] in names:
            for fault in shape_faults(row, after.get(row[1])):
                yield f"“{names.get(row[0]) or names[row[1]]}”：{fault.message.rstrip('。')}。"


def taken_names(held: Iterable[tuple[int, int | None, str, str]], placed: Sequence[Wanted]) -> Iterator[str]:
    """Where two open rows of one name, or two groups of a grid, would stand; held: pk, parent, kind, name."""
    named = [
        node for node in placed if node.closed_on is None and node.kind not in (Kind.MEMBER, Kind.HOUSEHOLD)
    ]
    own = {node.pk for node in placed}
    seen = {_seat(parent, kind, name): name for pk, parent, kind, name in held if pk not in own}
    for node in named:
        seat = _seat(node.parent_id, node.kind, node.name)
        if seat in seen:
            yield f"原处已有{Kind(node.kind).label}“{seen[seat]}”，“{node.name}”不能恢复到原处。"
        seen[seat] = node.name


def _seat(parent: int | None, kind: str, name: str) -> tuple[int | None, str, str]:
    return parent, kind, "" if kind == Kind.GROUP else name  # a grid has one group, whatever its name
