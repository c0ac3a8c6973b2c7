"""What the labels of a blank say its cells are for: proposals, which a clerk takes or leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from reports.blanks.codes import ORGANISATIONS, ROSTER_NAMES, Code, cell_codes, roster_codes
from reports.blanks.page import TEXT, Labels, Page, Place, plain

SURE, LIKELY, THINKABLE = 90.0, 78.0, 55.0
FEWEST_COLUMNS = 3  # fewer columns that fit make no roster
REMARK = "remark"
MOST_BLANKS = 1500  # cells of a sheet that are looked at


@dataclass(frozen=True)
class Proposal:
    """A code, and how well the labels fit it (to 100)."""

    code: Code
    score: float

    @property
    def is_sure(self) -> bool:
        return self.score >= SURE


@dataclass(frozen=True)
class CellProposal:
    """What one cell is probably for."""

    sheet: int
    place: Place
    labels: Labels
    best: Proposal


@dataclass(frozen=True)
class TableProposal:
    """A roster that a sheet seems to ask for, from `row` down."""

    sheet: int
    row: int
    room: int
    roster: int
    columns: tuple[tuple[int, Labels, Proposal], ...]

    @property
    def name(self) -> str:
        return ROSTER_NAMES[self.roster]


@lru_cache(maxsize=20_000)
def _fit(label: str, code: Code) -> float:
    """How well one label, or several joined, fits a code."""
    title, whole = plain(code.title), plain(code.group + code.title)
    calls = [plain(call) for call in code.calls]
    found = [fuzz.ratio(label, whole), *(fuzz.ratio(label, call) for call in calls)]
    if len(title) > 2 or not code.group:  # 总数 or 预备 alone could be anything's
        found.append(fuzz.ratio(label, title))
    return max(found)


def fits(labels: Iterable[str], codes: Iterable[Code], *, least: float = THINKABLE) -> list[Proposal]:
    """The codes that any of these labels may mean, best first."""
    written = [label for label in dict.fromkeys(map(plain, labels)) if label]
    found = [Proposal(code, max(_fit(label, code) for label in written)) for code in codes if written]
    return sorted((one for one in found if one.score >= least), key=lambda one: -one.score)


def _readings(labels: Labels) -> list[str]:
    """The ways a cell's labels may be read: whole, from the last word, and along one side only."""
    column, row = labels.column.split(" "), labels.row.split(" ")
    return [
        "".join(column),
        column[-1],
        "".join(row),
        row[-1],
        "".join(column[-2:]),
        "".join(row) + column[-1],
    ]


def for_cell(page: Page, place: Place, *, least: float = THINKABLE) -> list[Proposal]:
    """What one cell may be for; a cell with a text ending in a colon may hold a fact of the form."""
    labels = page.labels(place)
    if page.kind(place) == TEXT:
        facts = [code for code in cell_codes().values() if code.group == "表头"]
        text = plain(labels.row).split("（")[0].split("(")[0]
        return fits([text], facts, least=least) if page.is_open_label(place) else []
    return fits(_readings(labels), cell_codes().values(), least=least)


def for_column(labels: Labels, roster: int, *, least: float = THINKABLE) -> list[Proposal]:
    """What a column of a growing table may hold."""
    return fits(_readings(Labels(column=labels.column)), roster_codes(roster).values(), least=least)


def tables(page: Page) -> list[TableProposal]:
    """Places where a head stands over free rows and its titles fit a roster."""
    found: list[TableProposal] = []
    row = 2
    while row <= page.height:
        room = page.room(row)
        if room and not page.room(row - 1):
            best = _table(page, row, room)
            if best is not None:
                found.append(best)
            row += room
        row += 1
    return found


def _table(page: Page, row: int, room: int) -> TableProposal | None:
    options = [_columns(page, row, roster) for roster in ROSTER_NAMES]
    best = max(options, key=lambda columns: sum(one.score for _, _, one in columns), default=())
    if len(best) < FEWEST_COLUMNS:
        return None
    roster = list(ROSTER_NAMES)[options.index(best)]
    named = any(one.code.code == "org_name" for _, _, one in best)
    if roster == ORGANISATIONS and (
        not named or room == 1
    ):  # one row of numbers is cells, not a list of villages
        return None
    return TableProposal(page.number, row, room, roster, best)


def _columns(page: Page, row: int, roster: int) -> tuple[tuple[int, Labels, Proposal], ...]:
    """Columns that fit, each code once: to the column that fits it best."""
    taken: dict[str, tuple[int, Labels, Proposal]] = {}
    for column in range(1, page.width + 1):
        if not page.is_blank((row, column)) and page.kind((row, column)) != "n":
            continue
        labels = Labels(column=page.labels((row, column)).column)
        for one in for_column(labels, roster, least=LIKELY)[:1]:
            old = taken.get(one.code.code)
            if old is None or old[2].score < one.score:
                taken[one.code.code] = (column, labels, one)
    return tuple(sorted(taken.values(), key=lambda found: found[0]))


def cells(page: Page, *, grown: set[int], marked: set[Place], most: int = MOST_BLANKS) -> list[CellProposal]:
    """What the blank cells outside growing tables are probably for, and the open labels of the form."""
    found: list[CellProposal] = []
    places = [place for place in page.blanks() if place[0] not in grown and page.asks(place)][:MOST_BLANKS]
    places += [place for place in page.cells if page.is_open_label(place)]
    for place in sorted(places):
        if place in marked:
            continue
        if len(found) == most:
            break
        best, labels = for_cell(page, place, least=LIKELY), page.labels(place)
        if best and not (best[0].code.code == REMARK and labels.row):  # beside a row of sums it is nobody's
            found.append(CellProposal(page.number, place, labels, best[0]))
    return found
