"""Last year's marks found again on this year's blank by their labels: kept, moved, renamed, gone, new."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from reports.blanks.page import Labels, Page, Place, address

KEPT, MOVED, RENAMED, GONE = "kept", "moved", "renamed", "gone"
WORDS = {KEPT: "没有变", MOVED: "换了位置", RENAMED: "标题有变", GONE: "找不到了"}
ALIKE = 85.0


@dataclass(frozen=True)
class Mark:
    """What stands on a blank's cell, apart from any database."""

    sheet: int
    place: Place
    roster: int | None
    code: str
    labels: Labels


@dataclass(frozen=True)
class Change:
    """One mark of the earlier blank, and what became of its cell."""

    state: str
    old: Mark
    new: Mark | None

    @property
    def words(self) -> str:
        """换了位置."""
        return WORDS[self.state]

    @property
    def was(self) -> str:
        return address(self.old.place)

    @property
    def now(self) -> str:
        return address(self.new.place) if self.new else ""


def compare(old: Sequence[Mark], names: Sequence[str], pages: Sequence[Page]) -> list[Change]:
    """Every earlier mark in order; `names` are the tabs of the earlier blank."""
    index = _index(pages, {mark.roster is not None for mark in old})
    taken: set[tuple[int, Place]] = set()
    found: dict[int, Change] = {}
    for pick in (_same, _alike):  # exact labels choose before labels that are only alike
        for number, mark in enumerate(old):
            if number in found:
                continue
            change = pick(mark, _tabs(mark, names, pages), index, taken)
            if change is not None and change.new is not None:
                taken.add((change.new.sheet, change.new.place))
                found[number] = change
    return [found.get(number, Change(GONE, mark, None)) for number, mark in enumerate(old)]


Index = dict[tuple[int, bool], list[tuple[Place, Labels]]]


def _index(pages: Sequence[Page], kinds: set[bool]) -> Index:
    """Cells that may be marked, by sheet: for one cell each, or as the head of a column that grows."""
    found: Index = {}
    for page in pages:
        places = [*page.blanks(), *(place for place in page.cells if page.is_open_label(place))]
        places += [
            place for place, (_, kind, _) in page.cells.items() if kind == "n" and place not in page.covered
        ]
        labelled = [(place, page.labels(place)) for place in sorted(places)]
        found[page.number, False] = labelled
        if True in kinds:
            heads: dict[tuple[int, str], tuple[Place, Labels]] = {}
            for place, labels in labelled:
                heads.setdefault((place[1], labels.column), (place, Labels(column=labels.column)))
            found[page.number, True] = list(heads.values())
    return found


def _tabs(mark: Mark, names: Sequence[str], pages: Sequence[Page]) -> list[int]:
    """Where to look: the sheet of that name, then that number, then the others."""
    name = names[mark.sheet] if mark.sheet < len(names) else ""
    order = sorted(pages, key=lambda page: (page.name != name, page.number != mark.sheet))
    return [page.number for page in order]


def _same(mark: Mark, tabs: Iterable[int], index: Index, taken: set[tuple[int, Place]]) -> Change | None:
    for sheet in tabs:
        there = [
            (place, labels)
            for place, labels in index.get((sheet, mark.roster is not None), ())
            if labels.key == mark.labels.key and (sheet, place) not in taken
        ]
        if there:
            place, labels = min(there, key=lambda one: _distance(one[0], mark.place))
            state = KEPT if (sheet, place) == (mark.sheet, mark.place) else MOVED
            return Change(state, mark, Mark(sheet, place, mark.roster, mark.code, labels))
    return None


def _alike(mark: Mark, tabs: Iterable[int], index: Index, taken: set[tuple[int, Place]]) -> Change | None:
    best: tuple[float, int, Place, Labels] | None = None
    for sheet in tabs:
        for place, labels in index.get((sheet, mark.roster is not None), ()):
            if (sheet, place) in taken:
                continue
            score = _likeness(labels, mark.labels)
            if score >= ALIKE and (best is None or score > best[0]):
                best = (score, sheet, place, labels)
    if best is None:
        return None
    return Change(RENAMED, mark, Mark(best[1], best[2], mark.roster, mark.code, best[3]))


def _likeness(one: Labels, other: Labels) -> float:
    """Both sides must be alike; a side that one of them lacks makes them strangers."""
    scores = [fuzz.ratio(a, b) if a and b else 0.0 for a, b in zip(one.key, other.key, strict=True) if a or b]
    return min(scores, default=0.0)


def _distance(one: Place, other: Place) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
