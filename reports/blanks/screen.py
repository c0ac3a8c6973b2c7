"""A sheet of a blank as rows for the page, and the panel beside it for what has been chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.blanks import proposing
from reports.blanks.codes import ROSTER_NAMES, Code, cell_codes, grouped, roster_codes, words_of
from reports.blanks.page import EMPTY, FORMULA, TEXT, Page, Place, address, column_of, letters, place_of
from reports.models import BlankMark

ACROSS = {"left": "at-left", "center": "at-center", "right": "at-right"}
TALLEST = 60  # rows of a free part that are drawn in full before the page says how many more there are
MOST_CHOICES = 60  # cells of one row or column that are listed at once


@dataclass(frozen=True)
class ScreenCell:
    """One cell as drawn; `link` is the query that chooses it."""

    text: str
    address: str
    classes: str
    rows: int = 1
    columns: int = 1
    link: str = ""
    mark: str = ""  # what it is for
    state: str = ""  # marked, grown, formula, free


@dataclass(frozen=True)
class ScreenRow:
    """One row with its number."""

    number: int
    link: str
    cells: list[ScreenCell]


@dataclass(frozen=True)
class Screen:
    """A whole sheet."""

    rows: list[ScreenRow]
    columns: list[tuple[str, int, str]]  # letter, width, link


@dataclass(frozen=True)
class Chosen:
    """What has been clicked."""

    kind: str = ""  # cell, row, column
    name: str = ""  # B6, 6, B
    places: tuple[Place, ...] = ()

    @property
    def title(self) -> str:
        return {"cell": f"格 {self.name}", "row": f"第 {self.name} 行", "column": f"{self.name} 列"}.get(
            self.kind, ""
        )


@dataclass(frozen=True)
class Choice:
    """One cell to choose a content for: its labels, what stands, and what is proposed."""

    address: str
    labels: str
    now: str = ""
    now_words: str = ""
    proposals: list[proposing.Proposal] = field(default_factory=list)

    @property
    def offered(self) -> str:
        """What the list stands on when the page opens."""
        if self.now:
            return self.now
        return (
            self.proposals[0].code.code
            if self.proposals and self.proposals[0].score >= proposing.LIKELY
            else ""
        )

    @property
    def is_proposed(self) -> bool:
        return bool(self.offered and not self.now)


# --- the sheet ----------------------------------------------------------------------------------------


def screen(page: Page, marks: Sequence[BlankMark], chosen: Chosen, *, links: bool) -> Screen:
    """Every row and column of the sheet; with `links` its cells can be chosen."""
    by_place = {(mark.row, mark.column): mark for mark in marks}
    grown = _grown(page, marks)
    picked = set(chosen.places)
    hidden = set(page.looks["hidden_columns"])
    rows = []
    for row in range(1, page.height + 1):
        if row in page.looks["hidden_rows"]:
            continue
        cells = [
            _cell(page, (row, column), by_place.get((row, column)), grown, picked, links=links)
            for column in range(1, page.width + 1)
            if (row, column) not in page.covered and _visible(page, (row, column), hidden)
        ]
        rows.append(ScreenRow(row, f"row={row}" if links else "", cells))
    columns = [
        (letters(number), page.looks["widths"][number - 1], f"column={letters(number)}" if links else "")
        for number in range(1, page.width + 1)
        if number not in hidden
    ]
    return Screen(rows, columns)


def _visible(page: Page, place: Place, hidden: set[int]) -> int:
    """How many columns of a cell are to be seen."""
    span = page.spans.get(place, (1, 1))[1]
    return sum(column not in hidden for column in range(place[1], min(place[1] + span, page.width + 1)))


def _grown(page: Page, marks: Sequence[BlankMark]) -> dict[Place, BlankMark]:
    """Cells below the head of a growing column → its mark."""
    starts: dict[int, list[BlankMark]] = {}
    for mark in marks:
        if mark.roster is not None:
            starts.setdefault(mark.row, []).append(mark)
    return {
        (row, mark.column): mark
        for start, found in starts.items()
        for row in range(start, start + page.room(start, [mark.column for mark in found]))
        for mark in found
    }


def grown_rows(page: Page, marks: Sequence[BlankMark]) -> set[int]:
    """Rows that belong to growing tables."""
    return {row for row, _ in _grown(page, marks)}


def _cell(
    page: Page,
    place: Place,
    mark: BlankMark | None,
    grown: Mapping[Place, BlankMark],
    picked: set[Place],
    *,
    links: bool,
) -> ScreenCell:
    across, wrapped, lines, bold, filled, size = page.style(place)
    kind = page.kind(place)
    state = "formula" if kind == FORMULA else "marked" if mark else "grown" if place in grown else ""
    free = kind == EMPTY or page.is_open_label(place) or kind == "n"
    link = f"cell={address(place)}" if links and free and kind != FORMULA else ""
    classes = [ACROSS.get(across, ""), f"size-{size}" if size else "", "is-bold" if bold else ""]
    classes += [
        "is-filled" if filled else "",
        f"is-{state}" if state else "",
        *(f"line-{side}" for side in lines),
    ]
    beside = (place[0], place[1] + 1)
    spills = kind == TEXT and not wrapped and place not in page.spans and page.is_blank(beside)
    classes += [
        "is-spilling" if spills else "",
        "is-chosen" if link and place in picked else "",
        "is-free" if link and not state else "",
    ]
    rows = page.spans.get(place, (1, 1))[0]
    return ScreenCell(
        text=page.text(place),
        address=address(place),
        classes=" ".join(filter(None, classes)),
        rows=sum(
            r not in page.looks["hidden_rows"] for r in range(place[0], min(place[0] + rows, page.height + 1))
        ),
        columns=_visible(page, place, set(page.looks["hidden_columns"])),
        link=link,
        mark=words_of(mark.code, mark.roster) if mark else "",
        state=state,
    )


# --- what has been chosen -----------------------------------------------------------------------------


def chosen_of(page: Page, cell: str, row: str, column: str) -> Chosen:
    """The cells meant by the address of the page; nothing for nonsense."""
    place = place_of(cell)
    if place and page.holds(place):
        place = page.covered.get(place, place)
        return Chosen("cell", address(place), (place,))
    if row.isascii() and row.isdecimal() and len(row) < 6 and 1 <= int(row) <= page.height:
        number = int(row)
        return Chosen("row", str(number), tuple((number, c) for c in range(1, page.width + 1)))
    number = column_of(column)
    if 1 <= number <= page.width:
        return Chosen("column", letters(number), tuple((r, number) for r in range(1, page.height + 1)))
    return Chosen()


def choices(page: Page, chosen: Chosen, marks: Sequence[BlankMark]) -> list[Choice]:
    """The cells of the choice that can be filled one by one."""
    by_place = {(mark.row, mark.column): mark for mark in marks}
    grown = grown_rows(page, marks)
    found = []
    for place in chosen.places:
        mark = by_place.get(place)
        inside = place[0] in grown and (mark is None or mark.roster is not None)
        if inside or not (
            page.is_blank(place) or page.is_open_label(place) or (mark or chosen.kind == "cell")
        ):
            continue
        if page.kind(place) == FORMULA:
            continue
        now = mark.code if mark else ""
        found.append(
            Choice(
                address(place),
                page.labels(place).words,
                now,
                words_of(now, None) if now else "",
                proposing.for_cell(page, place)[:3],
            )
        )
    return found[:MOST_CHOICES]


@dataclass(frozen=True)
class Growing:
    """The head of a column that grows: where it begins, and what it may hold."""

    first: int
    labels: str
    now: str
    groups: list[tuple[str, list[tuple[str, str]]]]
    proposed: str


def growing(page: Page, chosen: Chosen, marks: Sequence[BlankMark]) -> Growing | None:
    """For a chosen column: the roster columns it may hold from its first free row down."""
    if chosen.kind != "column":
        return None
    column = chosen.places[0][1]
    mark = next((one for one in marks if one.column == column and one.roster is not None), None)
    if mark is not None:
        first = mark.row
    else:
        starts = [
            row
            for row in range(2, page.height + 1)
            if page.room(row, [column]) and not page.room(row - 1, [column])
        ]
        if not starts:
            return None
        first = max(starts, key=lambda row: page.room(row, [column]))
    labels = page.labels((first, column))
    groups = [
        (name, [(f"{roster}:{code.code}", code.words) for code in roster_codes(roster).values()])
        for roster, name in ROSTER_NAMES.items()
    ]
    now = f"{mark.roster}:{mark.code}" if mark else ""
    return Growing(first, labels.column, now, groups, now or _likely(page, first, column, marks))


def _likely(page: Page, row: int, column: int, marks: Sequence[BlankMark]) -> str:
    """The roster already begun on that row, or proposed for it, decides which column is meant."""
    begun = next((mark.roster for mark in marks if mark.row == row and mark.roster is not None), None)
    for table in proposing.tables(page):
        if table.row == row and begun in (None, table.roster):
            return next(
                (f"{table.roster}:{one.code.code}" for at, _, one in table.columns if at == column), ""
            )
    return ""


def indicator_groups() -> list[tuple[str, list[Code]]]:
    """The list to choose a cell's content from."""
    return grouped(cell_codes().values())
