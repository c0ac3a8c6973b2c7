"""The tree's numbers and keys computed from `parent` alone, on plain rows without a database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grids import rules

Row = tuple[Any, ...]
READ = ("pk", "parent_id", "kind", "township_id", "lft", "rght", "level", "tree_id",
        "root_id", "branch_id", "grid_id", "group_id", "hub_id", "closed_on")  # fmt: skip


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
