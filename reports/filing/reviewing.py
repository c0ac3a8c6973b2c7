"""A submitted table as a reviewer reads it: every row whole, what is new marked, comments beside."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.filing.comparing import Difference, compare, in_words, row_key, row_name
from reports.filing.frozen import Frozen, rows_by
from reports.filing.pins import titles
from reports.models import FilingComment, Snapshot


@dataclass(frozen=True)
class ReadCell:
    """A cell in words; `was` is what stood there before, None where nothing changed."""

    title: str
    words: str
    was: str | None = None


@dataclass(frozen=True)
class ReadRow:
    """A row with its key, cells and comments."""

    key: str
    name: str
    cells: Sequence[ReadCell]
    is_new: bool = False
    comments: Sequence[FilingComment] = ()

    @property
    def is_changed(self) -> bool:
        """True when a reviewer should look at it."""
        return self.is_new or any(cell.was is not None for cell in self.cells)


@dataclass(frozen=True)
class Reviewed:
    """The table: headings, rows, and those that are not as they were."""

    titles: Sequence[str]
    rows: Sequence[ReadRow]
    left: Sequence[str]
    before: Snapshot | None
    changed: Sequence[ReadRow] = field(default_factory=list)


def reviewed(snapshot: Snapshot, annex: int, *, before: Snapshot | None) -> Reviewed:
    """One annex of a snapshot, held against what the reviewer had before; phones are masked."""
    frozen = snapshot.sheets[str(annex)]
    old = before.sheets.get(str(annex)) if before else None
    found = compare(annex, old, frozen) if old else Difference(annex)
    comments: dict[str, list[FilingComment]] = defaultdict(list)
    for one in snapshot.filing.comments.filter(annex=annex).select_related("by").order_by("pk"):
        comments[one.row_key].append(one)
    rows = _rows(annex, frozen, found, comments)
    return Reviewed(
        list(titles(frozen).values()), rows, found.left, before, [row for row in rows if row.is_changed]
    )


def _rows(
    annex: int, frozen: Frozen, found: Difference, comments: Mapping[str, Sequence[FilingComment]]
) -> list[ReadRow]:
    was = {(line.row_key, line.column): line.old for line in [*found.moved, *found.changed]}
    new, headings = set(found.joined_keys), titles(frozen)
    rows = []
    for row in rows_by(frozen):
        key = row_key(annex, row)
        cells = [
            ReadCell(title, in_words(name, row[name]), was.get((key, name)))
            for name, title in headings.items()
        ]
        rows.append(ReadRow(key, row_name(annex, row), cells, key in new, comments.get(key, ())))
    return rows
