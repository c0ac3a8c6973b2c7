"""上报后有何变化: two states of the tables held against each other, row by row and value by value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.filing.frozen import PHONE_COLUMNS, Frozen, rows_by
from township.masks import mask_numbers
from township.sheets import Cell

# What makes a row of each annex the same row, what people call it, and the column that says whose it is.
KEYS: Mapping[int, tuple[str, ...]] = {
    1: ("org_name",),
    2: ("holder_code", "group"),
    3: ("member_code",),
    4: ("household_code",),
}
NAMES: Mapping[int, str] = {1: "org_name", 2: "member", 3: "member", 4: "householder"}
MOVED_BY: Mapping[int, str] = {3: "hub", 4: "member"}
# Columns that follow from other rows: telling them again for every row would hide what was done.
FOLLOWING = frozenset({"seq", "count", "members", "hubs", "households", "remark_note"})
# What a row brings along when it hangs elsewhere: the move is told once, not column by column.
BROUGHT_ALONG: Mapping[int, frozenset[str]] = {
    3: frozenset({"branch", "group", "leader", "hub_kind", "hub_head", "plate_no", "served"}),
    4: frozenset({"branch", "group", "hub", "member_phone", "remark"}),
}


@dataclass(frozen=True)
class Changed:
    """One value that is not what it was."""

    row: str
    row_key: str
    column: str
    title: str
    old: str
    new: str


@dataclass(frozen=True)
class Difference:
    """What came, went, moved and changed in one annex."""

    annex: int
    joined: list[str] = field(default_factory=list)
    joined_keys: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    moved: list[Changed] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)

    @property
    def count(self) -> int:
        """All together; 0 means the same."""
        return len(self.joined) + len(self.left) + len(self.moved) + len(self.changed)


def compare(annex: int, old: Frozen | None, new: Frozen) -> Difference:
    """Everything that differs from `old` (None: there was nothing) to `new`."""
    before, after = _rows(annex, old) if old else {}, _rows(annex, new)
    titles = {c["key"]: c["title"] for c in new["columns"] if not c["hidden"]}
    new_keys = [key for key in after if key not in before]
    found = Difference(
        annex,
        [row_name(annex, after[key]) for key in new_keys],
        new_keys,
        [row_name(annex, row) for key, row in before.items() if key not in after],
    )
    for key, row in after.items():
        was = before.get(key)
        if was is None:
            continue
        carried = _carried(annex, was, row)
        for column, title in titles.items():
            if column in FOLLOWING or column in carried or column not in was or was[column] == row[column]:
                continue
            old_words, new_words = in_words(column, was[column]), in_words(column, row[column])
            told = Changed(row_name(annex, row), key, column, title, old_words, new_words)
            (found.moved if MOVED_BY.get(annex) == column else found.changed).append(told)
    return found


def _carried(annex: int, was: Mapping[str, Cell], row: Mapping[str, Cell]) -> frozenset[str]:
    """Columns that only follow from the row's move, if it has moved."""
    by = MOVED_BY.get(annex, "")
    return BROUGHT_ALONG.get(annex, frozenset()) if by and was.get(by) != row.get(by) else frozenset()


def compare_all(old: Mapping[str, Frozen] | None, new: Mapping[str, Frozen]) -> list[Difference]:
    """Annex by annex, those that are the same too."""
    return [compare(int(number), (old or {}).get(number), new[number]) for number in sorted(new)]


def row_key(annex: int, row: Mapping[str, Cell]) -> str:
    """What names a row for comments and comparisons."""
    return "|".join(str(row.get(column) or "") for column in KEYS[annex])


def row_name(annex: int, row: Mapping[str, Cell]) -> str:
    """What people call a row."""
    if annex == 2:
        return f"{row.get('member')}包挂{row.get('group')}"
    return str(row.get(NAMES[annex]) or "")


def shown(cell: Cell) -> str:
    """A cell in words: nothing for nothing, days as people write them, a share in percent."""
    if cell is None or cell == "":
        return ""
    return f"{cell:.1%}" if isinstance(cell, float) else str(cell)


def _rows(annex: int, frozen: Frozen) -> dict[str, dict[str, Any]]:
    return {row_key(annex, row): row for row in rows_by(frozen)}


def in_words(column: str, cell: Cell) -> str:
    """A cell as a page shows it: phones masked, whoever looks."""
    return mask_numbers(shown(cell)) if column in PHONE_COLUMNS else shown(cell)
