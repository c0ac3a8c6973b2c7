"""Cuts a sheet into printed pages from estimated row heights: no row lost, no text cut, no lonely foot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from township.sheets import Cell, Sheet
from township.sheets.layout import Merges, Row, body, header, text
from township.sheets.measure import MM_PER_POINT, line_count, lines
from township.sheets.paper import Paper, text_size, widths

LINE = 1.3  # line height of cells, in em; the print style sheet says the same
PADDING = 0.6  # above and below a cell's text, millimetres
SIDE = 0.8  # left and right of it
RULE = 0.3  # room for the ruling
STEP = 0.25  # row heights are multiples of this many millimetres, so that a few style classes do for all
TITLE_SIZE, ANNEX_SIZE, FRAME_SIZE = 22.0, 16.0, 12.0
_RESERVE = 1.5  # millimetres never planned for, against rounding


@dataclass
class Page:
    """The rows of one printed page and the least height of each in millimetres."""

    rows: list[Row] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    first: bool = False
    last: bool = False


class Plan:
    """Heights of a sheet's parts on a given paper; `caution` > 1 counts every text as that much wider."""

    def __init__(self, sheet: Sheet, paper: Paper, caution: float = 1.0) -> None:
        self.sheet, self.paper, self.caution = sheet, paper, caution
        self.widths = widths(sheet, paper.inner_width)
        self.points = text_size(sheet, paper.inner_width)
        self.size = self.points * MM_PER_POINT
        self.row_height = _round_up(self.size * 2.02)
        self.head_heights = self._head()
        later = paper.inner_height - _RESERVE - sum(self.head_heights)
        self.capacity_later = later
        self.capacity_first = later - self._frame()
        self.foot = self._foot()
        self.tallest = min(self.capacity_first, later) - self.foot

    def _ems(self, width: float) -> float:
        return max(1.0, (width - 2 * SIDE - RULE) / self.size / self.caution)

    def height(self, value: str, width: float) -> float:
        count = line_count(value, self._ems(width))
        return _round_up(count * self.size * LINE + 2 * PADDING + RULE)

    def _head(self) -> list[float]:
        visible = [width for width in self.widths if width]
        result = []
        whole = 0.0
        for cells in header(self.sheet.visible):
            tallest = self.row_height
            for cell in cells:
                needed = self.height(cell.title, sum(visible[cell.col : cell.col + cell.colspan]))
                if cell.rowspan > 1:
                    whole = max(whole, needed)
                else:
                    tallest = max(tallest, needed)
            result.append(tallest)
        result[-1] += max(0.0, whole - sum(result))
        return result

    def _block(self, value: str, size: float, width: float, leading: float) -> float:
        em = size * MM_PER_POINT
        return line_count(value, max(1.0, width / em / self.caution)) * em * leading

    def _frame(self) -> float:
        """Annex number, title and the line over the table, as the print style sheet sets them."""
        width, sheet = self.paper.inner_width, self.sheet
        height = self._block(sheet.title, TITLE_SIZE, width, 1.4) + 5
        if sheet.annex:
            height += self._block(sheet.annex, ANNEX_SIZE, width, 1.4)
        if any(sheet.frame):
            shares = zip(sheet.frame, (0.4, 0.3, 0.3), strict=True)
            height += max(self._block(part, FRAME_SIZE, width * share, 1.4) for part, share in shares) + 1.5
        return height

    def _foot(self) -> float:
        width, sheet = self.paper.inner_width, self.sheet
        height = 0.0
        if sheet.summary:
            height += self._block(sheet.summary, FRAME_SIZE, width, 1.4) + 2
        if sheet.signatures:
            share = width / len(sheet.signatures)
            labels = [f"{line.label}：{line.value}" for line in sheet.signatures]
            height += max(self._block(label, FRAME_SIZE, share, 1.4) for label in labels) + 5
        return height

    def fragments(self, row: Row) -> list[Row]:
        """The row itself, or several that carry on its overlong texts when no page could hold it."""
        most = max(1, int((self.tallest - 2 * PADDING - RULE) / (self.size * LINE)))
        pieces: dict[int, list[str]] = {}
        for col, (value, column) in enumerate(zip(row.values, self.sheet.columns, strict=True)):
            if not isinstance(value, str) or column.hidden or len(value) <= most:
                continue
            broken = lines(text(value, column), self._ems(self.widths[col]))
            if len(broken) > most:
                pieces[col] = ["\n".join(broken[i : i + most]) for i in range(0, len(broken), most)]
        if not pieces:
            return [row]
        return [self._fragment(row, pieces, i) for i in range(max(map(len, pieces.values())))]

    def _fragment(self, row: Row, pieces: dict[int, list[str]], number: int) -> Row:
        values: list[Cell] = []
        for col, (value, column) in enumerate(zip(row.values, self.sheet.columns, strict=True)):
            if col in pieces:
                values.append(pieces[col][number] if number < len(pieces[col]) else "")
            else:
                values.append(value if number == 0 or column.hidden or column.merge_by else "")
        return Row(tuple(values), row.total)


def _round_up(millimetres: float) -> float:
    return ceil(round(millimetres / STEP, 6)) * STEP


class _Filler:
    """Fills one page, keeping account of merged cells that may need more than their rows give."""

    def __init__(self, plan: Plan, merges: Merges, capacity: float, rows: Sequence[Row] = ()) -> None:
        self.plan, self.merges, self.capacity = plan, merges, capacity
        self.rows: list[Row] = []
        self.heights: list[float] = []
        self.used = 0.0
        self.open: dict[int, float] = {}  # merged column -> height its text still lacks
        for row in rows:
            self.add(row, force=True)

    @property
    def lacking(self) -> float:
        return max(0.0, *self.open.values()) if self.open else 0.0

    def add(self, row: Row, *, force: bool = False) -> bool:
        """Take the row if the page holds it; an empty page takes any."""
        plan, merges = self.plan, self.merges
        together = merges.continues(self.rows[-1] if self.rows else None, row)
        ended = [lack for col, lack in self.open.items() if col not in together]
        extra = max(0.0, *ended) if ended else 0.0
        height = plan.row_height
        begun: dict[int, float] = {}
        for col, column in enumerate(plan.sheet.columns):
            if column.hidden or col in together:
                continue
            value = text(row.values[col], column)
            needed = plan.height(value, plan.widths[col]) if value else plan.row_height
            if col in merges.keys:
                begun[col] = needed
            else:
                height = max(height, needed)
        lacks = {col: self.open[col] - extra - height for col in together}
        lacks |= {col: needed - height for col, needed in begun.items()}
        used = self.used + extra + height
        if self.rows and not force and used + max(0.0, *lacks.values(), 0.0) > self.capacity:
            return False
        if self.rows:
            self.heights[-1] += extra
        self.rows.append(row)
        self.heights.append(height)
        self.used, self.open = used, lacks
        return True

    def fits(self, more: float) -> bool:
        return self.used + self.lacking + more <= self.capacity

    def page(self, *, first: bool, last: bool) -> Page:
        heights = list(self.heights)
        heights[-1] += self.lacking
        return Page(self.rows, heights, first, last)


def paginate(plan: Plan) -> Iterator[Page]:
    """The pages of a sheet one after another; a holder's cell begins anew on each."""
    merges = Merges(plan.sheet.columns)
    filler = _Filler(plan, merges, plan.capacity_first)
    first = True
    for whole in body(plan.sheet):
        for row in plan.fragments(whole):
            if not filler.add(row):
                yield filler.page(first=first, last=False)
                first = False
                filler = _Filler(plan, merges, plan.capacity_later, [row])
    if not filler.rows:  # a table without rows still shows one empty line
        filler.add(Row(tuple(None for _ in plan.sheet.columns)))
    if not filler.fits(plan.foot) and len(filler.rows) > 1:
        kept, moved = _make_room(plan, merges, filler.rows)
        yield _Filler(plan, merges, filler.capacity, kept).page(first=first, last=False)
        first = False
        filler = moved
    yield filler.page(first=first, last=True)


def _make_room(plan: Plan, merges: Merges, rows: list[Row]) -> tuple[list[Row], _Filler]:
    """Rows that go over to a new page with the foot; a total takes the row above along if it can."""
    if rows[-1].total and len(rows) > 2:
        moved = _Filler(plan, merges, plan.capacity_later, rows[-2:])
        if moved.fits(plan.foot):
            return rows[:-2], moved
    return rows[:-1], _Filler(plan, merges, plan.capacity_later, rows[-1:])
